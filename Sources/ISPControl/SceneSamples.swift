// What automatic exposure and white balance look at: small samples of the frame, spread evenly over it.

import ISPImaging
import ISPStages

/// The mean colours of small blocks all over a frame, in linear camera RGB after black level and lens shading and
/// before any gain: 0 is black, 1 the saturation of the sensor.
public struct SceneSamples: Sendable {
    /// One block.
    public struct Sample: Hashable, Sendable {
        /// Mean of the block's photosites of each colour.
        public var red, green, blue: Float
        /// Whether any photosite of the block is saturated.
        public var saturated: Bool

        /// Creates a sample.
        public init(red: Float, green: Float, blue: Float, saturated: Bool) {
            self.red = red
            self.green = green
            self.blue = blue
            self.saturated = saturated
        }
    }

    /// The blocks, rows first.
    public let samples: [Sample]

    /// Creates samples from known blocks.
    public init(_ samples: [Sample]) { self.samples = samples }

    private static let block = 4
    private static let across = 160

    /// Samples a part of a frame.
    /// - Complexity: O(1): about `160 * 160 / aspect` blocks of 4x4 photosites, whatever the size of the frame.
    public init(of reader: MosaicReader, in region: Region) {
        let cfa = reader.frame.format.cfa
        let workspace = Workspace()
        defer { withExtendedLifetime(workspace) {} }
        let step = max(Self.block, max(region.width, region.height) / Self.across & ~1)
        var samples: [Sample] = []
        for y in stride(from: region.y, through: region.maxY - Self.block, by: step) {
            for x in stride(from: region.x, through: region.maxX - Self.block, by: step) {
                workspace.reset()
                let block = Region(x: x, y: y, width: Self.block, height: Self.block)
                let plane = reader.mosaic(block, workspace: workspace)
                let saturated = Self.isSaturated(plane)
                reader.shade(plane)
                samples.append(Self.mean(of: plane, cfa: cfa, saturated: saturated))
            }
        }
        self.samples = samples
    }

    private static func isSaturated(_ plane: PlaneView<Float>) -> Bool {
        for y in plane.region.y..<plane.region.maxY {
            let row = plane.row(y)
            for i in 0..<plane.region.width where row[i] >= 0.98 { return true }
        }
        return false
    }

    private static func mean(of plane: PlaneView<Float>, cfa: CFAPattern?, saturated: Bool) -> Sample {
        var sums: [Float] = [0, 0, 0]
        var counts: [Float] = [0, 0, 0]
        for y in plane.region.y..<plane.region.maxY {
            let row = plane.row(y)
            for i in 0..<plane.region.width {
                let channel = cfa?.site(column: plane.region.x + i, row: y).plane ?? 1
                sums[channel] += row[i]
                counts[channel] += 1
            }
        }
        let green = sums[1] / counts[1]
        guard cfa != nil else { return Sample(red: green, green: green, blue: green, saturated: saturated) }
        return Sample(red: sums[0] / counts[0], green: green, blue: sums[2] / counts[2], saturated: saturated)
    }
}
