// One input as the readers see it: its first bytes, its length, and what else was said about it.

import Foundation
import ISPImaging

/// An input that exists and is not empty, with its sidecar and the user's geometry, ready to be claimed by a reader.
public struct RawInput: Sendable {
    /// The largest file read whole, in bytes; raw dumps larger than this are fine, only one frame of them is read.
    public static let maximumBytes = 1 << 31

    /// Where it comes from, for messages and for files beside it.
    public let source: RawSource
    /// The number of bytes.
    public let byteCount: Int
    /// What the user said about a raw dump.
    public let geometry: RawDumpGeometry?
    /// The sidecar `NAME.json` of a file `NAME`, where there is one.
    public let sidecar: Sidecar?
    package let signature: FileSignature?
    private let memory: [UInt8]?

    /// Opens a source.
    /// - Throws: `ISPError` for what cannot be opened, is a directory or is empty, and for a damaged sidecar.
    public init(_ source: RawSource, geometry: RawDumpGeometry? = nil) throws(ISPError) {
        self.geometry = geometry
        switch source {
        case .file("-"):
            self.source = try RawSource.standardInput()
        case .file(let path):
            switch try FileBytes.kind(of: path) {
            case .directory:
                throw ISPError(.cannotOpenInput, "this is a directory; give a file in it")
            case .stream:
                self.source = .bytes(name: path, try FileBytes.stream(path: path, limit: RawSource.maximumStreamBytes))
            case .regular:
                self.source = source
            }
        case .bytes:
            self.source = source
        }

        let head: [UInt8]
        switch self.source {
        case .file(let path):
            guard case .regular(let count) = try FileBytes.kind(of: path) else {
                throw ISPError(.cannotOpenInput, "the file vanished while it was opened")
            }
            memory = nil
            byteCount = count
            sidecar = try Sidecar.beside(path)
            head = try FileBytes(path: path, offset: 0, count: min(count, FileSignature.length)).array
        case .bytes(_, let bytes):
            memory = bytes
            byteCount = bytes.count
            sidecar = nil
            head = Array(bytes.prefix(FileSignature.length))
        }
        guard byteCount > 0 else { throw ISPError(.damagedInput, "the file is empty (0 bytes)") }
        signature = FileSignature.find(head)
    }

    /// The extension of the name in lower case, without the dot; empty where there is none.
    public var fileExtension: String { (source.name as NSString).pathExtension.lowercased() }

    /// Whether it was said to be a raw dump: by the user, or by a sidecar beside a file that is called like one. What
    /// its first samples look like then means nothing (a grey frame may begin with any format's magic bytes).
    package var isDescribedDump: Bool {
        geometry != nil || (sidecar != nil && RawDumpReader.descriptor.fileExtensions.contains(fileExtension))
    }

    /// Reads bytes of the input.
    /// - Precondition: the bytes lie in the input.
    package func bytes(from offset: Int, count: Int) throws(ISPError) -> FileBytes {
        precondition(offset >= 0 && count >= 0 && offset + count <= byteCount, "bytes outside the input")
        switch source {
        case .file(let path): return try FileBytes(path: path, offset: offset, count: count)
        case .bytes: return FileBytes(memory![offset..<(offset + count)])
        }
    }

    /// Reads bytes of the input into memory of the caller's.
    /// - Precondition: the bytes lie in the input.
    package func read(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(ISPError) {
        precondition(offset >= 0 && offset + buffer.count <= byteCount, "bytes outside the input")
        switch source {
        case .file(let path): try FileBytes.read(path, from: offset, into: buffer)
        case .bytes: buffer.copyBytes(from: memory![offset..<(offset + buffer.count)])
        }
    }
}
