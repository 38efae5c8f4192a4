// Display codes of 14 bits to bytes in the order of the columns.

import CVector

/// Rounds rows of `Display16` codes to 8 bits.
public enum RoundKernel {
    /// Stores a row as bytes, even and odd columns joined.
    /// - Parameters:
    ///   - bytes: room for `2 * count` bytes.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    public static func apply(_ row: SignalRow, into bytes: UnsafeMutablePointer<UInt8>, count: Int) {
        var k = 0
        let target = UnsafeMutableRawPointer(bytes)
        while k < count {
            let even = cv_pack_s16(round(row.even.lanes(k)), round(row.even.lanes(k &+ 16)))
            let odd = cv_pack_s16(round(row.odd.lanes(k)), round(row.odd.lanes(k &+ 16)))
            target.storeBytes(of: cv_zip_first_u8(even, odd), toByteOffset: 2 &* k, as: SIMD32<UInt8>.self)
            target.storeBytes(of: cv_zip_last_u8(even, odd), toByteOffset: 2 &* k &+ 32, as: SIMD32<UInt8>.self)
            k &+= 32
        }
    }

    @inline(__always)
    private static func round(_ v: Signals) -> Signals { cv_add_s16(v, Signals(repeating: 32)) &>> 6 }
}
