// The kernels from linear colours to the picture.

import ISPImaging
import ISPKernels
import ISPStages

extension KernelRows {
    /// The luma weights of all kernels.
    private static let weights = YCbCrStandard.bt709.weights

    /// By itself; plans have it in the loop of the tone kernel.
    static func matrix() -> RowWork {
        guard let kernel = MatrixKernel([1.6, -0.4, -0.2, -0.3, 1.5, -0.2, 0, -0.5, 1.5]) else {
            preconditionFailure("the matrix is not too strong")
        }
        var rows = Rows()
        let color = rows.linearColors()
        return { _ in kernel.apply(color, count: Rows.count) }
    }

    /// By itself, without a matrix; plans have it in one loop with the demosaic.
    static func tone(_ shape: ToneCurve.Shape) throws -> RowWork {
        let curve = try ToneCurve(shape, transfer: .srgb)
        let kernel =
            curve.keepsHue
            ? ToneKernel(ceiling: 1, light: { curve.light($0) }, coding: { curve.coding($0) })
            : ToneKernel(ceiling: 1, curve: { curve($0) })
        var rows = Rows()
        let color = rows.linearColors()
        return { _ in kernel.apply(color, after: nil, count: Rows.count) }
    }

    static func saturation() -> RowWork {
        let kernel = SaturationKernel(1.2, luma: weights)
        var rows = Rows()
        let color = rows.displayColors()
        return { _ in kernel.apply(color, count: Rows.count) }
    }

    /// Luma and colour differences.
    static func luma() -> RowWork {
        let kernel = LumaKernel(red: weights.red, blue: weights.blue)
        var rows = Rows()
        let (color, luma, chroma) = (rows.displayColors(), rows.luma(), rows.luma())
        return { _ in
            kernel.luma(color, into: luma, count: Rows.count)
            kernel.chroma(color, luma: luma, atOdd: false, cb: chroma.even, cr: chroma.odd, count: Rows.count)
        }
    }

    /// All steps of a row, with noise looked at.
    static func sharpen() throws -> RowWork {
        let stage = try Sharpen(amount: 0.9, radius: 0.6, halo: 0.05, noise: nil)
        guard let stage else { preconditionFailure("the amount is not 0") }
        let kernel = SharpenKernel(
            taps: stage.taps, amount: stage.amount, overshoot: stage.overshoot, variance: { 0.00001 + 0.0001 * $0 })
        var rows = Rows()
        let luma = (rows.luma(), rows.luma(), rows.luma())
        let blurred = (-kernel.radius...kernel.radius).map { _ in rows.luma() }
        let (detail, squares) = (rows.luma(), (rows.luma(), rows.luma(), rows.luma()))
        let columns = SharpenKernel.Columns(lowest: rows.luma(), highest: rows.luma(), energy: rows.luma())
        let target = rows.luma()
        return { _ in
            kernel.blur(luma.2, into: blurred[2 * kernel.radius], count: Rows.count)
            kernel.detail(
                luma.1, { blurred[kernel.radius + $0] }, into: detail, squares: squares.1, count: Rows.count)
            kernel.sharpen(luma, detail, squares, columns: columns, into: target, count: Rows.count)
        }
    }

    /// Blocks put together from two rows, moved, and their moves added to the chroma of the rows.
    static func blockChroma() -> RowWork {
        let luma = LumaKernel(red: weights.red, blue: weights.blue)
        let kernel = BlockChromaKernel(luma: { 10 + 20 * $0 }, chroma: { 5 + 10 * $0 })
        var rows = Rows()
        let (color, row, chroma) = (rows.displayColors(), rows.luma(), rows.luma())
        let (blocks, moves) = ((rows.blocks(), rows.blocks(), rows.blocks()), rows.blocks())
        return { y in
            kernel.add(color, luma: row, isFirst: y & 1 == 0, kernel: luma, to: blocks.1, count: Rows.count)
            if y & 1 == 1 {
                kernel.move(blocks, distance: BlockChromaDenoise.distance, into: moves, count: Rows.count)
            }
            BlockChromaKernel.add(moves, atOdd: false, to: chroma, count: Rows.count)
        }
    }

    /// To a whole picture, past the caches.
    static func interleave() throws -> RowWork {
        let kernel = InterleaveKernel(order: "rgb")
        let image = try ImageBuffer(format: .rgb888, size: Rows.size)
        var rows = Rows()
        let (color, bytes) = (rows.displayColors(), rows.bytes())
        return { y in
            RoundKernel.apply(color, into: bytes, count: Rows.count)
            let target = image.row(y).baseAddress!.assumingMemoryBound(to: UInt8.self)
            kernel.apply(bytes.red, bytes.green, bytes.blue, width: Rows.size.width, into: target, step: 1)
        }
    }

    /// Luma of every row, Cb and Cr of every second one.
    static func video() -> RowWork {
        let kernel = VideoKernel(range: .limited)
        var rows = Rows()
        let (luma, chroma, bytes) = (rows.luma(), (rows.luma(), rows.luma()), rows.bytes())
        return { y in
            kernel.luma(luma, into: bytes.0, count: Rows.count)
            guard y & 1 == 1 else { return }
            kernel.chroma(chroma.0.even, chroma.1.even, into: bytes.1, count: Rows.count)
            kernel.chroma(chroma.0.odd, chroma.1.odd, into: bytes.2, count: Rows.count)
        }
    }
}
