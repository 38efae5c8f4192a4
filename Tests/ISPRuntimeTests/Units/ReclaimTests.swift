// Reclaim with a simulated FRAME_HW_DONE: before, during, after, twice, never, before and after a reset.

import ISPRuntime
import Testing

@Suite struct ReclaimTests {
    /// A worker with a device at work on its image has just been given up.
    private func world(_ change: (inout WorldLimits) -> Void = { _ in }) -> World {
        var limits = SmallWorlds.named("reclaim") {
            $0.workerDevice = true
            $0.frames = 1
            $0.workers = 2
            $0.faults = [.workerIsSlow: 9, .deviceLost: 9, .deviceDuplicate: 9, .deviceReset: 9, .workerGivesUp: 9]
            change(&$0)
        }.limits
        limits.configuration.knobs.escalationTimeout = 500_000_000
        let world = World(limits)
        world.apply(.allocate(0))
        world.apply(.publish(0))
        let worker = world.core.scheduler.workers.firstIndex { !$0.frames.isEmpty } ?? 0
        world.apply(.next(worker))
        world.apply(.work(worker))
        world.apply(.submitWork(worker))
        #expect(world.devices.count == 1)
        self.worker.value = worker
        return world
    }

    private final class Box { var value = 0 }
    private let worker = Box()
    private var image: SlotID { .image(0) }

    /// The device's frame 0 is on the image slot; the worker gives up on it, both slots go to the Monitor.
    private func giveUp(_ world: World) {
        world.apply(.giveUp(worker.value))
        #expect(world.environment.load(image).state == .monitor)
    }

    private func settle(_ world: World) {
        world.drain()
        #expect(world.violation == nil, "\(world.violation ?? "")")
    }

    @Test func doneBeforeTheClaimNeedsNoWait() {
        let world = world()
        world.apply(.signal(0))
        giveUp(world)
        world.apply(.stepMonitor(image))
        #expect(world.environment.load(image).state == .free)
        #expect(world.core.monitor.counts.triggered == 0)
        settle(world)
    }

    @Test func doneBetweenClaimAndWaitIsNotLost() {
        let world = world()
        giveUp(world)
        world.apply(.signal(0))
        world.apply(.stepMonitor(image))
        #expect(world.core.monitor.counts.triggered == 0)
        #expect(world.environment.load(image).state == .free)
        settle(world)
    }

    @Test func doneWhileWaitingReclaims() {
        let world = world()
        giveUp(world)
        world.apply(.stepMonitor(image))
        #expect(world.environment.load(image).state == .hardwareWait)
        world.apply(.signal(0))
        #expect(world.environment.load(image).state == .monitor)
        #expect(world.core.monitor.counts.reclaimed == 1)
        settle(world)
    }

    /// The signal comes inside the Monitor's step, between its look at the word and its swap.
    @Test func doneWithinTheStepIsNotLost() {
        for access in 1...4 {
            let world = world()
            giveUp(world)
            var count = 0
            world.environment.beforeAccess = { [unowned world] in
                count += 1
                if count == access {
                    world.environment.beforeAccess = nil
                    world.apply(.signal(0))
                }
            }
            world.apply(.stepMonitor(image))
            world.environment.beforeAccess = nil
            if !world.devices.isEmpty { world.apply(.signal(0)) }
            settle(world)
            #expect(world.environment.load(image).state == .free)
        }
    }

    @Test func doneTwiceHasOneEffect() {
        let world = world()
        giveUp(world)
        world.apply(.stepMonitor(image))
        world.apply(.signal(0))
        world.apply(.repeatSignal(0))
        world.apply(.stepMonitor(image))
        world.apply(.stepMonitor(image))
        world.apply(.repeatSignal(0))
        #expect(world.core.monitor.counts.reclaimed == 1)
        settle(world)
    }

    @Test func doneNeverEndsInQuarantineUntilTheReset() {
        let world = world()
        giveUp(world)
        world.apply(.lose(0))
        world.apply(.stepMonitor(image))
        world.environment.clock += 500_000_000
        world.apply(.stepMonitor(image))
        #expect(world.environment.load(image).state == .quarantineDevice)
        #expect(world.core.snapshot().isDegraded)
        world.apply(.resetBegins)
        #expect(world.environment.load(image).state == .quarantineDevice, "a reset counts when it is complete")
        world.apply(.resetEnds)
        #expect(world.environment.load(image).state == .monitor)
        world.apply(.stepMonitor(image))
        #expect(!world.core.isDegraded, "a reset heals it")
        settle(world)
    }

    @Test func doneAfterTheResetIsLate() {
        let world = world()
        giveUp(world)
        world.apply(.stepMonitor(image))
        world.apply(.resetBegins)
        world.apply(.resetEnds)
        world.apply(.repeatSignal(0))
        #expect(world.core.monitor.counts.reclaimed == 1)
        settle(world)
    }

    @Test func aResetDoesNotEndWhatWasSubmittedWhileItRan() {
        let world = world()
        let core = world.core
        let reset = core.beginReset(device: 0)
        world.apply(.signal(0))
        guard case .frame(let task) = world.workers[worker.value].doing else { return }
        let ticket = core.submitHardware(
            image, holder: task.worker, epoch: task.imageEpoch, attempt: task.attempt, sessionEpoch: 1, device: 0)
        #expect(ticket != nil)
        #expect(core.endReset(reset) == 0)
        #expect(world.environment.load(image).hardware == .inUse)
    }

    @Test func aResetDoesNotEndASubmissionWhoseCallHadNotReturned() throws {
        let world = world()
        world.apply(.signal(0))
        guard case .frame(let task) = world.workers[worker.value].doing else { return }
        let ticket = try #require(
            world.core.submitHardware(
                image, holder: task.worker, epoch: task.imageEpoch, attempt: task.attempt, sessionEpoch: 1, device: 0))
        let reset = world.core.beginReset(device: 0)
        #expect(world.core.endReset(reset) == 0)
        #expect(world.environment.load(image).hardware == .inUse)
        #expect(world.core.hardwareDone(ticket) == .done)
    }

    @Test func aFrameWhoseInputADeviceNeverGivesBackIsAnswered() throws {
        let world = world()
        world.apply(.signal(0))
        guard case .frame(let task) = world.workers[worker.value].doing else { return }
        let ticket = try #require(
            world.core.submitHardware(
                .raw(task.raw), holder: task.worker, epoch: task.rawEpoch, attempt: task.attempt, sessionEpoch: 1,
                device: 0))
        world.apply(.giveUp(worker.value))
        world.apply(.stepMonitor(.raw(task.raw)))
        #expect(world.environment.load(.raw(task.raw)).state == .hardwareWait)
        #expect(world.core.snapshot().unanswered == 1)
        world.environment.clock += 500_000_000
        world.apply(.stepMonitor(.raw(task.raw)))
        #expect(world.core.manager.counts.dropped[Int(DropReason.device.rawValue)] == 1)
        #expect(world.core.snapshot().unanswered == 0)
        #expect(world.core.hardwareDone(ticket) == .reclaimed)
        settle(world)
    }
}
