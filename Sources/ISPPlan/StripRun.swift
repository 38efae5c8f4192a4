// The way of a row through the plan: some columns of the picture, from top to bottom.

import ISPImaging
import ISPKernels
import ISPStages

/// One run over a strip of columns. Rows flow through the stages; each stage keeps as many as the next one looks at.
///
/// Rows of the mosaic have the columns of the strip and what the stages need around them, from `origin` on; rows of colours those
/// from `colorOrigin` on, which where nothing looks around are the strip's alone. Each kernel works on whole rows; what it
/// makes of the outermost columns has no meaning and reaches no pixel. Beyond the
/// frame rows and columns go on as their mirror images, which keeps the CFA phase.
struct StripRun {
    private let plan: RealTimePlan
    /// Rows of the frame that become rows of the picture.
    private let rows: Range<Int>
    /// Rows of the picture.
    private let rowCount: Int
    private let bytes: UnsafeRawBufferPointer
    private let bytesPerRow: Int
    /// The frame's column of the mosaic's first entry, even; and its entries of one parity.
    private let origin, count: Int
    /// Those of the colours.
    private let colorOrigin, colorCount: Int
    /// The same of the rows of the frame, which are wider where they are binned.
    private let rawOrigin, rawCount: Int
    /// Columns and rows of the frame that the strip shows.
    private let shownColumns, shownRows: Range<Int>

    private let raw, mosaic: MosaicRing
    /// With green equalisation: rows without defects, and the greens of a row evened out.
    private let clean: (rows: MosaicRing, greens: UnsafeMutablePointer<UInt16>)?
    private let colors: (red: SignalRing, green: SignalRing, blue: SignalRing)
    private let unpackKernel: UnpackKernel
    private let gains: GainKernel
    /// By R, Gr, Gb, B.
    private let black, gain: SIMD4<Int16>
    private let demosaic: DemosaicKernel?
    private let matrix: MatrixKernel?
    private let tone: ToneKernel
    private let saturation: SaturationKernel?
    private let photosites: Photosites
    private let frame: Size
    private let statistics: StatisticsCounter?
    private let shading: ShadingRows?
    private let defects: DefectRows?
    private let bins: BinRows?
    private let detail: DetailRows?
    private let output: OutputRows

    /// Takes the rows of a strip.
    init(
        _ plan: RealTimePlan, columns: Range<Int>, rows: Range<Int>, _ bytes: UnsafeRawBufferPointer,
        _ bytesPerRow: Int,
        _ image: ImageBuffer, _ scratch: PlanScratch, _ statistics: StatisticsCounter?
    ) {
        self.plan = plan
        (self.bytes, self.bytesPerRow) = (bytes, bytesPerRow)
        (unpackKernel, demosaic) = (plan.unpack, plan.demosaic)
        (gains, black, gain) = (plan.gains.kernel, plan.gains.black, plan.gains.gain)
        (matrix, tone, saturation) = (plan.matrix, plan.tone, plan.saturation)
        (photosites, frame) = (plan.photosites, plan.size)
        rowCount = rows.count
        self.statistics = statistics
        let factor = plan.factor
        (origin, count, colorOrigin, colorCount) = Self.span(columns, plan)
        (rawOrigin, rawCount) = (origin * factor, count * factor)
        let (origin, count, rawOrigin, rawCount) = (origin, count, rawOrigin, rawCount)
        let (colorOrigin, colorCount) = (colorOrigin, colorCount)
        scratch.reserve(Self.bytes(plan, count))
        raw = MosaicRing(scratch, holding: 2 * plan.defectHalo + 1, count: rawCount)
        mosaic = MosaicRing(scratch, holding: 2 * plan.demosaicHalo + 1, count: count)
        clean =
            plan.green == nil
            ? nil
            : (
                MosaicRing(scratch, holding: 2 * GreenKernel.halo + 1, count: count),
                scratch.takeRows(of: UInt16.self, count)
            )
        func ring() -> SignalRing { SignalRing(scratch, holding: plan.heldColors, count: colorCount) }
        colors = (ring(), ring(), ring())
        output = OutputRows(plan, columns: columns, rows: rows, origin: colorOrigin, count: colorCount, image, scratch)
        self.rows = output.rows
        shownColumns = (columns.lowerBound * factor)..<(columns.upperBound * factor)
        shownRows = (output.shownRows.lowerBound * factor)..<(output.shownRows.upperBound * factor)
        shading = plan.gains.shading.map { ShadingRows($0, scratch, origin: origin, count: count) }
        defects = plan.defects.map {
            DefectRows($0, plan.photosites, frame: plan.size, origin: rawOrigin, count: rawCount)
        }
        bins = plan.binning.map { BinRows($0, scratch, count: count) }
        detail = plan.luma.map { DetailRows(plan, $0, scratch, count: colorCount) }
    }

