// The statistics tap: the reference of what plans count on the way.

import ISPImaging

/// Counts the statistics of a frame.
public struct StatisticsTap: Sendable {
    /// From this sample on, on the scale of 16 bits, a sample counts as saturated.
    public let saturation: Int
    private let linearise: Linearise?
    private let shift: Int

    /// Creates the tap.
    /// - Parameters:
    ///   - white: saturation, in sample units after linearisation.
    ///   - shift: by how many bits samples are moved up to fill 16.
    public init(linearise: Linearise?, white: Float, shift: Int) {
        self.linearise = linearise
        self.shift = shift
        saturation = min(65_535, Int((white * Highlights.saturatedFraction).rounded(.down)) << shift)
    }

    /// Counts a part of a Bayer frame.
    /// - Complexity: O(pixels).
    public func statistics(of frame: RawFrame, in region: Region) -> FrameStatistics {
        var result = FrameStatistics()
        guard let cfa = frame.format.cfa else { return result }
        let (grid, size) = (FrameStatistics.grid, frame.size)
        let columns = FrameStatistics.bounds(region.x..<region.maxX, zones: grid.width)
        let rows = FrameStatistics.bounds(region.y..<region.maxY, zones: grid.height)
        let words = UnsafeMutablePointer<UInt16>.allocate(capacity: size.width)
        defer { words.deallocate() }
        for zoneRow in 0..<grid.height {
            for y in rows[zoneRow]..<rows[zoneRow + 1] where FrameStatistics.counts(row: y) {
                frame.unpackRow(y, columns: 0..<size.width, into: words)
                let samples = (0..<size.width).map { sample(words[$0]) }
                for zoneColumn in 0..<grid.width {
                    let zone = zoneRow * grid.width + zoneColumn
                    for x in columns[zoneColumn]..<columns[zoneColumn + 1] {
                        let site = cfa.site(column: x, row: y)
                        result.zones[zone].sums[site.rawValue] += UInt64(samples[x])
                        result.zones[zone].counts[site.rawValue] += 1
                        if samples[x] >= saturation { result.zones[zone].saturated += 1 }
                        if site.plane == 1, x >= 2 {
                            result.zones[zone].sharpness += UInt64(abs(samples[x] - samples[x - 2]))
                        }
                    }
                }
                let step = FrameStatistics.histogramStep
                if y % step < 2 {
                    for x in region.x..<region.maxX where x % step < 2 {
                        let plane = cfa.site(column: x, row: y).plane
                        result.histograms[plane].counts[samples[x] >> 8] += 1
                    }
                }
            }
        }
        return result
    }

    private func sample(_ word: UInt16) -> Int {
        guard let table = linearise?.table else { return Int(word) << shift }
        return Int(table[min(Int(word), table.count - 1)]) << shift
    }
}
