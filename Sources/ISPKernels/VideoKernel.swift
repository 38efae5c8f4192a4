// Luma and colour differences to the codes of video formats.

import CVector
import ISPImaging

/// Rounds luma and chroma to 8-bit codes of full or limited range.
public struct VideoKernel: Sendable {
    private let lumaScale, chromaScale: Int16
    private let lumaOffset: Int16

    /// Creates the kernel.
    public init(range: YCbCrRange) {
        // A scale of 1 would need 2^15; the code of white is reached all the same.
        lumaScale = range == .full ? 32767 : Int16((219.0 / 255 * 32768).rounded())
        lumaOffset = range == .full ? 0 : 16
        chromaScale = range == .full ? 16384 : Int16((224.0 / 255 * 16384).rounded())
    }

    /// Codes of luma in the order of the columns; `bytes` has room for `2 * count`.
    public func luma(_ row: SignalRow, into bytes: UnsafeMutablePointer<UInt8>, count: Int) {
        let (even, odd) = (row.even, row.odd)
        var k = 0
        while k < count {
            RoundKernel.storeBytes(
                (luma(even.lanes(k)), luma(even.lanes(k &+ Words.scalarCount))),
                (luma(odd.lanes(k)), luma(odd.lanes(k &+ Words.scalarCount))),
                into: bytes, k)
            k &+= KernelLimits.group
        }
    }

    @inline(__always)
    private func luma(_ v: Signals) -> Signals {
        let white = Signals(repeating: Int16(Display16.white)), half = Signals(repeating: 32)
        let unit = cv_min_s16(cv_max_s16(v, Signals(repeating: 0)), white)
        let scaled = cv_mulround_s16(unit, Signals(repeating: lumaScale))
        return ((scaled &+ half) &>> 6) &+ Signals(repeating: lumaOffset)
    }

    /// Codes of the mean of two rows of chroma; `bytes` has room for `count`.
    public func chroma(
        _ first: UnsafeMutablePointer<Int16>, _ second: UnsafeMutablePointer<Int16>,
        into bytes: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        let target = UnsafeMutableRawPointer(bytes)
        var k = 0
        while k < count {
            let codes = cv_pack_s16(
                chroma(cv_add_s16(first.lanes(k), second.lanes(k))),
                chroma(cv_add_s16(first.lanes(k &+ Words.scalarCount), second.lanes(k &+ Words.scalarCount))))
            target.storeBytes(of: cv_order_u8(codes), toByteOffset: k, as: Bytes.self)
            k &+= KernelLimits.group
        }
    }

    @inline(__always)
    private func chroma(_ sum: Signals) -> Signals {
        let most = Signals(repeating: Int16(Display16.white))
        let limited = cv_min_s16(cv_max_s16(sum, 0 &- most), most)
        let scaled = cv_mulround_s16(limited, Signals(repeating: chromaScale))
        return ((scaled &+ Signals(repeating: 32)) &>> 6) &+ Signals(repeating: 128)
    }
}
