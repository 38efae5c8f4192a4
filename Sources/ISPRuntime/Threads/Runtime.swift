// The runtime with its threads: workers that do the job, and a supervisor that looks after them.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Carries frames from sources through workers to sinks, whatever breaks on the way.
///
/// Several sessions share the workers and slots of one runtime. Nothing is allocated on the way of a frame.
public final class Runtime: Sendable {
    package let core: RuntimeCore<LiveEnvironment>
    private let makeJob: @Sendable (_ worker: Int) -> any Job
    private let options: ThreadOptions
    private let state: GuardedState

    /// What changes while it runs, beside the core.
    private final class GuardedState: @unchecked Sendable {
        // Sendable: every use is within the lock.
        let lock = Lock()
        var budget: RestartBudget
        var running = 0
        var isStopping = false
        var isSupervised = true
        var isBudgetSpent = false
        /// Names of sources in use.
        var sources = HolderSet()
        /// Names whose source is gone, and that a slot may still know.
        var retiredSources = HolderSet()

        init(_ budget: RestartBudget) { self.budget = budget }
    }

    /// Starts workers and supervisor.
    ///
    /// - Parameters:
    ///   - configuration: sizes and knobs.
    ///   - recorder: takes the events.
    ///   - makeJob: a job for a worker, by its number; called for every worker that joins.
    /// - Throws: ``RuntimeError`` when the configuration can not be, or the system gives no memory or threads.
    public init(
        _ configuration: RuntimeConfiguration, options: ThreadOptions = ThreadOptions(),
        recorder: (any EventRecorder)? = nil, makeJob: @escaping @Sendable (_ worker: Int) -> any Job
    ) throws(RuntimeError) {
        try configuration.validate()
        core = RuntimeCore(configuration, try LiveEnvironment(configuration, recorder: recorder))
        self.makeJob = makeJob
        self.options = options
        state = GuardedState(
            RestartBudget(intensity: configuration.restartBudget, period: configuration.restartWindow))
        do throws(RuntimeError) {
            for _ in 0..<configuration.workers {
                guard try startWorker() else { throw .system("no name for a worker") }
            }
            try startThread { [self] in superviseUntilStopped() }
        } catch {
            // Those that did start must not wait for work for ever.
            stop()
            throw error
        }
    }

    // MARK: Sessions

    /// Opens a session; nil when as many are open as the configuration allows.
    public func openSession() -> RuntimeSession? {
        guard !state.lock.withLock({ state.isStopping }), let number = core.openSession() else { return nil }
        return RuntimeSession(self, number)
    }

    // MARK: Devices

    /// FRAME_HW_DONE: a device no longer touches the slot of a ticket.
    @discardableResult
    public func hardwareDone(_ ticket: AllocTicket) -> HardwareDoneResult {
        defer { core.environment.hardware.signal() }
        return core.hardwareDone(ticket)
    }

    /// Resets a device: `body` resets it; what it was asked for before does not touch its slots afterwards.
    ///
    /// - Returns: how many slots came back.
    @discardableResult
    public func reset(device: Int, _ body: () throws -> Void) rethrows -> Int {
        let reset = core.beginReset(device: device)
        try body()
        defer { core.environment.hardware.signal() }
        return core.endReset(reset)
    }

    // MARK: Operation

    /// Changes the knobs while it runs.
    ///
    /// - Throws: ``RuntimeError/invalidKnob(_:)``; nothing has changed then.
    public func setKnobs(_ knobs: Knobs) throws(RuntimeError) {
        try knobs.validate(slots: core.configuration.rawSlots + core.configuration.imageSlots)
        core.withAll { monitor, scheduler, manager in
            monitor.knobs = knobs
            scheduler.knobs = knobs
            manager.knobs = knobs
            core.environment.record(Event(.knobsChanged))
        }
        core.environment.wake([.supervisor, .workers])
    }

    /// Tells the recorder something the runtime does not know of by itself.
    public func record(_ event: Event) { core.environment.record(event) }

    /// The knobs in force.
    public var knobs: Knobs { core.withManager { $0.knobs } }

    /// One moment of everything.
    public func snapshot() -> RuntimeSnapshot { core.snapshot() }

    /// What a stop left behind.
    public struct StopReport: Sendable {
        /// Frames that had no answer: always 0.
        public var unanswered: Int
        /// Workers whose thread did not return.
        public var stuckWorkers: Int
        /// Slots that somebody may still touch, and who.
        public var held: [HeldSlot]
        /// How long it took, in nanoseconds.
        public var duration: UInt64
    }

