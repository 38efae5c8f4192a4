// The runtime on real threads: order, contents, failures, stop.

import Foundation
import ISPRuntime
import Testing

@Suite struct RuntimeTests {
    static func configuration(workers: Int = 2, raw: Int = 6, image: Int = 8) -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        configuration.rawSlots = raw
        configuration.imageSlots = image
        configuration.rawBytes = 512
        configuration.imageBytes = 512
        configuration.workers = workers
        configuration.restartBudget = 10_000
        configuration.toleratedStuckWorkers = 2
        // Only what really hangs may count as stalled, however busy the machine is.
        configuration.knobs.stallTimeout = 10_000_000_000
        configuration.knobs.attemptBudget = 16
        // All workers may fail at once with every frame in hand: no frame may be given up for that.
        configuration.knobs.dropThreshold = raw + image
        configuration.knobs.drainGracePeriod = 10_000_000
        configuration.knobs.escalationTimeout = 20_000_000
        return configuration
    }

    /// Publishes `frames` frames and checks every answer.
    ///
    /// - Returns: how many pictures there were.
    static func stream(
        _ runtime: Runtime, frames: Int, slices: Int = 1, allDone: Bool = true
    ) throws -> Int {
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource())
        let sink = try #require(session.makeSink())
        let group = ThreadGroup()
        try group.start {
            for frame in 0..<frames { _ = publish(UInt64(frame) + 7, on: source, slices: slices) }
        }
        var done = 0
        var next: UInt64 = 0
        while next < UInt64(frames) {
            guard let answer = sink.receive() else { break }
            #expect(answer.delivery.frame == next)
            next = answer.delivery.frame + answer.delivery.count
            if let picture = answer.picture {
                done += 1
                #expect(StressJob.isPicture(picture, of: answer.delivery.frame + 7, settings: answer.delivery.settings))
            } else {
                #expect(!allDone, "frame \(answer.delivery.frame): \(answer.delivery.outcome)")
            }
        }
        group.wait()
        session.close()
        return done
    }

    @Test(arguments: [1, 2, 3], [1, 3]) func everyFrameArrivesInOrderWithItsPicture(workers: Int, slices: Int) throws {
        let plan = StressPlan()
        let trace = TraceRecorder()
        let runtime = try Runtime(Self.configuration(workers: workers), recorder: trace) { _ in StressJob(plan) }
        #expect(try Self.stream(runtime, frames: 200, slices: slices) == 200)
        let report = runtime.stop()
        #expect(report.unanswered == 0 && report.stuckWorkers == 0)
        #expect(report.held.isEmpty)
        #expect(plan.violations.value == 0)
        #expect(plan.slices.value == 200 * slices)
        #expect(runtime.snapshot().residues.isZero)
        #expect(impossibility(in: trace.all) == nil)
    }

    @Test func threadsThatEndAreReplacedAndNoFrameIsLost() throws {
        let count = Counter()
        let plan = StressPlan { slice, _ in
            if count.add(1) % 7 == 0 { throw WorkerFailure("as the test likes") }
        }
        let trace = TraceRecorder()
        let runtime = try Runtime(Self.configuration(), recorder: trace) { _ in StressJob(plan) }
        #expect(try Self.stream(runtime, frames: 300) == 300)
        #expect(runtime.stop().held.isEmpty)
        #expect(trace.count(.workerDetached) >= 40)
        #expect(trace.count(.frameRedispatched) >= 40)
        #expect(impossibility(in: trace.all) == nil)
        #expect(runtime.snapshot().residues.isZero)
    }

    @Test func jobsThatFailEndTheirFrameWithAnError() throws {
        struct Unreadable: Error {}
        let plan = StressPlan { slice, _ in
            if slice.envelope.frameID % 5 == 0 { throw Unreadable() }
        }
        let trace = TraceRecorder()
        let runtime = try Runtime(Self.configuration(), recorder: trace) { _ in StressJob(plan) }
        #expect(try Self.stream(runtime, frames: 50, allDone: false) == 40)
        #expect(runtime.stop().held.isEmpty)
        #expect(runtime.snapshot().error == 10)
        #expect(impossibility(in: trace.all) == nil)
    }

    @Test func hungWorkersCostNoFrameAndComeBackLate() throws {
        let gates = (0..<3).map { _ in Gate() }
        let hung = Counter()
        let plan = StressPlan { slice, _ in
            // The first attempt at three of the frames hangs in the middle.
            if slice.envelope.attempt == 0, [20, 50, 80].contains(slice.envelope.frameID) {
                let index = hung.add(1) - 1
                if index < gates.count { gates[index].pass() }
            }
        }
        let trace = TraceRecorder()
        var configuration = Self.configuration()
        configuration.toleratedStuckWorkers = 3
        configuration.knobs.stallTimeout = 20_000_000
        let runtime = try Runtime(configuration, recorder: trace) { _ in StressJob(plan) }
        #expect(try Self.stream(runtime, frames: 120) == 120)
        #expect(hung.value == 3)
        // They return: their pictures are discarded, their slots come back.
        for gate in gates { gate.open() }
        let report = runtime.stop()
        #expect(report.stuckWorkers == 0)
        #expect(report.held.isEmpty)
        #expect(trace.count(.workerStalled) >= 3)
        #expect(trace.count(.resultDiscarded) >= 3)
        #expect(impossibility(in: trace.all) == nil)
    }

    /// `SOFTISP_STOPS=N` stops N runtimes and checks the bound of one second too: a machine that is busy with other tests
    /// may miss it through no fault of the runtime's.
    @Test func stopAnswersEverythingThoughAWorkerHangs() throws {
        let stops = ProcessInfo.processInfo.environment["SOFTISP_STOPS"].flatMap(Int.init)
        var durations: [UInt64] = []
        for _ in 0..<(stops ?? 3) {
            let gate = Gate()
            let plan = StressPlan { slice, _ in
                if slice.envelope.frameID == 3 { gate.pass() }
            }
            let trace = TraceRecorder()
            let runtime = try Runtime(Self.configuration(), recorder: trace) { _ in StressJob(plan) }
            let session = try #require(runtime.openSession())
            let source = try #require(session.makeSource())
            let sink = try #require(session.makeSink())
            for frame in 0..<6 { _ = publish(UInt64(frame) + 7, on: source) }
            gate.waitForArrivals(1)
            let beforeFlush = MonotonicClock.now()
            if durations.count % 2 == 1 { session.flush() }
            let flushed = MonotonicClock.now() - beforeFlush
            let report = runtime.stop()
            #expect(report.unanswered == 0)
            #expect(
                report.stuckWorkers > 0 && !report.held.isEmpty, "what a stuck worker may touch is reported as held")
            durations.append(report.duration)
            if stops != nil { #expect(max(report.duration, flushed) < Knobs.answerBound) }
            var answers: UInt64 = 0
            while let answer = sink.receive() { answers += answer.delivery.count }
            #expect(answers == 6)
            gate.open()
            #expect(impossibility(in: trace.all) == nil)
        }
        durations.sort()
        print(
            "stop with a hung worker: \(durations.count) times, median \(durations[durations.count / 2] / 1_000_000) ms, longest \(durations[durations.count - 1] / 1_000_000) ms"
        )
    }

    @Test func flushAnswersTheOldEpochAtOnceThoughAWorkerHangs() throws {
        let gate = Gate()
        let plan = StressPlan { slice, _ in
            if slice.envelope.frameID == 0, slice.envelope.attempt == 0 { gate.pass() }
        }
        let trace = TraceRecorder()
        let runtime = try Runtime(Self.configuration(), recorder: trace) { _ in StressJob(plan) }
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource())
        let sink = try #require(session.makeSink())
        for frame in 0..<4 { _ = publish(UInt64(frame) + 7, on: source) }
        gate.waitForArrivals(1)
        session.flush()
        #expect(runtime.snapshot().unanswered == 0)
        _ = publish(100, on: source)
        var frames: [UInt64] = []
        var last: Outcome?
        while frames.count < 5, let answer = sink.receive() {
            frames.append(contentsOf: answer.delivery.frame..<answer.delivery.frame + answer.delivery.count)
            last = answer.delivery.outcome
        }
        #expect(frames == [0, 1, 2, 3, 4])
        #expect(last == .done)
        gate.open()
        #expect(runtime.stop().held.isEmpty)
        #expect(impossibility(in: trace.all) == nil)
    }

    @Test func payloadsAreNeverCopied() throws {
        let lock = Lock()
        final class Seen: @unchecked Sendable {
            // Sendable: used within the lock.
            var input: [UInt64: UInt] = [:]
            var output: [UInt64: UInt] = [:]
        }
        let seen = Seen()
        let plan = StressPlan { slice, _ in
            lock.withLock {
                seen.input[slice.envelope.frameID] = UInt(bitPattern: slice.input.baseAddress)
                seen.output[slice.envelope.frameID] = UInt(bitPattern: slice.output.baseAddress)
            }
        }
        let trace = TraceRecorder()
        let runtime = try Runtime(Self.configuration(), recorder: trace) { _ in StressJob(plan) }
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource())
        let sink = try #require(session.makeSink())
        for frame in 0..<50 {
            guard let slot = source.allocate() else { throw RuntimeError.stopped }
            let address = UInt(bitPattern: slot.payload.baseAddress)
            for index in slot.payload.bindMemory(to: UInt64.self).indices {
                slot.payload.bindMemory(to: UInt64.self)[index] = 5
            }
            _ = slot.publish(FrameRequest(payload: 5))
            guard let answer = sink.receive() else { throw RuntimeError.stopped }
            lock.withLock {
                #expect(seen.input[UInt64(frame)] == address)
                #expect(seen.output[UInt64(frame)] == UInt(bitPattern: answer.picture?.baseAddress))
            }
        }
        runtime.stop()
        #expect(trace.count(.payloadCopied) == 0)
        #expect(impossibility(in: trace.all) == nil)
    }

    @Test(arguments: [(core: 0, refusals: 0), (core: 1 << 20, refusals: 2)])
    func aRefusedThreadOptionIsToldAndDoesNoHarm(core: Int, refusals: Int) throws {
        var configuration = Self.configuration()
        configuration.hugePages = true
        var options = ThreadOptions()
        options.cores = [core]
        let plan = StressPlan()
        let trace = TraceRecorder()
        let runtime = try Runtime(configuration, options: options, recorder: trace) { _ in StressJob(plan) }
        #expect(try Self.stream(runtime, frames: 20) == 20)
        runtime.stop()
        #expect(trace.count(.threadOptionRefused) == refusals)
    }

    @Test func aSpentRestartBudgetAnswersFramesInsteadOfHolding() throws {
        var configuration = Self.configuration()
        configuration.restartBudget = 2
        let plan = StressPlan { _, _ in throw WorkerFailure("always") }
        let trace = TraceRecorder()
        let runtime = try Runtime(configuration, recorder: trace) { _ in StressJob(plan) }
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource(.strict))
        let sink = try #require(session.makeSink())
        for frame in 0..<4 { _ = publish(UInt64(frame), on: source) }
        var answered: UInt64 = 0
        while answered < 4, let answer = sink.receive() {
            #expect(answer.delivery.outcome == .dropped(.noWorker))
            answered += answer.delivery.count
        }
        #expect(answered == 4)
        #expect(runtime.isDegraded)
        #expect(trace.count(.restartBudgetSpent) == 1)
        #expect(runtime.stop().held.isEmpty)
        #expect(impossibility(in: trace.all) == nil)
    }

    @Test func aSourceHoldsNoMoreSlotsThanItsSessionsShare() throws {
        var configuration = Self.configuration(raw: 4, image: 8)
        configuration.sessions = 2
        let plan = StressPlan()
        let runtime = try Runtime(configuration) { _ in StressJob(plan) }
        let (first, second) = (try #require(runtime.openSession()), try #require(runtime.openSession()))
        let greedy = try #require(first.makeSource(.strict))
        let other = try #require(second.makeSource(.strict))
        guard let a = greedy.allocate(), let b = greedy.allocate() else {
            Issue.record("its share are two")
            return
        }
        if let third = greedy.allocate() {
            Issue.record("slot \(third.number) is the other session's, though it is free")
        }
        guard let c = other.allocate(), let d = other.allocate() else {
            Issue.record("the other session's share are two")
            return
        }
        #expect(Set([a.number, b.number, c.number, d.number]).count == 4)
    }

    @Test func aStuckSinkStopsItsOwnSessionOnly() throws {
        let plan = StressPlan()
        var configuration = Self.configuration(raw: 8, image: 10)
        configuration.sessions = 2
        let trace = TraceRecorder()
        let runtime = try Runtime(configuration, recorder: trace) { _ in StressJob(plan) }
        let (stuck, other) = (try #require(runtime.openSession()), try #require(runtime.openSession()))
        let stuckSource = try #require(stuck.makeSource(.strict))
        let stuckSink = try #require(stuck.makeSink())
        // Nobody receives from the first session's sink.
        for frame in 0..<40 { _ = publish(UInt64(frame) + 7, on: stuckSource) }
        let source = try #require(other.makeSource())
        let sink = try #require(other.makeSink())
        for frame in 0..<100 {
            #expect(publish(UInt64(frame) + 7, on: source) == UInt64(frame))
            guard let answer = sink.receive() else { throw RuntimeError.stopped }
            #expect(answer.delivery.outcome == .done)
        }
        let report = runtime.stop()
        #expect(report.unanswered == 0)
        var answers: UInt64 = 0
        while let answer = stuckSink.receive() { answers += answer.delivery.count }
        #expect(answers == 40)
        #expect(runtime.snapshot().held.isEmpty)
        #expect(impossibility(in: trace.all) == nil)
    }

    @Test func sessionsComeAndGoWithoutLimit() throws {
        let plan = StressPlan()
        let runtime = try Runtime(Self.configuration()) { _ in StressJob(plan) }
        for _ in 0..<100 { #expect(try Self.stream(runtime, frames: 5) == 5) }
        #expect(runtime.stop().held.isEmpty)
    }

    @Test func aSinkThatIsGoneGivesItsPicturesBack() throws {
        let plan = StressPlan()
        let runtime = try Runtime(Self.configuration()) { _ in StressJob(plan) }
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource())
        let sink = try #require(session.makeSink())
        for frame in 0..<3 { _ = publish(UInt64(frame) + 7, on: source) }
        // It dies with one picture in its hands and two before its door.
        let delivery = try #require(runtime.core.environment.takeWhenThere(runtime.core, sink.name))
        #expect(delivery.image != nil)
        #expect(session.finish())
        sink.confirmGone()
        for frame in 0..<3 { #expect(publish(UInt64(frame) + 7, on: source) != nil) }
        #expect(session.finish())
        #expect(runtime.stop().held.isEmpty)
        #expect(runtime.snapshot().residues.isZero)
    }

    @Test func anOldSessionsPartsDoNotTouchANewSession() throws {
        let plan = StressPlan()
        let runtime = try Runtime(Self.configuration()) { _ in StressJob(plan) }
        let old = try #require(runtime.openSession())
        let (oldSink, oldSource) = (try #require(old.makeSink()), try #require(old.makeSource()))
        old.close()
        let new = try #require(runtime.openSession())
        let (source, sink) = (try #require(new.makeSource()), try #require(new.makeSink()))
        #expect(publish(7, on: source) == 0)
        #expect(new.finish())
        #expect(oldSink.receive()?.delivery.frame == nil)
        #expect(publish(8, on: oldSource) == nil)
        old.close()
        old.flush()
        #expect(new.isOpen && !old.isOpen)
        #expect(sink.receive()?.delivery.outcome == .done)
        #expect(runtime.stop().held.isEmpty)
        #expect(runtime.openSession() == nil, "a stopped runtime opens no session")
    }

    @Test func aSlotWhoseDeviceIsBusyReturnsWhenTheDeviceIsDone() throws {
        let plan = StressPlan()
        let runtime = try Runtime(Self.configuration()) { _ in StressJob(plan) }
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource())
        var tickets: [AllocTicket] = []
        for isPublished in [true, false] {
            guard let slot = source.allocate(), let ticket = slot.submit(device: 0) else { throw RuntimeError.stopped }
            tickets.append(ticket)
            slot.submitted(ticket)
            if isPublished { #expect(slot.publish() == nil) } else { slot.cancel() }
        }
        for ticket in tickets { runtime.hardwareDone(ticket) }
        #expect(runtime.stop().held.isEmpty)
        #expect(runtime.snapshot().residues.isZero)
    }

    @Test func aFullCommandTableDoesNotKeepASuccessorAway() throws {
        let gate = Gate()
        let plan = StressPlan { slice, _ in
            if slice.envelope.attempt == 0 {
                gate.pass()
                throw WorkerFailure("as the test likes")
            }
        }
        var configuration = Self.configuration(workers: 1)
        configuration.commands = 4
        let runtime = try Runtime(configuration) { _ in StressJob(plan) }
        let session = try #require(runtime.openSession())
        let (source, sink) = (try #require(session.makeSource()), try #require(session.makeSink()))
        #expect(session.setSettings(1))
        _ = publish(7, on: source)
        gate.waitForArrivals(1)
        while session.submit(1) {}
        gate.open()
        #expect(sink.receive()?.delivery.outcome == .done)
        runtime.stop()
    }

    @Test func aStopIsNotASpentBudget() throws {
        let plan = StressPlan()
        let trace = TraceRecorder()
        let runtime = try Runtime(Self.configuration(), recorder: trace) { _ in StressJob(plan) }
        runtime.stop()
        #expect(trace.count(.restartBudgetSpent) == 0)
    }
}

extension LiveEnvironment {
    /// Takes an answer and forgets to release it.
    fileprivate func takeWhenThere(_ core: RuntimeCore<LiveEnvironment>, _ sink: Holder) -> Delivery? {
        while true {
            let ticket = sinks.prepare()
            if let delivery = core.take(sink: sink) { return delivery }
            sinks.wait(ticket)
        }
    }
}
