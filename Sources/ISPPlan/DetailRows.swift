// Luma and colour differences of the last few rows, and the sharpened luma of one of them.

import ISPKernels

/// The rows that sharpening and video formats need of a strip.
final class DetailRows {
    private let kernel: LumaKernel
    private let sharpen: SharpenKernel?
    private let blocks: Uncounted<BlockRows>?
    /// Keeps `blocks`.
    private let blockRows: BlockRows?
    private let count: Int
    private let lumas, blurred, details, squares, result, chromas: SignalRing
    private let columns: SharpenKernel.Columns

    /// How many rows of each are looked at.
    private struct Needs {
        let luma, blurred, detail, squares, chroma: Int

        init(_ plan: RealTimePlan) {
            let (lag, radius) = (plan.detailHalo, plan.sharpen?.radius ?? 0)
            // Chroma of a row is looked at once more with that of the next one.
            (luma, blurred, chroma) = (lag + 2, 2 * radius + 1, plan.isMono ? 1 : lag + 2)
            (detail, squares) = (lag - radius + 1, lag - radius + 2)
        }
    }

    init(_ plan: RealTimePlan, _ kernel: LumaKernel, _ scratch: PlanScratch, count: Int) {
        blockRows = plan.blocks.map { BlockRows($0, kernel, scratch, count: count) }
        blocks = blockRows.map(Uncounted.init)
        let sharpen = plan.sharpen
        self.kernel = kernel
        self.sharpen = sharpen
        self.count = count
        let needs = Needs(plan)
        func ring(_ rows: Int) -> SignalRing { SignalRing(scratch, holding: rows, count: count) }
        lumas = ring(needs.luma)
        (blurred, details, squares) = (ring(needs.blurred), ring(needs.detail), ring(needs.squares))
        result = ring(1)
        func row() -> SignalRow { ring(1)[0] }
        columns = SharpenKernel.Columns(lowest: row(), highest: row(), energy: row())
        // Cb takes the place of even columns, Cr that of odd ones.
        chromas = ring(needs.chroma)
        if plan.isMono {
            let none = chromas[0]
            for k in 0..<count { (none.even[k], none.odd[k]) = (0, 0) }
        }
    }

    /// The bytes that the rows take.
    static func bytes(_ plan: RealTimePlan, _ count: Int) -> Int {
        let needs = Needs(plan)
        let rings = [needs.luma, needs.blurred, needs.detail, needs.squares, needs.chroma, 1, 1, 1, 1]
        return (plan.blocks == nil ? 0 : BlockRows.bytes(count))
            + rings.reduce(0) { $0 + SignalRing.bytes(holding: $1, count) }
    }

    /// Takes the next row.
    /// - Parameter chromaAtOdd: where colour differences are wanted: whether they stand at odd columns.
    func add(_ color: ColorRow, _ y: Int, chromaAtOdd: Bool?) {
        let luma = lumas[y]
        kernel.luma(color, into: luma, count: count)
        if let chromaAtOdd {
            kernel.chroma(
                color, luma: luma, atOdd: chromaAtOdd, cb: chromas[y].even, cr: chromas[y].odd, count: count)
        }
        if let blocks { blocks { $0.add(color, luma: luma, y) } }
        findDetail(luma, y)
    }

    /// Takes the next row of a mono frame.
    /// - Parameter fill: writes its luma.
    func add(_ y: Int, _ fill: (SignalRow) -> Void) {
        let luma = lumas[y]
        fill(luma)
        findDetail(luma, y)
    }

    private func findDetail(_ luma: SignalRow, _ y: Int) {
        guard let sharpen else { return }
        sharpen.blur(luma, into: blurred[y], count: count)
        let middle = y - sharpen.radius
        sharpen.detail(
            lumas[middle], { blurred[middle + $0] }, into: details[middle], squares: squares[middle], count: count)
    }

    /// Chroma of a row whose surroundings are there: Cb as the even columns, Cr as the odd ones; none of a mono frame.
    func chroma(_ y: Int, atOdd: Bool) -> SignalRow {
        let chroma = chromas[y]
        if let blocks { BlockChromaKernel.add(blocks { $0.moves(y) }, atOdd: atOdd, to: chroma, count: count) }
        return chroma
    }

    /// Colours of a row whose surroundings are there, denoised, sharpened and rounded to bytes.
    func finish(_ color: ColorRow, _ y: Int, into bytes: ColorBytes) {
        if let blocks { BlockChromaKernel.add(blocks { $0.moves(y) }, to: color, kernel: kernel, count: count) }
        if sharpen != nil {
            LumaKernel.add(sharpened(y), less: lumas[y], to: color, into: bytes, count: count)
        } else {
            RoundKernel.apply(color, into: bytes, count: count)
        }
    }

    /// Luma of a row whose surroundings are there.
    func sharpened(_ y: Int) -> SignalRow {
        guard let sharpen else { return lumas[y] }
        sharpen.sharpen(
            (lumas[y - 1], lumas[y], lumas[y + 1]), details[y], (squares[y - 1], squares[y], squares[y + 1]),
            columns: columns, into: result[y], count: count)
        return result[y]
    }
}
