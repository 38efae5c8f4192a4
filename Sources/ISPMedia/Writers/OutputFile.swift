// An open output: bytes go in front to back, or, where the medium allows it, anywhere.

import Foundation
import ISPImaging

/// An open file, pipe or device that a writer fills.
///
/// Small writes are gathered; the first failure sticks, so that code that calls back through a C library can report it
/// once the library has returned. Used by one thread at a time.
public final class OutputFile {
    /// Whether `seek(to:)` and `read` work: a regular file of our own, not a stream.
    public let isSeekable: Bool
    /// Where the next byte goes, in bytes from the start.
    public private(set) var position = 0
    /// The first failure, after which every call throws it again.
    public private(set) var failure: ISPError?

    let descriptor: Int32
    private let gathered = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    private var gatheredCount = 0

    /// Wraps an open descriptor, which stays the caller's to close.
    init(descriptor: Int32, isSeekable: Bool) {
        self.descriptor = descriptor
        self.isSeekable = isSeekable
    }

    deinit { gathered.deallocate() }

    /// Appends bytes at `position`.
    /// - Throws: `ISPError(.inputOutput)` for a full disk, a closed pipe or a broken device.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(ISPError) {
        if let failure { throw failure }
        if bytes.count > gathered.count - gatheredCount { try flush() }
        if bytes.count > gathered.count {
            try drain(bytes, at: position)
        } else {
            UnsafeMutableRawBufferPointer(rebasing: gathered[gatheredCount...]).copyMemory(from: bytes)
            gatheredCount += bytes.count
        }
        position += bytes.count
    }

    /// Appends bytes at `position`.
    /// - Throws: as `write(_:)` of a buffer.
    public func write(_ bytes: [UInt8]) throws(ISPError) {
        try bytes.withUnsafeBufferPointer { buffer throws(ISPError) in try write(UnsafeRawBufferPointer(buffer)) }
    }

    /// Hands all gathered bytes to the system.
    /// - Throws: `ISPError(.inputOutput)`.
    public func flush() throws(ISPError) {
        if let failure { throw failure }
        let count = gatheredCount
        gatheredCount = 0
        try drain(UnsafeRawBufferPointer(rebasing: gathered[..<count]), at: position - count)
    }

    /// Moves `position`.
    /// - Precondition: `isSeekable`.
    public func seek(to position: Int) throws(ISPError) {
        precondition(isSeekable && position >= 0, "a stream cannot seek")
        guard position != self.position else { return }
        try flush()
        self.position = position
    }

    /// Reads back bytes at `position` and moves it; fewer than asked for at the end of the file.
    /// - Precondition: `isSeekable`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ISPError) -> Int {
        precondition(isSeekable, "a stream cannot be read back")
        try flush()
        var done = 0
        while done < buffer.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor, part.baseAddress, part.count, off_t(position))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw fail(SystemFailure.writing())
            }
            done += count
            position += count
        }
        return done
    }

    /// The number of bytes in the file.
    /// - Precondition: `isSeekable`.
    public func size() throws(ISPError) -> Int {
        precondition(isSeekable, "a stream has no size")
        try flush()
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fail(SystemFailure.writing()) }
        return Int(status.st_size)
    }

    private func drain(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(ISPError) {
        var done = 0
        while done < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = SignalGuard.run {
                isSeekable
                    ? pwrite(descriptor, part.baseAddress, part.count, off_t(start + done))
                    : Foundation.write(descriptor, part.baseAddress, part.count)
            }
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                // Standard output may be a non-blocking pipe that another process set so.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wait, 1, -1)
            } else if errno != EINTR {
                throw fail(SystemFailure.writing())
            }
        }
    }

    private func fail(_ error: ISPError) -> ISPError {
        failure = error
        return error
    }
}
