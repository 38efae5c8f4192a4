// Row buffers of one thread.

import ISPImaging
import ISPKernels
import ISPStages

/// The memory that a thread works in while it runs plans. It grows on first use and is used again.
public final class PlanScratch {
    private var memory = AlignedMemory(byteCount: 0)
    private var taken = 0
    /// For the few pixels that the reference decides.
    let workspace = Workspace()

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

    /// Bytes of a row with margins on both sides, as `RowPool` takes them.
    static func rowBytes(_ count: Int) -> Int { rounded((count + 2 * KernelLimits.margin) * 2) }
}

/// The last few rows of an endless mosaic: row `y` takes the memory of row `y - 8`.
struct MosaicRing {
    static let rows = 8
    private let even, odd: UnsafeMutablePointer<UInt16>
    private let pitch: Int

    init(_ scratch: PlanScratch, count: Int) {
        pitch = PlanScratch.rowBytes(count) / 2
        even = scratch.take(pitch * Self.rows, of: UInt16.self) + KernelLimits.margin
        odd = scratch.take(pitch * Self.rows, of: UInt16.self) + KernelLimits.margin
    }

    /// The row with coordinate `y`, which may be negative.
    @inline(__always)
    subscript(y: Int) -> MosaicRow {
        let place = (y & (Self.rows &- 1)) &* pitch
        return MosaicRow(even: even + place, odd: odd + place)
    }

    /// The bytes that a ring takes.
    static func bytes(_ count: Int) -> Int { 2 * rows * PlanScratch.rowBytes(count) }
}

/// The last few rows of an endless signal: row `y` takes the memory of row `y - rows`.
struct SignalRing {
    private let even, odd: UnsafeMutablePointer<Int16>
    private let pitch, mask: Int

    /// - Precondition: `rows` is a power of two.
    init(_ scratch: PlanScratch, rows: Int, count: Int) {
        precondition(rows > 0 && rows & (rows - 1) == 0, "a ring of \(rows) rows")
        pitch = PlanScratch.rowBytes(count) / 2
        mask = rows - 1
        even = scratch.take(pitch * rows, of: Int16.self) + KernelLimits.margin
        odd = scratch.take(pitch * rows, of: Int16.self) + KernelLimits.margin
    }

    /// The row with coordinate `y`, which may be negative.
    @inline(__always)
    subscript(y: Int) -> SignalRow {
        let place = (y & mask) &* pitch
        return SignalRow(even: even + place, odd: odd + place)
    }

    /// The bytes that a ring takes.
    static func bytes(rows: Int, _ count: Int) -> Int { 2 * rows * PlanScratch.rowBytes(count) }
}
