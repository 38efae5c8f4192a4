// Replays of logs made by hand: what arithmetic says must come out.

import ISPImaging
import ISPRuntime
import ISPTelemetry
import SoftISP
import Testing

@Suite struct ReplayTests {
    @Test func framesTakeWhatTheyTook() throws {
        // One worker; frame 1 comes while it is at frame 0, frame 2 when it is idle.
        var log = Log(workers: 1)
        log.submit(0, at: 100)
        log.start(0, at: 101)
        log.submit(1, at: 105)
        log.answer(0, at: 131)
        log.start(1, at: 131)
        log.answer(1, at: 151)
        log.submit(2, at: 200, captured: 190)
        log.start(2, at: 201)
        log.answer(2, at: 208)
        let played = try Played(log)
        // Taken up at once: 30, 20 and 7 ms; frame 1 waits until 130, frame 2 is there at its capture.
        let expected: [(submitted: UInt64, answered: UInt64)] = [(100, 130), (105, 150), (190, 197)]
        for (frame, times) in expected.enumerated() {
            #expect(played.time(.frameSubmitted, frame: UInt64(frame)) == times.submitted * millisecond)
            #expect(played.time(.frameAnswered, frame: UInt64(frame)) == times.answered * millisecond)
            let delivered = try #require(played.events(.frameDelivered, frame: UInt64(frame)).first)
            #expect(delivered.value == (times.answered - times.submitted) * millisecond)
            #expect(played.outcome(UInt64(frame)) == .done)
        }
        #expect(played.figures.submitted == 3)
        #expect(played.figures.done == 3)
        #expect(played.figures.duration == 97 * millisecond)
        #expect(played.summary.recording.done == 3)
        #expect(played.summary.recording.duration == 108 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func framesThatNeverGotThatFarTakeTheMedian() throws {
        var log = Log(workers: 1)
        for (frame, service) in [10, 30, 20].enumerated() {
            log.develop(UInt64(frame), from: 100 * UInt64(frame + 1), for: UInt64(service))
        }
        log.submit(3, at: 1000)
        log.answer(3, at: 1001, .dropped(.backpressure))
        let played = try Played(log)
        #expect(played.time(.frameAnswered, frame: 3) == 1020 * millisecond)
        #expect(played.figures.dropped == 0)
        #expect(played.summary.recording.dropped(.backpressure) == 1)
    }

    @Test func errorsAreErrorsAgain() throws {
        var log = Log()
        log.submit(0, at: 10)
        log.start(0, at: 10)
        log.answer(0, at: 15, .error)
        let played = try Played(log)
        #expect(played.outcome(0) == .error)
        #expect(played.time(.frameAnswered) == 15 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func theSameAgainIsTheSameToTheByte() throws {
        let log = Self.everything()
        let (one, two) = (try Played(log), try Played(log))
        #expect(one.text == two.text)
        #expect(one.events.count > 1000)
        #expect(one.isAtRest)
    }

    @Test func whatAReplayWritesIsARecordingOfTheSame() throws {
        let first = try Played(Self.everything())
        let again = try Played(try Recording(log: Array(first.text.utf8)))
        #expect(again.figures.submitted == first.figures.submitted)
        #expect(again.figures.faults.map(\.count) == first.figures.faults.map(\.count))
        #expect(again.figures.done == first.figures.done)
        #expect(again.isAtRest)
    }

    @Test func moreWorkersAreFaster() throws {
        var log = Log(workers: 1)
        // A frame every 30 ms, and each takes 60.
        for frame in 0..<UInt64(20) { log.develop(frame, from: 100 + 30 * frame, for: 60) }
        let recording = try log.recording()
        let slow = try Played(recording)
        let fast = try Played(recording) { $0.workers = 2 }
        #expect(
            fast.figures.telemetry.histogram(.delivery).maximum < slow.figures.telemetry.histogram(.delivery).maximum)
        #expect(fast.figures.telemetry.histogram(.delivery).maximum == 60 * millisecond)
    }

    @Test func aShorterStallTimeoutShortensTheWorstLatency() throws {
        let log = Log.steady(60) { $0.fault(.workerHang, 2000, frame: 20, at: 504) }
        let recording = try log.recording()
        let usual = try Played(recording)
        let short = try Played(recording) { $0.knobs.stallTimeout = 100 * millisecond }
        let worst = { (played: Played) in played.figures.telemetry.histogram(.delivery).maximum }
        #expect(worst(usual) >= 350 * millisecond)
        #expect(worst(short) >= 200 * millisecond)
        #expect(worst(short) + 140 * millisecond <= worst(usual))
        for played in [usual, short] {
            #expect(played.figures.done == 60)
            #expect(played.isAtRest)
        }
    }

    @Test func aDeadlineIsKept() throws {
        let log = Log.steady(20) { $0.fault(.workerHang, 2000, frame: 5, at: 204) }
        let played = try Played(log) { $0.deadline = 50 * millisecond }
        #expect(played.outcome(5) == .dropped(.deadline))
        #expect(played.figures.dropped(.deadline) >= 1)
        #expect(played.figures.telemetry.histogram(.delivery).maximum <= 51 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func sessionsShareTheWorkers() throws {
        var log = Log(workers: 1, sessions: 2)
        for frame in 0..<UInt64(10) {
            for session in 0..<2 {
                log.submit(frame, at: 100 + 20 * frame, session: session)
                log.start(frame, at: 100 + 20 * frame, session: session)
                log.answer(frame, at: 109 + 20 * frame, session: session)
            }
        }
        let played = try Played(log)
        #expect(played.figures.done == 20)
        #expect(played.figures.telemetry.histogram(.delivery).maximum == 18 * millisecond)
        #expect(played.isAtRest)
    }

    /// A live and a file session with every kind of fault.
    static func everything() -> Log {
        var log = Log(workers: 3)
        for frame in 0..<UInt64(120) { log.develop(frame, from: 100 + 20 * frame, for: 15) }
        log.add(Event(.sourceAttached, session: 1, frame: 0, holder: .source(1), value: 1), 0)
        for frame in 0..<UInt64(120) {
            log.submit(frame, at: 101 + 20 * frame, captured: 100 + 20 * frame, session: 1)
            log.start(frame, at: 101 + 20 * frame, worker: 1, session: 1)
            log.answer(frame, at: 106 + 20 * frame, session: 1)
        }
        for (index, kind) in FaultKind.allCases.enumerated() {
            for frame in stride(from: UInt64(index), to: 120, by: 31) {
                let holder: Holder =
                    switch kind {
                    case .sinkStall: .sink(0)
                    case .busy: .none
                    case .sourceBurst: .source(0)
                    default: .worker(0)
                    }
                log.fault(kind, frame: frame, at: 105 + 20 * frame, by: holder)
            }
        }
        for frame in [UInt64(7), 50] {
            var event = Event(
                .faultInjected, session: 1, frame: frame, holder: .source(1),
                value: FaultMark(frame == 7 ? .deviceNever : .deviceLate, 20 * millisecond).value)
            event.time = (99 + 20 * frame) * millisecond
            log.events.append(event)
        }
        return log
    }
}
