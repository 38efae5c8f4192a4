// Guards of what happens when workers, devices and sources fail.

import ISPRuntime
import Testing

extension GuardTests {
    @Test func moreStuckWorkersThanToleratedDegradeHealthUntilTheyReturn() throws {
        var bench = try CoreBench(workers: 2) { $0.toleratedStuckWorkers = 1 }
        var stuck: [FrameTask] = []
        for count in 1...2 {
            try bench.publish()
            let task = try bench.startAny()
            stuck.append(task)
            bench.core.detach(task.worker)
            bench.workers.removeAll { $0 == task.worker }
            bench.workers.append(try #require(bench.core.attachWorker()))
            _ = bench.core.supervise()
            #expect(bench.core.isDegraded == (count > 1))
        }
        _ = bench.core.finish(stuck[0], failed: false)
        _ = bench.core.supervise()
        #expect(!bench.core.isDegraded)
    }

    @Test func keysTakeNoMemoryOfTheirOwn() {
        // Plain, so that nothing grows with the number of keys that were seen.
        #expect(_isPOD(HandoverKey.self))
        #expect(_isPOD(RawRecord.self))
    }

    @Test func aFailedSliceEndsItsFrameWithAnErrorWhoeverIsLast() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish(FrameRequest(slices: 2))
        let first = try bench.startAny()
        let other = try #require(bench.workers.first { $0 != first.worker })
        let second = try #require(bench.start(other))
        #expect(bench.core.finish(first, failed: true) == .left)
        #expect(bench.core.finish(second, failed: false) == .completed)
        #expect(bench.core.take(sink: bench.sink)?.outcome == .error)
        #expect(bench.core.snapshot().held.isEmpty)
    }

