// Fixed-filter demosaics on rows of 16-bit samples: bilinear, and Malvar, He and Cutler's.

import CVector

/// The five rows that a row of the picture is made of.
public struct MosaicWindow: Sendable {
    /// Rows y - 2 to y + 2.
    public let top, above, here, below, bottom: MosaicRow

    /// Joins five rows.
    public init(_ top: MosaicRow, _ above: MosaicRow, _ here: MosaicRow, _ below: MosaicRow, _ bottom: MosaicRow) {
        self.top = top
        self.above = above
        self.here = here
        self.below = below
        self.bottom = bottom
    }
}

/// Fixed-filter demosaics of one row.
public enum DemosaicKernel: String, CaseIterable, Sendable {
    /// Mean of the nearest samples of each colour.
    case bilinear
    /// Gradient-corrected linear interpolation (Malvar, He, Cutler 2004).
    case malvar

    /// Rows and columns needed around a pixel.
    public var halo: Int { self == .bilinear ? 1 : 2 }

    /// Makes the colours of a row; plans have the demosaic in one loop with tone (`MosaicColors`).
    ///
    /// - Parameters:
    ///   - greenFirst: whether the even columns of the row are green.
    ///   - own: takes the colour that the row has beside green.
    ///   - other: takes the third colour.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    public func apply(
        _ window: MosaicWindow, greenFirst: Bool, own: SignalRow, green: SignalRow, other: SignalRow, count: Int
    ) {
        switch self {
        case .bilinear: Self.apply(Bilinear.self, window, greenFirst, own, green, other, count)
        case .malvar: Self.apply(Malvar.self, window, greenFirst, own, green, other, count)
        }
    }

    @inline(__always)
    private static func apply<Filter: MosaicFilter>(
        _ filter: Filter.Type, _ window: MosaicWindow, _ greenFirst: Bool, _ own: SignalRow, _ green: SignalRow,
        _ other: SignalRow, _ count: Int
    ) {
        let (colours, greens) = (Sites(window, isEven: !greenFirst), Sites(window, isEven: greenFirst))
        func loop(_ parity: Int, _ colors: (Int) -> Colors) {
            var k = 0
            while k < count {
                let color = colors(k)
                own[parity].store(color.red, k)
                green[parity].store(color.green, k)
                other[parity].store(color.blue, k)
                k &+= Words.scalarCount
            }
        }
        loop(greenFirst ? 1 : 0) { Filter.colour(colours, $0) }
        loop(greenFirst ? 0 : 1) { Filter.green(greens, $0) }
    }

    /// The mosaic as the photosites of one parity see it. The loops over them are inlined, so that its pointers are in
    /// registers; passed as one, they would be loaded again for every group.
    struct Sites {
        typealias Samples = UnsafeMutablePointer<UInt16>
        /// Rows y - 2 to y + 2 of the sites' own columns.
        let p, a, h, b, q: Samples
        /// Rows y - 1 to y + 1 of the columns to the left; those to the right are one entry on.
        let la, lh, lb: Samples

        init(_ w: MosaicWindow, isEven: Bool) {
            let parity = isEven ? 0 : 1
            (p, q) = (w.top[parity], w.bottom[parity])
            (a, la) = w.above.sites(isEven: isEven)
            (h, lh) = w.here.sites(isEven: isEven)
            (b, lb) = w.below.sites(isEven: isEven)
        }

        /// The mean of the four diagonal neighbours.
        @inline(__always)
        func diagonals(_ k: Int) -> Words { mean(la.lanes(k), la.lanes(k &+ 1), lb.lanes(k), lb.lanes(k &+ 1)) }

        /// The mean of the four nearest neighbours.
        @inline(__always)
        func nearest(_ k: Int) -> Words { mean(lh.lanes(k), lh.lanes(k &+ 1), a.lanes(k), b.lanes(k)) }

        /// The means of the two nearest neighbours of the row and of the column.
        @inline(__always)
        func pairs(_ k: Int) -> (horizontal: Signals, vertical: Signals) {
            (signed(mean(lh.lanes(k), lh.lanes(k &+ 1))), signed(mean(a.lanes(k), b.lanes(k))))
        }
    }
}

/// A demosaic's filters, inside a loop over a row. Of colours, the first is the one that the row has beside green, the last is
/// the third one.
protocol MosaicFilter {
    /// Of photosites of a colour beside green.
    static func colour(_ s: DemosaicKernel.Sites, _ k: Int) -> Colors
    /// Of green ones.
    static func green(_ s: DemosaicKernel.Sites, _ k: Int) -> Colors
}

/// The means of the nearest samples.
enum Bilinear: MosaicFilter {
    @inline(__always)
    static func colour(_ s: DemosaicKernel.Sites, _ k: Int) -> Colors {
        Colors(signed(s.h.lanes(k)), signed(s.nearest(k)), signed(s.diagonals(k)))
    }

    @inline(__always)
    static func green(_ s: DemosaicKernel.Sites, _ k: Int) -> Colors {
        let (horizontal, vertical) = s.pairs(k)
        return Colors(horizontal, signed(s.h.lanes(k)), vertical)
    }
}

/// Malvar, He and Cutler's filters.
enum Malvar: MosaicFilter {
    /// The filters in difference form: with `far` the mean of the four samples two away, green is
    /// `mean of greens + (here - far) / 2` and the opposite colour `mean of diagonals + 3/4 (here - far)`.
    @inline(__always)
    static func colour(_ s: DemosaicKernel.Sites, _ k: Int) -> Colors {
        let here = s.h.lanes(k)
        let far = mean(s.h.lanes(k &- 1), s.h.lanes(k &+ 1), s.p.lanes(k), s.q.lanes(k))
        let half = halfDifference(here, far)
        return Colors(
            signed(here), cv_add_s16(signed(s.nearest(k)), half),
            cv_add_s16(signed(s.diagonals(k)), cv_add_s16(half, half &>> 1)))
    }

    /// With D, A and L the means of diagonal, horizontal and vertical neighbours of green: a colour is the mean of its two
    /// samples + `(here - D) / 2 + (here - A) / 4 - (here - L) / 8`, A being in the direction of the two samples.
    @inline(__always)
    static func green(_ s: DemosaicKernel.Sites, _ k: Int) -> Colors {
        let here = s.h.lanes(k)
        let diagonal = halfDifference(here, s.diagonals(k))
        let across = halfDifference(here, mean(s.h.lanes(k &- 1), s.h.lanes(k &+ 1)))
        let along = halfDifference(here, mean(s.p.lanes(k), s.q.lanes(k)))
        let (horizontal, vertical) = s.pairs(k)
        return Colors(
            cv_add_s16(cv_add_s16(horizontal, diagonal), (across &>> 1) &- (along &>> 2)), signed(here),
            cv_add_s16(cv_add_s16(vertical, diagonal), (along &>> 1) &- (across &>> 2)))
    }
}
