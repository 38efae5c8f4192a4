// A table of 32 steps, looked up by byte shuffle: for functions of luma that need no more.

import CVector

/// A function of `Display16` codes as 32 steps of 512.
public final class StepKernel: Sendable {
    private let low, high: (SIMD32<UInt8>, SIMD32<UInt8>)

    /// The codes of a step.
    public static let width = 512
    static let steps = 32

    /// Tabulates a function at the middle of each step.
    public init(_ function: (Int) -> Int) {
        let values = (0..<Self.steps).map { UInt16(clamping: function($0 * Self.width + Self.width / 2)) }
        func table(_ byte: (UInt16) -> UInt8) -> (SIMD32<UInt8>, SIMD32<UInt8>) {
            var (first, second) = (SIMD32<UInt8>(), SIMD32<UInt8>())
            for i in 0..<16 {
                (first[i], second[i]) = (byte(values[i]), byte(values[16 + i]))
                (first[16 + i], second[16 + i]) = (first[i], second[i])
            }
            return (first, second)
        }
        low = table { UInt8(truncatingIfNeeded: $0) }
        high = table { UInt8(truncatingIfNeeded: $0 >> 8) }
    }

    /// The steps of 32 codes; codes below 0 and above white have those of the ends.
    @inline(__always)
    func look(_ first: Signals, _ second: Signals) -> (Words, Words) {
        let white = Signals(repeating: Int16(Display16.white)), none = Signals(repeating: 0)
        let index = cv_pack_s16(
            cv_min_s16(cv_max_s16(first, none), white) &>> 9, cv_min_s16(cv_max_s16(second, none), white) &>> 9)
        let isUpper = cv_bit4_u8(index)
        let lows = cv_select_u8(isUpper, cv_lookup_u8(low.1, index), cv_lookup_u8(low.0, index))
        let highs = cv_select_u8(isUpper, cv_lookup_u8(high.1, index), cv_lookup_u8(high.0, index))
        return (
            unsafeBitCast(cv_widen_low(lows, highs), to: Words.self),
            unsafeBitCast(cv_widen_high(lows, highs), to: Words.self)
        )
    }
}
