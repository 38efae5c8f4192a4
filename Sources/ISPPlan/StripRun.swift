// The way of a row through the plan: some columns of the picture, from top to bottom.

import ISPImaging
import ISPKernels
import ISPStages

/// One run over a strip of columns. Rows flow through the stages; each stage keeps as many as the next one looks at.
///
/// All row buffers have the same columns: those of the strip and what the stages need around them, from `origin` on. Each
/// kernel works on whole rows; what it makes of the outermost columns has no meaning and reaches no pixel. Beyond the
/// frame rows and columns go on as their mirror images, which keeps the CFA phase.
struct StripRun {
    private let plan: RealTimePlan
    private let columns: Range<Int>
    /// Rows of the frame that become rows of the picture.
    private let rows: Range<Int>
    /// Rows of the picture.
    private let rowCount: Int
    private let bytes: UnsafeRawBufferPointer
    private let bytesPerRow: Int
    /// The frame's column of the buffers' first entry, even; and their entries of one parity.
    private let origin, count: Int

    private let raw, mosaic: MosaicRing
    private let colors: (red: SignalRing, green: SignalRing, blue: SignalRing)
    private var shading: ShadingRows?
    private var defects: DefectRows?
    private var detail: DetailRows?
    private let output: OutputRows

    /// Takes the rows of a strip.
    init(
        _ plan: RealTimePlan, columns: Range<Int>, rows: Range<Int>, _ bytes: UnsafeRawBufferPointer, _ bytesPerRow: Int,
        _ image: ImageBuffer, _ scratch: PlanScratch
    ) {
        self.plan = plan
        self.columns = columns
        (self.bytes, self.bytesPerRow) = (bytes, bytesPerRow)
        rowCount = rows.count
        // Unpacking starts at whole groups.
        let reach = plan.reach
        origin = (columns.lowerBound - reach) & ~31
        count = (columns.upperBound + reach - origin + 63) / 64 * 32
        let held = plan.heldColors
        scratch.reserve(Self.bytes(plan, count))
        raw = MosaicRing(scratch, count: count)
        mosaic = MosaicRing(scratch, count: count)
        colors = (
            SignalRing(scratch, rows: held, count: count), SignalRing(scratch, rows: held, count: count),
            SignalRing(scratch, rows: held, count: count)
        )
        output = OutputRows(plan, columns: columns, rows: rows, origin: origin, count: count, image, scratch)
        self.rows = output.rows
        if let tables = plan.gains.shading { shading = ShadingRows(tables, scratch, origin: origin, count: count) }
        if let defectPlan = plan.defects {
            defects = DefectRows(
                defectPlan, cfa: plan.cfa, frame: plan.size, scratch, origin: origin, count: count)
        }
        if let luma = plan.luma { detail = DetailRows(luma, plan.sharpen, scratch, count: count) }
    }

    /// The bytes of all rows, `count` columns of each parity wide.
    static func bytes(_ plan: RealTimePlan, _ count: Int) -> Int {
        2 * MosaicRing.bytes(count) + 3 * SignalRing.bytes(rows: plan.heldColors, count) + OutputRows.bytes(count)
            + (plan.gains.shading == nil ? 0 : ShadingRows.bytes(count))
            + (plan.defects == nil ? 0 : DefectRows.bytes(count)) + (plan.luma == nil ? 0 : DetailRows.bytes(count))
    }

    /// Makes the strip's rows.
    /// - Parameter step: called before every `stepRows` of them.
    mutating func develop(every stepRows: Int, _ step: () throws -> Void) rethrows {
        let (halo, lag, look) = (plan.demosaic.halo, plan.detailHalo, plan.defectHalo)
        let first = rows.lowerBound - lag - halo
        for y in (first - look)..<(rows.upperBound + lag + halo + look) {
            let begun = y - (first - look)
            if begun % stepRows == 0, begun / stepRows * stepRows < rowCount { try step() }
            unpack(y)
            let repaired = y - look
            guard repaired >= first else { continue }
            repairAndAmplify(repaired)
            let colored = repaired - halo
            guard colored >= rows.lowerBound - lag else { continue }
            let color = color(colored)
            colours(colored, color)
            guard detail != nil else {
                output.store(color, colored)
                continue
            }
            detail!.add(color, colored, chromaAtOdd: plan.isYCbCr ? output.chromaAtOdd : nil)
            let finished = colored - lag
            if finished >= rows.lowerBound { finish(finished) }
        }
        output.finish()
    }

