// Random schedules of random worlds under a virtual clock, each named by its seed, and a phase at the end in which all
// misfortune stops and everything must come to rest.

import ISPRuntime
import ISPTestSupport

/// What a simulation saw.
struct SimulationResult {
    var violation: String?
    var steps = 0
    var transfers = 0
    var kills: [String: Int] = [:]
    var frames = 0
}

/// The world of a seed: which devices, sinks, sessions and misfortunes there are differs from seed to seed, so that rare
/// combinations get their turn.
func randomLimits(_ random: inout SeededGenerator) -> WorldLimits {
    var limits = WorldLimits()
    limits.sessions = Int.random(in: 1...2, using: &random)
    limits.frames = Int.random(in: 2...8, using: &random)
    limits.workers = Int.random(in: 1...3, using: &random)
    limits.slices = [1, 1, 2, 3].randomElement(using: &random) ?? 1
    limits.strips = 2
    limits.sinks = Int.random(in: 0...2, using: &random)
    limits.sourceDevice = Bool.random(using: &random)
    limits.workerDevice = Bool.random(using: &random)
    limits.flushes = [0, 0, 1, 2].randomElement(using: &random) ?? 0
    limits.settings = [0, 0, 1, 3].randomElement(using: &random) ?? 0
    limits.replacements = 3
    limits.hasDeadlines = Int.random(in: 0..<8, using: &random) == 0
    for fault in Fault.allCases where Bool.random(using: &random) {
        limits.faults[fault] = Int.random(in: 1...2, using: &random)
    }
    limits.configuration.sessions = limits.sessions
    limits.configuration.rawSlots = Int.random(in: 2...6, using: &random)
    limits.configuration.toleratedStuckWorkers = Int.random(in: 1...2, using: &random)
    limits.configuration.imageSlots =
        limits.configuration.toleratedStuckWorkers + limits.sessions + Int.random(in: 0...3, using: &random)
    limits.configuration.workers = limits.workers
    limits.configuration.answerWindow = 32
    limits.configuration.commands = 16
    limits.configuration.restartBudget = 3
    limits.configuration.cores = 2
    // Old tickets come back within fewer generations than the epochs distinguish.
    limits.configuration.epochMask = [0xf, 0xff, .max].randomElement(using: &random) ?? .max
    if limits.configuration.rawSlots >= 4, Bool.random(using: &random) { limits.configuration.cacheSize = 1 }
    limits.configuration.knobs.maxCommandsBeforeFrame = Int.random(in: 1...3, using: &random)
    limits.configuration.knobs.attemptBudget = Int.random(in: 2...4, using: &random)
    return limits
}

/// Thins out what would otherwise crowd the schedule: misfortune while nothing is going on, and asking for work where
/// there is none.
private func isWorthwhile(_ action: Action, _ world: World, _ random: inout SeededGenerator) -> Bool {
    let rarely = Int.random(in: 0..<16, using: &random) == 0
    switch action {
    case .kill(let index), .hang(let index): return world.workers[index].doing != .idle || rarely
    case .detach(let index): return world.workers[index].isHung || rarely
    case .next(let index):
        let queue = world.core.scheduler.workers[world.workers[index].name.index]
        return !queue.frames.isEmpty || !queue.commands.isEmpty || rarely || world.limits.slices > 1
    case .killSource, .flush, .changeSettings, .passDeadlines, .busy, .hangSink, .cancel: return rarely
    default: return true
    }
}

/// One schedule.
func simulate(seed: UInt64, trace: Bool = false) -> SimulationResult {
    var random = SeededGenerator(seed: seed)
    let world = World(randomLimits(&random))
    var result = SimulationResult()
    let length = Int.random(in: 20...160, using: &random)
    for step in 0..<length {
        var actions = world.enabled().filter { isWorthwhile($0, world, &random) }
        if step % 8 == 7 { actions.append(.pass([1, 20, 120, 300].randomElement(using: &random) ?? 1)) }
        guard let action = actions.randomElement(using: &random) else { break }
        if trace { print(step, action) }
        world.apply(action)
        if step % 4 == 0 { world.checkBooks() }
        result.steps += 1
        if world.violation != nil { break }
    }
    if world.violation == nil {
        if trace { print("misfortune ends") }
        world.drain()
    }
    result.violation = world.violation
    result.kills = world.kills
    result.transfers = world.transfers
    result.frames = world.answered.reduce(0) { $0 + $1.count }
    return result
}
