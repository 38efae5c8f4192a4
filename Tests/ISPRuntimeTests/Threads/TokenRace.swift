// The token transfer race: everybody at once, on real threads, on the production core. Sources, workers that are given up
// at random moments, a device that answers late and twice, a supervisor, sinks that hold pictures, and canaries in every
// payload.

import ISPRuntime
import Synchronization

/// Counts token transfers, a cache line a thread, and nothing else.
final class TransferCounter: EventRecorder, @unchecked Sendable {
    // Sendable: shards are atomics.
    let recordsTransitions = true
    private let shards: UnsafeMutablePointer<Padded>
    private static let count = 64

    private struct Padded: ~Copyable {
        let value = Atomic<Int>(0)
        let padding: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        )
    }

    init() {
        shards = .allocate(capacity: Self.count)
        for shard in 0..<Self.count { (shards + shard).initialize(to: Padded()) }
    }

    deinit {
        shards.deinitialize(count: Self.count)
        shards.deallocate()
    }

    func record(_ event: borrowing Event, shard: Int) {
        if event.kind == .transition { shards[shard % Self.count].value.wrappingAdd(1, ordering: .relaxed) }
    }

    var total: Int { (0..<Self.count).reduce(0) { $0 + shards[$1].value.load(ordering: .relaxed) } }
}

/// What a race found.
struct RaceResult {
    var transfers = 0
    var frames: UInt64 = 0
    var detached = 0
    var violations: [String] = []
    var snapshot: RuntimeSnapshot?
}

/// The race.
final class TokenRace: Sendable {
    let core: RuntimeCore<LiveEnvironment>
    private let counter: (any EventRecorder)
    private let session: Int
    private let isOver = Atomic<Bool>(false)
    private let sourcesRunning = Atomic<Int>(0)
    private let workersRunning = Atomic<Int>(0)
    private let detached = Atomic<Int>(0)
    private let tickets = TicketBox()
    private let violations = Notes()
    private let published = Atomic<UInt64>(0)
    private let delivered = Atomic<UInt64>(0)
    private let slices: Int

    init(_ configuration: RuntimeConfiguration, slices: Int, recorder: any EventRecorder) throws {
        counter = recorder
        core = RuntimeCore(configuration, try LiveEnvironment(configuration, recorder: recorder))
        session = core.openSession() ?? 0
        self.slices = slices
    }

    /// Runs until `frames` frames are delivered.
    func run(frames: UInt64, sources: Int, workers: Int) throws -> RaceResult {
        guard let sink = core.withManager({ $0.openSink(session: session) }) else { return RaceResult() }
        let group = ThreadGroup()
        sourcesRunning.store(sources, ordering: .relaxed)
        workersRunning.store(workers, ordering: .relaxed)
        for source in 0..<sources {
            try group.start { [self] in
                feed(.source(source), frames: frames / UInt64(sources))
                sourcesRunning.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            }
        }
        for worker in 0..<workers {
            try group.start { [self] in
                work(seed: UInt64(worker))
                workersRunning.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            }
        }
        try group.start { [self] in answerAsDevice() }
        try group.start { [self] in supervise() }
        try group.start { [self] in receive(sink) }
        group.wait()
        // Everybody is gone: what the Monitor still has comes to rest.
        for ticket in tickets.takeAll() { _ = core.hardwareDone(ticket) }
        _ = core.supervise()
        core.endStop(session: session)
        while let delivery = core.take(sink: sink) {
            if let image = delivery.image { core.release(sink: sink, image: image) }
        }
        _ = core.supervise()
        return RaceResult(
            frames: delivered.load(ordering: .relaxed), detached: detached.load(ordering: .relaxed),
            violations: violations.all, snapshot: core.snapshot())
    }

    private func feed(_ name: Holder, frames: UInt64) {
        for _ in 0..<frames {
            var slot: Int?
            while slot == nil {
                let ticket = core.environment.sources.prepare()
                slot = core.allocate(source: name, core: name.index % core.configuration.cores)
                if slot == nil { core.environment.sources.wait(ticket) }
            }
            guard let slot else { return }
            let stamp = published.wrappingAdd(1, ordering: .relaxed).newValue
            let words = core.environment.arena.payload(.raw(slot)).bindMemory(to: UInt64.self)
            for index in words.indices { words[index] = stamp }
            while true {
                let ticket = core.environment.sources.prepare()
                let result = core.publish(
                    slot, source: name, session: session, FrameRequest(payload: stamp, slices: slices))
                if case .published = result { break }
                core.environment.sources.wait(ticket, until: MonotonicClock.now() + 1_000_000)
            }
        }
    }

    private func work(seed: UInt64) {
        var random = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func chance(_ one: UInt64) -> Bool {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return random % one == 0
        }
        while !isOver.load(ordering: .acquiring) {
            guard let name = core.attachWorker() else {
                _ = core.supervise()
                continue
            }
            life: while true {
                let parked = core.environment.workers[name.index].prepare()
                switch core.next(name) {
                case .leave: break life
                case .command(let item, _): core.finishCommand(item, worker: name)
                case .none:
                    if isOver.load(ordering: .acquiring) {
                        core.detach(name)
                        break life
                    }
                    core.environment.workers[name.index].wait(parked, until: MonotonicClock.now() + 5_000_000)
                case .frame(let task, let envelope): develop(task, envelope, chance)
                }
            }
            core.detach(name)
            core.becomeQuiescent(name)
        }
    }

