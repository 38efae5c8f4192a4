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
        let threshold = Signals(repeating: threshold)
        let own = Signals(repeating: black.own), other = Signals(repeating: black.other), none = Signals(repeating: 0)
        @inline(__always)
        func sample(_ row: Row, _ k: Int, _ black: Signals) -> Signals {
            unsafeBitCast(row.lanes(k) &>> 1, to: Signals.self) &- black
        }
        @inline(__always)
        func mean(_ a: Signals, _ b: Signals) -> Signals { (a &>> 1) &+ (b &>> 1) }
        var k = 0
        while k < count {
            let value = sample(here, k, own)
            let (left, right) = (sample(here, k &- 1, own), sample(here, k &+ 1, own))
            let (up, down) = (sample(top, k, own), sample(bottom, k, own))
            let (a, b) = (sample(above, k, other), sample(above, k &+ 1, other))
            let (c, d) = (sample(below, k, other), sample(below, k &+ 1, other))

            let ownMean = mean(value, mean(mean(left, right), mean(up, down)))
            let otherMean = mean(mean(a, b), mean(c, d))
            let difference = cv_sub_s16(otherMean, ownMean)
            let limit = cv_max_s16(cv_mulround_s16(mean(ownMean, otherMean), threshold), none)

            let highest = cv_max_s16(value, cv_max_s16(cv_max_s16(left, right), cv_max_s16(up, down)))
            let lowest = cv_min_s16(value, cv_min_s16(cv_min_s16(left, right), cv_min_s16(up, down)))
            let (otherHighest, otherLowest) = (
                cv_max_s16(cv_max_s16(a, b), cv_max_s16(c, d)), cv_min_s16(cv_min_s16(a, b), cv_min_s16(c, d))
            )
            let spread = cv_max_s16(cv_sub_s16(highest, lowest), cv_sub_s16(otherHighest, otherLowest)) &>> 1
            let size = cv_max_s16(cv_sub_s16(none, difference), difference)
            // From full strength at the limit to none at twice the limit.
            let strength = cv_sub_s16(cv_add_s16(limit, limit), cv_max_s16(size, spread))
            let part = unsafeBitCast(cv_min_s16(cv_max_s16(strength, none), limit), to: Words.self)
            let weight = cv_share_u16(part, unsafeBitCast(limit, to: Words.self))
            // The difference is one of halves of samples, and half of it is asked for: the two cancel.
            let correction = cv_mulround_s16(difference, weight)
            target.store(unsigned(cv_add_s16(signed(here.lanes(k)), correction)), k)
            k &+= Words.scalarCount
        }
    }
}