    /// From which column on rows have entries, and how many of one parity: rows of the mosaic and rows of colours.
    static func span(
        _ columns: Range<Int>, _ plan: RealTimePlan
    ) -> (origin: Int, count: Int, colorOrigin: Int, colorCount: Int) {
        // Unpacking starts at whole groups.
        let (group, reach) = (KernelLimits.group, plan.reach)
        let origin = (columns.lowerBound - reach) & ~(group - 1)
        let colorOrigin = (columns.lowerBound - plan.colorReach) & ~1
        func entries(_ columns: Int) -> Int { (columns + 2 * group - 1) / (2 * group) * group }
        let colorCount = entries(columns.upperBound + plan.colorReach - colorOrigin)
        let count = entries(max(columns.upperBound + reach, colorOrigin + 2 * colorCount) - origin)
        return (origin, count, colorOrigin, colorCount)
    }

    /// The bytes of all rows, `count` columns of each parity wide.
    static func bytes(_ plan: RealTimePlan, _ count: Int) -> Int {
        MosaicRing.bytes(holding: 2 * plan.defectHalo + 1, count * plan.factor)
            + (plan.binning.map { BinRows.bytes($0, count) } ?? 0)
            + MosaicRing.bytes(holding: 2 * plan.demosaicHalo + 1, count)
            + 3 * SignalRing.bytes(holding: plan.heldColors, count) + OutputRows.bytes(count)
            + (plan.green == nil
                ? 0 : MosaicRing.bytes(holding: 2 * GreenKernel.halo + 1, count) + PlanScratch.rowBytes(count))
            + (plan.gains.shading == nil ? 0 : ShadingRows.bytes(count))
            + (plan.luma == nil ? 0 : DetailRows.bytes(plan, count))
    }

    /// Makes the strip's rows.
    /// - Parameter step: called before every `stepRows` of them.
    func develop(every stepRows: Int, _ step: () throws -> Void) rethrows {
        let (halo, lag, look, balance) = (plan.demosaicHalo, plan.detailHalo, plan.defectHalo, plan.greenHalo)
        let first = rows.lowerBound - lag - halo
        let binned = (first - balance)..<(rows.upperBound + lag + halo + balance)
        let repaired = plan.binning?.source(of: binned, cfa: photosites.cfa) ?? binned
        let start = repaired.lowerBound - look
        let (isYCbCr, green) = (plan.isYCbCr, plan.green)
        let (defects, detail) = (self.defects.map(Uncounted.init), self.detail.map(Uncounted.init))
        let statistics = statistics.map(Uncounted.init)
        for y in start..<(repaired.upperBound + look) {
            let begun = y - start
            if begun % stepRows == 0, begun < rowCount * plan.factor { try step() }
            unpack(y, statistics)
            guard y - look >= repaired.lowerBound, let row = repair(y - look, defects), row >= binned.lowerBound
            else { continue }
            let balanced = row - balance
            guard balanced >= first else { continue }
            if let green { equalize(balanced, green) }
            let colored = balanced - halo
            guard colored >= rows.lowerBound - lag else { continue }
            if let demosaic {
                let mosaic = mosaicColors(colored, demosaic)
                guard let detail else {
                    finish(colored, mosaic)
                    continue
                }
                let color = color(colored)
                tone.apply(mosaic, after: matrix, into: color, count: colorCount)
                saturation?.apply(color, count: colorCount)
                detail { $0.add(color, colored, chromaAtOdd: isYCbCr ? output.chromaAtOdd : nil) }
            } else if let detail {
                detail { $0.add(colored) { tone.apply(linear(colored), into: $0, count: colorCount) } }
            }
            guard let detail else { continue }
            let finished = colored - lag
            if finished >= rows.lowerBound { detail { finish(finished, $0) } }
        }
        output.finish()
        withExtendedLifetime((self.defects, self.detail, self.statistics)) {}
    }

