// Statistics counted on the way of the rows.

import ISPImaging
import ISPKernels
import ISPStages

/// The statistics of a part of a frame, counted by one thread.
public final class StatisticsCounter {
    private var counted = FrameStatistics()
    /// Of the row of zones at hand: sums by zone column and photosite.
    private let sums: UnsafeMutablePointer<RowSums>
    private let bins: UnsafeMutablePointer<Int>
    private var zoneRow = 0
    private var region = Region(x: 0, y: 0, width: 0, height: 0)
    /// The zones' bounds in the part of the frame that is counted: an array would be counted as a reference in every row.
    private let columns, rows: UnsafeMutablePointer<Int>
    /// Samples that the sums are sure to have room for.
    private var room = 0

    private static let sites = 4
    private static let binCount = 256

    /// Creates a counter with nothing counted.
    public init() {
        sums = .allocate(capacity: FrameStatistics.grid.width * Self.sites)
        sums.initialize(repeating: RowSums(), count: FrameStatistics.grid.width * Self.sites)
        bins = .allocate(capacity: 3 * Self.binCount)
        bins.initialize(repeating: 0, count: 3 * Self.binCount)
        let grid = FrameStatistics.grid
        columns = .allocate(capacity: grid.width + 1)
        columns.initialize(repeating: 0, count: grid.width + 1)
        rows = .allocate(capacity: grid.height + 1)
        rows.initialize(repeating: 0, count: grid.height + 1)
    }

    deinit {
        columns.deallocate()
        rows.deallocate()
        sums.deallocate()
        bins.deallocate()
    }

    /// What was counted so far.
    public var statistics: FrameStatistics {
        flush()
        var result = counted
        for plane in 0..<3 {
            for bin in 0..<Self.binCount { result.histograms[plane].counts[bin] = bins[plane * Self.binCount + bin] }
        }
        return result
    }

    /// Forgets what was counted.
    public func reset() {
        flush()
        counted = FrameStatistics()
        bins.update(repeating: 0, count: 3 * Self.binCount)
    }

    /// Adds the sums of the row of zones at hand to what was counted.
    private func flush() {
        for column in 0..<FrameStatistics.grid.width {
            let zone = zoneRow * FrameStatistics.grid.width + column
            for site in 0..<Self.sites {
                let sum = sums[column * Self.sites + site]
                guard sum.count > 0 else { continue }
                counted.zones[zone].sums[site] += sum.total
                counted.zones[zone].counts[site] += sum.count
                counted.zones[zone].saturated += sum.totalSaturated
                counted.zones[zone].sharpness += sum.totalSteps
            }
        }
        sums.update(repeating: RowSums(), count: FrameStatistics.grid.width * Self.sites)
        room = RowSums.mostSamples
    }

    /// Counts some columns of a row.
    /// - Parameters:
    ///   - row: its samples from column `origin` on.
    ///   - region: the part of the frame that is counted in all.
    func count(
        _ row: MosaicRow, origin: Int, _ part: Range<Int>, y: Int, of region: Region, cfa: CFAPattern,
        saturation: UInt16
    ) {
        prepare(region, y, samples: part.count)
        for parity in 0..<2 {
            let site = cfa.site(column: parity, row: y)
            for column in 0..<FrameStatistics.grid.width {
                let first = max(columns[column], part.lowerBound)
                let last = min(columns[column &+ 1], part.upperBound)
                guard first < last else { continue }
                // The entries of this parity in the columns.
                let from = (first - origin - parity + 1) >> 1
                let count = (last - origin - parity + 1) >> 1 - from
                // A step needs a green neighbour on the left that is in the frame.
                let steps = site.plane == 1 ? max(0, (2 - origin - parity + 1) >> 1 - from) : count
                StatisticsKernel.add(
                    row[parity] + from, count: count, saturation: saturation, stepsFrom: steps,
                    to: &sums[column &* Self.sites &+ site.rawValue])
            }
        }
        if y % FrameStatistics.histogramStep < 2 { histogram(row, origin, part, y, cfa) }
    }

    private func prepare(_ region: Region, _ y: Int, samples: Int) {
        let grid = FrameStatistics.grid
        if region != self.region {
            flush()
            self.region = region
            let (across, down) = (
                FrameStatistics.bounds(region.x..<region.maxX, zones: grid.width),
                FrameStatistics.bounds(region.y..<region.maxY, zones: grid.height)
            )
            for (i, bound) in across.enumerated() { columns[i] = bound }
            for (i, bound) in down.enumerated() { rows[i] = bound }
        }
        if y < rows[zoneRow] || y >= rows[zoneRow + 1] || room < samples {
            flush()
            zoneRow = (0..<grid.height).last { rows[$0] <= y } ?? 0
        }
        room -= samples
    }

    private func histogram(
        _ row: MosaicRow, _ origin: Int, _ part: Range<Int>, _ y: Int, _ cfa: CFAPattern
    ) {
        let step = FrameStatistics.histogramStep
        for parity in 0..<2 {
            let samples = row[parity]
            let bins = bins + cfa.site(column: parity, row: y).plane * Self.binCount
            // The first column of this parity in a block of the step.
            let first = (part.lowerBound - parity + step - 1) / step * step + parity
            var entry = (first - origin) >> 1
            let end = (part.upperBound - origin - parity + 1) >> 1
            while entry < end {
                bins[Int(samples[entry] >> 8)] &+= 1
                entry &+= step / 2
            }
        }
    }
}
