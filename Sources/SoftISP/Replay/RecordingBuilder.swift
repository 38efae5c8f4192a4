// Puts the events of a log together: which worker had which frame when, and which fault belongs to which attempt.

import ISPImaging
import ISPRuntime

/// Goes through the events of a log in the order of time.
struct RecordingBuilder {
    /// A frame on its way through the log.
    fileprivate struct Progress {
        var place: Int
        /// Each time a worker started it.
        var starts: [(worker: Holder, time: UInt64)] = []
        var hasService = false
        var isAnswered = false
    }

    fileprivate struct Session {
        var recorded = RecordedSession()
        /// By the frame's number.
        var progress: [UInt64: Progress] = [:]
        /// Faults of source and camera are told before their frame is submitted: by its place in the source.
        var ahead: [UInt64: [(mark: FaultMark, holder: Holder)]] = [:]
        /// Faults of sinks, by the frame's number.
        var stalls: [(frame: UInt64, sink: Holder, mark: FaultMark)] = []
    }

    private var sessions: [Session] = []
    private var workers = 0
    private var hasSubmissions = false
    private var strangers = 0
    private var earliest = UInt64.max
    /// What each worker has in hand, and whether it is silent.
    private var hands: [Holder: Hand] = [:]
    private var failures = 0

    /// The last frame a worker started.
    fileprivate struct Hand {
        var session: Int
        var frame: UInt64
        var attempt: Int
        var isStalled = false
        /// The worker was given up, and nobody had injected anything.
        var hasFailed = false
    }

    /// What the events say.
    /// - Throws: `ISPError(.damagedInput)`.
    static func recording(of events: [LoggedEvent], notes: [String]) throws(ISPError) -> Recording {
        var builder = RecordingBuilder()
        for logged in events { try builder.add(logged) }
        guard builder.hasSubmissions else {
            throw ISPError(.damagedInput, "no frame was submitted in this log; give the file of a run that had frames")
        }
        // What happens after the last delivery is the end of the program, and no figure of the run.
        let end = events.last { $0.event.kind == .frameDelivered }?.event.time ?? .max
        var counter = FigureCounter()
        for logged in events where logged.event.time <= end || logged.event.kind == .faultInjected {
            counter.add(logged.event)
        }
        return builder.finished(counter.figures, notes)
    }

    // MARK: Events

    private mutating func add(_ logged: LoggedEvent) throws(ISPError) {
        let event = logged.event
        earliest = min(earliest, event.time)
        switch event.kind {
        case .workerAttached: if !hasSubmissions { workers += 1 }
        case .sourceAttached: try addSource(logged)
        case .frameSubmitted: try addFrame(logged)
        case .frameRefused:
            let session = try session(of: logged)
            sessions[session].recorded.frames.append(RecordedFrame(due: event.time))
            hasSubmissions = true
        case .frameStarted:
            let session = try session(of: logged)
            var attempt = 0
            try change(logged) { _, progress in
                attempt = progress.starts.count
                progress.starts.append((event.holder, event.time))
            }
            hands[event.holder] = Hand(session: session, frame: event.frame, attempt: attempt)
        case .workerStalled: hands[event.holder]?.isStalled = true
        case .workerRecovered: hands[event.holder]?.isStalled = false
        case .workerDetached: noteFailure(event)
        case .workerQuiescent: noteReturn(event)
        case .frameAnswered: try addAnswer(logged)
        case .faultInjected: try addFault(logged)
        default: break
        }
    }

    private mutating func session(of logged: LoggedEvent) throws(ISPError) -> Int {
        let number = Int(logged.event.session)
        guard number < Holder.maximumSources else {
            throw Recording.damage(logged.line, "\(logged.event.kind.name) needs a session, 0 to 30")
        }
        while sessions.count <= number { sessions.append(Session()) }
        return number
    }

