// A table of sixteen words that is looked up by byte shuffle instead of through memory.

import CVector

/// Sixteen words, of which 32 are looked up at a time.
struct WordTable: Sendable {
    /// The low and the high bytes, each twice: a shuffle works on halves of sixteen bytes.
    private let low, high: SIMD32<UInt8>

    /// Fills the table.
    init(_ word: (Int) -> Int) {
        var (low, high) = (SIMD32<UInt8>(), SIMD32<UInt8>())
        for i in 0..<32 {
            low[i] = UInt8(truncatingIfNeeded: word(i & 15))
            high[i] = UInt8(truncatingIfNeeded: word(i & 15) >> 8)
        }
        (self.low, self.high) = (low, high)
    }

    /// Which words are looked up for 16 lanes and for 16 more.
    struct Index {
        fileprivate let bytes: SIMD32<UInt8>

        /// - Precondition: all lanes are below 16.
        @inline(__always)
        init(_ first: Words, _ second: Words) {
            bytes = cv_pack_s16(unsafeBitCast(first, to: Signals.self), unsafeBitCast(second, to: Signals.self))
        }
    }

    /// The words at the indices.
    @inline(__always)
    func look(_ index: Index) -> (Words, Words) { Self.join(cv_lookup_u8(low, index.bytes), high, index) }

    /// The words at the indices, of a table whose low bytes are all 0.
    @inline(__always)
    func lookHigh(_ index: Index) -> (Words, Words) { Self.join(SIMD32(repeating: 0), high, index) }

    @inline(__always)
    private static func join(_ lows: SIMD32<UInt8>, _ high: SIMD32<UInt8>, _ index: Index) -> (Words, Words) {
        let highs = cv_lookup_u8(high, index.bytes)
        return (
            unsafeBitCast(cv_widen_low(lows, highs), to: Words.self),
            unsafeBitCast(cv_widen_high(lows, highs), to: Words.self)
        )
    }
}
