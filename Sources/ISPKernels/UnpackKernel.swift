// Stored samples of any raw format to rows of 16-bit samples, even and odd columns apart.

import CVector
import ISPImaging

/// Unpacks rows of one raw format.
///
/// Samples are moved up to 16 bits: the top of the format's range is the top of the word's, less the bits that are
/// not there. Nothing is above the format's bit depth, whatever the bytes say.
public final class UnpackKernel: Sendable {
    /// By how many bits samples are moved up.
    public let shift: Int
    private let packing: PixelFormat.Packing
    private let maximum: UInt16
    /// The smallest part of a row that stands for itself: the binary logarithm of its samples, and its bytes.
    private let group: (log2: Int, bytes: Int)
    private let csi2: CSI2Shuffle?

    /// Creates the kernel.
    /// - Precondition: the format is a raw one.
    public init(_ format: PixelFormat) {
        precondition(format.isRaw, "\(format) has no raw samples")
        packing = format.packing
        maximum = UInt16(format.maximum)
        let log2 = format.packing == .csi2 ? (format.bitsPerSample == 12 ? 1 : 2) : 0
        group = (log2, format.minimumBytesPerRow(width: 1 << log2))
        shift = 16 - format.bitsPerSample
        csi2 = format.packing == .csi2 ? CSI2Shuffle(bits: format.bitsPerSample) : nil
    }

    /// Unpacks columns of a row.
    ///
    /// Up to a group of samples more than asked for, less one, are written, of no meaning.
    /// - Parameters:
    ///   - bytes: from the start of the row to the end of what may be read.
    ///   - column: the first column, a multiple of 4.
    ///   - count: how many columns.
    ///   - row: takes them from its entry `start` on.
    /// - Precondition: `bytes` holds the columns.
    public func apply(
        _ bytes: UnsafeRawBufferPointer, column: Int, count: Int, into row: MosaicRow, at start: Int
    ) {
        precondition(bytes.count >= byteCount(column + count), "row shorter than its samples")
        precondition(column % 4 == 0, "a column in the middle of a group")
        let first = bytes.baseAddress! + byteCount(column)
        let available = bytes.count - byteCount(column)
        if let csi2 {
            let step = Words.scalarCount / 4 * csi2.bytesPer8
            // The last load of a step reaches beyond the step's own bytes.
            Self.loop(first, available, count, step: step, reach: step + 8, row, start) { csi2.columns($0) }
        } else if packing == .bytes {
            let step = Bytes.scalarCount
            Self.loop(first, available, count, step: step, reach: step, row, start) { bytes in
                Self.columns(cv_load_high_bytes(bytes), cv_load_high_bytes(bytes + Words.scalarCount))
            }
        } else {
            let limit = Words(repeating: maximum)
            let scale = Words(repeating: 1 << UInt16(truncatingIfNeeded: shift))
            let step = 2 * Bytes.scalarCount
            Self.loop(first, available, count, step: step, reach: step, row, start) { bytes in
                Self.columns(
                    cv_min_u16(bytes.loadUnaligned(as: Words.self), limit) &* scale,
                    cv_min_u16(bytes.loadUnaligned(fromByteOffset: Bytes.scalarCount, as: Words.self), limit) &* scale)
            }
        }
    }

    /// Asks for the columns of a row that is about to be unpacked: rows of a strip lie far apart, and no processor guesses
    /// where the next one is.
    public func prefetch(_ bytes: UnsafeRawBufferPointer, column: Int, count: Int) {
        let last = min(byteCount(column + count), bytes.count)
        var place = byteCount(column)
        while place < last {
            cv_prefetch(bytes.baseAddress! + place)
            place &+= 64
        }
    }

    /// The bytes of so many columns, whole groups of them.
    private func byteCount(_ columns: Int) -> Int {
        ((columns &+ (1 &<< group.log2) &- 1) &>> group.log2) &* group.bytes
    }

    /// The even and the odd columns of two vectors.
    @inline(__always)
    private static func columns(_ first: Words, _ second: Words) -> (even: Words, odd: Words) {
        (cv_even_u16(first, second), cv_odd_u16(first, second))
    }

