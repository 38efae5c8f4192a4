// What a replay came to, beside what the recording says of itself.

import ISPRuntime

/// The figures of a recorded run and of its replay.
public struct ReplaySummary: Sendable {
    /// What the recording says of itself.
    public let recording: RunFigures
    /// What became of it.
    public let replay: RunFigures
    /// The virtual runtime when everybody had come to rest: its laws, and slots that did not return.
    public let snapshot: RuntimeSnapshot
    /// What a person should know about the recording.
    public let notes: [String]
}
