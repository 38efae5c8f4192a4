// The compressed part of a TIFF: strips of rows, predicted and deflated, several at a time.

import CISAL
import Foundation
import ISPImaging

/// How a picture is cut into strips.
struct TIFFStripLayout {
    /// Rows of a strip: enough for deflate's window of 32 KB to pay, few enough for parallel work on small pictures.
    static let rowsPerStrip = 64

    let image: ImageBuffer
    /// The number of strips.
    let count: Int

    init(_ image: ImageBuffer) {
        self.image = image
        count = (image.size.height + Self.rowsPerStrip - 1) / Self.rowsPerStrip
    }

    /// The bytes of the largest strip.
    var maximumBytes: Int { min(Self.rowsPerStrip, image.size.height) * image.planes[0].bytesPerRow }

    /// The samples of a strip as they lie in the picture, rows without padding.
    func bytes(_ strip: Int) -> UnsafeRawBufferPointer {
        let row = image.planes[0].bytesPerRow
        let rows = (strip * Self.rowsPerStrip)..<min((strip + 1) * Self.rowsPerStrip, image.size.height)
        return UnsafeRawBufferPointer(rebasing: image.bytes[(rows.lowerBound * row)..<(rows.upperBound * row)])
    }
}

/// Compresses strips in parallel and hands them out in order.
///
/// Memory: one strip and its compressed form for each thread. Every strip is compressed for itself, so the bytes do not
/// depend on the number of threads.
struct TIFFStripCompressor: ~Copyable {
    private let layout: TIFFStripLayout
    private let slots: [Slot]

    /// Allocates buffers and compressors for `threads` strips at a time.
    /// - Throws: `ISPError(.resource)` where memory runs out.
    init(_ layout: TIFFStripLayout, level: Int, threads: Int) throws(ISPError) {
        self.layout = layout
        var slots: [Slot] = []
        for _ in 0..<min(threads, layout.count) {
            guard let slot = Slot(stripBytes: layout.maximumBytes, level: level) else {
                throw ISPError(
                    .resource,
                    "the picture is too wide, or memory too short, to compress it; use fewer threads or deflate level 0"
                )
            }
            slots.append(slot)
        }
        self.slots = slots
    }

    /// Calls `body` with each strip's number and its zlib stream, in order.
    func forEach(
        _ body: (_ strip: Int, _ bytes: UnsafeMutableRawBufferPointer) throws(ISPError) -> Void
    ) throws(ISPError) {
        for first in stride(from: 0, to: layout.count, by: slots.count) {
            let batch = min(slots.count, layout.count - first)
            if batch == 1 {
                slots[0].compress(layout, first)
            } else {
                // Each iteration touches its own slot and reads the finished picture: nothing is shared that changes.
                let layout = layout
                nonisolated(unsafe) let slots = slots
                DispatchQueue.concurrentPerform(iterations: batch) { slots[$0].compress(layout, first + $0) }
            }
            for i in 0..<batch { try body(first + i, slots[i].compressed) }
        }
    }
}

/// The buffers and the compressor of one thread.
private final class Slot {
    private let compressor: UnsafeMutableRawPointer
    private let predicted: UnsafeMutableRawBufferPointer
    private let output: UnsafeMutableRawBufferPointer
    private var outputCount = 0

    init?(stripBytes: Int, level: Int) {
        // ISA-L counts in 32 bits.
        guard softisp_zlib_bound(stripBytes) <= UInt32.max, let compressor = softisp_deflater_new(Int32(min(level, 3)))
        else { return nil }
        self.compressor = compressor
        predicted = .allocate(byteCount: stripBytes, alignment: 64)
        output = .allocate(byteCount: softisp_zlib_bound(stripBytes), alignment: 64)
    }

    deinit {
        softisp_deflater_free(compressor)
        predicted.deallocate()
        output.deallocate()
    }

    /// The zlib stream of the strip compressed last.
    var compressed: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: output[..<outputCount]) }

    func compress(_ layout: TIFFStripLayout, _ strip: Int) {
        let source = layout.bytes(strip)
        let row = layout.image.planes[0].bytesPerRow
        let channels = layout.image.format.samplesPerPixel
        for start in stride(from: 0, to: source.count, by: row) {
            let from = UnsafeRawBufferPointer(rebasing: source[start..<(start + row)])
            let to = UnsafeMutableRawBufferPointer(rebasing: predicted[start..<(start + row)])
            if layout.image.format.packing == .words {
                TIFFPredictor.words(from, channels, into: to)
            } else {
                TIFFPredictor.bytes(from, channels, into: to)
            }
        }
        outputCount = softisp_zlib_compress(
            compressor, predicted.baseAddress, source.count, output.baseAddress, output.count)
        precondition(outputCount > 0, "the bound holds every stream")
    }
}

/// Horizontal differencing (TIFF 6.0, section 14): each sample minus its left neighbour of the same channel.
private enum TIFFPredictor {
    static func bytes(
        _ source: UnsafeRawBufferPointer, _ channels: Int, into destination: UnsafeMutableRawBufferPointer
    ) {
        let from = source.assumingMemoryBound(to: UInt8.self)
        let to = destination.assumingMemoryBound(to: UInt8.self)
        for i in 0..<channels { to[i] = from[i] }
        for i in channels..<from.count { to[i] = from[i] &- from[i &- channels] }
    }

    static func words(
        _ source: UnsafeRawBufferPointer, _ channels: Int, into destination: UnsafeMutableRawBufferPointer
    ) {
        let from = source.assumingMemoryBound(to: UInt16.self)
        let to = destination.assumingMemoryBound(to: UInt16.self)
        for i in 0..<channels { to[i] = from[i] }
        for i in channels..<from.count {
            to[i] = (UInt16(littleEndian: from[i]) &- UInt16(littleEndian: from[i &- channels])).littleEndian
        }
    }
}