    /// Stops: takes no more frames, lets workers finish what they have in hand within DRAIN_GRACE_PERIOD, answers
    /// everything else as dropped, and returns within a second whatever is hung. Memory a stuck thread may touch stays
    /// mapped for as long as that thread lives.
    @discardableResult
    public func stop() -> StopReport {
        let start = MonotonicClock.now()
        let knobs = knobs
        state.lock.withLock { state.isStopping = true }
        let sessions = 0..<core.configuration.sessions
        for session in sessions { core.beginStop(session: session) }
        waitForAnswers(until: start &+ knobs.drainGracePeriod)
        for session in sessions { core.endStop(session: session) }
        for worker in 0..<core.workerNames { core.detach(.worker(worker)) }
        core.environment.wake([.workers, .sources, .sinks, .answers])
        // Workers that are not stuck leave at once; give them the rest of the second's first half.
        let patience = start &+ max(knobs.drainGracePeriod, Knobs.answerBound / 2)
        while true {
            let ticket = core.environment.answers.prepare()
            if state.lock.withLock({ state.running }) == 0 { break }
            if !core.environment.answers.wait(ticket, until: patience) { break }
        }
        state.lock.withLock { state.isSupervised = false }
        core.environment.supervisor.signal()
        _ = core.supervise()
        core.environment.wake(.sinks)
        let snapshot = core.snapshot()
        return StopReport(
            unanswered: snapshot.unanswered, stuckWorkers: state.lock.withLock { state.running }, held: snapshot.held,
            duration: MonotonicClock.now() &- start)
    }

    /// Waits until no frame is unanswered, or until `deadline`.
    private func waitForAnswers(until deadline: UInt64) {
        while true {
            let ticket = core.environment.answers.prepare()
            if core.withManager({ $0.unanswered }) == 0 { return }
            if !core.environment.answers.wait(ticket, until: deadline) { return }
        }
    }

    // MARK: Threads

    /// Starts one more worker.
    ///
    /// - Returns: false when every name is taken by workers that never returned.
    private func startWorker() throws(RuntimeError) -> Bool {
        guard let name = core.attachWorker() else { return false }
        state.lock.withLock { state.running += 1 }
        do {
            try startThread { [self] in
                // The job is made here: however long that takes, the supervisor goes on.
                WorkerThread(core, name, makeJob(name.index)).run(options, index: name.index)
                workerEnded(name)
            }
        } catch {
            state.lock.withLock { state.running -= 1 }
            core.detach(name)
            core.becomeQuiescent(name)
            throw error
        }
        // A stop that came meanwhile has not seen this worker.
        if state.lock.withLock({ state.isStopping }) {
            core.detach(name)
            core.environment.wake(worker: name.index)
        }
        return true
    }

    /// The last thing a worker's thread does: nothing of it touches any slot from here on.
    private func workerEnded(_ name: Holder) {
        core.detach(name)
        core.becomeQuiescent(name)
        state.lock.withLock { state.running -= 1 }
        core.environment.wake([.supervisor, .answers])
    }

    private func superviseUntilStopped() {
        while state.lock.withLock({ state.isSupervised }) {
            let ticket = core.environment.supervisor.prepare()
            var due = core.supervise()
            if let chance = replaceWorkers() { due = min(due, chance) }
            core.environment.supervisor.wait(ticket, until: due)
        }
    }

    /// Replaces workers that were given up, within the restart budget.
    ///
    /// - Returns: when to try again, nil when all are there.
    private func replaceWorkers() -> UInt64? {
        while core.withScheduler({ scheduler, _ in scheduler.attached }) < core.configuration.workers {
            let now = MonotonicClock.now()
            if state.lock.withLock({ state.isStopping }) { return nil }
            guard state.lock.withLock({ state.budget.spend(at: now) }) else {
                noteBudget(isSpent: true)
                return state.lock.withLock { state.budget.nextChance }
            }
            guard (try? startWorker()) == true else { return now &+ 100_000_000 }
        }
        noteBudget(isSpent: false)
        return nil
    }

    /// Without workers and without budget, frames are answered instead of waiting.
    private func noteBudget(isSpent: Bool) {
        let isNew = state.lock.withLock {
            defer { state.isBudgetSpent = isSpent }
            return state.isBudgetSpent != isSpent
        }
        guard isNew else { return }
        core.withScheduler { scheduler, _ in scheduler.expectsWorkers = !isSpent }
        if isSpent { core.environment.record(Event(.restartBudgetSpent)) }
        core.environment.wake(.supervisor)
    }

    /// Whether the restart budget is spent or a device or worker is lost: pictures may still be made, but not all is well.
    public var isDegraded: Bool {
        state.lock.withLock { state.isBudgetSpent } || core.isDegraded
    }

    /// A name for a source, nil when all are taken.
    func takeSourceName() -> Holder? {
        state.lock.withLock {
            var retired = state.retiredSources
            while let name = retired.first {
                retired.remove(name)
                guard core.renewSource(name) else { continue }
                state.retiredSources.remove(name)
                state.sources.remove(name)
            }
            for index in 0..<Holder.maximumSources where state.sources.insert(.source(index)) { return .source(index) }
            return nil
        }
    }

    /// A source is gone; its name is given again once no slot knows it.
    func retireSource(_ name: Holder) {
        state.lock.withLock { _ = state.retiredSources.insert(name) }
    }
}
