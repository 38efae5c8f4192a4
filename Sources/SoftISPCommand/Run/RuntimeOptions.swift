// The options of `softisp run` that are about the runtime: workers, slots, knobs, faults.

import ArgumentParser
import Foundation
import ISPImaging
import ISPRuntime
import SoftISP

/// Workers and slots.
struct WorkerOptions: ParsableArguments {
    @Option(help: "Threads that develop (default: one a core; in a replay as many as in the recording).")
    var workers: Int?

    @Option(help: "Slices each frame is cut into, for several workers to share; 1 gives each worker whole frames.")
    var slices: Int = 1

    @Option(
        name: .customLong("raw-slots"), help: "Raw frames each source can have under way (default: by the workers).")
    var rawSlots: Int?

    @Option(
        name: .customLong("image-slots"), help: "Pictures each source can have under way (default: by the raw slots).")
    var imageSlots: Int?

    @Option(
        name: .customLong("stuck-workers"),
        help: "Workers that may hang at once without holding up others (default: the workers, at most 4).")
    var stuckWorkers: Int?

    @Option(
        name: .customLong("restart-budget"), help: "Workers that are replaced within the restart window.")
    var restartBudget: Int = SessionOptions().restartBudget

    @Option(name: .customLong("restart-window"), help: "The window of the restart budget.")
    var restartWindow: String = "10s"

    @Option(help: "Cores to bind the workers to, for example 2,3.")
    var cores: String?

    @Option(
        name: .customLong("realtime-priority"), help: "Real-time priority of the workers, 1 to 99 (needs permission).")
    var realtimePriority: Int?

    @Flag(name: .customLong("huge-pages"), help: "Ask for huge pages for the slots.")
    var hugePages = false

    func apply(to options: inout SessionOptions) throws(ISPError) {
        let workers = workers ?? ProcessInfo.processInfo.activeProcessorCount
        guard (1...64).contains(workers) else { throw ISPError(.usage, "--workers is \(workers), but must be 1 to 64") }
        options.workers = workers
        options.slices = slices
        options.rawSlots = rawSlots
        options.imageSlots = imageSlots
        options.toleratedStuckWorkers = stuckWorkers
        options.restartBudget = restartBudget
        options.restartWindow = try Duration.nanoseconds(of: restartWindow, "--restart-window")
        if let cores {
            let numbers = cores.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else {
                throw ISPError(.usage, "--cores is '\(cores)', but must be numbers of cores, for example 2,3")
            }
            options.threads.cores = numbers.compactMap { $0 }
        }
        if let realtimePriority {
            guard (1...99).contains(realtimePriority) else {
                throw ISPError(.usage, "--realtime-priority is \(realtimePriority), but must be 1 to 99")
            }
            options.threads.realtimePriority = realtimePriority
        }
        options.hugePages = hugePages
    }
}

/// The operational knobs.
struct KnobOptions: ParsableArguments {
    @Option(name: .customLong("max-cmds-before-frame"), help: "Newer commands a worker applies between two frames.")
    var maxCommandsBeforeFrame: Int = Knobs().maxCommandsBeforeFrame

    @Option(name: .customLong("stall-timeout"), help: "Silence after which a worker counts as stalled.")
    var stallTimeout: String = "250ms"

    @Option(name: .customLong("drain-grace-period"), help: "Time a stalled or stopping worker has for what it is at.")
    var drainGracePeriod: String = "100ms"

    @Option(name: .customLong("cancel-retry-count"), help: "Claims of the Monitor before it asks why they fail.")
    var cancelRetryCount: Int = Knobs().cancelRetryCount

    @Option(
        name: .customLong("drop-threshold"),
        help:
            "Depth of the Monitor's queue at which its oldest frame is dropped (default: half the raw slots; never for files)."
    )
    var dropThreshold: Int?

    @Option(name: .customLong("escalation-timeout"), help: "Longest wait for a device or an undecided handoff.")
    var escalationTimeout: String = "500ms"

    @Option(name: .customLong("attempt-budget"), help: "Attempts at a frame, 1 to 16.")
    var attemptBudget: Int = Knobs().attemptBudget

    func apply(to options: inout SessionOptions) throws(ISPError) {
        options.knobs.maxCommandsBeforeFrame = maxCommandsBeforeFrame
        options.knobs.stallTimeout = try Duration.nanoseconds(of: stallTimeout, "--stall-timeout")
        options.knobs.drainGracePeriod = try Duration.nanoseconds(of: drainGracePeriod, "--drain-grace-period")
        options.knobs.cancelRetryCount = cancelRetryCount
        options.knobs.dropThreshold = dropThreshold
        options.knobs.escalationTimeout = try Duration.nanoseconds(of: escalationTimeout, "--escalation-timeout")
        options.knobs.attemptBudget = attemptBudget
    }
}

/// Faults on purpose.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Inject a fault: KIND:RATE[:DURATION], RATE a share of the frames (see `softisp list faults`). Repeatable; all:RATE is every kind.",
            valueName: "fault"))
    var inject: [String] = []

    @Option(
        name: .customLong("inject-seed"), help: "Seed of the injected faults: the same seed strikes the same frames.")
    var injectSeed: UInt64 = 1

    func apply(to options: inout SessionOptions) throws(ISPError) {
        var faults: [Fault] = []
        for text in inject {
            if text.hasPrefix("all:") {
                for kind in FaultKind.allCases { try Self.add(Fault(kind.name + text.dropFirst(3)), to: &faults) }
            } else {
                try Self.add(Fault(text), to: &faults)
            }
        }
        options.faults = FaultPlan(faults, seed: injectSeed)
    }

    /// The durations that were given, by kind: all that `--inject` says in a replay.
    func givenDurations() throws(ISPError) -> [FaultKind: UInt64] {
        var durations: [FaultKind: UInt64] = [:]
        for text in inject {
            let isForAll = text.hasPrefix("all:")
            let hasDuration = text.split(separator: ":", omittingEmptySubsequences: false).count == 3
            for kind in isForAll ? FaultKind.allCases : [try Fault(text).kind] {
                let fault = try Fault(isForAll ? kind.name + text.dropFirst(3) : text)
                if hasDuration { durations[kind] = fault.duration }
            }
        }
        return durations
    }

    /// What comes later wins, so that `all:0.01` can be followed by an exception.
    private static func add(_ fault: Fault, to faults: inout [Fault]) {
        faults.removeAll { $0.kind == fault.kind }
        faults.append(fault)
    }
}
