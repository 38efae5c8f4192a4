// Fixed-filter demosaics on rows of 16-bit samples: bilinear, and Malvar, He and Cutler's.

import CVector

/// The five rows that a row of the picture is made of.
public struct MosaicWindow: @unchecked Sendable {
    // Sendable: as `ParityRow`.
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

    /// Makes the colours of a row.
    ///
    /// - Parameters:
    ///   - greenFirst: whether the even columns of the row are green.
    ///   - own: takes the colour that the row has beside green.
    ///   - other: takes the third colour.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    public func apply(
        _ window: MosaicWindow, greenFirst: Bool, own: SignalRow, green: SignalRow, other: SignalRow, count: Int
    ) {
        let colours = Sites(window, isEven: !greenFirst, own, green, other)
        let greens = Sites(window, isEven: greenFirst, own, green, other)
        switch self {
        case .bilinear:
            Self.bilinearColour(colours, count)
            Self.bilinearGreen(greens, count)
        case .malvar:
            Self.malvarColour(colours, count)
            Self.malvarGreen(greens, count)
        }
    }

    /// The photosites of one parity: the mosaic as they see it, and what becomes of them. The loops over them are inlined,
    /// so that its pointers are in registers; passed as one, they would be loaded again for every group.
    private struct Sites {
        typealias Samples = UnsafeMutablePointer<UInt16>
        /// Rows y - 2 to y + 2 of the sites' own columns.
        let p, a, h, b, q: Samples
        /// Rows y - 1 to y + 1 of the columns to the left; those to the right are one entry on.
        let la, lh, lb: Samples
        /// The colour that the row has beside green, green, and the third colour.
        let own, green, other: UnsafeMutablePointer<Int16>

        init(_ w: MosaicWindow, isEven: Bool, _ own: SignalRow, _ green: SignalRow, _ other: SignalRow) {
            let parity = isEven ? 0 : 1
            (p, q) = (w.top[parity], w.bottom[parity])
            (a, la) = w.above.sites(isEven: isEven)
            (h, lh) = w.here.sites(isEven: isEven)
            (b, lb) = w.below.sites(isEven: isEven)
            (self.own, self.green, self.other) = (own[parity], green[parity], other[parity])
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

    /// The filters in difference form: with `far` the mean of the four samples two away, green is
    /// `mean of greens + (here - far) / 2` and the opposite colour `mean of diagonals + 3/4 (here - far)`.
    @inline(__always)
    private static func malvarColour(_ s: Sites, _ count: Int) {
        var k = 0
        while k < count {
            let here = s.h.lanes(k)
            let far = mean(s.h.lanes(k &- 1), s.h.lanes(k &+ 1), s.p.lanes(k), s.q.lanes(k))
            let half = halfDifference(here, far)
            s.own.store(signed(here), k)
            s.green.store(cv_add_s16(signed(s.nearest(k)), half), k)
            s.other.store(cv_add_s16(signed(s.diagonals(k)), cv_add_s16(half, half &>> 1)), k)
            k &+= Words.scalarCount
        }
    }

    /// With D, A and L the means of diagonal, horizontal and vertical neighbours of green: a colour is the mean of its two
    /// samples + `(here - D) / 2 + (here - A) / 4 - (here - L) / 8`, A being in the direction of the two samples.
    @inline(__always)
    private static func malvarGreen(_ s: Sites, _ count: Int) {
        var k = 0
        while k < count {
            let here = s.h.lanes(k)
            let diagonal = halfDifference(here, s.diagonals(k))
            let across = halfDifference(here, mean(s.h.lanes(k &- 1), s.h.lanes(k &+ 1)))
            let along = halfDifference(here, mean(s.p.lanes(k), s.q.lanes(k)))
            let (horizontal, vertical) = s.pairs(k)
            s.green.store(signed(here), k)
            s.own.store(cv_add_s16(cv_add_s16(horizontal, diagonal), (across &>> 1) &- (along &>> 2)), k)
            s.other.store(cv_add_s16(cv_add_s16(vertical, diagonal), (along &>> 1) &- (across &>> 2)), k)
            k &+= Words.scalarCount
        }
    }

    @inline(__always)
    private static func bilinearColour(_ s: Sites, _ count: Int) {
        var k = 0
        while k < count {
            s.own.store(signed(s.h.lanes(k)), k)
            s.green.store(signed(s.nearest(k)), k)
            s.other.store(signed(s.diagonals(k)), k)
            k &+= Words.scalarCount
        }
    }

    @inline(__always)
    private static func bilinearGreen(_ s: Sites, _ count: Int) {
        var k = 0
        while k < count {
            let (horizontal, vertical) = s.pairs(k)
            s.green.store(signed(s.h.lanes(k)), k)
            s.own.store(horizontal, k)
            s.other.store(vertical, k)
            k &+= Words.scalarCount
        }
    }
}
