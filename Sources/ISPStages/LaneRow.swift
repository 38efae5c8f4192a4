// Rows worked on eight samples at a time, and rings of them: the scratch memory of kernels that stream over rows.

import ISPImaging

/// A row of samples, read and written eight at a time from any column.
struct LaneRow {
    /// The sample of column 0.
    let samples: UnsafeMutablePointer<Float>

    /// The samples of columns `i ..< i + 8`.
    subscript(i: Int) -> Lanes {
        @inline(__always)
        get { UnsafeRawPointer(samples + i).loadUnaligned(as: Lanes.self) }
        @inline(__always)
        nonmutating set { UnsafeMutableRawPointer(samples + i).storeBytes(of: newValue, as: Lanes.self) }
    }

    /// The row seen from `columns` further right: its column 0 is column `columns` of this one.
    @inline(__always)
    static func + (row: LaneRow, columns: Int) -> LaneRow { LaneRow(samples: row.samples + columns) }

    /// Splits the first `2 * count` samples into those of even and those of odd columns.
    func split(even: LaneRow, odd: LaneRow, count: Int) {
        let (source, first, second) = (samples, even.samples, odd.samples)
        for k in 0..<count {
            first[k] = source[2 &* k]
            second[k] = source[2 &* k &+ 1]
        }
    }

    /// Fills the first `2 * count` samples from those of even and those of odd columns.
    func join(even: LaneRow, odd: LaneRow, count: Int) {
        let (target, first, second) = (samples, even.samples, odd.samples)
        for k in 0..<count {
            target[2 &* k] = first[k]
            target[2 &* k &+ 1] = second[k]
        }
    }
}

/// The last few rows of an endless plane: row `y` takes the memory of row `y - count`.
///
/// Rows are readable and writable a margin beyond their columns on both sides, so that a kernel may work on whole
/// vectors with neighbours. What stands there, and in rows not written yet, is undefined.
struct RowRing {
    private static let margin = 16

    private let first: UnsafeMutablePointer<Float>
    private let stride: Int
    private let mask: Int

    /// Takes memory for `count` rows.
    /// - Precondition: `count` is a power of two.
    init(_ count: Int, columns: Int, workspace: Workspace) {
        precondition(count > 0 && count & (count - 1) == 0, "a ring of \(count) rows")
        let plane = workspace.plane(Region(x: 0, y: 0, width: columns + 2 * Self.margin, height: count))
        first = plane.row(0) + Self.margin
        stride = plane.stride
        mask = count - 1
    }

    /// The row with coordinate `y`, which may be negative.
    @inline(__always)
    subscript(y: Int) -> LaneRow { LaneRow(samples: first + (y & mask) &* stride) }
}

extension LaneRow {
    /// Calls `body` with the columns at which vectors of eight cover `0 ..< width`; the last one overlaps the one before,
    /// so nothing is read or written beyond. Rows narrower than a vector are worked on whole: planes of a workspace are
    /// padded to whole vectors.
    @inline(__always)
    static func overlapping(_ width: Int, _ body: (Int) -> Void) {
        guard width > 8 else { return body(0) }
        var i = 0
        while i < width - 8 {
            body(i)
            i += 8
        }
        body(width - 8)
    }
}
