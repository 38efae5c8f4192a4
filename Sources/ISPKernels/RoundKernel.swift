// Display codes of 14 bits to bytes in the order of the columns.

import CVector

/// Rounds rows of `Display16` codes to 8 bits.
public enum RoundKernel {
    /// Stores rows of colours as bytes, even and odd columns joined.
    public static func apply(_ row: ColorRow, into bytes: ColorBytes, count: Int) {
        apply(row.red, into: bytes.red, count: count)
        apply(row.green, into: bytes.green, count: count)
        apply(row.blue, into: bytes.blue, count: count)
    }

    /// Stores a row as bytes, even and odd columns joined.
    /// - Parameters:
    ///   - bytes: room for `2 * count` bytes.
    ///   - count: columns of one parity, a multiple of `KernelLimits.group`.
    public static func apply(_ row: SignalRow, into bytes: UnsafeMutablePointer<UInt8>, count: Int) {
        let (even, odd) = (row.even, row.odd)
        var k = 0
        while k < count {
            store(
                (even.lanes(k), even.lanes(k &+ Words.scalarCount)), (odd.lanes(k), odd.lanes(k &+ Words.scalarCount)),
                into: bytes, k)
            k &+= KernelLimits.group
        }
    }

    /// Stores the codes of a group of even and of odd columns as bytes from place `2 * k` on.
    @inline(__always)
    static func store(
        _ even: (Signals, Signals), _ odd: (Signals, Signals), into bytes: UnsafeMutablePointer<UInt8>, _ k: Int
    ) {
        storeBytes((round(even.0), round(even.1)), (round(odd.0), round(odd.1)), into: bytes, k)
    }

    @inline(__always)
    private static func round(_ v: Signals) -> Signals { cv_add_s16(v, Signals(repeating: 32)) &>> 6 }

    /// Stores codes, limited to 0 to 255, of a group of even and of odd columns as bytes from place `2 * k` on.
    @inline(__always)
    static func storeBytes(
        _ even: (Signals, Signals), _ odd: (Signals, Signals), into bytes: UnsafeMutablePointer<UInt8>, _ k: Int
    ) {
        let target = UnsafeMutableRawPointer(bytes)
        let (evens, odds) = (cv_pack_s16(even.0, even.1), cv_pack_s16(odd.0, odd.1))
        // Bytes that alternate are words of which the even column is the low byte.
        target.storeBytes(of: cv_widen_low(evens, odds), toByteOffset: 2 &* k, as: Signals.self)
        target.storeBytes(of: cv_widen_high(evens, odds), toByteOffset: 2 &* k &+ Bytes.scalarCount, as: Signals.self)
    }
}
