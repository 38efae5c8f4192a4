// Green equalisation on rows of 16-bit samples.

import CVector

/// Moves each green photosite half-way to the other kind's mean where the two kinds differ little and nothing changes
/// much, as `GreenEqualization` does.
public struct GreenKernel: Sendable {
    /// The largest difference that is evened out, as a share of the mean, in 2^15.
    private let threshold: Int16

    /// Rows and columns needed around a photosite.
    public static let halo = 2

    /// Creates the kernel.
    /// - Parameter threshold: 0 to 0.5.
    public init(threshold: Float) { self.threshold = Int16((threshold * 32768).rounded()) }

    /// Corrects the greens of a row.
    /// - Parameters:
    ///   - window: the rows from two above to two below.
    ///   - isEven: whether the greens are the even columns.
    ///   - black: half the black level of the row's greens and of the other ones, on the scale of the samples.
    ///   - target: takes the greens.
    public func apply(
        _ window: MosaicWindow, isEven: Bool, black: (own: Int16, other: Int16),
        into target: UnsafeMutablePointer<UInt16>,
        count: Int
    ) {
        typealias Row = UnsafeMutablePointer<UInt16>
        let parity = isEven ? 0 : 1
        let (top, here, bottom) = (window.top[parity], window.here[parity], window.bottom[parity])
        // Greens of the rows above and below: at entry `k` the one to the left.
        let (above, below) = (window.above.sites(isEven: isEven).left, window.below.sites(isEven: isEven).left)
        let threshold = Signals(repeating: threshold), none = Signals(repeating: 0)
        let blackDifference = Signals(repeating: black.other &- black.own)
        let blackMean = Signals(repeating: Int16((Int(black.own) + Int(black.other)) / 2))
        var k = 0
        while k < count {
            let value = here.lanes(k)
            let (left, right) = (here.lanes(k &- 1), here.lanes(k &+ 1))
            let (up, down) = (top.lanes(k), bottom.lanes(k))
            let (a, b) = (above.lanes(k), above.lanes(k &+ 1))
            let (c, d) = (below.lanes(k), below.lanes(k &+ 1))

            // Halves of what is above black, which have room for a sign.
            let ownMean = mean(value, mean(left, right, up, down))
            let otherMean = mean(a, b, c, d)
            let difference = cv_sub_s16(halfDifference(otherMean, ownMean), blackDifference)
            let signal = unsafeBitCast(mean(ownMean, otherMean) &>> 1, to: Signals.self) &- blackMean
            let limit = cv_max_s16(cv_mulround_s16(signal, threshold), none)

            let highest = cv_max_u16(value, cv_max_u16(cv_max_u16(left, right), cv_max_u16(up, down)))
            let lowest = cv_min_u16(value, cv_min_u16(cv_min_u16(left, right), cv_min_u16(up, down)))
            let (otherHighest, otherLowest) = (
                cv_max_u16(cv_max_u16(a, b), cv_max_u16(c, d)), cv_min_u16(cv_min_u16(a, b), cv_min_u16(c, d))
            )
            let range = cv_max_u16(highest &- lowest, otherHighest &- otherLowest)
            let spread = unsafeBitCast(range &>> 2, to: Signals.self)
            let size = cv_max_s16(difference, difference ^ Signals(repeating: -1))
            // From full strength at the limit to none at twice the limit.
            let (whole, away) = (unsafeBitCast(limit, to: Words.self), cv_max_s16(size, spread))
            let strength = cv_sub_u16(whole &+ whole, unsafeBitCast(away, to: Words.self))
            let weight = cv_share_u16(cv_min_u16(strength, whole), whole)
            // The difference is one of halves of samples, and half of it is asked for: the two cancel.
            let correction = cv_mulround_s16(difference, weight)
            target.store(unsigned(cv_add_s16(signed(value), correction)), k)
            k &+= Words.scalarCount
        }
    }
}
