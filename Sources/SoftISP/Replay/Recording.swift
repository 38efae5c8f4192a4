// What the event log of a run says of the trouble it met: when frames came, how long workers took, what went wrong. What
// the runtime decided about it is not part of this; a replay takes those decisions anew.

import ISPRuntime
import ISPTelemetry

/// A recorded run, as far as it can be enacted again.
public struct Recording: Sendable {
    /// The clock at its first event, in nanoseconds.
    public let start: UInt64
    /// How many workers it began with.
    public let workers: Int
    /// What it says of itself.
    public let figures: RunFigures
    /// What a person should know about it: a line cut short, things that are missing.
    public let notes: [String]
    /// Its sessions, by number.
    let sessions: [RecordedSession]

    /// Frames of all sessions.
    public var frames: Int { sessions.reduce(0) { $0 + $1.frames.count } }

    /// No event of a log is later than this, in nanoseconds: seventy years.
    static let latest: UInt64 = 1 << 61
}

/// A session of a recording.
struct RecordedSession: Sendable {
    /// What its source does without a free slot; `nil` where the log does not say.
    var policy: SourcePort.Policy?
    /// Its frames in the order in which the source had them.
    var frames: [RecordedFrame] = []
    /// The sinks of it that stood still, by their names in the recording, ascending; there may have been others.
    var stalledSinks: [Holder] = []
    /// The usual time from frame to frame, in nanoseconds.
    var interval: UInt64 = 0
}

/// A frame of a recording.
struct RecordedFrame: Sendable {
    /// When it was captured, or else submitted: not before this it can be submitted again.
    var due: UInt64
    /// How long a worker takes for it, in nanoseconds.
    var service: UInt64 = 0
    /// Whether its development ends in an error.
    var isError = false
    /// What went wrong each time a worker started it.
    var attempts: [RecordedAttempt] = []
    /// What went wrong with the camera that captured it.
    var camera: FaultMark?
    /// How long the source stood still before it.
    var burst: FaultMark?
    /// How long the SessionManager took nothing after it.
    var busy: FaultMark?
    /// Sinks that stood still when they received it.
    var stalls: [(sink: Holder, mark: FaultMark)] = []
}

/// One attempt at a frame.
struct RecordedAttempt: Sendable {
    /// What went wrong with the worker.
    var trouble: FaultMark?
    /// How long it had worked by then, in nanoseconds.
    var offset: UInt64 = 0
    /// What went wrong with the device its picture passed.
    var device: FaultMark?
}

/// The figures of a run, recorded or enacted.
public struct RunFigures: Sendable {
    /// Frames submitted.
    public var submitted: UInt64 = 0
    /// Counters and latencies up to the last delivery.
    public var telemetry: TelemetrySnapshot
    /// From the first submission to the last delivery, in nanoseconds.
    public var duration: UInt64 = 0
    /// How often each fault struck.
    public var faults: [(kind: FaultKind, count: Int)] = []

    /// Frames with a picture.
    public var done: UInt64 { telemetry.frames(.done) }
    /// Frames with an error.
    public var error: UInt64 { telemetry.frames(.error) }
    /// Frames dropped for a reason.
    public func dropped(_ reason: DropReason) -> UInt64 { telemetry.frames(.dropped(reason)) }
    /// Frames dropped for whatever reason.
    public var dropped: UInt64 { DropReason.allCases.reduce(0) { $0 + dropped($1) } }
}

/// Makes the figures of a run out of its events, in their order.
struct FigureCounter {
    private let telemetry = Telemetry(shards: 1)
    private var faults = [Int](repeating: 0, count: FaultKind.allCases.count)
    private var submitted: UInt64 = 0
    private var first: UInt64?
    private var last: UInt64 = 0

    mutating func add(_ event: Event) {
        telemetry.record(event, shard: 0)
        switch event.kind {
        case .frameSubmitted:
            submitted += 1
            if first == nil { first = event.time }
        case .frameDelivered: last = event.time
        case .faultInjected: if let mark = FaultMark(value: event.value) { faults[Int(mark.kind.rawValue)] += 1 }
        default: break
        }
    }

    var figures: RunFigures {
        RunFigures(
            submitted: submitted, telemetry: telemetry.snapshot(), duration: max(last, first ?? 0) - (first ?? 0),
            faults: FaultKind.allCases.map { ($0, faults[Int($0.rawValue)]) })
    }
}
