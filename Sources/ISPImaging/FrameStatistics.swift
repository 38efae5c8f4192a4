// What a frame looks like in numbers: what exposure, white balance and focus are decided by.

/// Sums over zones of a part of a frame and histograms of its channels, of linear sensor samples before any gain.
///
/// Every second pair of rows counts: half the samples say the same as all of them.
/// All numbers are whole: parts of a frame can be counted by different threads and added in any order, and every execution
/// comes to the same numbers. Samples are counted on 16 bits, as far up as the format or its companding curve reaches
/// (`shift`); black is not subtracted, lens shading not undone: both are one product a zone for whoever looks.
public struct FrameStatistics: Hashable, Sendable {
    /// One zone: its samples by R, Gr, Gb, B.
    public struct Zone: Hashable, Sendable {
        /// The sum of the samples of R, Gr, Gb, B.
        public var sums: [UInt64] = [0, 0, 0, 0]
        /// How many samples R, Gr, Gb, B have.
        public var counts: [Int] = [0, 0, 0, 0]
        /// How many samples are saturated, of any photosite.
        public var saturated = 0
        /// The sum of the absolute differences of neighbouring greens along rows: the more, the sharper (the sum-modulus
        /// difference of Santos et al. 1997).
        public var sharpness: UInt64 = 0

        /// An empty zone.
        public init() {}
    }

    /// How samples fall into bins, one channel; the bins are those of the upper bits of a 16-bit sample.
    public struct Histogram: Hashable, Sendable {
        /// Bits of a bin's number.
        public let bitDepth: Int
        /// Samples of each bin.
        public var counts: [Int]

        /// An empty histogram of `2^bitDepth` bins.
        public init(bitDepth: Int) {
            self.bitDepth = bitDepth
            counts = Array(repeating: 0, count: 1 << bitDepth)
        }
    }

    /// Zones in a row and in a column.
    public static let grid = Size(width: 16, height: 12)
    /// Whether a row of the frame counts.
    public static func counts(row y: Int) -> Bool { y & 2 == 0 }

    /// Histograms count one 2x2 block of photosites of every 8x8.
    public static let histogramStep = 8

    /// The zones, rows first.
    public var zones = Array(repeating: Zone(), count: grid.width * grid.height)
    /// Red, green and blue.
    public var histograms = Array(repeating: Histogram(bitDepth: 8), count: 3)

    /// Nothing counted yet.
    public init() {}

    /// Adds what was counted in another part of the frame.
    public mutating func add(_ other: FrameStatistics) {
        for (index, zone) in other.zones.enumerated() {
            for site in 0..<4 {
                zones[index].sums[site] += zone.sums[site]
                zones[index].counts[site] += zone.counts[site]
            }
            zones[index].saturated += zone.saturated
            zones[index].sharpness += zone.sharpness
        }
        for (index, histogram) in other.histograms.enumerated() {
            for bin in histogram.counts.indices { histograms[index].counts[bin] += histogram.counts[bin] }
        }
    }

    /// Where zones of one direction begin, at about even distances from the first coordinate, and where the last one ends.
    /// Zones begin at multiples of 4, so that rows are counted by whole pairs and columns by pairs of photosites of a colour.
    public static func bounds(_ range: Range<Int>, zones: Int) -> [Int] {
        (0..<zones).map { max(range.lowerBound, (range.lowerBound + range.count * $0 / zones) & ~3) }
            + [range.upperBound]
    }
}