    private mutating func addSource(_ logged: LoggedEvent) throws(ISPError) {
        let session = try session(of: logged)
        guard let policy = SourcePort.Policy(code: logged.event.value) else {
            throw Recording.damage(logged.line, "a source does one of 0, 1 and 2, not \(logged.event.value)")
        }
        sessions[session].recorded.policy = policy
    }

    private mutating func addFrame(_ logged: LoggedEvent) throws(ISPError) {
        let session = try session(of: logged)
        let event = logged.event
        guard sessions[session].progress[event.frame] == nil else {
            throw Recording.damage(logged.line, "frame \(event.frame) of session \(session) is submitted a second time")
        }
        guard event.value <= Recording.latest else {
            throw Recording.damage(logged.line, "no clock shows \(event.value) ns")
        }
        let due = event.value == 0 ? event.time : event.value
        earliest = min(earliest, due)
        sessions[session].progress[event.frame] = Progress(place: sessions[session].recorded.frames.count)
        sessions[session].recorded.frames.append(RecordedFrame(due: due))
        hasSubmissions = true
    }

    /// Changes a frame and its progress. Events are lost when a log can not keep up: a frame that never was submitted is
    /// counted and left out.
    private mutating func change(
        _ logged: LoggedEvent, _ body: (inout RecordedFrame, inout Progress) -> Void
    ) throws(ISPError) {
        let session = try session(of: logged)
        guard var progress = sessions[session].progress[logged.event.frame] else {
            strangers += 1
            return
        }
        body(&sessions[session].recorded.frames[progress.place], &progress)
        sessions[session].progress[logged.event.frame] = progress
    }

    private mutating func addAnswer(_ logged: LoggedEvent) throws(ISPError) {
        let event = logged.event
        try change(logged) { frame, progress in
            progress.isAnswered = true
            guard event.outcome == .done || event.outcome == .error else { return }
            frame.isError = event.outcome == .error
            guard let start = progress.starts.last else { return }
            let attempt = progress.starts.count - 1
            let isSound = attempt >= frame.attempts.count || frame.attempts[attempt].isSound
            guard isSound else { return }
            frame.service = event.time - start.time
            progress.hasService = true
        }
    }

    private mutating func addFault(_ logged: LoggedEvent) throws(ISPError) {
        let event = logged.event
        let session = try session(of: logged)
        guard let mark = FaultMark(value: event.value) else {
            throw Recording.damage(logged.line, "there is no fault \(event.value)")
        }
        switch mark.kind {
        case .sinkStall: sessions[session].stalls.append((event.frame, event.holder, mark))
        case .busy, .sourceBurst: sessions[session].ahead[event.frame, default: []].append((mark, event.holder))
        case .deviceLate, .deviceNever, .deviceDuplicate:
            if event.holder.kind == .source {
                sessions[session].ahead[event.frame, default: []].append((mark, event.holder))
            } else {
                try change(logged) { frame, progress in
                    frame.change(attempt: progress.attempt(of: event.holder)) {
                        $0.device = mark
                        // Who was in trouble and asks a device afterwards was through with its work.
                        if $0.trouble != nil { $0.offset = .max }
                    }
                }
            }
        case .workerKill, .workerHang, .workerLateReturn:
            try change(logged) { frame, progress in
                let attempt = progress.attempt(of: event.holder)
                let started = attempt < progress.starts.count ? progress.starts[attempt].time : event.time
                frame.change(attempt: attempt) {
                    $0.trouble = mark
                    $0.offset = event.time - started
                }
            }
        }
    }

    // MARK: Failures that nobody injected

    /// A worker was given up with a frame in hand: it hangs if it was silent, and has died if not.
    private mutating func noteFailure(_ event: Event) {
        guard let hand = hands[event.holder], !hand.hasFailed,
            let progress = sessions[hand.session].progress[hand.frame],
            !progress.isAnswered, hand.attempt < progress.starts.count
        else { return }
        let place = progress.place
        let attempts = sessions[hand.session].recorded.frames[place].attempts
        guard hand.attempt >= attempts.count || attempts[hand.attempt].trouble == nil else { return }
        failures += 1
        hands[event.holder]?.hasFailed = true
        sessions[hand.session].recorded.frames[place].change(attempt: hand.attempt) {
            // When it fell silent is not told; it may have been as early as this.
            $0.trouble = FaultMark(hand.isStalled ? .workerLateReturn : .workerKill, 0)
            $0.offset = hand.isStalled ? 0 : event.time - progress.starts[hand.attempt].time
        }
    }

