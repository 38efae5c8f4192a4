// Lines for a file or standard output: metadata, and the event log.

import Foundation
import ISPImaging
import ISPMedia
import ISPRuntime

/// Lines of JSON for a file or standard output, from any thread.
public final class LineOutput: @unchecked Sendable {
    // Sendable: within the lock.
    private let lock = Lock()
    private let handle: FileHandle
    private let name: String

    /// Opens the output.
    /// - Throws: `ISPError(.cannotCreateOutput)`; an existing file is kept unless `overwrite`.
    public init(_ target: OutputTarget, overwrite: Bool) throws(ISPError) {
        name = target.description
        guard case .file(let path) = target else {
            handle = .standardOutput
            return
        }
        let opened = try GrowingFile.open(path, overwrite: overwrite)
        handle = FileHandle(fileDescriptor: opened.descriptor, closeOnDealloc: true)
    }

    /// The descriptor, for who writes lines itself.
    public var descriptor: Int32 { handle.fileDescriptor }

    /// Writes lines that somebody else made.
    /// - Throws: `ISPError(.inputOutput)`.
    public func write(_ lines: [UInt8]) throws(ISPError) { try write(Data(lines)) }

    /// Writes one object as a line.
    /// - Throws: `ISPError(.inputOutput)`.
    func write(_ object: [String: Any]) throws(ISPError) {
        guard
            var data = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        else { preconditionFailure("metadata is made of strings and numbers") }
        data.append(0x0a)
        try write(data)
    }

    private func write(_ data: Data) throws(ISPError) {
        let isWritten = lock.withLock { (try? handle.write(contentsOf: data)) != nil }
        guard isWritten else {
            throw ISPError(.inputOutput, "\(name): cannot be written; the disk is full or the reader has gone")
        }
    }
}
