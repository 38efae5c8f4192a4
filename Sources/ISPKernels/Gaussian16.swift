// A symmetric filter of a few taps on a vector of values.

import CVector

/// A Gaussian of three to eleven taps; its weights add up to 2^15.
struct Gaussian16: Sendable {
    /// Values that it reaches to each side, 1 to 5.
    let radius: Int
    /// The weights from the middle outwards.
    private let taps: SIMD8<Int16>

    /// Rounds weights, given from the middle outwards, which add up to 1 with those of the other side.
    ///
    /// Outer ones of less than 1/8192, which would move a result by less than a tenth of an 8-bit code, go to the middle.
    init(_ weights: [Float]) {
        let weights = weights.prefix(2) + weights.dropFirst(2).prefix { $0 >= 1.0 / 8192 }
        radius = weights.count - 1
        precondition((1...5).contains(radius), "a Gaussian of \(weights.count) weights")
        var whole = weights.map { Int16(clamping: Int(($0 * 32768).rounded())) }
        whole[0] = Int16(clamping: 32768 - 2 * whole.dropFirst().reduce(0) { $0 + Int($1) })
        taps = SIMD8(whole + Array(repeating: 0, count: 8 - whole.count))
    }

    /// Calls `body` with the radius as a constant, so that each radius has loops without choices.
    @inline(__always)
    func withRadius(_ body: (Int) -> Void) {
        switch radius {
        case 1: body(1)
        case 2: body(2)
        case 3: body(3)
        case 4: body(4)
        default: body(5)
        }
    }

    /// The weighted sum of the value in the middle and of those around it, `pair` being the sum of the two at a distance.
    @inline(__always)
    func sum(_ middle: Signals, radius: Int, _ pair: (Int) -> Signals) -> Signals {
        var sum = cv_mulround_s16(middle, Signals(repeating: taps[0]))
        sum = sum &+ cv_mulround_s16(pair(1), Signals(repeating: taps[1]))
        if radius > 1 { sum = sum &+ cv_mulround_s16(pair(2), Signals(repeating: taps[2])) }
        if radius > 2 { sum = sum &+ cv_mulround_s16(pair(3), Signals(repeating: taps[3])) }
        if radius > 3 { sum = sum &+ cv_mulround_s16(pair(4), Signals(repeating: taps[4])) }
        if radius > 4 { sum = sum &+ cv_mulround_s16(pair(5), Signals(repeating: taps[5])) }
        return sum
    }
}
