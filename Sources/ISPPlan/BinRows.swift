// Binned rows of a strip, made as the rows of the frame come.

import ISPImaging
import ISPKernels
import ISPStages

/// Rows of a mosaic, and each time enough of them are there, a row of the binned one.
struct BinRows {
    private let half: HalfRows
    private let quarter: HalfRows?

    /// - Parameter count: columns of one parity of the binned rows.
    init(_ binning: Binning, _ scratch: PlanScratch, count: Int) {
        half = HalfRows(scratch, count: count * binning.factor / 2)
        quarter = binning.halvings == 1 ? nil : HalfRows(scratch, count: count)
    }

    /// The bytes that the rows take.
    static func bytes(_ binning: Binning, _ count: Int) -> Int {
        HalfRows.bytes(count * binning.factor / 2) + (binning.halvings == 1 ? 0 : HalfRows.bytes(count))
    }

    /// Takes the next row.
    /// - Returns: the binned row that it completes, if any, until the next call.
    func add(_ row: MosaicRow, _ y: Int) -> (row: MosaicRow, y: Int)? {
        guard let halved = half.add(row, y) else { return nil }
        guard let quarter else { return halved }
        return quarter.add(halved.row, halved.y)
    }
}

/// Rows of a mosaic halved.
///
/// Of four rows the first and the third become one, and the second and the fourth.
private struct HalfRows {
    /// The first two of four rows, their columns halved.
    private let upper: MosaicRing
    private let binned: MosaicRow
    private let count: Int

    init(_ scratch: PlanScratch, count: Int) {
        upper = MosaicRing(scratch, holding: 2, count: count)
        binned = MosaicRing(scratch, holding: 1, count: count)[0]
        self.count = count
    }

    static func bytes(_ count: Int) -> Int { MosaicRing.bytes(holding: 2, count) + MosaicRing.bytes(holding: 1, count) }

    func add(_ row: MosaicRow, _ y: Int) -> (row: MosaicRow, y: Int)? {
        guard y & 2 != 0 else {
            BinKernel.columns(row, into: upper[y], count: count)
            return nil
        }
        let isOdd = y & 1 == 1
        BinKernel.rows(upper[y - 2], row, isOdd: isOdd, into: binned, count: count)
        return (binned, 2 * (y >> 2) + (isOdd ? 1 : 0))
    }
}
