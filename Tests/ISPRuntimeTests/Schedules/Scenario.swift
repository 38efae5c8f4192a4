// Small programs of several parties that meet on the same slots, and what must be true whoever comes first.

import ISPRuntime

/// A meeting of parties: a start, and a program for each.
struct Scenario: Sendable, CustomStringConvertible {
    let description: String
    let configuration: RuntimeConfiguration
    /// Brings the core to where the race begins; what it returns the programs share.
    let prepare: @Sendable (RuntimeCore<BatonEnvironment>) -> Start
    let programs: [@Sendable (RuntimeCore<BatonEnvironment>, Start) -> Void]

    struct Start: Sendable {
        var tasks: [FrameTask] = []
        var tickets: [AllocTicket] = []
    }
}

/// How a run of a scenario ended.
struct ScheduledRun {
    var violation: String?
    var choices: [[Int]] = []
}

/// Runs a scenario under a plan of preemptions.
func run(_ scenario: Scenario, plan: [Preemption]) throws -> ScheduledRun {
    let environment = BatonEnvironment(scenario.configuration)
    let core = RuntimeCore(scenario.configuration, environment)
    final class Books: @unchecked Sendable {
        // Sendable: one thread at a time has the baton.
        var violation: String?
        var shadow: [SlotID: UInt64] = [:]
        var answered: Set<UInt64> = []
    }
    let books = Books()
    environment.world.onEvent = { event in
        if event.kind == .frameAnswered, !books.answered.insert(event.frame).inserted {
            books.violation = "frame \(event.frame) has two outcomes"
        }
        guard event.kind == .transition, let transition = event.transition else { return }
        let slot = SlotID(event.pool, Int(event.slot))
        let (before, after) = (TokenWord(bits: event.before), TokenWord(bits: event.after))
        if books.shadow[slot, default: 0] != event.before || !transition.permits(slot.pool, from: before, to: after) {
            books.violation = "\(slot): row \(transition.row.number) does not lead from \(before) to \(after)"
        }
        books.shadow[slot] = event.after
    }
    let start = scenario.prepare(core)
    let baton = Baton(threads: scenario.programs.count, plan: plan)
    environment.baton = baton
    let group = ThreadGroup()
    for (thread, program) in scenario.programs.enumerated() {
        try group.start {
            baton.enter(thread)
            environment.thread = thread
            program(core, start)
            baton.leave(thread)
        }
    }
    baton.begin()
    group.wait()
    environment.baton = nil
    var result = ScheduledRun(violation: books.violation, choices: baton.choices)
    if baton.isDeadlocked { result.violation = "the parties wait for each other's locks" }
    if result.violation == nil { result.violation = rest(core, books.answered.count) }
    if let violation = books.violation { result.violation = violation }
    return result
}

/// Lets everything come to rest and says what did not.
private func rest(_ core: RuntimeCore<BatonEnvironment>, _ answered: Int) -> String? {
    for round in 0..<64 {
        _ = core.supervise()
        if core.scheduler.attached == 0 { _ = core.attachWorker() }
        for worker in 0..<core.workerNames where core.scheduler.workers[worker].status == .attached {
            switch core.next(.worker(worker)) {
            case .frame(let task, _):
                while core.takeSlice(task) != nil {}
                _ = core.finish(task, failed: false)
            case .command(let item, _): core.finishCommand(item, worker: .worker(worker))
            case .none, .leave: break
            }
        }
        for sink in core.manager.sessions[0].sinks {
            while let delivery = core.take(sink: sink) {
                if let image = delivery.image { core.release(sink: sink, image: image) }
            }
        }
        core.environment.world.clock += 20_000_000
        if round > 8, core.snapshot().held.isEmpty { break }
    }
    let snapshot = core.snapshot()
    if !snapshot.residues.isZero {
        return "the books do not balance: \(snapshot.residues.all.filter { $0.value != 0 })"
    }
    if !snapshot.held.isEmpty { return "slots did not return: \(snapshot.held)" }
    if snapshot.unanswered > 0 { return "frames without an outcome" }
    return nil
}

