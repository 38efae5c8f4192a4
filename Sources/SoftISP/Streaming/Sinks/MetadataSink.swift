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

    /// Writes the result's line.
    /// - Throws: `ISPError(.inputOutput)`.
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
        line["reason"] = result.outcome.reason?.name
        try output.write(line)
    }

    /// Nothing is kept back.
    public func finish() {}
}
