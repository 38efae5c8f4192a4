// A function of luma as a table, looked up by byte shuffle.

import CVector

/// A function of `Display16` codes as 32 straight pieces of equal width; it may rise and fall.
public final class LumaTableKernel: Sendable {
    private typealias Table = (SIMD32<UInt8>, SIMD32<UInt8>)
    private let low, high, riseLow, riseHigh: Table

    /// The codes of a piece.
    public static let width = 512
    private static let pieces = 32

    /// Tabulates a function at both ends of each piece; values are limited to 0 to 32767.
    public init(_ function: (Int) -> Int) {
        let values = (0...Self.pieces).map { min(max(function($0 * Self.width), 0), 32767) }
        func table(_ word: (Int) -> Int, _ byte: Int) -> Table {
            var (first, second) = (SIMD32<UInt8>(), SIMD32<UInt8>())
            for i in 0..<16 {
                first[i] = UInt8(truncatingIfNeeded: word(i) >> (8 * byte))
                second[i] = UInt8(truncatingIfNeeded: word(16 + i) >> (8 * byte))
                (first[16 + i], second[16 + i]) = (first[i], second[i])
            }
            return (first, second)
        }
        low = table({ values[$0] }, 0)
        high = table({ values[$0] }, 1)
        riseLow = table({ values[$0 + 1] - values[$0] }, 0)
        riseHigh = table({ values[$0 + 1] - values[$0] }, 1)
    }

    /// The values at 32 codes; codes below 0 and above white have those of the ends.
    @inline(__always)
    func look(_ first: Signals, _ second: Signals) -> (Words, Words) {
        let white = Signals(repeating: Int16(Display16.white)), none = Signals(repeating: 0)
        let (v0, v1) = (cv_min_s16(cv_max_s16(first, none), white), cv_min_s16(cv_max_s16(second, none), white))
        let index = cv_pack_s16(v0 &>> 9, v1 &>> 9)
        let isUpper = cv_bit4_u8(index)
        @inline(__always)
        func look(_ table: Table) -> SIMD32<UInt8> {
            cv_select_u8(isUpper, cv_lookup_u8(table.1, index), cv_lookup_u8(table.0, index))
        }
        let (lows, highs, riseLows, riseHighs) = (look(low), look(high), look(riseLow), look(riseHigh))
        let mask = Signals(repeating: Int16(Self.width - 1))
        let rise0 = cv_mulround_s16((v0 & mask) &<< 6, cv_widen_low(riseLows, riseHighs))
        let rise1 = cv_mulround_s16((v1 & mask) &<< 6, cv_widen_high(riseLows, riseHighs))
        return (
            unsafeBitCast(cv_widen_low(lows, highs) &+ rise0, to: Words.self),
            unsafeBitCast(cv_widen_high(lows, highs) &+ rise1, to: Words.self)
        )
    }
}
