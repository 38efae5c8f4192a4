// To where tone's results go: rows of bytes, or pixels.

import CVector

/// Rows of red, green and blue bytes.
public typealias ColorBytes = (
    red: UnsafeMutablePointer<UInt8>, green: UnsafeMutablePointer<UInt8>, blue: UnsafeMutablePointer<UInt8>
)

/// Codes that are half an 8-bit code more become bytes.
struct ByteSink: ToneSink {
    let bytes: ColorBytes

    func needed(of count: Int) -> Int { count }
    func finish() {}

    @inline(__always)
    func store(even: (Colors, Colors), odd: (Colors, Colors), _ k: Int) {
        store((even.0.red, even.1.red), (odd.0.red, odd.1.red), bytes.red, k)
        store((even.0.green, even.1.green), (odd.0.green, odd.1.green), bytes.green, k)
        store((even.0.blue, even.1.blue), (odd.0.blue, odd.1.blue), bytes.blue, k)
    }

    @inline(__always)
    private func store(
        _ even: (Signals, Signals), _ odd: (Signals, Signals), _ bytes: UnsafeMutablePointer<UInt8>, _ k: Int
    ) {
        RoundKernel.storeBytes((even.0 &>> 6, even.1 &>> 6), (odd.0 &>> 6, odd.1 &>> 6), into: bytes, k)
    }
}

/// A row of pixels of four bytes, the last of which is 0.
public struct PixelRow: @unchecked Sendable {
    // Sendable: as `ParityRow`.
    /// The pixel of the row's first even column, and how many there are.
    let pixels: UnsafeMutablePointer<UInt8>
    let width: Int
    let isBlueFirst: Bool
    /// Room for the pixels of a group.
    let spare: UnsafeMutablePointer<UInt8>

    /// Whether pixels can be stored past the caches.
    public var isAligned: Bool { Int(bitPattern: pixels) & (MemoryLayout<Bytes>.size - 1) == 0 }

    /// The bytes that `spare` has room for.
    public static var spareBytes: Int { 8 * KernelLimits.group }

    /// Joins places.
    /// - Parameters:
    ///   - isBlueFirst: whether blue is the first of the bytes, or red.
    ///   - spare: room for `spareBytes`, aligned for vectors.
    public init(
        _ pixels: UnsafeMutablePointer<UInt8>, width: Int, isBlueFirst: Bool, spare: UnsafeMutablePointer<UInt8>
    ) {
        (self.pixels, self.width, self.isBlueFirst, self.spare) = (pixels, width, isBlueFirst, spare)
    }
}

/// Codes that are half an 8-bit code more become pixels of four bytes, stored past the caches where they can be.
struct PixelSink: ToneSink {
    private let row: PixelRow
    private let isAligned: Int32
    /// Entries in groups of which every pixel is wanted.
    private let whole: Int

    init(_ row: PixelRow) {
        self.row = row
        isAligned = row.isAligned ? 1 : 0
        whole = row.width / (2 * KernelLimits.group) * KernelLimits.group
    }

    func needed(of count: Int) -> Int { min(count, row.width > 2 * whole ? whole + KernelLimits.group : whole) }

    @inline(__always)
    func store(even: (Colors, Colors), odd: (Colors, Colors), _ k: Int) {
        let isWhole = k < whole
        store(even, odd, isWhole ? row.pixels + 8 &* k : row.spare, isWhole ? isAligned : 0)
    }

    func finish() { (row.pixels + 8 &* whole).update(from: row.spare, count: 4 &* (row.width &- 2 &* whole)) }

    @inline(__always)
    private func store(
        _ even: (Colors, Colors), _ odd: (Colors, Colors), _ place: UnsafeMutablePointer<UInt8>, _ isAligned: Int32
    ) {
        store(even.0, odd.0, place, isAligned)
        store(even.1, odd.1, place + 8 &* Words.scalarCount, isAligned)
    }

    @inline(__always)
    private func store(_ even: Colors, _ odd: Colors, _ place: UnsafeMutablePointer<UInt8>, _ isAligned: Int32) {
        if row.isBlueFirst {
            cv_store_pixels(
                pair(even.blue, even.green), byte(even.red), pair(odd.blue, odd.green), byte(odd.red), place, isAligned)
        } else {
            cv_store_pixels(
                pair(even.red, even.green), byte(even.blue), pair(odd.red, odd.green), byte(odd.blue), place, isAligned)
        }
    }

    @inline(__always)
    private func byte(_ code: Signals) -> Words { unsafeBitCast(code, to: Words.self) &>> 6 }

    /// Two bytes, the first one low.
    @inline(__always)
    private func pair(_ first: Signals, _ second: Signals) -> Words {
        byte(first) | ((unsafeBitCast(second, to: Words.self) &<< 2) & Words(repeating: 0xff00))
    }
}
