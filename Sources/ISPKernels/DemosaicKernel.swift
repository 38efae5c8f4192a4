// Malvar, He and Cutler's demosaic on rows of 16-bit samples.

import CVector

/// The five rows that a row of the picture is made of.
public struct MosaicWindow: @unchecked Sendable {
    // Sendable: as `MosaicRow`.
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
        let even = Sites(window, isEven: true)
        let odd = Sites(window, isEven: false)
        let (greens, colours) = greenFirst ? (even, odd) : (odd, even)
        switch self {
        case .bilinear:
            Self.bilinearColour(colours, own, green, other, count)
            Self.bilinearGreen(greens, own, green, other, count)
        case .malvar:
            Self.malvarColour(colours, own, green, other, count)
            Self.malvarGreen(greens, own, green, other, count)
        }
    }

    /// The mosaic as the photosites of one parity see it: their own columns, and the columns between.
    private struct Sites {
        let isEven: Bool
        /// Rows y - 2 to y + 2 of the sites' own columns.
        let own:
            (
                UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>,
                UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>
            )
        /// Rows y - 1 to y + 1 of the columns to the left; those to the right are one entry on.
        let left: (UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>)

        init(_ w: MosaicWindow, isEven: Bool) {
            self.isEven = isEven
            if isEven {
                own = (w.top.even, w.above.even, w.here.even, w.below.even, w.bottom.even)
                left = (w.above.odd - 1, w.here.odd - 1, w.below.odd - 1)
            } else {
                own = (w.top.odd, w.above.odd, w.here.odd, w.below.odd, w.bottom.odd)
                left = (w.above.even, w.here.even, w.below.even)
            }
        }

        func target(_ row: SignalRow) -> UnsafeMutablePointer<Int16> { isEven ? row.even : row.odd }
    }

    /// The filters in difference form: with `far` the mean of the four samples two away, green is
    /// `mean of greens + (here - far) / 2` and the opposite colour `mean of diagonals + 3/4 (here - far)`.
    private static func malvarColour(
        _ sites: Sites, _ ownRow: SignalRow, _ greenRow: SignalRow, _ otherRow: SignalRow, _ count: Int
    ) {
        let (own, green, other) = (sites.target(ownRow), sites.target(greenRow), sites.target(otherRow))
        let (p, a, h, b, q) = sites.own
        let (la, lh, lb) = sites.left
        var k = 0
        while k < count {
            let here = h.lanes(k)
            let greens = mean(lh.lanes(k), lh.lanes(k &+ 1), a.lanes(k), b.lanes(k))
            let far = mean(h.lanes(k &- 1), h.lanes(k &+ 1), p.lanes(k), q.lanes(k))
            let diagonals = mean(la.lanes(k), la.lanes(k &+ 1), lb.lanes(k), lb.lanes(k &+ 1))
            let half = halfDifference(here, far)
            own.store(signed(here), k)
            green.store(cv_add_s16(signed(greens), half), k)
            other.store(cv_add_s16(signed(diagonals), cv_add_s16(half, half &>> 1)), k)
            k &+= 16
        }
    }

    /// With D, A and L the means of diagonal, horizontal and vertical neighbours of green: a colour is the mean of its two
    /// samples + `(here - D) / 2 + (here - A) / 4 - (here - L) / 8`, A being in the direction of the two samples.
    private static func malvarGreen(
        _ sites: Sites, _ ownRow: SignalRow, _ greenRow: SignalRow, _ otherRow: SignalRow, _ count: Int
    ) {
        let (own, green, other) = (sites.target(ownRow), sites.target(greenRow), sites.target(otherRow))
        let (p, a, h, b, q) = sites.own
        let (la, lh, lb) = sites.left
        var k = 0
        while k < count {
            let here = h.lanes(k)
            let diagonal = halfDifference(here, mean(la.lanes(k), la.lanes(k &+ 1), lb.lanes(k), lb.lanes(k &+ 1)))
            let across = halfDifference(here, mean(h.lanes(k &- 1), h.lanes(k &+ 1)))
            let along = halfDifference(here, mean(p.lanes(k), q.lanes(k)))
            let horizontal = signed(mean(lh.lanes(k), lh.lanes(k &+ 1)))
            let vertical = signed(mean(a.lanes(k), b.lanes(k)))
            green.store(signed(here), k)
            own.store(
                cv_add_s16(cv_add_s16(horizontal, diagonal), (across &>> 1) &- (along &>> 2)), k)
            other.store(cv_add_s16(cv_add_s16(vertical, diagonal), (along &>> 1) &- (across &>> 2)), k)
            k &+= 16
        }
    }

    private static func bilinearColour(
        _ sites: Sites, _ ownRow: SignalRow, _ greenRow: SignalRow, _ otherRow: SignalRow, _ count: Int
    ) {
        let (own, green, other) = (sites.target(ownRow), sites.target(greenRow), sites.target(otherRow))
        let (_, a, h, b, _) = sites.own
        let (la, lh, lb) = sites.left
        var k = 0
        while k < count {
            own.store(signed(h.lanes(k)), k)
            green.store(signed(mean(lh.lanes(k), lh.lanes(k &+ 1), a.lanes(k), b.lanes(k))), k)
            other.store(signed(mean(la.lanes(k), la.lanes(k &+ 1), lb.lanes(k), lb.lanes(k &+ 1))), k)
            k &+= 16
        }
    }

    private static func bilinearGreen(
        _ sites: Sites, _ ownRow: SignalRow, _ greenRow: SignalRow, _ otherRow: SignalRow, _ count: Int
    ) {
        let (own, green, other) = (sites.target(ownRow), sites.target(greenRow), sites.target(otherRow))
        let (_, a, h, b, _) = sites.own
        let (_, lh, _) = sites.left
        var k = 0
        while k < count {
            green.store(signed(h.lanes(k)), k)
            own.store(signed(mean(lh.lanes(k), lh.lanes(k &+ 1))), k)
            other.store(signed(mean(a.lanes(k), b.lanes(k))), k)
            k &+= 16
        }
    }
}
