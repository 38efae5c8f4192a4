// Raw frames that come one after another: from standard input, a named pipe or a long file, straight into a slot.

import Foundation
import ISPImaging

/// Reads raw frames of one layout from a stream of bytes into memory of the caller's.
///
/// The header of `geometry.offset` bytes stands in front of the first frame only; frames follow one another without gaps.
/// The padding of the last row of the last frame may be missing. Used by one thread at a time; `interruption` may be
/// called by any.
public final class RawStreamReader {
    /// How every frame lies in the caller's memory.
    public let layout: RawDumpLayout
    /// What is known about every frame.
    public let metadata: FrameMetadata
    /// Makes a read that waits return.
    public let interruption: ReadInterruption
    /// The path, or `standard input`.
    public let name: String
    /// The number of frames read.
    public private(set) var frameCount = 0

    private let descriptor: Int32
    private let isOwned: Bool
    private var headerRest: Int
    private var end: End?

    private enum End {
        case clean
        case failed(ISPError)
    }

    /// Opens a stream. A named pipe is not waited for: `read(into:)` does that.
    /// - Parameters:
    ///   - path: a file, a named pipe, a device; `-` is standard input.
    ///   - geometry: format, size, levels; what it leaves open comes from a sidecar `NAME.json` beside the path.
    ///   - interruption: shared by readers that are to stop together; one of its own where `nil`.
    /// - Throws: `ISPError` with the name in front: `.cannotOpenInput`, `.usage` for an incomplete description,
    ///   `.damagedInput` for one that cannot be.
    public convenience init(
        _ path: String, geometry: RawDumpGeometry, interruption: ReadInterruption? = nil
    ) throws(ISPError) {
        let name = RawSource.file(path).name
        do throws(ISPError) {
            var sidecar: Sidecar?
            if path != "-" {
                if case .directory = try FileBytes.kind(of: path) {
                    throw ISPError(
                        .cannotOpenInput, "this is a directory; give a file in it, or all of them as a sequence")
                }
                sidecar = try Sidecar.beside(path)
            }
            let description = try RawDumpReader.describe(geometry, sidecar)
            let interruption = if let interruption { interruption } else { try ReadInterruption() }
            // Opened for non-blocking reads, a pipe without a writer does not hold the caller; poll waits for one.
            let descriptor = path == "-" ? STDIN_FILENO : try FileBytes.open(path, flags: O_NONBLOCK | O_NOCTTY)
            self.init(descriptor, isOwned: path != "-", name: name, description, interruption)
        } catch { throw error.about(name) }
    }

    private init(
        _ descriptor: Int32, isOwned: Bool, name: String,
        _ description: (layout: RawDumpLayout, metadata: FrameMetadata), _ interruption: ReadInterruption
    ) {
        self.descriptor = descriptor
        self.isOwned = isOwned
        self.name = name
        (layout, metadata) = description
        self.interruption = interruption
        headerRest = layout.offset
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    /// Waits for the next frame and reads it.
    ///
    /// - Parameter buffer: takes the frame in its first `layout.bytesPerFrame` bytes. Without a frame it may hold a part
    ///   of one.
    /// - Returns: `false` at a clean end, and once `interruption` has come; a part of a frame that had arrived by then is
    ///   lost.
    /// - Throws: `ISPError(.damagedInput)` where the stream ends within a frame or the header, `.inputOutput` where
    ///   reading fails; later calls throw the same again.
    /// - Precondition: `buffer` has room for a frame.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ISPError) -> Bool {
        precondition(buffer.count >= layout.bytesPerFrame, "no room for a frame")
        switch end {
        case .clean: return false
        case .failed(let error): throw error
        case nil: break
        }
        do throws(ISPError) {
            if try readFrame(into: buffer) {
                frameCount += 1
                return true
            }
            end = .clean
            return false
        } catch {
            let error = error.about(name)
            end = .failed(error)
            throw error
        }
    }

    private func readFrame(into buffer: UnsafeMutableRawBufferPointer) throws(ISPError) -> Bool {
        // The header goes where the frame will: nobody needs it.
        while headerRest > 0 {
            let part = min(headerRest, layout.bytesPerFrame)
            let got = try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<part]))
            headerRest -= got
            if interruption.isInterrupted { return false }
            guard got == part else {
                throw ISPError(
                    .damagedInput,
                    "\(layout.offset - headerRest) bytes, but the header has \(layout.offset); "
                        + "the stream was cut short or its description is wrong")
            }
        }
        let got = try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<layout.bytesPerFrame]))
        if got >= layout.minimumBytesPerFrame { return true }
        if got == 0 || interruption.isInterrupted { return false }
        throw ISPError(
            .damagedInput,
            "frame \(frameCount + 1) has \(got) of \(layout.minimumBytesPerFrame) bytes (\(layout)); "
                + "the stream was cut short or its description is wrong")
    }

    /// Fills `buffer`, as far as bytes come before the end or an interruption.
    /// - Returns: the number of bytes.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(ISPError) -> Int {
        var filled = 0
        // Waiting comes first: an interruption must be seen by a stream that always has bytes, too.
        while filled < buffer.count, interruption.wait(for: descriptor) {
            let got = Foundation.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            if got > 0 {
                filled += got
            } else if got == 0 {
                break
            } else if errno != EINTR && errno != EAGAIN {
                // (EAGAIN: another process took the bytes of a pipe that it shares.)
                throw FileBytes.readFailure()
            }
        }
        return filled
    }
}