extension Scenario {
    private static func configuration(raw: Int = 2, cores: Int = 1, cacheSize: Int = 0) -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        configuration.rawSlots = raw
        configuration.cores = cores
        configuration.cacheSize = cacheSize
        configuration.imageSlots = 3
        configuration.sessions = 1
        configuration.answerWindow = 8
        configuration.commands = 4
        configuration.knobs.claimBackoff = 1_000
        configuration.knobs.escalationTimeout = 1_000_000
        return configuration
    }

    /// A session, two workers, and a frame that the first of them has in hand.
    private static func frameInHand(
        _ core: RuntimeCore<BatonEnvironment>, slices: Int = 1
    ) -> Start {
        guard let session = core.openSession() else { return Start() }
        _ = core.withManager { $0.openSink(session: session) }
        _ = core.attachWorker()
        _ = core.attachWorker()
        var start = Start()
        for _ in 0..<2 {
            guard let slot = core.allocate(source: .source(0), core: 0) else { return start }
            _ = core.publish(slot, source: .source(0), session: session, FrameRequest(slices: slices))
        }
        for worker in 0..<2 {
            if case .frame(let task, _) = core.next(.worker(worker)) { start.tasks.append(task) }
        }
        return start
    }

    private static func allocateAndCancel(_ core: RuntimeCore<BatonEnvironment>) {
        if let slot = core.allocate(source: .source(0), core: 1) { _ = core.cancel(slot, source: .source(0)) }
    }

    static let all: [Scenario] = [
        Scenario(
            description: "a worker finishes while it is given up",
            configuration: configuration(), prepare: { frameInHand($0) },
            programs: [
                { core, start in _ = core.finish(start.tasks[0], failed: false) },
                { core, start in
                    core.detach(start.tasks[0].worker)
                    for slot in core.allSlots { _ = core.stepMonitor(slot) }
                },
                { core, start in _ = core.finish(start.tasks[1], failed: false) },
            ]),
        Scenario(
            description: "FRAME_HW_DONE meets giving up, claim and wait",
            configuration: configuration(),
            prepare: { core in
                var start = frameInHand(core)
                for task in start.tasks {
                    let ticket = core.submitHardware(
                        .image(task.image), holder: task.worker, epoch: task.imageEpoch, attempt: task.attempt,
                        sessionEpoch: 1, device: 0)
                    if let ticket { start.tickets.append(ticket) }
                }
                return start
            },
            programs: [
                { core, start in for ticket in start.tickets { _ = core.hardwareDone(ticket) } },
                { core, start in core.giveUp(start.tasks[0]) },
                { core, start in
                    for _ in 0..<2 { for slot in core.allSlots { _ = core.stepMonitor(slot) } }
                },
                { core, start in
                    let result = core.finish(start.tasks[1], failed: false)
                    core.detach(start.tasks[1].worker)
                    if result == .hardwareInUse { core.giveUp(start.tasks[1]) }
                },
            ]),
        Scenario(
            description: "a queue is handed over while frames are published, dropped and flushed",
            configuration: configuration(),
            prepare: { core in
                let session = core.openSession() ?? 0
                _ = core.withManager { $0.openSink(session: session) }
                _ = core.attachWorker()
                if let slot = core.allocate(source: .source(0), core: 0) {
                    _ = core.publish(slot, source: .source(0), session: session, FrameRequest())
                }
                _ = core.attachWorker()
                return Start()
            },
            programs: [
                { core, _ in
                    core.detach(.worker(0))
                    for _ in 0..<6 { _ = core.stepHandoff(0) }
                    _ = core.decide()
                },
                { core, _ in
                    if let slot = core.allocate(source: .source(0), core: 0) {
                        _ = core.publish(slot, source: .source(0), session: 0, FrameRequest())
                    }
                },
                { core, _ in core.flush(session: 0) },
                { core, _ in core.watchHandoffs() },
            ]),
        Scenario(
            description: "slice workers leave while one of them is given up",
            configuration: configuration(), prepare: { frameInHand($0, slices: 2) },
            programs: [
                { core, start in
                    while core.takeSlice(start.tasks[0]) != nil {}
                    _ = core.finish(start.tasks[0], failed: false)
                },
                { core, start in
                    while core.takeSlice(start.tasks[1]) != nil {}
                    _ = core.finish(start.tasks[1], failed: false)
                },
                { core, start in
                    core.detach(start.tasks[1].worker)
                    for slot in core.allSlots { _ = core.stepMonitor(slot) }
                },
            ]),
        Scenario(
            description: "two sources allocate from caches while slots return",
            configuration: configuration(raw: 4, cores: 2, cacheSize: 1),
            prepare: { core in
                _ = core.openSession()
                return Start()
            },
            programs: (0..<3).map { party in
                { core, _ in
                    for _ in 0..<2 {
                        if let slot = core.allocate(source: .source(party), core: party % 2) {
                            _ = core.cancel(slot, source: .source(party))
                        }
                    }
                }
            }),
        Scenario(
            description: "a source is given up while it publishes",
            configuration: configuration(),
            prepare: { core in
                let session = core.openSession() ?? 0
                _ = core.withManager { $0.openSink(session: session) }
                _ = core.attachWorker()
                return Start()
            },
            programs: [
                { core, _ in
                    for _ in 0..<2 {
                        guard let slot = core.allocate(source: .source(0), core: 0) else { continue }
                        _ = core.publish(slot, source: .source(0), session: 0, FrameRequest())
                    }
                    core.becomeQuiescent(.source(0))
                },
                { core, _ in
                    core.detachSource(.source(0))
                    for slot in core.allSlots { _ = core.stepMonitor(slot) }
                },
            ]),
        Scenario(
            description: "a worker finishes while its session is flushed",
            configuration: configuration(), prepare: { frameInHand($0) },
            programs: [
                { core, start in _ = core.finish(start.tasks[0], failed: false) },
                { core, _ in core.flush(session: 0) },
                { core, start in _ = core.finish(start.tasks[1], failed: false) },
            ]),
        Scenario(
            description: "a given-up worker finishes while the Monitor claims",
            configuration: configuration(),
            prepare: { core in
                let start = frameInHand(core)
                core.detach(start.tasks[0].worker)
                return start
            },
            programs: [
                { core, start in _ = core.finish(start.tasks[0], failed: false) },
                // The picture first, so that it may be gone between a completion's two swaps.
                { core, _ in for slot in core.allSlots.reversed() { _ = core.stepMonitor(slot) } },
                { core, start in _ = core.finish(start.tasks[1], failed: false) },
            ]),
        Scenario(
            description: "two sources of one core find its cache empty, and another core's full",
            configuration: configuration(raw: 8, cores: 2, cacheSize: 2),
            prepare: { core in
                _ = core.openSession()
                // Core 0 keeps two slots, core 1 none, the FIFO has two.
                for position in [0, 1, 1, 1] { _ = core.allocate(source: .source(0), core: position) }
                return Start()
            },
            programs: [
                { core, _ in allocateAndCancel(core) },
                { core, _ in allocateAndCancel(core) },
                { core, _ in for slot in 0..<8 { _ = core.cancel(slot, source: .source(0)) } },
            ]),
    ]
}
