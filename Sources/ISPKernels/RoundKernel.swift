// Display codes of 14 bits to bytes in the order of the columns.

import CVector

/// Rounds rows of `Display16` codes to 8 bits.
public enum RoundKernel {
    /// Stores a row as bytes, even and odd columns joined.
    /// - Parameters:
    ///   - bytes: room for `2 * count` bytes.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    public static func apply(_ row: SignalRow, into bytes: UnsafeMutablePointer<UInt8>, count: Int) {
        row.storeBytes(into: bytes, count: count) { round($0) }
    }

    /// A function of its own because a closure with the expression in it is called, not inlined.
    @inline(__always)
    private static func round(_ v: Signals) -> Signals { cv_add_s16(v, Signals(repeating: 32)) &>> 6 }
}

extension SignalRow {
    /// Stores what `code` makes of the values as bytes, even and odd columns joined.
    /// - Parameters:
    ///   - bytes: room for `2 * count` bytes.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    ///   - code: the code of values; it is limited to 0 to 255.
    @inline(__always)
    func storeBytes(into bytes: UnsafeMutablePointer<UInt8>, count: Int, _ code: (Signals) -> Signals) {
        let target = UnsafeMutableRawPointer(bytes)
        var k = 0
        while k < count {
            let even = cv_pack_s16(code(self.even.lanes(k)), code(self.even.lanes(k &+ 16)))
            let odd = cv_pack_s16(code(self.odd.lanes(k)), code(self.odd.lanes(k &+ 16)))
            // Bytes that alternate are words of which the even column is the low byte.
            target.storeBytes(of: cv_widen_low(even, odd), toByteOffset: 2 &* k, as: Signals.self)
            target.storeBytes(of: cv_widen_high(even, odd), toByteOffset: 2 &* k &+ 32, as: Signals.self)
            k &+= 32
        }
    }
}