    /// The thread of a worker that hung has returned: so long it hangs again.
    private mutating func noteReturn(_ event: Event) {
        guard let hand = hands.removeValue(forKey: event.holder), hand.hasFailed, hand.isStalled,
            let progress = sessions[hand.session].progress[hand.frame]
        else { return }
        sessions[hand.session].recorded.frames[progress.place].change(attempt: hand.attempt) {
            $0.trouble = FaultMark(.workerHang, event.time - progress.starts[hand.attempt].time)
        }
    }

    // MARK: The end

    private func finished(_ figures: RunFigures, _ notes: [String]) -> Recording {
        var notes = notes
        var times: [UInt64] = []
        for session in sessions {
            for progress in session.progress.values where progress.hasService {
                times.append(session.recorded.frames[progress.place].service)
            }
        }
        let usual = times.isEmpty ? 0 : times.sorted()[times.count / 2]
        if times.isEmpty { notes.append("no frame was finished in this recording: each takes no time") }
        if failures > 0 { notes.append("\(failures) workers failed without a fault injected; they fail again") }
        if strangers > 0 { notes.append("\(strangers) events are about frames whose submission is missing") }
        if sessions.contains(where: { $0.recorded.policy == nil && !$0.recorded.frames.isEmpty }) {
            notes.append("the recording does not say what its sources do without a free slot: they wait, as files do")
        }
        return Recording(
            start: earliest, workers: workers, figures: figures, notes: notes,
            sessions: sessions.map { $0.finished(usual: usual) })
    }
}

extension RecordingBuilder.Session {
    fileprivate func finished(usual: UInt64) -> RecordedSession {
        var result = recorded
        var timed = [Bool](repeating: false, count: result.frames.count)
        for progress in progress.values where progress.hasService { timed[progress.place] = true }
        for place in result.frames.indices where !timed[place] { result.frames[place].service = usual }
        for place in result.frames.indices {
            for (mark, _) in ahead[UInt64(place)] ?? [] {
                switch mark.kind {
                case .busy: result.frames[place].busy = mark
                case .sourceBurst: result.frames[place].burst = mark
                default: result.frames[place].camera = mark
                }
            }
        }
        for (frame, sink, mark) in stalls {
            guard let place = progress[frame]?.place else { continue }
            result.frames[place].stalls.append((sink, mark))
        }
        result.stalledSinks = Set(stalls.map(\.sink)).sorted { $0.rawValue < $1.rawValue }
        let dues = result.frames.map(\.due)
        let steps = zip(dues.dropFirst(), dues).map { $0 > $1 ? $0 - $1 : 0 }.sorted()
        result.interval = steps.isEmpty ? UInt64(1e9 / SessionOptions.usualRate) : steps[steps.count / 2]
        return result
    }
}

extension RecordingBuilder.Progress {
    /// Which attempt a worker's fault belongs to: the last that it started.
    fileprivate func attempt(of worker: Holder) -> Int {
        starts.lastIndex { $0.worker == worker } ?? max(0, starts.count - 1)
    }
}

extension RecordedFrame {
    fileprivate mutating func change(attempt: Int, _ body: (inout RecordedAttempt) -> Void) {
        while attempts.count <= attempt { attempts.append(RecordedAttempt()) }
        body(&attempts[attempt])
    }
}

extension RecordedAttempt {
    /// Whether nothing went wrong: then its time is the worker's own.
    fileprivate var isSound: Bool { trouble == nil && device == nil }
}
