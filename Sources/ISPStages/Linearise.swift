// Stage 2, linearise: companded samples back to linear ones.

import ISPImaging

/// Undoes a companding curve by table.
public struct Linearise: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "linearise", "undoes the companding curve stored with the frame",
        citation: "DNG Specification 1.7, LinearizationTable", from: .mosaic, to: .mosaic)

    /// The linear value of each sample; samples past the end take the last entry.
    public let table: [Float]

    /// Creates the stage; `table[i]` is the linear value of sample `i`, and samples past the end take the last entry.
    /// - Throws: `ISPError(.damagedInput)` for an empty or oversized table.
    public init(table: [UInt16]) throws(ISPError) {
        guard (2...65_536).contains(table.count) else {
            throw ISPError(.damagedInput, "a linearisation table of \(table.count) entries; it must have 2 to 65536")
        }
        self.table = table.map(Float.init)
    }

    /// Replaces every sample of the plane, in sample units.
    public func apply(to plane: PlaneView<Float>) {
        let last = Float(table.count - 1)
        table.withUnsafeBufferPointer { table in
            for y in plane.region.y..<plane.region.maxY {
                let row = plane.row(y)
                for i in 0..<plane.region.width { row[i] = table[Int(min(max(row[i], 0), last))] }
            }
        }
    }
}
