// Guards that nothing else would miss: each test fails when one line is taken away.

import ISPRuntime
import Testing

@Suite struct GuardTests {
    @Test func aFrameThatIsDispatchedAgainGoesToItsPlaceByAge() throws {
        let bench = try CoreBench(workers: 2)
        for _ in 0..<4 { try bench.publish() }
        let failed = bench.environment.load(.raw(0)).holder
        let other = try #require(bench.workers.first { $0 != failed })
        bench.core.detach(failed)
        _ = bench.core.supervise()
        #expect(bench.start(other)?.frame == 0)
    }

    @Test func aFlushBeginsANewEpoch() throws {
        let bench = try CoreBench()
        try bench.publish()
        bench.core.flush(session: 0)
        try bench.publish()
        _ = bench.core.finish(try bench.startAny(), failed: false)
        let epochs = [bench.core.take(sink: bench.sink), bench.core.take(sink: bench.sink)].map { $0?.sessionEpoch }
        #expect(epochs == [1, 2])
    }

    @Test func aResultOfAnEarlierSessionIsNotTakenForAFrameOfTheNext() throws {
        let bench = try CoreBench()
        try bench.publish()
        let old = try bench.startAny()
        bench.core.endStop(session: 0)
        // The first session's picture is on its way yet: its number is given again when it has returned.
        bench.core.detach(old.worker)
        _ = bench.core.supervise()
        let session = try #require(bench.core.openSession())
        let successor = try #require(bench.core.attachWorker())
        try bench.publish()
        #expect(bench.core.finish(old, failed: false) == .discarded)
        #expect(bench.core.manager.sessions[session][0].outcome == nil)
        _ = bench.core.finish(try #require(bench.start(successor)), failed: false)
        #expect(bench.core.manager.counts.done == 1)
    }

    @Test func aFrameOfAnEarlierSessionIsNotMadeAgainInTheNext() throws {
        let bench = try CoreBench()
        try bench.publish()
        let old = try bench.startAny()
        bench.core.endStop(session: 0)
        bench.core.detach(old.worker)
        for slot in bench.core.allSlots { while bench.core.stepMonitor(slot) {} }
        #expect(bench.core.manager.control.count == 1)
        // The item waits for its decision while a session opens under the same number, with a frame of the same number.
        #expect(bench.core.openSession() == 0)
        _ = try #require(bench.core.attachWorker())
        try bench.publish()
        while bench.core.decide() {}
        #expect(bench.core.manager.counts.redispatched == 0)
    }

    @Test func aSessionWhoseSinkHoldsItsShareStandsInNobodysWay() throws {
        let bench = try CoreBench {
            $0.sessions = 2
            $0.rawSlots = 12
            $0.imageSlots = 6
        }
        let other = try #require(bench.core.openSession())
        for _ in 0..<4 { try bench.publish() }
        let slot = try #require(bench.core.allocate(source: .source(1), core: 0))
        _ = bench.core.publish(slot, source: .source(1), session: other, FrameRequest())
        // Six image slots, one set aside for a stuck worker: two for each session, and nobody takes the pictures.
        for frame in 0..<2 as Range<UInt64> {
            let task = try bench.startAny()
            #expect(task.session == 0 && task.frame == frame)
            _ = bench.core.finish(task, failed: false)
        }
        let next = try bench.startAny()
        #expect(next.session == other, "the first session holds its share, though slots are free")
    }

    @Test func aWorkerJoinsNoFrameWhoseSettingsItDoesNotHave() throws {
        var bench = try CoreBench {
            $0.sessions = 2
            $0.rawSlots = 12
            $0.imageSlots = 6
            $0.knobs.maxCommandsBeforeFrame = 1
        }
        let core = bench.core
        let other = try #require(core.openSession())
        // The first session holds its share of image slots: its further frames wait, one with each worker.
        for _ in 0..<2 {
            try bench.publish()
            _ = core.finish(try bench.startAny(), failed: false)
        }
        bench.workers.append(try #require(core.attachWorker()))
        for _ in 0..<2 { try bench.publish() }
        for worker in bench.workers { #expect(bench.start(worker) == nil) }
        // Each applies as many newer commands as may come before a frame; what comes then waits.
        for _ in 0..<2 { #expect(core.submit(Command(type: .custom, session: 0))) }
        func apply(_ worker: Holder) {
            guard case .command(let item, _) = core.next(worker) else {
                Issue.record("no command for \(worker)")
                return
            }
            core.finishCommand(item, worker: worker)
        }
        for worker in bench.workers { apply(worker) }
        #expect(core.setSettings(session: other, 1))
        let slot = try #require(core.allocate(source: .source(1), core: 0))
        _ = core.publish(slot, source: .source(1), session: other, FrameRequest(slices: 2))
        let starter = bench.environment.load(.raw(slot)).holder
        let joiner = try #require(bench.workers.first { $0 != starter })
        apply(starter)
        #expect(bench.start(starter)?.session == other)
        #expect(bench.start(joiner) == nil, "it is not ready for the frame's settings")
    }

    @Test func theEnvelopeSaysWhatTheFrameWasSubmittedWith() throws {
        let bench = try CoreBench()
        #expect(bench.core.setSettings(session: 0, 7))
        let slot = try #require(bench.core.allocate(source: .source(0), core: 0))
        let request = FrameRequest(captured: 5, deadline: 900, payload: 77)
        #expect(bench.core.publish(slot, source: .source(0), session: 0, request) == .published(frame: 0))
        let envelope = bench.environment.envelope(slot).pointee
        #expect(envelope.settingsID == 7 && envelope.frameID == 0 && envelope.rawSlot == Int16(slot))
        #expect(envelope.captured == 5 && envelope.deadline == 900 && envelope.payload == 77)
        #expect(envelope.sessionEpoch == 1 && envelope.published == 1 && envelope.attempt == 0)
    }

    @Test func aLateResultIsNotTakenForTheFrameThatHasItsPlaceInTheWindow() throws {
        let bench = try CoreBench(workers: 2) {
            $0.rawSlots = 4
            $0.answerWindow = 4
        }
        try bench.publish(FrameRequest(deadline: 1))
        let late = try bench.startAny()
        bench.environment.clock = 1
        _ = bench.core.supervise()
        for _ in 1..<4 { #expect(bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) != nil) }
        #expect(try bench.publish() == .published(frame: 4))
        #expect(bench.core.finish(late, failed: false) == .discarded)
        #expect(bench.core.manager.sessions[0][4].outcome == nil)
    }

    @Test func noMoreFramesAreTakenThanTheAnswerWindowHolds() throws {
        let bench = try CoreBench(workers: 2) {
            $0.rawSlots = 2
            $0.answerWindow = 2
        }
        try bench.publish()
        try bench.publish()
        let first = try bench.startAny()
        let second = try bench.startAny()
        #expect(first.frame != second.frame)
        _ = bench.core.finish(first.frame == 1 ? first : second, failed: false)
        #expect(try bench.publish() == .windowFull)
        #expect(bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) == nil)
    }

    @Test func aSessionThatStopsTakesNoFrames() throws {
        let bench = try CoreBench()
        bench.core.beginStop(session: 0)
        #expect(try bench.publish() == .closed)
        #expect(bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) == nil)
    }

    @Test func theSupervisorLooksWhenTheNextDeadlineIs() throws {
        let bench = try CoreBench()
        try bench.publish(FrameRequest(deadline: 500))
        #expect(bench.core.scheduler.nextSupervision <= 500)
        #expect(bench.core.supervise() == 500)
    }

    @Test func aWorkerIsToldThatItsAttemptIsOver() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish()
        let old = try bench.startAny()
        #expect(bench.core.isCurrent(old))
        bench.core.detach(old.worker)
        _ = bench.core.supervise()
        #expect(!bench.core.isCurrent(old))
        let new = try bench.startAny()
        #expect(new.attempt == 1 && bench.core.isCurrent(new) && !bench.core.isCurrent(old))
        // Nor does it get slices or devices of the next attempt.
        #expect(bench.core.takeSlice(old) == nil)
        let ticket = bench.core.submitHardware(
            .raw(old.raw), holder: old.worker, epoch: old.rawEpoch, attempt: old.attempt, sessionEpoch: 1, device: 0)
        #expect(ticket == nil)
    }

    @Test func aWorkerWhoseAttemptIsOverGetsNoSlicesOfTheNext() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish(FrameRequest(slices: 4))
        let old = try bench.startAny()
        bench.core.detach(old.worker)
        _ = bench.core.supervise()
        let new = try bench.startAny()
        #expect(new.attempt == 1)
        #expect(bench.core.takeSlice(old) == nil)
        #expect((0..<4).map { _ in bench.core.takeSlice(new) } == [1, 2, 3, nil])
    }

    @Test func aSinkThatClosesLetsGoOfWhatWaitsForIt() throws {
        let bench = try CoreBench()
        try bench.publish()
        _ = bench.core.finish(try bench.startAny(), failed: false)
        bench.core.withManager { $0.closeSink(bench.sink, bench.environment) }
        #expect(bench.core.snapshot().held.isEmpty)
    }

    @Test func aSinkReleasesAPictureOnce() throws {
        let bench = try CoreBench()
        let other = try #require(bench.core.withManager { $0.openSink(session: 0) })
        try bench.publish()
        _ = bench.core.finish(try bench.startAny(), failed: false)
        let image = try #require(bench.core.take(sink: bench.sink)?.image)
        #expect(bench.core.release(sink: bench.sink, image: image))
        #expect(!bench.core.release(sink: bench.sink, image: image))
        #expect(bench.environment.load(.image(image)).state == .accepted, "the other sink holds it")
        _ = bench.core.take(sink: other)
        #expect(bench.core.release(sink: other, image: image))
        #expect(bench.core.snapshot().held.isEmpty)
    }

    @Test func gapsAreNotPutTogetherWithPictures() throws {
        let bench = try CoreBench()
        for _ in 0..<20 { _ = bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) }
        try bench.publish()
        _ = bench.core.finish(try bench.startAny(), failed: false)
        _ = bench.core.submitDropped(session: 0, FrameRequest(), .backpressure)
        var deliveries: [Delivery] = []
        while let delivery = bench.core.take(sink: bench.sink) { deliveries.append(delivery) }
        #expect(deliveries.filter { $0.image != nil }.map(\.count) == [1])
        #expect(deliveries.first { $0.image != nil }?.outcome == .done)
        #expect(deliveries.reduce(0) { $0 + $1.count } == 22)
    }

    @Test func anErrorStaysVisibleAmongGapsThatArePutTogether() throws {
        let bench = try CoreBench()
        for _ in 0..<20 { _ = bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) }
        try bench.publish()
        _ = bench.core.finish(try bench.startAny(), failed: true)
        for _ in 0..<3 { _ = bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) }
        var last: Delivery?
        while let delivery = bench.core.take(sink: bench.sink) { last = delivery }
        #expect(last?.outcome == .error && (last?.count ?? 0) >= 4)
    }

    @Test func aFrameThatFindsTheAnswerWindowFullIsTold() throws {
        let bench = try CoreBench {
            $0.rawSlots = 2
            $0.answerWindow = 2
        }
        // A frame that is not answered keeps the answers of all others.
        try bench.publish()
        var refused = 0
        bench.environment.onEvent = { if $0.kind == .frameRefused { refused += 1 } }
        #expect(bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) != nil)
        #expect(bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) == nil)
        #expect(refused == 1)
    }
}