    @Test func aFrameIsNotDoneWhileASliceWorkerIsAtIt() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish(FrameRequest(slices: 2))
        let first = try bench.startAny()
        let other = try #require(bench.workers.first { $0 != first.worker })
        let second = try #require(bench.start(other))
        #expect(bench.core.finish(first, failed: false) == .left)
        #expect(bench.core.take(sink: bench.sink) == nil)
        #expect(bench.core.finish(second, failed: false) == .completed)
        #expect(bench.core.take(sink: bench.sink)?.outcome == .done)
    }

    @Test func stuckWorkersDoNotCountInTheirSessionsShare() throws {
        var bench = try CoreBench(workers: 2) {
            $0.imageSlots = 4
            $0.toleratedStuckWorkers = 2
        }
        for _ in 0..<2 {
            try bench.publish()
            let task = try bench.startAny()
            bench.core.detach(task.worker)
            bench.workers.removeAll { $0 == task.worker }
            bench.workers.append(try #require(bench.core.attachWorker()))
            _ = bench.core.supervise()
        }
        for _ in 0..<2 { _ = bench.core.finish(try bench.startAny(), failed: false) }
        #expect(bench.core.snapshot().unanswered == 0)
    }

    @Test func withMoreStuckThanToleratedTheLastImageSlotIsTheOldestFrames() throws {
        var bench = try CoreBench(workers: 2) {
            $0.imageSlots = 4
            $0.toleratedStuckWorkers = 1
        }
        // Two workers are stuck in the first frame, one after the other; two image slots are left.
        try bench.publish()
        for _ in 0..<2 {
            let task = try bench.startAny()
            #expect(task.frame == 0)
            bench.core.detach(task.worker)
            bench.workers.removeAll { $0 == task.worker }
            bench.workers.append(try #require(bench.core.attachWorker()))
            _ = bench.core.supervise()
        }
        let holder = bench.environment.load(.raw(0)).holder
        let other = try #require(bench.workers.first { $0 != holder })
        for _ in 0..<6 { try bench.publish() }
        // The other worker makes newer frames, whose pictures wait for the first.
        while let task = bench.start(other) { _ = bench.core.finish(task, failed: false) }
        #expect(bench.start(holder)?.frame == 0)
    }

    @Test func aBatchThatIsOfferedTwiceHasOneEffect() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish()
        let failed = bench.environment.load(.raw(0)).holder
        bench.core.detach(failed)
        while bench.core.monitor.handoffs[0].phase != .offering { _ = bench.core.stepHandoff(0) }
        let items = bench.core.monitor.handoffs[0].items
        #expect(bench.core.withManager { $0.accept(batch: 0, items, bench.environment) } == .accepted)
        #expect(bench.core.withManager { $0.accept(batch: 1, items, bench.environment) } == .duplicate)
        #expect(bench.core.manager.control.count == 1)
    }

    @Test func aBatchThatStaysUndecidedIsGivenUp() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish()
        bench.core.detach(bench.environment.load(.raw(0)).holder)
        while bench.core.monitor.handoffs[0].phase != .offering { _ = bench.core.stepHandoff(0) }
        bench.environment.clock = bench.core.monitor.knobs.escalationTimeout - 1
        bench.core.watchHandoffs()
        #expect(bench.core.monitor.handoffs[0].phase == .offering)
        bench.environment.clock += 1
        bench.core.watchHandoffs()
        #expect(bench.core.monitor.handoffs[0].phase == .rollingBack)
    }

    /// Frames in the Monitor's waiting queue since different moments, the first of them the oldest.
    private func waiting(_ count: Int) throws -> CoreBench {
        let bench = try CoreBench(workers: count) {
            $0.workers = 4
            $0.knobs.dropThreshold = 2
        }
        for _ in 0..<count { try bench.publish() }
        bench.core.withManager { $0.isBusy = true }
        for slot in 0..<count {
            bench.core.detach(bench.environment.load(.raw(slot)).holder)
            for batch in 0..<bench.core.batches { while bench.core.stepHandoff(batch) {} }
            bench.environment.clock += 1
        }
        return bench
    }

    @Test func theDropThresholdTakesTheFrameThatWaitsLongest() throws {
        let bench = try waiting(3)
        #expect(bench.core.applyDropThreshold())
        #expect(bench.core.manager.sessions[0].nextDelivery == 1)
        #expect(bench.core.manager.counts.dropped[Int(DropReason.overload.rawValue)] == 1)
    }

    @Test func theDropThresholdSparesAFrameWhoseInputADeviceUses() throws {
        let bench = try CoreBench { $0.knobs.dropThreshold = 1 }
        try bench.publish()
        let task = try bench.startAny()
        let ticket = try #require(
            bench.core.submitHardware(
                .raw(task.raw), holder: task.worker, epoch: task.rawEpoch, attempt: task.attempt, sessionEpoch: 1,
                device: 0))
        bench.core.detach(task.worker)
        #expect(!bench.core.applyDropThreshold())
        #expect(bench.core.hardwareDone(ticket) == .done)
        #expect(bench.core.applyDropThreshold())
    }

    @Test func theSlotOfADeadSourceReturnsWithoutADecision() throws {
        let bench = try CoreBench()
        let slot = try #require(bench.core.allocate(source: .source(1), core: 0))
        bench.core.detachSource(.source(1))
        #expect(bench.core.allocate(source: .source(1), core: 0) == nil)
        while bench.core.stepMonitor(.raw(slot)) {}
        #expect(bench.environment.load(.raw(slot)).state == .quarantineWriter)
        bench.core.becomeQuiescent(.source(1))
        while bench.core.stepMonitor(.raw(slot)) {}
        #expect(bench.core.manager.control.isEmpty)
        #expect(bench.environment.load(.raw(slot)).state == .free)
        // The slot and the one that was refused.
        #expect(bench.environment.load(.returned(1)) == 2)
    }

    @Test func aFramePastItsDeadlineIsNotDispatchedAgain() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish(FrameRequest(deadline: 100))
        let task = try bench.startAny()
        bench.core.detach(task.worker)
        while bench.core.stepMonitor(.raw(task.raw)) {}
        bench.environment.clock = 100
        #expect(bench.core.decide())
        #expect(bench.core.take(sink: bench.sink)?.outcome == .dropped(.deadline))
    }

    @Test func aNameIsNotGivenAgainWhileItsThreadMayRun() throws {
        let bench = try CoreBench()
        bench.core.detach(bench.workers[0])
        #expect(!bench.core.reap(bench.workers[0]))
        #expect(bench.core.attachWorker() != bench.workers[0])
        bench.core.becomeQuiescent(bench.workers[0])
        #expect(bench.core.reap(bench.workers[0]))
    }

    /// A frame whose input a device uses, its worker given up on it.
    private func waitingForDevice(_ bench: CoreBench, device: Int = 0) throws -> (FrameTask, AllocTicket) {
        try bench.publish()
        let task = try bench.startAny()
        let ticket = try #require(
            bench.core.submitHardware(
                .raw(task.raw), holder: task.worker, epoch: task.rawEpoch, attempt: task.attempt, sessionEpoch: 1,
                device: device))
        bench.core.submissionReturned(ticket)
        bench.core.giveUp(task)
        while bench.core.stepMonitor(.raw(task.raw)) {}
        #expect(bench.environment.load(.raw(task.raw)).state == .hardwareWait)
        return (task, ticket)
    }

    @Test func aDeviceIsWaitedForUntilTheEscalation() throws {
        let bench = try CoreBench()
        let (task, _) = try waitingForDevice(bench)
        bench.environment.clock = bench.core.monitor.knobs.escalationTimeout - 1
        #expect(!bench.core.stepMonitor(.raw(task.raw)))
        bench.environment.clock += 1
        #expect(bench.core.stepMonitor(.raw(task.raw)))
        #expect(bench.environment.load(.raw(task.raw)).state == .quarantineDevice)
    }

    @Test func aResetEndsOnlyWhatItsOwnDeviceWasAskedFor() throws {
        let bench = try CoreBench()
        let (task, ticket) = try waitingForDevice(bench, device: 1)
        #expect(bench.core.endReset(bench.core.beginReset(device: 0)) == 0)
        #expect(bench.environment.load(.raw(task.raw)).hardware == .inUse)
        #expect(bench.core.endReset(bench.core.beginReset(device: 1)) == 1)
        #expect(bench.core.hardwareDone(ticket) == .late)
    }

    @Test func aSlotOfAnotherGenerationIsNotSubmitted() throws {
        let bench = try CoreBench()
        let slot = try #require(bench.core.allocate(source: .source(0), core: 0))
        let epoch = bench.environment.load(.raw(slot)).epoch
        for (number, isMine) in [(epoch &+ 1, false), (epoch, true)] {
            let ticket = bench.core.submitHardware(
                .raw(slot), holder: .source(0), epoch: number, attempt: 0, sessionEpoch: 0, device: 0)
            #expect((ticket != nil) == isMine)
        }
    }

    @Test func aCommandThatIsOverDoesNotEndItsSuccessorInTheTable() throws {
        var table = CommandTable(capacity: 1)
        let command = Command(type: .custom, session: 0)
        let added = table.add(command, order: 0, worker: .worker(0))
        let first = try #require(added)
        let isFirstStarted = table.start(first, worker: .worker(0))
        let isFirstFinished = table.finish(first, worker: .worker(0))
        let addedAgain = table.add(command, order: 1, worker: .worker(0))
        let second = try #require(addedAgain)
        let isSecondStarted = table.start(second, worker: .worker(0))
        #expect(isFirstStarted && isFirstFinished && isSecondStarted)
        let isFinishedAgain = table.finish(first, worker: .worker(0))
        #expect(!isFinishedAgain && table.count == 1)
    }

    @Test func theCommandsInAGivenUpWorkersQueueTakeEffectElsewhere() throws {
        let bench = try CoreBench(workers: 2)
        for payload in 1...4 as ClosedRange<UInt64> {
            #expect(bench.core.submit(Command(type: .custom, session: 0, payload: payload)))
        }
        bench.core.detach(bench.workers[0])
        _ = bench.core.supervise()
        var payloads: [UInt64] = []
        while case .command(let item, let command) = bench.core.next(bench.workers[1]) {
            payloads.append(command.payload)
            bench.core.finishCommand(item, worker: bench.workers[1])
        }
        #expect(payloads.sorted() == [1, 2, 3, 4])
    }

    private func passes(_ milliseconds: UInt64, _ bench: CoreBench) -> Int {
        bench.environment.clock += milliseconds * 1_000_000
        _ = bench.core.supervise()
        return bench.core.snapshot().workersAttached
    }

    @Test func aStalledWorkerHasItsGracePeriod() throws {
        let bench = try CoreBench()
        try bench.publish()
        _ = try bench.startAny()
        #expect(passes(250, bench) == 1)
        #expect(passes(99, bench) == 1)
        #expect(passes(1, bench) == 0)
    }

    @Test func aWorkerThatRecoversBeginsAnew() throws {
        let bench = try CoreBench()
        try bench.publish()
        let task = try bench.startAny()
        #expect(passes(250, bench) == 1)
        bench.environment.hearts[task.worker.index] += 1
        #expect(passes(50, bench) == 1)
        #expect(passes(249, bench) == 1)
        #expect(passes(1, bench) == 1)
        #expect(passes(100, bench) == 0)
    }

    @Test func aWorkerWithNothingInHandMayBeSilent() throws {
        let bench = try CoreBench()
        if case .none = bench.core.next(bench.workers[0]) {} else { Issue.record("there is nothing to do") }
        for _ in 0..<10 { #expect(passes(300, bench) == 1) }
    }
}
