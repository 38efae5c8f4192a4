// Bytes of files in memory, read with plain system calls so that every failure keeps its own reason.

import Foundation
import ISPImaging

/// A part of a file in aligned memory; whoever borrows the bytes keeps this object.
package final class FileBytes: Sendable {
    private let memory: AlignedMemory
    /// The number of bytes.
    package let count: Int

    /// A copy of all bytes.
    package var array: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }

    /// All bytes; they go with this object, so keep it in a property or a frame while they are used.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory.bytes.baseAddress, count: count) }

    /// Copies bytes.
    package init(_ source: some Collection<UInt8>) {
        count = source.count
        memory = AlignedMemory(byteCount: count)
        memory.bytes.copyBytes(from: source)
    }

    /// Reads `count` bytes of a regular file from `offset` on.
    /// - Throws: `ISPError(.cannotOpenInput)`, `.inputOutput` where a read fails, `.damagedInput` where the file ends early.
    package init(path: String, offset: Int, count: Int) throws(ISPError) {
        self.count = count
        memory = AlignedMemory(byteCount: count)
        try Self.read(
            path, from: offset,
            into: UnsafeMutableRawBufferPointer(start: memory.bytes.baseAddress, count: count))
    }

    /// Fills `buffer` with bytes of a regular file from `offset` on.
    /// - Throws: as `init(path:offset:count:)`.
    package static func read(
        _ path: String, from offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ISPError) {
        let file = try open(path)
        defer { close(file) }
        var filled = 0
        while filled < buffer.count {
            let got = pread(file, buffer.baseAddress! + filled, buffer.count - filled, off_t(offset + filled))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw readFailure() }
            guard got > 0 else {
                throw ISPError(
                    .damagedInput,
                    "the file ends \(buffer.count - filled) bytes early; it is truncated or still being written")
            }
            filled += got
        }
    }

    /// What kind of thing a path names.
    package enum Kind: Equatable {
        case regular(byteCount: Int)
        case directory
        /// A pipe, a socket, a device: bytes come until they end.
        case stream
    }

    /// Looks a path up and makes sure that it can be read.
    /// - Throws: `ISPError(.cannotOpenInput)`.
    package static func kind(of path: String) throws(ISPError) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { throw openFailure(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFREG:
            guard access(path, R_OK) == 0 else { throw openFailure(errno) }
            return .regular(byteCount: Int(status.st_size))
        default: return .stream
        }
    }

    /// Reads a path that is a stream to its end.
    package static func stream(path: String, limit: Int) throws(ISPError) -> [UInt8] {
        let file = try open(path)
        defer { close(file) }
        return try stream(file, limit: limit)
    }

    /// Reads an open file to its end.
    /// - Throws: `ISPError(.inputOutput)` where a read fails, `.resource` where more than `limit` bytes come.
    package static func stream(_ file: Int32, limit: Int) throws(ISPError) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = Foundation.read(file, &chunk, chunk.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw readFailure() }
            if got == 0 { return all }
            guard all.count + got <= limit else {
                throw ISPError(.resource, "more than \(limit) bytes come from the stream; give a file instead")
            }
            all.append(contentsOf: chunk[..<got])
        }
    }

    /// Opens a path to read it; of a named pipe this waits for a writer, unless `flags` say otherwise.
    static func open(_ path: String, flags: Int32 = 0) throws(ISPError) -> Int32 {
        let file = Foundation.open(path, O_RDONLY | O_CLOEXEC | flags)
        guard file >= 0 else { throw openFailure(errno) }
        return file
    }

    private static func openFailure(_ code: Int32) -> ISPError {
        switch code {
        case ENOENT, ENOTDIR: ISPError(.cannotOpenInput, "no such file; check the path")
        case EACCES, EPERM: ISPError(.cannotOpenInput, "no permission to read it; change its mode or run as its owner")
        default: ISPError(.cannotOpenInput, "cannot be opened: \(String(cString: strerror(code)))")
        }
    }

    /// An error of reading an open file, from `errno`.
    static func readFailure() -> ISPError {
        ISPError(.inputOutput, "reading failed: \(String(cString: strerror(errno))); check the device and try again")
    }
}
