// The arena: tokens, auxiliary words, envelopes and payloads in one mapping, addressed by slot number. Fixed layout, no
// references, so that another process could map it too.

import Atomics
import CRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One mapping with everything that outlives a worker.
package final class SlotArena: @unchecked Sendable {
    // Sendable: the words are atomics; envelopes and payloads belong to whoever the token says.

    /// What stands at the start of the mapping.
    package struct Header {
        /// "SoftISPA" in ASCII, little-endian.
        var magic: UInt64
        /// Of this layout.
        var version: UInt32
        var rawSlots: UInt32
        var imageSlots: UInt32
        var envelopeStride: UInt32
        var rawStride: UInt64
        var imageStride: UInt64
        var length: UInt64
    }

    package static let magic: UInt64 = 0x4150_5349_7466_6f53
    package static let version: UInt32 = 1
    /// Tokens and words get a cache line each: two cores do not fight over neighbours.
    package static let line = 64
    package static let envelopeStride = 128

    private let base: UnsafeMutableRawPointer
    private let length: Int
    private let tokens: Int
    private let cells: Int
    private let envelopes: Int
    private let rawPayloads: Int
    private let imagePayloads: Int
    private let rawStride: Int
    private let imageStride: Int
    package let rawSlots: Int
    package let imageSlots: Int
    package let rawBytes: Int
    package let imageBytes: Int
    private let cores: Int

    /// Maps and clears an arena.
    ///
    /// - Throws: ``RuntimeError/system(_:)`` when there is not that much memory.
    package init(_ configuration: RuntimeConfiguration) throws(RuntimeError) {
        let page = 4096
        func up(_ value: Int, _ step: Int) -> Int { (value + step - 1) / step * step }
        rawSlots = configuration.rawSlots
        imageSlots = configuration.imageSlots
        rawBytes = configuration.rawBytes
        imageBytes = configuration.imageBytes
        cores = configuration.cores
        let most = 1 << 46
        guard configuration.rawBytes < most, configuration.imageBytes < most else {
            throw .invalidConfiguration(
                "slots of \(rawBytes) and \(imageBytes) bytes do not fit memory; use smaller ones")
        }
        rawStride = up(configuration.rawBytes, page)
        imageStride = up(configuration.imageBytes, page)
        tokens = up(MemoryLayout<Header>.size, Self.line)
        cells = tokens + (rawSlots + imageSlots) * Self.line
        envelopes = cells + Self.cellCount(cores: cores) * Self.line
        rawPayloads = up(envelopes + rawSlots * Self.envelopeStride, page)
        let (rawTotal, overflow) = rawStride.multipliedReportingOverflow(by: rawSlots)
        let (imageTotal, overflow2) = imageStride.multipliedReportingOverflow(by: imageSlots)
        guard !overflow, !overflow2, rawTotal < most, imageTotal < most else {
            throw .invalidConfiguration(
                "slots of \(rawBytes) and \(imageBytes) bytes do not fit memory; use fewer or smaller")
        }
        imagePayloads = rawPayloads + rawTotal
        length = imagePayloads + imageTotal
        precondition(MemoryLayout<Envelope>.size <= Self.envelopeStride)

        #if canImport(Darwin)
            let flags = MAP_PRIVATE | MAP_ANON
        #else
            let flags = MAP_PRIVATE | MAP_ANONYMOUS
        #endif
        guard let base = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
            throw .system("no \(length >> 20) MiB of memory for the slots (error \(errno)); use fewer or smaller ones")
        }
        self.base = base
        if configuration.hugePages { _ = softisp_ask_huge_pages(base, UInt(length)) }
        base.bindMemory(to: Header.self, capacity: 1).initialize(
            to: Header(
                magic: Self.magic, version: Self.version, rawSlots: UInt32(rawSlots), imageSlots: UInt32(imageSlots),
                envelopeStride: UInt32(Self.envelopeStride), rawStride: UInt64(rawStride),
                imageStride: UInt64(imageStride), length: UInt64(length)))
        // Fresh pages are zero: state FREE, epoch 0, nothing in use; and so is the representation of every other word.
        for slot in 0..<rawSlots { envelope(slot).initialize(to: Envelope()) }
    }

    deinit {
        // A device does not know that nobody wants its answer any more: what may still be touched stays mapped.
        let slots = (0..<rawSlots).map(SlotID.raw) + (0..<imageSlots).map(SlotID.image)
        let isTouched = slots.contains {
            let word = TokenWord(bits: token($0).load(ordering: .acquiring))
            return word.hardware == .inUse || word.leases > 0
        }
        if !isTouched { munmap(base, length) }
    }

    private static let decisionCell = 0
    private static let returnedCell = Holder.maximumBatches
    private static let detachedCell = returnedCell + Holder.maximumSources
    private static let heartCell = detachedCell + Holder.maximumSources
    private static let cacheCell = heartCell + Holder.maximumWorkers
    private static func cellCount(cores: Int) -> Int { cacheCell + cores }

    /// The token of a slot.
    @inline(__always)
    package func token(_ slot: SlotID) -> UnsafeAtomic<UInt64> {
        let count = slot.pool == .raw ? rawSlots : imageSlots
        precondition(UInt(bitPattern: slot.index) < UInt(bitPattern: count), "no such slot")
        let index = slot.pool == .raw ? slot.index : rawSlots + slot.index
        return word(tokens + index * Self.line)
    }

    /// An auxiliary word.
    @inline(__always)
    package func cell(_ cell: Cell) -> UnsafeAtomic<UInt64> {
        let (first, index, count) =
            switch cell {
            case .decision(let index): (Self.decisionCell, index, Holder.maximumBatches)
            case .returned(let index): (Self.returnedCell, index, Holder.maximumSources)
            case .detachedSource(let index): (Self.detachedCell, index, Holder.maximumSources)
            case .heart(let index): (Self.heartCell, index, Holder.maximumWorkers)
            case .cache(let index): (Self.cacheCell, index, cores)
            }
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "no such word")
        return word(cells + (first + index) * Self.line)
    }

    @inline(__always)
    private func word(_ offset: Int) -> UnsafeAtomic<UInt64> {
        UnsafeAtomic(
            at: (base + offset).assumingMemoryBound(to: UnsafeAtomic<UInt64>.Storage.self))
    }

    /// The envelope of a raw slot.
    @inline(__always)
    package func envelope(_ slot: Int) -> UnsafeMutablePointer<Envelope> {
        precondition(UInt(bitPattern: slot) < UInt(bitPattern: rawSlots), "no such slot")
        return (base + envelopes + slot * Self.envelopeStride).assumingMemoryBound(to: Envelope.self)
    }

    /// The payload of a slot, page-aligned.
    package func payload(_ slot: SlotID) -> UnsafeMutableRawBufferPointer {
        switch slot.pool {
        case .raw:
            precondition(UInt(bitPattern: slot.index) < UInt(bitPattern: rawSlots), "no such slot")
            return UnsafeMutableRawBufferPointer(start: base + rawPayloads + slot.index * rawStride, count: rawBytes)
        case .image:
            precondition(UInt(bitPattern: slot.index) < UInt(bitPattern: imageSlots), "no such slot")
            return UnsafeMutableRawBufferPointer(
                start: base + imagePayloads + slot.index * imageStride, count: imageBytes)
        }
    }
}
