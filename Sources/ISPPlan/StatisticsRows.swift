// Statistics counted on the way of the rows.

import ISPImaging
import ISPKernels
import ISPStages

/// The statistics of a part of a frame, counted by one thread.
public final class StatisticsCounter {
    private var counted = FrameStatistics()
    /// Of the row of zones at hand: sums of columns, by photosite.
    private var sums: UnsafeMutablePointer<Int32>
    /// Entries of a row of one parity that there are sums for, and those that there is room for.
    private var (entries, room) = (0, 0)
    /// The columns that are added up, and the column of the first entry.
    private var (part, origin) = (0..<0, 0)
    /// How many rows with red and with blue photosites were added.
    private var added: (red: Int, blue: Int) = (0, 0)
    private let bins: UnsafeMutablePointer<Int>
    private var cfa = CFAPattern.rggb
    private var zoneRow = 0
    private var region = Region(x: 0, y: 0, width: 0, height: 0)
    /// The zones' bounds in the part of the frame that is counted: an array would be counted as a reference in every row.
    private let columns, rows: UnsafeMutablePointer<Int>

    private static let sites = 4
    private static let binCount = 256

    /// Creates a counter with nothing counted.
    public init() {
        sums = .allocate(capacity: 0)
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

    /// The sums of a photosite's columns.
    private func sums(_ site: CFASite) -> ColumnSums {
        ColumnSums(sums + site.rawValue * ColumnSums.lanes(entries), count: entries)
    }

    /// Adds the sums of the row of zones at hand to what was counted.
    private func flush() {
        guard added.red + added.blue > 0 else { return }
        for parity in 0..<2 {
            for y in 0..<2 {
                let site = cfa.site(column: parity, row: y)
                let rowCount = y == cfa.redRow ? added.red : added.blue
                let sums = sums(site)
                for column in 0..<FrameStatistics.grid.width {
                    let entries = zoneEntries(column, parity)
                    guard !entries.isEmpty else { continue }
                    let totals = sums.totals((entries.lowerBound / 2)..<((entries.upperBound + 1) / 2))
                    func unsigned(_ total: Int64, _ count: Int) -> UInt64 {
                        UInt64(bitPattern: total + Int64(count * rowCount) << 15)
                    }
                    let zone = zoneRow * FrameStatistics.grid.width + column
                    counted.zones[zone].sums[site.rawValue] += unsigned(totals.samples, entries.count)
                    counted.zones[zone].counts[site.rawValue] += entries.count * rowCount
                    counted.zones[zone].saturated += totals.saturated
                    if site.plane == 1 {
                        let steps = max(entries.upperBound - max(entries.lowerBound, firstStep(parity)), 0)
                        counted.zones[zone].sharpness += unsigned(totals.steps, steps)
                    }
                }
            }
        }
        sums.update(repeating: 0, count: Self.sites * ColumnSums.lanes(entries))
        added = (0, 0)
    }

    /// The entries of a parity that a column of zones has in the part at hand.
    private func zoneEntries(_ column: Int, _ parity: Int) -> Range<Int> {
        entries(max(columns[column], part.lowerBound), min(columns[column + 1], part.upperBound), parity)
    }

    private func entries(_ first: Int, _ last: Int, _ parity: Int) -> Range<Int> {
        let from = (first - origin - parity + 1) >> 1
        return from..<max(from, (last - origin - parity + 1) >> 1)
    }

    /// The first entry that has a neighbour of its colour on the left that is in the frame.
    private func firstStep(_ parity: Int) -> Int { (2 - origin - parity + 1) >> 1 }

    /// Counts some columns of a row.
    /// - Parameters:
    ///   - row: its samples from column `origin` on, a multiple of 4.
    ///   - part: the columns.
    ///   - region: the part of the frame that is counted in all.
    func count(
        _ row: MosaicRow, origin: Int, _ part: Range<Int>, y: Int, of region: Region, cfa: CFAPattern,
        saturation: UInt16
    ) {
        prepare(region, y, part, origin: origin, cfa)
        for parity in 0..<2 {
            let site = cfa.site(column: parity, row: y)
            StatisticsKernel.add(
                row[parity], entries: entries(part.lowerBound, part.upperBound, parity), saturation: saturation,
                stepsFrom: site.plane == 1 ? firstStep(parity) : nil, to: sums(site))
        }
        if y & 1 == cfa.redRow { added.red += 1 } else { added.blue += 1 }
        if y % FrameStatistics.histogramStep < 2 { histogram(row, origin, part, y, cfa) }
    }

    private func prepare(_ region: Region, _ y: Int, _ part: Range<Int>, origin: Int, _ cfa: CFAPattern) {
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
        if part != self.part || origin != self.origin || cfa != self.cfa {
            flush()
            precondition(origin & 3 == 0, "a row that begins in the middle of a lane")
            (self.part, self.origin, self.cfa) = (part, origin, cfa)
            let group = KernelLimits.group
            entries = ((part.upperBound - origin + 1) / 2 + group - 1) / group * group
            if entries > room {
                sums.deallocate()
                room = entries
                sums = .allocate(capacity: Self.sites * ColumnSums.lanes(room))
                sums.initialize(repeating: 0, count: Self.sites * ColumnSums.lanes(room))
            }
        }
        if y < rows[zoneRow] || y >= rows[zoneRow + 1] || max(added.red, added.blue) == ColumnSums.mostRows {
            flush()
            zoneRow = (0..<grid.height).last { rows[$0] <= y } ?? 0
        }
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
