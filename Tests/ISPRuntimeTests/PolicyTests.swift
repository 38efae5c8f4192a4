// What the knobs, deadlines, back-pressure, commands and shares promise, one by one.

import ISPRuntime
import Testing

@Suite struct PolicyTests {
    @Test(arguments: [1, 2, 5]) func soManyNewerCommandsComeBetweenTwoFrames(limit: Int) throws {
        let bench = try CoreBench { $0.knobs.maxCommandsBeforeFrame = limit }
        try bench.publish()
        try bench.publish()
        for _ in 0..<10 { #expect(bench.core.submit(Command(type: .custom, session: 0))) }
        func commandsBeforeFrame() throws -> Int {
            for count in 0... {
                switch bench.core.next(bench.workers[0]) {
                case .command(let item, _): bench.core.finishCommand(item, worker: bench.workers[0])
                case .frame(let task, _):
                    _ = bench.core.finish(task, failed: false)
                    return count
                case .none, .leave: throw RuntimeError.stopped
                }
            }
            return -1
        }
        #expect(try commandsBeforeFrame() == limit)
        #expect(try commandsBeforeFrame() == limit)
    }

    @Test func aFrameWaitsForItsSettingsAndKeepsThem() throws {
        let bench = try CoreBench()
        try bench.publish()
        #expect(bench.core.setSettings(session: 0, 7))
        try bench.publish()
        bench.core.withScheduler { scheduler, _ in scheduler.knobs.maxCommandsBeforeFrame = 1 }
        guard case .command(let item, let command) = bench.core.next(bench.workers[0]) else {
            throw RuntimeError.stopped
        }
        #expect(command.settings == 7)
        bench.core.finishCommand(item, worker: bench.workers[0])
        let first = try bench.start()
        #expect(first.settings == 0, "a frame submitted before the change keeps its settings")
        _ = bench.core.finish(first, failed: false)
        #expect(try bench.start().settings == 7)
    }

    @Test func aSuccessorIsToldTheSettingsBeforeItsFirstFrame() throws {
        var bench = try CoreBench()
        #expect(bench.core.setSettings(session: 0, 7))
        try bench.publish()
        bench.core.detach(bench.workers[0])
        _ = bench.core.supervise()
        bench.workers.append(try #require(bench.core.attachWorker()))
        _ = bench.core.supervise()
        guard case .command(let item, let command) = bench.core.next(bench.workers[1]) else {
            throw RuntimeError.stopped
        }
        #expect(command.settings == 7)
        bench.core.finishCommand(item, worker: bench.workers[1])
        #expect(try bench.start(1).settings == 7)
    }

    @Test func aCommandOfAGivenUpWorkerTakesEffectOnce() throws {
        let bench = try CoreBench(workers: 2)
        #expect(bench.core.submit(Command(type: .custom, session: 0, payload: 1)))
        let first = bench.workers.firstIndex { name in
            bench.core.withScheduler { scheduler, _ in !scheduler.workers[name.index].commands.isEmpty }
        }
        let (one, other) = first == 0 ? (0, 1) : (1, 0)
        guard case .command(let item, _) = bench.core.next(bench.workers[one]) else { throw RuntimeError.stopped }
        bench.core.detach(bench.workers[one])
        _ = bench.core.supervise()
        guard case .command(let again, let command) = bench.core.next(bench.workers[other]) else {
            throw RuntimeError.stopped
        }
        #expect(command.payload == 1)
        // The first one comes back late: no effect.
        bench.core.finishCommand(item, worker: bench.workers[one])
        #expect(bench.events.kinds[.commandApplied] == nil)
        bench.core.finishCommand(again, worker: bench.workers[other])
        bench.core.finishCommand(again, worker: bench.workers[other])
        #expect(bench.events.kinds[.commandApplied] == 1)
    }

    @Test func deadlinesAnswerWhatIsQueuedAndWhatRuns() throws {
        let bench = try CoreBench()
        try bench.publish(FrameRequest(deadline: 100))
        try bench.publish(FrameRequest(deadline: 100))
        try bench.publish()
        let task = try bench.start()
        bench.environment.clock = 99
        _ = bench.core.supervise()
        #expect(bench.core.take(sink: bench.sink) == nil)
        bench.environment.clock = 100
        _ = bench.core.supervise()
        let gaps = [bench.core.take(sink: bench.sink), bench.core.take(sink: bench.sink)].compactMap(\.self)
        #expect(gaps.map(\.outcome) == [.dropped(.deadline), .dropped(.deadline)])
        // The one that ran makes its picture in vain.
        #expect(bench.core.finish(task, failed: false) == .discarded)
        _ = bench.core.finish(try bench.start(), failed: false)
        #expect(bench.core.take(sink: bench.sink)?.outcome == .done)
        #expect(bench.core.take(sink: bench.sink) == nil)
    }

    @Test func theOldestQueuedFrameMakesRoomForANewerOne() throws {
        let bench = try CoreBench()
        for _ in 0..<8 { try bench.publish() }
        let task = try bench.start()
        #expect(task.frame == 0)
        #expect(bench.core.allocate(source: .source(0), core: 0) == nil)
        #expect(bench.core.dropOldestQueued(session: 0))
        #expect(bench.core.manager.sessions[0][1].outcome == .dropped(.backpressure))
        #expect(try bench.publish() == .published(frame: 8))
        _ = bench.core.finish(task, failed: false)
        let received = [bench.core.take(sink: bench.sink), bench.core.take(sink: bench.sink)].compactMap(\.self)
        #expect(received.map(\.outcome) == [.done, .dropped(.backpressure)])
    }

    @Test func theLastImageSlotOfAShareIsTheOldestFrames() throws {
        let bench = try CoreBench(workers: 3) {
            $0.imageSlots = 3
            $0.toleratedStuckWorkers = 1
            $0.workers = 3
        }
        for _ in 0..<3 { try bench.publish() }
        // Frames go to the workers in turn.
        let inTurn = [1, 2, 0]
        let oldest = try #require(inTurn.compactMap { try? bench.start($0) }.first)
        #expect(oldest.frame == 0)
        // Share 2: the oldest frame has one, and the other is kept for whichever will be oldest next.
        #expect(bench.core.snapshot().image[Int(SlotState.running.rawValue)] == 1)
        _ = bench.core.finish(oldest, failed: false)
        let held = try #require(bench.core.take(sink: bench.sink))
        // The sink holds one; the oldest frame may take the last, nobody else.
        let next = inTurn.compactMap { try? bench.start($0) }
        #expect(next.map(\.frame) == [1])
        bench.core.release(sink: bench.sink, image: try #require(held.image))
        #expect(bench.core.snapshot().residues.isZero)
    }

    @Test func theMonitorClaimsAgainWithLongerPausesAndCountsFailures() throws {
        let bench = try CoreBench(workers: 2)
        try bench.publish()
        let task = try #require((0..<2).compactMap { try? bench.start($0) }.first)
        bench.core.detach(task.worker)
        // Before every swap of the Monitor somebody else changes the word.
        var accesses = 0
        bench.environment.beforeAccess = {
            accesses += 1
            if accesses == 2 {
                bench.environment.beforeAccess = nil
                let word = bench.environment.load(.raw(task.raw))
                if let other = Transition.join.next(.raw, word) {
                    _ = bench.environment.swap(.raw(task.raw), from: word, to: other)
                }
            }
        }
        #expect(!bench.core.stepMonitor(.raw(task.raw)))
        #expect(bench.core.snapshot().transferFailures == 1)
        #expect(bench.events.kinds[.tokenTransferFailed] == 1)
        #expect(bench.core.monitor[.raw(task.raw)].nextTry == bench.core.monitor.knobs.claimBackoff)
        #expect(!bench.core.stepMonitor(.raw(task.raw)), "not before the back-off is over")
        bench.environment.clock = bench.core.monitor.knobs.claimBackoff
        #expect(bench.core.stepMonitor(.raw(task.raw)))
        #expect(bench.environment.load(.raw(task.raw)).state == .monitor)
    }

    @Test func theDropThresholdAnswersTheOldestFrameOfTheWaitingQueue() throws {
        let bench = try CoreBench(workers: 1) { $0.knobs.dropThreshold = 3 }
        for _ in 0..<3 { try bench.publish() }
        bench.core.withManager { $0.isBusy = true }
        bench.core.detach(bench.workers[0])
        while bench.core.stepHandoff(0) {}
        #expect(bench.core.snapshot().waitingDepth == 3)
        #expect(bench.core.applyDropThreshold())
        #expect(bench.core.manager.sessions[0].nextDelivery == 1)
        #expect(bench.core.manager.counts.dropped[Int(DropReason.overload.rawValue)] == 1)
    }

    @Test func aBusyManagerKeepsNothingAndLosesNothing() throws {
        let bench = try CoreBench(workers: 1)
        for _ in 0..<3 { try bench.publish() }
        bench.core.withManager { $0.isBusy = true }
        bench.core.detach(bench.workers[0])
        for _ in 0..<4 {
            _ = bench.core.supervise()
            bench.environment.clock += 20_000_000
        }
        #expect(bench.core.snapshot().waitingDepth == 3 && bench.core.snapshot().control == 0)
        #expect(bench.events.kinds[.handoffAborted] == 1 && (bench.events.kinds[.managerBusy] ?? 0) > 1)
        bench.core.withManager { $0.isBusy = false }
        _ = bench.core.supervise()
        #expect(bench.core.snapshot().waitingDepth == 0 && bench.core.snapshot().control == 3)
        #expect(bench.core.snapshot().residues.isZero)
        _ = bench.core.attachWorker()
        _ = bench.core.supervise()
        #expect(bench.core.snapshot().redispatched == 3)
    }

    @Test func aFrameEndsWhenItsAttemptsAreSpent() throws {
        var bench = try CoreBench(workers: 1) { $0.knobs.attemptBudget = 3 }
        try bench.publish()
        for attempt in 0..<3 {
            let task = try bench.start(attempt)
            #expect(task.attempt == attempt)
            bench.core.detach(bench.workers[attempt])
            bench.core.becomeQuiescent(bench.workers[attempt])
            bench.workers.append(try #require(bench.core.attachWorker()))
            _ = bench.core.supervise()
            bench.environment.clock += 20_000_000
        }
        #expect(bench.core.take(sink: bench.sink)?.outcome == .dropped(.attempts))
        #expect(bench.core.snapshot().held.isEmpty)
    }

    @Test func aWorkerThatBeatsIsNotStalledAndOneThatRecoversIsKept() throws {
        let bench = try CoreBench()
        try bench.publish()
        let task = try bench.start()
        for _ in 0..<10 {
            bench.environment.clock += 200_000_000
            bench.environment.hearts[task.worker.index] += 1
            _ = bench.core.supervise()
        }
        #expect(bench.events.kinds[.workerStalled] == nil)
        bench.environment.clock += 250_000_000
        _ = bench.core.supervise()
        #expect(bench.events.kinds[.workerStalled] == 1)
        bench.environment.hearts[task.worker.index] += 1
        bench.environment.clock += 50_000_000
        _ = bench.core.supervise()
        #expect(bench.events.kinds[.workerRecovered] == 1 && bench.core.snapshot().workersAttached == 1)
        bench.environment.clock += 250_000_000
        _ = bench.core.supervise()
        bench.environment.clock += 100_000_000
        _ = bench.core.supervise()
        #expect(bench.core.snapshot().workersAttached == 0)
    }

    @Test func aSlowSinksGapsArePutTogetherAndNothingIsLost() throws {
        let bench = try CoreBench()
        for _ in 0..<200 { #expect(bench.core.submitDropped(session: 0, FrameRequest(), .backpressure) != nil) }
        var next: UInt64 = 0
        var entries = 0
        while let delivery = bench.core.take(sink: bench.sink) {
            #expect(delivery.frame == next)
            next += delivery.count
            entries += 1
        }
        #expect(next == 200)
        #expect(entries <= SessionManager.separateAnswers)
    }

    @Test func aWrappedEpochStrandsNoFrame() throws {
        let bench = try CoreBench(workers: 2) {
            $0.epochMask = 1
            $0.rawSlots = 4
            $0.imageSlots = 6
            $0.knobs.dropThreshold = 4
        }
        var workers = bench.workers
        for round in 0..<9 {
            try bench.publish()
            if round % 8 == 0 {
                let failed = bench.environment.load(.raw(0)).holder
                bench.core.detach(failed)
                workers.removeAll { $0 == failed }
                workers.append(try #require(bench.core.attachWorker()))
                _ = bench.core.supervise()
            }
            for worker in workers {
                while case .frame(let task, _) = bench.core.next(worker) { _ = bench.core.finish(task, failed: false) }
            }
            #expect(bench.core.manager.sessions[0].outstanding == 0, "round \(round)")
            while let delivery = bench.core.take(sink: bench.sink) {
                if let image = delivery.image { bench.core.release(sink: bench.sink, image: image) }
            }
        }
    }

    @Test func aStaleEntryOfTheMonitorDropsNoHealthyFrame() throws {
        let bench = try CoreBench(workers: 1) { $0.knobs.dropThreshold = 1 }
        try bench.publish()
        bench.core.withMonitor { $0.add(.raw(0), epoch: 77, attempt: 0, phase: .claim, bench.environment) }
        #expect(!bench.core.applyDropThreshold())
    }

    @Test func everySliceWorkerMayUseADevice() throws {
        let bench = try CoreBench(workers: 2)
        let slot = try #require(bench.core.allocate(source: .source(0), core: 0))
        _ = bench.core.publish(slot, source: .source(0), session: 0, FrameRequest(slices: 2))
        var tasks: [FrameTask] = []
        for index in [0, 1, 0, 1] where tasks.count < 2 {
            if let task = try? bench.start(index) { tasks.append(task) }
        }
        #expect(tasks.count == 2)
        for task in tasks {
            let ticket = bench.core.submitHardware(
                .image(task.image), holder: task.worker, epoch: task.imageEpoch, attempt: task.attempt, sessionEpoch: 0,
                device: 0)
            #expect(ticket != nil)
            if let ticket { #expect(bench.core.hardwareDone(ticket) == .done) }
        }
    }

    @Test func aCommandThatNoWorkerSurvivesEnds() throws {
        let bench = try CoreBench(workers: 2)
        #expect(bench.core.submit(Command(type: .custom, session: 0)))
        for _ in 0..<10 {
            for name in (0..<bench.core.workerNames).map(Holder.worker) {
                guard case .command = bench.core.next(name) else { continue }
                bench.core.detach(name)
                bench.core.becomeQuiescent(name)
                _ = bench.core.attachWorker()
                _ = bench.core.supervise()
            }
        }
        #expect(bench.core.withManager { $0.commands.count } == 0)
    }

    @Test func snapshotsAreNumberedUpwards() throws {
        let bench = try CoreBench()
        #expect(bench.core.setSettings(session: 0, 2))
        #expect(!bench.core.setSettings(session: 0, 2))
        #expect(!bench.core.setSettings(session: 0, 1))
    }

    @Test func aWorkerThatMovesOnIsNotGivenUp() throws {
        let bench = try CoreBench()
        for _ in 0..<2 { #expect(bench.core.submit(Command(type: .custom, session: 0))) }
        guard case .command(let first, _) = bench.core.next(bench.workers[0]) else { throw RuntimeError.stopped }
        bench.environment.clock += 260_000_000
        _ = bench.core.supervise()
        bench.environment.clock += 50_000_000
        bench.core.finishCommand(first, worker: bench.workers[0])
        guard case .command = bench.core.next(bench.workers[0]) else { throw RuntimeError.stopped }
        bench.environment.clock += 60_000_000
        _ = bench.core.supervise()
        #expect(bench.core.snapshot().workersAttached == 1)
    }

    @Test func moreStuckWorkersThanToleratedDoNotStopTheOldestFrame() throws {
        let bench = try CoreBench(workers: 2)
        for _ in 0..<2 { try bench.publish() }
        for index in 0..<2 { _ = try bench.start(index) }
        let successors = [try #require(bench.core.attachWorker()), try #require(bench.core.attachWorker())]
        for worker in bench.workers { bench.core.detach(worker) }
        _ = bench.core.supervise()
        for _ in 0..<4 {
            for worker in successors {
                while case .frame(let task, _) = bench.core.next(worker) { _ = bench.core.finish(task, failed: false) }
            }
            while let delivery = bench.core.take(sink: bench.sink) {
                if let image = delivery.image { bench.core.release(sink: bench.sink, image: image) }
            }
        }
        #expect(bench.core.snapshot().unanswered == 0)
    }

    @Test func anOldReferenceDoesNotReplaceACurrentOneInTheMonitor() throws {
        let bench = try CoreBench(workers: 1)
        try bench.publish()
        bench.core.withMonitor { monitor in
            monitor.add(.raw(0), epoch: 77, attempt: 0, phase: .claim, bench.environment)
            monitor.add(.raw(0), epoch: 0, attempt: 0, phase: .claim, bench.environment)
            #expect(monitor[.raw(0)].epoch == 0)
            monitor.add(.raw(0), epoch: 77, attempt: 0, phase: .claim, bench.environment)
            #expect(monitor[.raw(0)].epoch == 0)
        }
        #expect(bench.core.snapshot().residues.isZero)
    }
}
