// A look at a frame's samples, for `info` and for tests of readers.

import ISPImaging

/// Extremes, means and counts of a raw frame's samples, by photosite of the 2x2 block.
public struct RawStatistics: Hashable, Sendable {
    /// The smallest sample at R, Gr, Gb, B (mono: all four positions of a block); 65535 where there is none.
    public private(set) var minimum: [UInt16] = [.max, .max, .max, .max]
    /// The largest sample, as stored: it may exceed the bit depth.
    public private(set) var maximum: [UInt16] = [0, 0, 0, 0]
    /// The mean of the samples, clamped to the bit depth as a pipeline sees them.
    public private(set) var mean: [Double] = [0, 0, 0, 0]
    /// The number of samples at or above the white level: saturated. Of companded samples, their linear values count.
    public private(set) var saturated = 0
    /// The number of samples above the white level.
    public private(set) var aboveWhite = 0
    /// The number of samples above what the bit depth can hold; unpacking clamps them.
    public private(set) var aboveBitDepth = 0

    /// Measures a frame.
    /// - Complexity: O(pixels).
    public init(_ frame: RawFrame) {
        let limit = UInt16(frame.format.maximum)
        let white = frame.metadata.whiteLevel
        let table = frame.metadata.linearization
        let pattern = frame.format.cfa ?? .rggb
        var counts = [0, 0, 0, 0]
        var row = [UInt16](repeating: 0, count: frame.size.width)
        for y in 0..<frame.size.height {
            Self.read(y, of: frame, into: &row)
            for column in 0..<min(2, row.count) {
                let site = pattern.site(column: column, row: y).rawValue
                var (low, high, sum, count): (UInt16, UInt16, UInt64, Int) = (minimum[site], maximum[site], 0, 0)
                for x in stride(from: column, to: row.count, by: 2) {
                    let sample = row[x]
                    low = min(low, sample)
                    high = max(high, sample)
                    sum += UInt64(min(sample, limit))
                    count += 1
                    if sample > limit { aboveBitDepth += 1 }
                    let linear = Float(table.map { $0[min(Int(sample), $0.count - 1)] } ?? sample)
                    if linear >= white { saturated += 1 }
                    if linear > white { aboveWhite += 1 }
                }
                (minimum[site], maximum[site]) = (low, high)
                mean[site] += Double(sum)
                counts[site] += count
            }
        }
        mean = zip(mean, counts).map { $1 > 0 ? $0 / Double($1) : 0 }
    }

    /// A row as stored, not clamped.
    private static func read(_ y: Int, of frame: RawFrame, into row: inout [UInt16]) {
        guard frame.format.packing == .words else {
            row.withUnsafeMutableBufferPointer { frame.unpackRow(y, columns: 0..<$0.count, into: $0.baseAddress!) }
            return
        }
        frame.withBytes { bytes in
            for x in row.indices {
                let offset = y * frame.bytesPerRow + 2 * x
                row[x] = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            }
        }
    }
}
