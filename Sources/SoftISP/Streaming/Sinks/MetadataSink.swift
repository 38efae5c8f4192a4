// What is known about every frame, one JSON object a line.

import Foundation
import ISPImaging
import ISPMedia
import ISPRuntime
import ISPTuning

/// Writes a line for every answer, and one for every settings snapshot before its first frame.
public final class MetadataSink: FrameSink, @unchecked Sendable {
    // Sendable: used by the sink's thread only.
    private let output: LineOutput
    private let session: Int
    private var settingsID: UInt32?

    /// Opens the output; several sessions may share one.
    ///
    /// - Parameter session: the number that tells its frames from those of other sessions.
    public init(_ output: LineOutput, session: Int) {
        self.output = output
        self.session = session
    }

    public func take(_ result: FrameResult) throws(ISPError) {
        if settingsID != result.settingsID {
            settingsID = result.settingsID
            var settings: [String: String] = [:]
            for key in SettingKey.all { settings[key.name] = key.text(result.settings) }
            try output.write(["session": session, "settings_id": Int(result.settingsID), "settings": settings])
        }
        var line: [String: Any] = [
            "session": session, "frame": Int(clamping: result.frame), "outcome": result.outcome.name,
            "settings_id": Int(result.settingsID), "attempt": result.attempt,
            "captured_ns": Int(clamping: result.captured), "submitted_ns": Int(clamping: result.submitted),
            "answered_ns": Int(clamping: result.answered),
        ]
        if result.count > 1 { line["count"] = Int(clamping: result.count) }
        if case .dropped(let reason) = result.outcome { line["reason"] = reason.name }
        try output.write(line)
    }

    public func finish() {}
}

extension Outcome {
    /// The name in metadata: `done`, `error` or `dropped`.
    public var name: String {
        switch self {
        case .done: "done"
        case .error: "error"
        case .dropped: "dropped"
        }
    }
}

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
        try AtomicFile.check(target, overwrite: overwrite)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw ISPError(.cannotCreateOutput, "\(path): cannot be created; check the path and its permissions")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
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