    private func color(_ y: Int) -> ColorRow { ColorRow(red: colors.red[y], green: colors.green[y], blue: colors.blue[y]) }

    private func finish(_ y: Int) {
        guard let detail else { return }
        let sharp = detail.sharpened(y)
        if plan.isYCbCr {
            output.store(luma: sharp, chroma: detail.chroma(y), y)
        } else {
            let color = color(y)
            LumaKernel.add(sharp, less: detail.luma(y), to: color, count: count)
            output.store(color, y)
        }
    }

    // MARK: Stages

    /// Unpack and linearise; beyond the frame's left and right edge, the mirror image.
    private func unpack(_ y: Int) {
        let (width, row) = (plan.size.width, raw[y])
        let start = mirrored(y, count: plan.size.height) * bytesPerRow
        let first = max(origin, 0)
        let last = min(origin + 2 * count, width)
        plan.unpack.apply(
            UnsafeRawBufferPointer(rebasing: bytes[start...]), column: first, count: last - first, into: row,
            at: (first - origin) / 2)
        let next = mirrored(y + 1, count: plan.size.height) * bytesPerRow
        plan.unpack.prefetch(UnsafeRawBufferPointer(rebasing: bytes[next...]), column: first, count: last - first)
        if let table = plan.linearise { linearise(row, table) }
        let reach = plan.reach
        func entry(_ x: Int) -> UnsafeMutablePointer<UInt16> {
            (x & 1 == 0 ? row.even : row.odd) + (x - origin) >> 1
        }
        for x in max(origin, -reach)..<max(first, origin) { entry(x).pointee = entry(mirrored(x, count: width)).pointee }
        for x in last..<min(origin + 2 * count, width + reach) where x >= width {
            entry(x).pointee = entry(mirrored(x, count: width)).pointee
        }
    }

    private func linearise(_ row: MosaicRow, _ table: [UInt16]) {
        let shift = UInt16(plan.unpack.shift)
        table.withUnsafeBufferPointer { table in
            for samples in [row.even, row.odd] {
                for k in 0..<count { samples[k] = table[Int(samples[k] &>> shift)] }
            }
        }
    }

    /// Defects replaced, then on to linear light.
    private mutating func repairAndAmplify(_ y: Int) {
        guard let defects else { return amplify(y) }
        // Replaced samples reach as far as the demosaic and the detail stages look.
        let reach = plan.reach - DefectPixels.halo
        let needed = (columns.lowerBound - reach)..<(columns.upperBound + reach)
        defects.repaired(y, in: raw, needed) { amplify(y) }
    }

    /// Black level, shading, balance, gain and ceiling.
    private mutating func amplify(_ y: Int) {
        let (source, target) = (raw[y], mosaic[y])
        let gains = plan.gains
        for (parity, samples) in [(0, (source.even, target.even)), (1, (source.odd, target.odd))] {
            let site = plan.cfa.site(column: parity, row: y).rawValue
            if let rows = shading?.rows(y, parity: parity) {
                gains.kernel.apply(
                    samples.0, into: samples.1, black: gains.black[site], between: rows.first, and: rows.second,
                    share: rows.share, count: count)
            } else {
                gains.kernel.apply(
                    samples.0, into: samples.1, black: gains.black[site], gain: gains.gain[site], count: count)
            }
        }
    }

    /// Demosaic, matrix and tone.
    private func colours(_ y: Int, _ color: ColorRow) {
        let window = MosaicWindow(mosaic[y - 2], mosaic[y - 1], mosaic[y], mosaic[y + 1], mosaic[y + 2])
        let isRedRow = (y & 1) == plan.cfa.redRow
        plan.demosaic.apply(
            window, greenFirst: plan.cfa.site(column: 0, row: y).plane == 1, own: isRedRow ? color.red : color.blue,
            green: color.green, other: isRedRow ? color.blue : color.red, count: count)
        plan.matrix?.apply(color, count: count)
        plan.tone.apply(color, count: count)
        plan.saturation?.apply(color, count: count)
    }
}
