// Every state of small worlds, with the production protocol code making every step.

import Foundation
import ISPRuntime
import Testing

@Suite struct ExplorationTests {
    /// `SOFTISP_EXPLORE=N` explores up to N states of each world instead.
    static let limit = ProcessInfo.processInfo.environment["SOFTISP_EXPLORE"].flatMap(Int.init) ?? 40_000

    @Test(arguments: SmallWorlds.all) func everyStateIsSafeAndComesToRest(_ named: SmallWorlds.Named) {
        let result = explore(named.limits, limit: Self.limit)
        #expect(result.violation == nil, "\(result.violation ?? "") after \(result.path)")
        print(
            "exploration: \(named.name): \(result.states) states, \(result.steps) steps, depth \(result.depth)"
                + (result.isComplete ? ", complete" : ""))
    }
}

/// The small worlds.
enum SmallWorlds {
    struct Named: CustomStringConvertible, Sendable {
        let name: String
        let limits: WorldLimits
        var description: String { name }
    }

    static let all: [Named] = [
        named("no misfortune") { _ in },
        named("two sessions") {
            $0.sessions = 2
            $0.configuration.sessions = 2
            $0.frames = 1
            $0.faults = [.workerIsSlow: 1]
        },
        named("worker dies") { $0.faults = [.workerDies: 1] },
        named("worker is slow") { $0.faults = [.workerIsSlow: 1] },
        named("two workers are slow") {
            $0.faults = [.workerIsSlow: 2]
            $0.frames = 1
            $0.configuration.toleratedStuckWorkers = 2
            $0.configuration.imageSlots = 4
        },
        named("slices") {
            $0.slices = 2
            $0.frames = 1
            $0.faults = [.workerIsSlow: 1, .workerFails: 1]
        },
        named("slices of two frames") {
            $0.slices = 2
            $0.faults = [.workerIsSlow: 1]
        },
        named("device of a worker") {
            $0.workerDevice = true
            $0.frames = 1
            $0.faults = [.workerIsSlow: 1, .deviceLost: 1, .deviceReset: 1, .deviceDuplicate: 1]
        },
        named("device of a worker that gives up") {
            $0.workerDevice = true
            $0.frames = 2
            $0.workers = 1
            $0.faults = [.workerGivesUp: 1, .deviceLost: 1, .deviceReset: 1, .deviceDuplicate: 1]
        },
        named("device of a source") {
            $0.sourceDevice = true
            $0.workers = 1
            $0.faults = [
                .sourceDies: 1, .sourceCancels: 1, .sourceDeviceGivenUp: 1, .deviceLost: 1, .deviceReset: 1,
                .deviceDuplicate: 1,
            ]
        },
        named("flush") {
            $0.flushes = 1
            $0.faults = [.workerIsSlow: 1]
        },
        named("deadlines") {
            $0.hasDeadlines = true
            $0.faults = [.workerIsSlow: 1]
        },
        named("settings") {
            $0.settings = 1
            $0.faults = [.workerDies: 1]
        },
        named("a queue is handed over") {
            $0.configuration.rawSlots = 3
            $0.frames = 3
            $0.workers = 1
            $0.replacements = 1
            $0.faults = [.workerDies: 1, .managerBusy: 1, .handoffWatchdog: 1]
        },
        named("sinks") {
            $0.sinks = 2
            $0.frames = 3
            $0.workers = 1
            $0.faults = [.workerFails: 1]
        },
        named("caches") {
            $0.configuration.rawSlots = 4
            $0.configuration.cores = 2
            $0.configuration.cacheSize = 1
            $0.configuration.sessions = 2
            $0.sessions = 2
            $0.workers = 1
            $0.faults = [.sourceCancels: 1]
        },
        named("everything") {
            $0.configuration.imageSlots = 2
            $0.frames = 2
            $0.slices = 2
            $0.workerDevice = true
            $0.flushes = 1
            $0.faults = [.workerIsSlow: 1, .deviceLost: 1, .deviceReset: 1, .deviceDuplicate: 1]
        },
    ]

    static func named(_ name: String, _ change: (inout WorldLimits) -> Void) -> Named {
        var limits = WorldLimits()
        limits.configuration.rawSlots = 2
        limits.configuration.imageSlots = 3
        limits.configuration.sessions = 1
        limits.configuration.workers = 2
        limits.configuration.answerWindow = 8
        limits.configuration.commands = 4
        limits.configuration.restartBudget = 1
        limits.configuration.knobs.claimBackoff = 0
        limits.configuration.knobs.escalationTimeout = 0
        limits.configuration.knobs.drainGracePeriod = 0
        change(&limits)
        return Named(name: name, limits: limits)
    }
}
