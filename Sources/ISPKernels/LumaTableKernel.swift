// A function of luma as a table, looked up by byte shuffle.

import CVector

/// A function of `Display16` codes as 32 straight pieces of equal width; it may rise and fall.
public final class LumaTableKernel: Sendable {
    private let low, high, riseLow, riseHigh: ByteTable

    /// The codes of a piece.
    public static let width = 512
    private static let pieces = 32

    /// Tabulates a function at both ends of each piece; values are limited to 0 to 32767.
    public init(_ function: (Int) -> Int) {
        let values = (0...Self.pieces).map { min(max(function($0 * Self.width), 0), 32767) }
        low = ByteTable { UInt8(truncatingIfNeeded: values[$0]) }
        high = ByteTable { UInt8(truncatingIfNeeded: values[$0] >> 8) }
        riseLow = ByteTable { UInt8(truncatingIfNeeded: values[$0 + 1] - values[$0]) }
        riseHigh = ByteTable { UInt8(truncatingIfNeeded: (values[$0 + 1] - values[$0]) >> 8) }
    }

    /// The values at 32 codes; codes below 0 and above white have those of the ends.
    @inline(__always)
    func look(_ first: Signals, _ second: Signals) -> (Words, Words) {
        let white = Signals(repeating: Int16(Display16.white)), none = Signals(repeating: 0)
        let (v0, v1) = (cv_min_s16(cv_max_s16(first, none), white), cv_min_s16(cv_max_s16(second, none), white))
        let index = cv_pack_s16(v0 &>> 9, v1 &>> 9)
        let isUpper = cv_bit4_u8(index)
        let lows = low.look(index, isUpper: isUpper), highs = high.look(index, isUpper: isUpper)
        let riseLows = riseLow.look(index, isUpper: isUpper), riseHighs = riseHigh.look(index, isUpper: isUpper)
        let mask = Signals(repeating: Int16(Self.width - 1))
        let rise0 = cv_mulround_s16((v0 & mask) &<< 6, cv_widen_low(riseLows, riseHighs))
        let rise1 = cv_mulround_s16((v1 & mask) &<< 6, cv_widen_high(riseLows, riseHighs))
        return (
            unsafeBitCast(cv_widen_low(lows, highs) &+ rise0, to: Words.self),
            unsafeBitCast(cv_widen_high(lows, highs) &+ rise1, to: Words.self)
        )
    }
}
