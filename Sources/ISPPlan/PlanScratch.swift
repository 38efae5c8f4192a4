// Row buffers of one thread.

import ISPImaging
import ISPKernels

/// The memory that a thread works in while it runs plans. It grows on first use and is used again.
public final class PlanScratch {
    private var memory = AlignedMemory(byteCount: 0)
    private var taken = 0

    /// Creates an empty scratch.
    public init() {}

    /// Makes room for `byteCount` bytes; everything taken before is given back.
    func reserve(_ byteCount: Int) {
        if memory.bytes.count < byteCount { memory = AlignedMemory(byteCount: byteCount) }
        taken = 0
    }

    /// Takes room for samples, aligned for vector loads.
    /// - Precondition: it was reserved.
    func take<Sample: BitwiseCopyable>(_ count: Int, of type: Sample.Type) -> UnsafeMutablePointer<Sample> {
        let size = Self.rounded(count * MemoryLayout<Sample>.stride)
        precondition(taken + size <= memory.bytes.count, "more rows than were reserved")
        defer { taken += size }
        return (memory.bytes.baseAddress! + taken).bindMemory(to: type, capacity: count)
    }

    private static func rounded(_ byteCount: Int) -> Int {
        (byteCount + AlignedMemory.alignment - 1) / AlignedMemory.alignment * AlignedMemory.alignment
    }

    /// Takes rows one after another, with margins on both sides.
    /// - Returns: the first sample of the first row; rows lie `rowBytes` apart.
    func takeRows<Sample: BitwiseCopyable>(
        _ rows: Int = 1, of type: Sample.Type, _ count: Int
    ) -> UnsafeMutablePointer<Sample> {
        take(rows * Self.rowBytes(count) / MemoryLayout<Sample>.stride, of: type) + KernelLimits.margin
    }

    /// Bytes of a row of 16-bit samples with margins on both sides.
    static func rowBytes(_ count: Int) -> Int { rounded((count + 2 * KernelLimits.margin) * 2) }
}

/// The last few rows of an endless plane: row `y` takes the memory of row `y - rows`.
struct RowRing<Sample: BitwiseCopyable> {
    private let even, odd: UnsafeMutablePointer<Sample>
    private let pitch, mask: Int

    /// Takes the rows.
    /// - Parameter rows: how many are looked at; the ring has the next power of two.
    /// - Precondition: `Sample` has 16 bits.
    init(_ scratch: PlanScratch, holding rows: Int, count: Int) {
        let rows = Self.size(rows)
        pitch = PlanScratch.rowBytes(count) / 2
        mask = rows - 1
        even = scratch.takeRows(rows, of: Sample.self, count)
        odd = scratch.takeRows(rows, of: Sample.self, count)
    }

    /// As few rows as can be, so that they stay in the first cache.
    private static func size(_ rows: Int) -> Int {
        var size = 1
        while size < rows { size *= 2 }
        return size
    }

    /// The row with coordinate `y`, which may be negative.
    @inline(__always)
    subscript(y: Int) -> ParityRow<Sample> {
        let place = (y & mask) &* pitch
        return ParityRow(even: even + place, odd: odd + place)
    }

    /// The bytes that a ring takes.
    static func bytes(holding rows: Int, _ count: Int) -> Int { 2 * size(rows) * PlanScratch.rowBytes(count) }
}

/// The last few rows of a mosaic.
typealias MosaicRing = RowRing<UInt16>
/// The last few rows of a signal.
typealias SignalRing = RowRing<Int16>
