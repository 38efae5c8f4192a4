// Rows of 16-bit samples and how kernels read and write them: a vector at a time, from any column.

import CVector

/// Unsigned samples: 16 or, where the processor the build is for has vectors of 64 bytes, 32.
typealias Words = cv_u16
/// As many signed samples.
typealias Signals = cv_s16
/// Twice as many bytes.
typealias Bytes = cv_u8

/// What all kernels and row buffers agree on.
public enum KernelLimits {
    /// Columns of one parity that kernels work on at a time, 32 or 64: rows are worked on in whole groups.
    public static var group: Int { 2 * Int(CV_LANES) }
    /// Samples that must be readable on both sides of a row.
    public static var margin: Int { group }
}

/// A row, its even and its odd columns apart, so that every neighbour is a plain load.
///
/// Entry `k` of `even` is column `2k`, of `odd` column `2k + 1`, counted from the row's first column.
public struct ParityRow<Sample: BitwiseCopyable>: @unchecked Sendable {
    // Sendable: only pointers; whoever has the scratch memory decides who writes.
    /// Samples of the even columns.
    public let even: UnsafeMutablePointer<Sample>
    /// Samples of the odd columns.
    public let odd: UnsafeMutablePointer<Sample>

    /// Joins two rows of samples.
    @inlinable
    public init(even: UnsafeMutablePointer<Sample>, odd: UnsafeMutablePointer<Sample>) {
        self.even = even
        self.odd = odd
    }

    /// The columns of one parity, 0 or 1.
    @inlinable
    public subscript(parity: Int) -> UnsafeMutablePointer<Sample> { parity == 0 ? even : odd }

    /// The sample of a column, counted from the row's first one.
    @inlinable
    public func sample(_ column: Int) -> UnsafeMutablePointer<Sample> { self[column & 1] + column >> 1 }

    /// The row as the columns of one parity see it: themselves, and those to their left; those to their right are an entry
    /// on.
    @inline(__always)
    func sites(isEven: Bool) -> (own: UnsafeMutablePointer<Sample>, left: UnsafeMutablePointer<Sample>) {
        isEven ? (even, odd - 1) : (odd, even)
    }
}

/// A row of a mosaic.
public typealias MosaicRow = ParityRow<UInt16>
/// A row of a signal.
public typealias SignalRow = ParityRow<Int16>

/// Three rows of colours.
public struct ColorRow: Sendable {
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
