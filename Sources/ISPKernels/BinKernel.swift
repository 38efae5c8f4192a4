// Binning on rows of 16-bit samples: half of the columns, half of the rows.

import CVector

/// Joins photosites of one colour as `Binning` does: three quarters of one and a quarter of the other, columns first, then
/// rows.
///
/// Means of means: `mean(a, mean(a, b))`, of which one is rounded up and the other down, the other way round for rows than
/// for columns, so that nothing gets brighter or darker. A result is within 3/4 of the exact one, and samples of up to 12 bits
/// are not rounded at all.
public enum BinKernel {
    /// Halves the columns of a row.
    /// - Parameters:
    ///   - row: has twice as many columns.
    ///   - target: takes the binned columns; they have the parities of the row's.
    ///   - count: binned columns of one parity, a multiple of `KernelLimits.group`.
    public static func columns(_ row: MosaicRow, into target: MosaicRow, count: Int) {
        var k = 0
        while k < count {
            target.even.store(evenColumns(row.even, k), k)
            target.odd.store(oddColumns(row.odd, k), k)
            k &+= Words.scalarCount
        }
    }

    /// Halves the columns of a row and joins it with the one two above, of which that was done.
    /// - Parameter isOdd: whether it is an odd row that they become, of which the lower one counts most.
    public static func rows(
        _ upper: MosaicRow, _ lower: MosaicRow, isOdd: Bool, into target: MosaicRow, count: Int
    ) {
        if isOdd {
            join(upper, lower, target, count) { joined($1, $0) }
        } else {
            join(upper, lower, target, count) { joined($0, $1) }
        }
    }

    @inline(__always)
    private static func join(
        _ upper: MosaicRow, _ lower: MosaicRow, _ target: MosaicRow, _ count: Int, _ mean: (Words, Words) -> Words
    ) {
        var k = 0
        while k < count {
            target.even.store(mean(upper.even.lanes(k), evenColumns(lower.even, k)), k)
            target.odd.store(mean(upper.odd.lanes(k), oddColumns(lower.odd, k)), k)
            k &+= Words.scalarCount
        }
    }

    // Of the two samples that become one, the first is the nearer one for even columns, the second for odd ones.

    @inline(__always)
    private static func evenColumns(_ samples: UnsafeMutablePointer<UInt16>, _ k: Int) -> Words {
        let (first, second) = neighbours(samples, k)
        return halved(first, second)
    }

    @inline(__always)
    private static func oddColumns(_ samples: UnsafeMutablePointer<UInt16>, _ k: Int) -> Words {
        let (first, second) = neighbours(samples, k)
        return halved(second, first)
    }

    @inline(__always)
    private static func neighbours(_ samples: UnsafeMutablePointer<UInt16>, _ k: Int) -> (Words, Words) {
        let (a, b) = (samples.lanes(2 &* k), samples.lanes(2 &* k &+ Words.scalarCount))
        return (cv_even_u16(a, b), cv_odd_u16(a, b))
    }

    /// Columns: the inner mean is rounded down, the outer one up.
    @inline(__always)
    private static func halved(_ near: Words, _ far: Words) -> Words { mean(near, ~mean(~near, ~far)) }

    /// Rows: the inner mean is rounded up, the outer one down.
    @inline(__always)
    private static func joined(_ near: Words, _ far: Words) -> Words { ~mean(~near, ~mean(near, far)) }
}
