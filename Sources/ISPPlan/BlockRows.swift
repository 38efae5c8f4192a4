// Blocks of 2x2 pixels of the last few rows, and by how much chroma denoise moves them.

import ISPKernels
import ISPStages

/// The rows of blocks that chroma denoise needs of a strip.
final class BlockRows {
    private let kernel: BlockChromaKernel
    private let luma: LumaKernel
    private let count: Int
    private let first: BlockRow
    private let pitch: Int
    private let moves: BlockRow
    /// The row of blocks whose moves are at hand.
    private var moved: Int?

    private static let rows = 8

    init(_ kernel: BlockChromaKernel, _ luma: LumaKernel, _ scratch: PlanScratch, count: Int) {
        (self.kernel, self.luma, self.count) = (kernel, luma, count)
        pitch = PlanScratch.rowBytes(count) / 2
        func rows(_ number: Int) -> UnsafeMutablePointer<Int16> { scratch.takeRows(number, of: Int16.self, count) }
        first = BlockRow(luma: rows(Self.rows), cb: rows(Self.rows), cr: rows(Self.rows))
        moves = BlockRow(luma: rows(1), cb: rows(1), cr: rows(1))
    }

    /// The bytes that the rows take.
    static func bytes(_ count: Int) -> Int { 3 * (rows + 1) * PlanScratch.rowBytes(count) }

    private func row(_ block: Int) -> BlockRow {
        let place = (block & (Self.rows - 1)) * pitch
        return BlockRow(luma: first.luma + place, cb: first.cb + place, cr: first.cr + place)
    }

    /// Takes the next row of pixels.
    func add(_ color: ColorRow, luma row: SignalRow, _ y: Int) {
        kernel.add(color, luma: row, isFirst: y & 1 == 0, kernel: luma, to: self.row(y >> 1), count: count)
    }

    /// The moves of the blocks that a row of pixels is in, whose surroundings are there.
    func moves(_ y: Int) -> BlockRow {
        let (block, distance) = (y >> 1, BlockChromaDenoise.distance)
        if moved != block {
            moved = block
            kernel.move(
                (row(block - distance), row(block), row(block + distance)), distance: distance, into: moves,
                count: count)
        }
        return moves
    }
}