    /// Takes steps of a group of columns as long as the bytes reach, and the rest from a copy with room behind it.
    @inline(__always)
    private static func loop(
        _ bytes: UnsafeRawPointer, _ available: Int, _ count: Int, step: Int, reach: Int, _ row: MosaicRow,
        _ start: Int,
        _ columns: (UnsafeRawPointer) -> (even: Words, odd: Words)
    ) {
        let group = KernelLimits.group
        let direct = available < reach ? 0 : min((available - reach) / step + 1, (count + group - 1) / group)
        for i in 0..<direct {
            let (even, odd) = columns(bytes + i &* step)
            row.even.store(even, start &+ Words.scalarCount &* i)
            row.odd.store(odd, start &+ Words.scalarCount &* i)
        }
        guard group * direct < count else { return }
        withUnsafeTemporaryAllocation(byteCount: reach, alignment: 64) { rest in
            for i in direct..<((count + group - 1) / group) {
                rest.initializeMemory(as: UInt8.self, repeating: 0)
                let left = max(0, min(step, available - i * step))
                if left > 0 { rest.baseAddress!.copyMemory(from: bytes + i * step, byteCount: left) }
                let (even, odd) = columns(UnsafeRawPointer(rest.baseAddress!))
                row.even.store(even, start &+ Words.scalarCount &* i)
                row.odd.store(odd, start &+ Words.scalarCount &* i)
            }
        }
    }
}

/// How a group of samples of a CSI-2 format are put together from their bytes.
///
/// A byte shuffle brings the high byte of each sample to its word, another one the bytes with its low bits; a product moves
/// those to their place below the high byte. Of every eight samples the even ones come first, so that no more is needed to
/// part columns than to put halves of eight together.
private struct CSI2Shuffle: Sendable {
    let bytesPer8: Int
    private let high, low: Bytes
    private let move: Words
    private let mask: Words

    /// - Parameter bits: 10, 12 or 14.
    init(bits: Int) {
        let samples = bits == 12 ? 2 : 4
        let groupBytes = bits == 10 ? 5 : bits == 12 ? 3 : 7
        bytesPer8 = 8 / samples * groupBytes
        let lowBits = bits - 8
        mask = Words(repeating: UInt16(0xff & ~(0xff >> lowBits)))
        var (high, low) = (Bytes(repeating: 0x80), Bytes(repeating: 0x80))
        var move = Words(repeating: 0)
        for i in 0..<Words.scalarCount {
            let (block, word) = (i / 8 * 16, i % 8)
            let sample = word < 4 ? 2 * word : 2 * word - 7
            let group = sample / samples * groupBytes
            let k = sample % samples
            high[block + 2 * word + 1] = UInt8(group + k)
            // The sample's low bits start at bit `k * lowBits` of the group's last bytes; they shall end at bit 7.
            let bit = k * lowBits
            let (byte, inByte) = (bit / 8, bit % 8)
            let isSplit = inByte + lowBits > 8
            // As the high byte of a word, or with the byte before it as the low one: bits to move down by.
            let down: Int
            if isSplit {
                low[block + 2 * word] = UInt8(group + samples + byte)
                low[block + 2 * word + 1] = UInt8(group + samples + byte + 1)
                down = inByte + lowBits - 8
            } else {
                low[block + 2 * word + 1] = UInt8(group + samples + byte)
                down = inByte + lowBits
            }
            move[i] = UInt16(1 << (16 - down))
        }
        (self.high, self.low, self.move) = (high, low, move)
    }

    /// The even and the odd ones of a group of samples.
    @inline(__always)
    func columns(_ bytes: UnsafeRawPointer) -> (even: Words, odd: Words) {
        // The first eight, the third and so on; and the others.
        let (first, second) = (samples(bytes), samples(bytes + bytesPer8))
        return (cv_first_fours(first, second), cv_last_fours(first, second))
    }

    /// Every second eight samples.
    @inline(__always)
    private func samples(_ bytes: UnsafeRawPointer) -> Words {
        let data = cv_load_blocks(bytes, 2 &* bytesPer8)
        let lower = cv_mulhi_u16(unsafeBitCast(cv_lookup_u8(data, low), to: Words.self), move) & mask
        return unsafeBitCast(cv_lookup_u8(data, high), to: Words.self) | lower
    }
}
