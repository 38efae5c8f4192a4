// Event logs made by hand, and what replays make of them.

import ISPImaging
import ISPRuntime
import ISPTelemetry
import SoftISP

let millisecond: UInt64 = 1_000_000

/// An event log in the making. Times are in milliseconds.
struct Log {
    var events: [Event] = []

    /// A run with workers and one source.
    init(workers: Int = 2, policy: SourcePort.Policy = .wait, sessions: Int = 1) {
        for worker in 0..<workers { add(Event(.workerAttached, holder: .worker(worker)), 0) }
        for session in 0..<sessions {
            add(
                Event(.sourceAttached, session: session, frame: 0, holder: .source(session), value: policy.code), 0)
        }
    }

    mutating func add(_ event: Event, _ time: UInt64) {
        var event = event
        event.time = time * millisecond
        events.append(event)
    }

    mutating func submit(_ frame: UInt64, at time: UInt64, captured: UInt64 = 0, session: Int = 0) {
        add(Event(.frameSubmitted, session: session, frame: frame, value: captured * millisecond), time)
    }

    mutating func start(_ frame: UInt64, at time: UInt64, worker: Int = 0, session: Int = 0) {
        add(Event(.frameStarted, session: session, frame: frame, holder: .worker(worker)), time)
    }

    mutating func answer(_ frame: UInt64, at time: UInt64, _ outcome: Outcome = .done, session: Int = 0) {
        var event = Event(.frameAnswered, session: session, frame: frame)
        event.outcome = outcome
        add(event, time)
        add(Event(.frameDelivered, session: session, frame: frame), time)
    }

    mutating func fault(
        _ kind: FaultKind, _ duration: UInt64? = nil, frame: UInt64, at time: UInt64, by holder: Holder = .worker(0)
    ) {
        let mark = FaultMark(kind, duration.map { $0 * millisecond } ?? kind.usualDuration)
        add(Event(.faultInjected, session: 0, frame: frame, holder: holder, value: mark.value), time)
    }

    /// A frame that a worker takes and finishes.
    mutating func develop(_ frame: UInt64, from time: UInt64, for service: UInt64, worker: Int = 0) {
        submit(frame, at: time)
        start(frame, at: time, worker: worker)
        answer(frame, at: time + service)
    }

    /// A steady run: a frame every 20 ms, 10 ms of work each.
    static func steady(
        _ frames: UInt64, workers: Int = 2, policy: SourcePort.Policy = .wait, _ change: (inout Log) -> Void = { _ in }
    ) -> Log {
        var log = Log(workers: workers, policy: policy)
        for frame in 0..<frames { log.develop(frame, from: 100 + 20 * frame, for: 10) }
        change(&log)
        return log
    }

    var text: String { events.map { EventLine.text($0) + "\n" }.joined() }

    func recording() throws -> Recording { try Recording(log: Array(text.utf8)) }
}

/// A replay and what was seen of it.
struct Played {
    let summary: ReplaySummary
    let events: [Event]

    init(
        _ recording: Recording, _ replay: ReplayOptions = ReplayOptions(),
        _ change: (inout SessionOptions) -> Void = { _ in }
    ) throws {
        var options = SessionOptions()
        options.workers = max(1, recording.workers)
        change(&options)
        var seen: [Event] = []
        let run = try VirtualRun(recording, options: options, replay: replay) { seen.append($0) }
        summary = try run.run()
        events = seen
    }

    init(_ log: Log, _ change: (inout SessionOptions) -> Void = { _ in }) throws {
        try self.init(try log.recording(), ReplayOptions(), change)
    }

    var text: String { events.map { EventLine.text($0) + "\n" }.joined() }
    var figures: RunFigures { summary.replay }

    func events(_ kind: EventKind, frame: UInt64? = nil) -> [Event] {
        events.filter { $0.kind == kind && (frame == nil || $0.frame == frame) }
    }

    /// When something happened first, in nanoseconds.
    func time(_ kind: EventKind, frame: UInt64? = nil) -> UInt64? { events(kind, frame: frame).first?.time }

    func outcome(_ frame: UInt64) -> Outcome? { events(.frameAnswered, frame: frame).first?.outcome }

    /// Whether all books balance and every slot has come back.
    var isAtRest: Bool {
        summary.snapshot.residues.isZero && summary.snapshot.held.isEmpty && summary.snapshot.unanswered == 0
    }
}