    private func color(_ y: Int) -> ColorRow {
        ColorRow(red: colors.red[y], green: colors.green[y], blue: colors.blue[y])
    }

    /// Display colours to the picture, where nothing looks at more than a pixel of them.
    private func finish(_ y: Int, _ mosaic: MosaicColors) {
        if let saturation {
            let color = color(y)
            tone.apply(mosaic, after: matrix, into: color, count: colorCount)
            saturation.apply(color, count: colorCount)
            RoundKernel.apply(color, into: output.bytes, count: colorCount)
        } else if tone.staysInBytes, let pixels = output.pixels(y) {
            return tone.apply(mosaic, after: matrix, into: pixels, count: colorCount)
        } else {
            tone.apply(mosaic, after: matrix, into: output.bytes, count: colorCount)
        }
        output.storeBytes(y)
    }

    private func finish(_ y: Int, _ detail: DetailRows) {
        if plan.isYCbCr {
            output.store(luma: detail.sharpened(y), chroma: detail.chroma(y, atOdd: output.chromaAtOdd), y)
        } else if plan.isMono {
            output.store(grey: detail.sharpened(y), y)
        } else {
            detail.finish(color(y), y, into: output.bytes)
            output.storeBytes(y)
        }
    }

    // MARK: Stages

    /// Unpack and linearise; beyond the frame's left and right edge, the mirror image.
    private func unpack(_ y: Int, _ statistics: Uncounted<StatisticsCounter>?) {
        let (width, row) = (frame.width, raw[y])
        let first = max(rawOrigin, 0)
        let last = min(rawOrigin + 2 * rawCount, width)
        func stored(_ y: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: bytes[(mirrored(y, count: frame.height) * bytesPerRow)...])
        }
        unpackKernel.apply(stored(y), column: first, count: last - first, into: row, at: (first - rawOrigin) / 2)
        unpackKernel.prefetch(stored(y + 1), column: first, count: last - first)
        if let table = plan.linearise { linearise(row, table) }
        if let statistics { statistics { count(row, y, $0) } }
        // Frames are wider than any reach, so that one reflection is enough.
        let reach = plan.rawReach
        if rawOrigin < 0 { Self.mirror(row, around: -rawOrigin, into: (-rawOrigin - reach)..<(-rawOrigin)) }
        // Buffers may end at the frame's edge, where it is further away than anybody looks.
        let (end, beyond) = (width - rawOrigin, min(reach, rawOrigin + 2 * rawCount - width))
        if beyond > 0 { Self.mirror(row, around: end - 1, into: end..<(end + beyond)) }
    }

    /// Columns of a row as the mirror image of those on the other side of `middle`.
    private static func mirror(_ row: MosaicRow, around middle: Int, into columns: Range<Int>) {
        for x in columns { row.sample(x).pointee = row.sample(2 &* middle &- x).pointee }
    }

    /// Counts the samples of a row that the strip shows.
    private func count(_ row: MosaicRow, _ y: Int, _ statistics: StatisticsCounter) {
        guard let cfa = photosites.cfa, FrameStatistics.counts(row: y), shownRows.contains(y) else { return }
        statistics.count(
            row, origin: rawOrigin, shownColumns, y: y, of: plan.countedRegion, cfa: cfa,
            saturation: UInt16(plan.statisticsTap.saturation))
    }

    private func linearise(_ row: MosaicRow, _ table: [UInt16]) {
        let shift = UInt16(unpackKernel.shift)
        table.withUnsafeBufferPointer { table in
            for samples in [row.even, row.odd] {
                for k in 0..<rawCount { samples[k] = table[Int(samples[k] &>> shift)] }
            }
        }
    }

    /// Defects replaced and photosites binned; what comes of it goes on to linear light.
    /// - Returns: the row of the binned mosaic that is complete with this one, if one is.
    private func repair(_ y: Int, _ defects: Uncounted<DefectRows>?) -> Int? {
        guard let defects else { return bin(y) }
        // Replaced samples reach as far as the demosaic and the detail stages look.
        let reach = plan.rawReach - DefectPixels.halo
        let needed = (shownColumns.lowerBound - reach)..<(shownColumns.upperBound + reach)
        // The rows around this one are to see the samples as they were.
        defects { $0.replace(y, in: raw, needed) }
        let row = bin(y)
        defects { $0.restore() }
        return row
    }

    private func bin(_ y: Int) -> Int? {
        guard let bins else {
            take(raw[y], y)
            return y
        }
        guard let binned = bins.add(raw[y], y) else { return nil }
        take(binned.row, binned.y)
        return binned.y
    }

    /// On to linear light, or to the rows that greens are evened out in.
    private func take(_ source: MosaicRow, _ y: Int) {
        guard let clean else { return amplify(source, y) }
        // Neighbours left and right of the columns are looked at as well.
        let (margin, target) = (KernelLimits.margin, clean.rows[y])
        (target.even - margin).update(from: source.even - margin, count: count + 2 * margin)
        (target.odd - margin).update(from: source.odd - margin, count: count + 2 * margin)
    }

    /// Greens evened out, and the row on to linear light.
    private func equalize(_ y: Int, _ green: GreenKernel) {
        guard let (rows, greens) = clean else { return }
        let window = MosaicWindow(rows[y - 2], rows[y - 1], rows[y], rows[y + 1], rows[y + 2])
        let isEven = photosites.site(column: 0, row: y).plane == 1
        let site = photosites.site(column: isEven ? 0 : 1, row: y)
        let other = site == .greenInRed ? CFASite.greenInBlue : .greenInRed
        green.apply(
            window, isEven: isEven, black: (black[site.rawValue], black[other.rawValue]), into: greens,
            count: count)
        let row = rows[y]
        amplify(isEven ? MosaicRow(even: greens, odd: row.odd) : MosaicRow(even: row.even, odd: greens), y)
    }

    /// Black level, shading, balance, gain and ceiling.
    private func amplify(_ source: MosaicRow, _ y: Int) {
        amplify(source, y, parity: 0)
        amplify(source, y, parity: 1)
    }

    private func amplify(_ row: MosaicRow, _ y: Int, parity: Int) {
        let (source, target) = (row[parity], mosaic[y][parity])
        let site = photosites.site(column: parity, row: y).rawValue
        if let rows = shading?.rows(y, parity: parity) {
            gains.apply(
                source, into: target, black: black[site], between: rows.first, and: rows.second,
                share: rows.share, count: count)
        } else {
            gains.apply(
                source, into: target, black: black[site], gain: gain[site], count: count)
        }
    }

    /// A row of the mosaic in linear light, from the first column of the colours on.
    private func linear(_ y: Int) -> MosaicRow {
        let (row, first) = (mosaic[y], (colorOrigin - origin) / 2)
        return MosaicRow(even: row.even + first, odd: row.odd + first)
    }

    /// The colours of a row, which the loop of tone makes.
    private func mosaicColors(_ y: Int, _ demosaic: DemosaicKernel) -> MosaicColors {
        MosaicColors(
            MosaicWindow(linear(y - 2), linear(y - 1), linear(y), linear(y + 1), linear(y + 2)), demosaic,
            greenFirst: photosites.site(column: 0, row: y).plane == 1, isRedRow: (y & 1) == photosites.cfa?.redRow)
    }
}
