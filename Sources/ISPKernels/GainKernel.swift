// Black level, lens shading, white balance and digital gain, and the ceiling of highlights: one multiplication a sample.

import CVector

/// Brings a row of raw samples to the scale of `Linear16`.
///
/// With `t = sample / 2 - black / 2` a sample becomes `zero + t * gain / 2^shift`, rounded, and ends at the limit. The product
/// has 32 bits, so gains lose no precision.
public struct GainKernel: Sendable {
    /// The power of two by which gains are scaled.
    public let shift: Int
    /// The largest code.
    public let limit: Int16

    /// Creates the kernel.
    /// - Precondition: `shift` is 0 to 15.
    public init(shift: Int, limit: Int) {
        precondition((0...15).contains(shift))
        self.shift = shift
        self.limit = Int16(clamping: limit - 32768)
    }

    /// The same gain for all samples.
    ///
    /// Gains below 1 need no more than the upper half of an unsigned product.
    /// - Parameter black: half the black level, on the scale of the samples.
    public func apply(
        _ source: UnsafeMutablePointer<UInt16>, into target: UnsafeMutablePointer<UInt16>, black: Int16, gain: Int16,
        count: Int
    ) {
        // t * gain / 2^shift, with t half a sample: sample * gain * 2^(15 - shift) / 2^16.
        let factor = Int(gain) << (15 - shift)
        // Rounded down as the products are: black is zero then, and of all other results the mean is right.
        let blackProduct = (Int(black) * 2 * factor) >> 16
        guard factor < 65536, blackProduct <= Linear16.zero else {
            let gain = Signals(repeating: gain)
            return loop(source, target, black, count) { _ in gain }
        }
        let scale = Words(repeating: UInt16(factor)), zero = Words(repeating: UInt16(Linear16.zero - blackProduct))
        let limit = Words(repeating: UInt16(bitPattern: limit) ^ 0x8000)
        var k = 0
        while k < count {
            target.store(cv_min_u16(cv_add_u16(cv_mulhi_u16(source.lanes(k), scale), zero), limit), k)
            k &+= Words.scalarCount
        }
    }

    /// A gain for each sample, between two rows of gains: `first + (second - first) * share / 2^15`.
    public func apply(
        _ source: UnsafeMutablePointer<UInt16>, into target: UnsafeMutablePointer<UInt16>, black: Int16,
        between first: UnsafeMutablePointer<Int16>, and second: UnsafeMutablePointer<Int16>, share: Int16, count: Int
    ) {
        let share = Signals(repeating: share)
        loop(source, target, black, count) { k in
            let gain = first.lanes(k)
            return gain &+ cv_mulround_s16(second.lanes(k) &- gain, share)
        }
    }

    @inline(__always)
    private func loop(
        _ source: UnsafeMutablePointer<UInt16>, _ target: UnsafeMutablePointer<UInt16>, _ black: Int16, _ count: Int,
        _ gain: (Int) -> Signals
    ) {
        let black = Signals(repeating: black)
        let limit = Signals(repeating: limit)
        let shift = Int32(truncatingIfNeeded: shift)
        let offset = (Int32(truncatingIfNeeded: Linear16.signedZero) &<< shift) &+ ((1 &<< shift) &>> 1)
        var k = 0
        while k < count {
            let t = unsafeBitCast(source.lanes(k) &>> 1, to: Signals.self) &- black
            let value = cv_scale_s16(t, gain(k), offset, shift)
            target.store(unsigned(cv_min_s16(value, limit)), k)
            k &+= Words.scalarCount
        }
    }
}
