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
    private let bytes: UnsafeRawBufferPointer
    private let bytesPerRow: Int
    private let image: ImageBuffer
    /// The frame's column of the buffers' first entry, even; and their entries of one parity.
    private let origin, count: Int

    private let raw, mosaic: MosaicRing
    private let color: ColorRow
    private let rounded: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>)
    private var shading: ShadingRows?

    /// Takes the rows of a strip.
    init(
        _ plan: RealTimePlan, columns: Range<Int>, rows: Range<Int>, _ bytes: UnsafeRawBufferPointer, _ bytesPerRow: Int,
        _ image: ImageBuffer, _ scratch: PlanScratch
    ) {
        self.plan = plan
        self.columns = columns
        let pack = plan.pipeline.pack
        let part = pack.orientation.stored(
            Region(x: 0, y: rows.lowerBound, width: image.size.width, height: rows.count), of: pack.shown.size)
        self.rows = (part.y + pack.shown.y)..<(part.maxY + pack.shown.y)
        (self.bytes, self.bytesPerRow, self.image) = (bytes, bytesPerRow, image)
        // Unpacking starts at whole groups.
        let reach = plan.mosaicHalo + 1
        origin = (columns.lowerBound - reach) & ~31
        count = (columns.upperBound + reach - origin + 63) / 64 * 32

        let byteRow = 2 * count + 64
        scratch.reserve(
            2 * MosaicRing.bytes(count) + 3 * SignalRow.bytes(count) + 3 * (byteRow + 128) + ShadingRows.bytes(count))
        raw = MosaicRing(scratch, count: count)
        mosaic = MosaicRing(scratch, count: count)
        color = ColorRow(
            red: SignalRow(scratch, count: count), green: SignalRow(scratch, count: count),
            blue: SignalRow(scratch, count: count))
        rounded = (
            scratch.take(byteRow, of: UInt8.self), scratch.take(byteRow, of: UInt8.self),
            scratch.take(byteRow, of: UInt8.self)
        )
        shading = plan.gains.shading.map { ShadingRows($0, scratch, origin: origin, count: count) }
    }

    /// Makes the strip's rows.
    mutating func develop() {
        let halo = plan.mosaicHalo
        for y in (rows.lowerBound - halo)..<(rows.upperBound + halo) {
            unpack(y)
            amplify(y)
            let finished = y - halo
            guard rows.contains(finished) else { continue }
            colours(finished)
            store(finished)
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
        if let table = plan.linearise { linearise(row, table) }
        let reach = plan.mosaicHalo + 1
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
    private func colours(_ y: Int) {
        let window = MosaicWindow(mosaic[y - 2], mosaic[y - 1], mosaic[y], mosaic[y + 1], mosaic[y + 2])
        let isRedRow = (y & 1) == plan.cfa.redRow
        plan.demosaic.apply(
            window, greenFirst: plan.cfa.site(column: 0, row: y).plane == 1, own: isRedRow ? color.red : color.blue,
            green: color.green, other: isRedRow ? color.blue : color.red, count: count)
        plan.matrix?.apply(color, count: count)
        plan.tone.apply(color, count: count)
    }

    /// Round and store.
    private func store(_ y: Int) {
        RoundKernel.apply(color.red, into: rounded.0, count: count)
        RoundKernel.apply(color.green, into: rounded.1, count: count)
        RoundKernel.apply(color.blue, into: rounded.2, count: count)
        let pack = plan.pipeline.pack
        let map = pack.orientation.upright(of: pack.shown.size)
        let (x0, y0) = (columns.lowerBound - pack.shown.x, y - pack.shown.y)
        let column = map.originX + x0 * map.column.x
        let row = image.row(map.originY + y0 * map.row.y)
        let skipped = columns.lowerBound - origin
        let samples = pack.format.samplesPerPixel
        precondition(
            column >= 0 && column < image.size.width
                && (map.column.x == 1 ? column + columns.count <= image.size.width : column + 1 >= columns.count))
        plan.interleave?.apply(
            rounded.0 + skipped, rounded.1 + skipped, rounded.2 + skipped, width: columns.count,
            into: row.baseAddress!.assumingMemoryBound(to: UInt8.self) + column * samples, step: map.column.x)
    }
}

/// Shading gains of the two rows of nodes that a row lies between, for both parities of columns and rows.
struct ShadingRows {
    private let tables: ShadingTables
    private let origin, count: Int
    /// By row parity and column parity: rows of nodes, the upper and the lower one.
    private let memory: [UnsafeMutablePointer<Int16>]
    private var nodes = [-1, -1, -1, -1]

    init(_ tables: ShadingTables, _ scratch: PlanScratch, origin: Int, count: Int) {
        self.tables = tables
        (self.origin, self.count) = (origin, count)
        memory = (0..<8).map { _ in scratch.take(count, of: Int16.self) }
    }

    /// The rows of gains for a row and one parity of columns.
    mutating func rows(
        _ y: Int, parity: Int
    ) -> (first: UnsafeMutablePointer<Int16>, second: UnsafeMutablePointer<Int16>, share: Int16) {
        let index = (y & 1) * 2 + parity
        let (first, second) = (memory[2 * index], memory[2 * index + 1])
        let (node, share) = tables.place(row: y, column: parity)
        if nodes[index] != node {
            nodes[index] = node
            tables.fill(first, node: node, x: origin + parity, y: y, count: count)
            tables.fill(second, node: node + 1, x: origin + parity, y: y, count: count)
        }
        return (first, second, share)
    }

    /// The bytes that the rows take.
    static func bytes(_ count: Int) -> Int { 8 * (2 * count + AlignedMemory.alignment) }
}
