// Rows of 16-bit samples and how kernels read and write them: sixteen at a time, from any column.

import CVector

/// Sixteen unsigned samples.
typealias Words = SIMD16<UInt16>
/// Sixteen signed samples.
typealias Signals = SIMD16<Int16>

/// What all kernels and row buffers agree on.
public enum KernelLimits {
    /// Columns of one parity that kernels work on at a time: rows are worked on in whole groups.
    public static let group = 32
    /// Samples that must be readable on both sides of a row.
    public static let margin = 32
}

/// A row of a mosaic, its even and its odd columns apart, so that every neighbour is a plain load.
///
/// Entry `k` of `even` is column `2k`, of `odd` column `2k + 1`, counted from the row's first column.
public struct MosaicRow: @unchecked Sendable {
    // Sendable: only pointers; whoever has the scratch memory decides who writes.
    /// Samples of the even columns.
    public let even: UnsafeMutablePointer<UInt16>
    /// Samples of the odd columns.
    public let odd: UnsafeMutablePointer<UInt16>

    /// Joins two rows of samples.
    public init(even: UnsafeMutablePointer<UInt16>, odd: UnsafeMutablePointer<UInt16>) {
        self.even = even
        self.odd = odd
    }
}

/// A row of a signal, its even and its odd columns apart.
public struct SignalRow: @unchecked Sendable {
    // Sendable: as `MosaicRow`.
    /// Values of the even columns.
    public let even: UnsafeMutablePointer<Int16>
    /// Values of the odd columns.
    public let odd: UnsafeMutablePointer<Int16>

    /// Joins two rows of values.
    public init(even: UnsafeMutablePointer<Int16>, odd: UnsafeMutablePointer<Int16>) {
        self.even = even
        self.odd = odd
    }
}

/// Three rows of colours.
public struct ColorRow: @unchecked Sendable {
    // Sendable: as `MosaicRow`.
    /// Red, green and blue, or what became of them.
    public let red, green, blue: SignalRow

    /// Joins three rows.
    public init(red: SignalRow, green: SignalRow, blue: SignalRow) {
        self.red = red
        self.green = green
        self.blue = blue
    }
}

extension UnsafeMutablePointer<UInt16> {
    @inline(__always)
    func lanes(_ i: Int) -> Words { UnsafeRawPointer(self + i).loadUnaligned(as: Words.self) }

    @inline(__always)
    func store(_ v: Words, _ i: Int) { UnsafeMutableRawPointer(self + i).storeBytes(of: v, as: Words.self) }
}

extension UnsafeMutablePointer<Int16> {
    @inline(__always)
    func lanes(_ i: Int) -> Signals { UnsafeRawPointer(self + i).loadUnaligned(as: Signals.self) }

    @inline(__always)
    func store(_ v: Signals, _ i: Int) { UnsafeMutableRawPointer(self + i).storeBytes(of: v, as: Signals.self) }
}

/// Biased unsigned samples as signed ones: the same order, 2^15 lower.
@inline(__always)
func signed(_ v: Words) -> Signals { unsafeBitCast(v ^ 0x8000, to: Signals.self) }

/// Signed samples as biased unsigned ones.
@inline(__always)
func unsigned(_ v: Signals) -> Words { unsafeBitCast(v, to: Words.self) ^ 0x8000 }

/// `(a - b) / 2`, rounded down.
@inline(__always)
func halfDifference(_ a: Words, _ b: Words) -> Signals { signed(cv_average_u16(a, ~b)) }

/// The mean of two, rounded up.
@inline(__always)
func mean(_ a: Words, _ b: Words) -> Words { cv_average_u16(a, b) }

/// The mean of four.
@inline(__always)
func mean(_ a: Words, _ b: Words, _ c: Words, _ d: Words) -> Words { mean(mean(a, b), mean(c, d)) }