    private func develop(_ task: FrameTask, _ envelope: Envelope, _ chance: (UInt64) -> Bool) {
        // Somebody decides that this worker hangs, while it goes on.
        if chance(64) {
            detached.wrappingAdd(1, ordering: .relaxed)
            core.detach(task.worker)
        }
        let input = UnsafeRawBufferPointer(core.environment.arena.payload(.raw(task.raw))).bindMemory(to: UInt64.self)
        let output = core.environment.arena.payload(.image(task.image)).bindMemory(to: UInt64.self)
        var slice: Int? = task.firstSlice
        while let current = slice {
            let range = input.count * current / task.slices..<input.count * (current + 1) / task.slices
            for index in range {
                if input[index] != envelope.payload { violations.note("a raw slot changed under its reader") }
                output[index] = input[index] &* 3
            }
            slice = core.takeSlice(task)
        }
        if chance(16) {
            let isImage = chance(2)
            let ticket = core.submitHardware(
                isImage ? .image(task.image) : .raw(task.raw), holder: task.worker,
                epoch: isImage ? task.imageEpoch : task.rawEpoch, attempt: task.attempt,
                sessionEpoch: task.sessionEpoch, device: 0)
            if let ticket {
                core.submissionReturned(ticket)
                tickets.add(ticket)
            }
        }
        var patience = 1_000
        while core.finish(task, failed: false) == .hardwareInUse {
            patience -= 1
            if patience == 0 || chance(256) { return core.giveUp(task) }
            let parked = core.environment.hardware.prepare()
            core.environment.hardware.wait(parked, until: MonotonicClock.now() + 100_000)
        }
    }

    private func answerAsDevice() {
        var old: [AllocTicket] = []
        while sourcesRunning.load(ordering: .sequentiallyConsistent) > 0
            || workersRunning.load(ordering: .sequentiallyConsistent) > 0
        {
            let ticket = core.environment.hardware.prepare()
            let asked = tickets.takeAll()
            for asked in asked {
                _ = core.hardwareDone(asked)
                old.append(asked)
                // Twice, and one from long ago.
                if core.hardwareDone(asked) != .late { violations.note("a second FRAME_HW_DONE had an effect") }
                if core.hardwareDone(old[old.count / 2]) != .late {
                    violations.note("an old FRAME_HW_DONE had an effect")
                }
                if old.count > 64 { old.removeFirst(32) }
            }
            core.environment.hardware.signal()
            if asked.isEmpty { core.environment.hardware.wait(ticket, until: MonotonicClock.now() + 200_000) }
        }
    }

    private func supervise() {
        while !isOver.load(ordering: .acquiring) {
            let ticket = core.environment.supervisor.prepare()
            let due = core.supervise()
            core.environment.supervisor.wait(ticket, until: min(due, MonotonicClock.now() + 2_000_000))
        }
    }

    private func receive(_ sink: Holder) {
        var next: UInt64 = 0
        while true {
            let ticket = core.environment.sinks.prepare()
            guard let delivery = core.take(sink: sink) else {
                if sourcesRunning.load(ordering: .sequentiallyConsistent) == 0,
                    next == published.load(ordering: .sequentiallyConsistent)
                {
                    break
                }
                core.environment.sinks.wait(ticket, until: MonotonicClock.now() + 5_000_000)
                continue
            }
            if delivery.frame != next { violations.note("frame \(delivery.frame) came where \(next) was due") }
            next = delivery.frame + delivery.count
            if let image = delivery.image {
                let words = UnsafeRawBufferPointer(core.environment.arena.payload(.image(image))).bindMemory(
                    to: UInt64.self)
                let first = words[0]
                if first % 3 != 0 || !words.allSatisfy({ $0 == first }) {
                    violations.note("a picture changed under its sink")
                }
                core.release(sink: sink, image: image)
            }
        }
        delivered.store(next, ordering: .sequentiallyConsistent)
        isOver.store(true, ordering: .sequentiallyConsistent)
        core.environment.wake([.workers, .supervisor])
    }
}

/// Tickets on their way to the device.
final class TicketBox: @unchecked Sendable {
    // Sendable: used within its lock only.
    private let lock = Lock()
    private var tickets: [AllocTicket] = []

    func add(_ ticket: AllocTicket) { lock.withLock { tickets.append(ticket) } }

    func takeAll() -> [AllocTicket] {
        lock.withLock {
            defer { tickets.removeAll(keepingCapacity: true) }
            return tickets
        }
    }
}

/// What was found wrong, the first few.
final class Notes: @unchecked Sendable {
    // Sendable: used within its lock only.
    private let lock = Lock()
    private var texts: [String] = []

    func note(_ text: String) { lock.withLock { if texts.count < 8 { texts.append(text) } } }
    var all: [String] { lock.withLock { texts } }
}
