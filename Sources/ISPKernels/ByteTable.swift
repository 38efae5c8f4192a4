// A table of 32 bytes that is looked up by byte shuffle instead of through memory.

import CVector

/// 32 bytes, of which 32 are looked up at a time.
struct ByteTable: Sendable {
    /// The first and the last sixteen, each twice: a shuffle works on halves of sixteen bytes.
    private let lower, upper: SIMD32<UInt8>

    /// Fills the table.
    init(_ byte: (Int) -> UInt8) {
        var (lower, upper) = (SIMD32<UInt8>(), SIMD32<UInt8>())
        for i in 0..<32 { (lower[i], upper[i]) = (byte(i & 15), byte(16 + (i & 15))) }
        (self.lower, self.upper) = (lower, upper)
    }

    /// The bytes at indices below 32.
    /// - Parameter isUpper: `cv_bit4_u8` of the indices, once for several tables.
    @inline(__always)
    func look(_ index: SIMD32<UInt8>, isUpper: SIMD32<UInt8>) -> SIMD32<UInt8> {
        cv_select_u8(isUpper, cv_lookup_u8(upper, index), cv_lookup_u8(lower, index))
    }
}
