// A recorded run once more: the production's own RuntimeCore decides, and sources, workers, devices and sinks are played by
// one thread under a clock that jumps from occasion to occasion.

import ISPImaging
import ISPRuntime
import ISPTelemetry

/// What a replay may do otherwise than the recorded run, beside the options of the sessions.
public struct ReplayOptions: Sendable {
    /// What live sources do without a free slot; `nil` for what they did.
    public var livePolicy: SourcePort.Policy?
    /// How long faults of a kind last, in nanoseconds; as long as they lasted where there is none.
    public var durations: [FaultKind: UInt64] = [:]

    /// As in the recording.
    public init() {}
}

/// One replay of a recording.
public final class VirtualRun {
    let recording: Recording
    let options: SessionOptions
    let replay: ReplayOptions
    let environment: VirtualEnvironment
    let core: RuntimeCore<VirtualEnvironment>
    var agenda = Agenda()
    var sources: [VirtualSource] = []
    /// By the number in their names.
    var workers: [VirtualWorker]
    var devices: [Int: VirtualDevice] = [:]
    var requests = 0
    var sinks: [VirtualSink] = []
    /// By session, then by the frame's number: its place in the recording.
    var places: [[Int]]
    /// By session and place: how often a worker started it.
    var starts: [[Int]]
    /// A device answered or was reset: whoever waits for one looks again.
    var hardwareChanged = false
    private var budget: RestartBudget
    private var isBudgetSpent = false
    private var supervisionDue: UInt64 = 0
    private var isOver = false
    private var counter = FigureCounter()
    private var figuresAtEnd: RunFigures?

    /// Readies a replay.
    ///
    /// - Parameters:
    ///   - recording: what is enacted.
    ///   - options: workers, slots, knobs and deadline; what is about sources and threads is not looked at.
    ///   - replay: what else is to be different.
    ///   - onEvent: sees every event of the virtual run; its times are of the recording's clock.
    /// - Throws: `ISPError(.usage)` where the options do not go together.
    public init(
        _ recording: Recording, options: SessionOptions, replay: ReplayOptions = ReplayOptions(),
        onEvent: ((Event) -> Void)? = nil
    ) throws(ISPError) {
        self.recording = recording
        self.options = options
        self.replay = replay
        let policies = recording.sessions.map { Self.policy($0, replay) }
        let configuration = options.configuration(
            rawBytes: 0, imageBytes: 0, sessions: recording.sessions.count,
            isLossless: policies.allSatisfy { $0 == .wait })
        do throws(RuntimeError) { try configuration.validate() } catch { throw error.asISPError }
        environment = VirtualEnvironment(configuration, recordsTransitions: false)
        environment.clock = recording.start
        core = RuntimeCore(configuration, environment)
        budget = RestartBudget(intensity: configuration.restartBudget, period: configuration.restartWindow)
        workers = (0..<configuration.workerNames).map { VirtualWorker(name: .worker($0)) }
        places = recording.sessions.map { _ in [] }
        starts = recording.sessions.map { Array(repeating: 0, count: $0.frames.count) }
        environment.onEvent = { [unowned self] event in
            counter.add(event)
            onEvent?(event)
        }
        for _ in 0..<configuration.workers { attachWorker() }
        for (session, policy) in policies.enumerated() { open(session, policy) }
    }

    private static func policy(_ session: RecordedSession, _ replay: ReplayOptions) -> SourcePort.Policy {
        guard let recorded = session.policy else { return replay.livePolicy ?? .wait }
        return recorded == .wait ? .wait : replay.livePolicy ?? recorded
    }

    private func open(_ session: Int, _ policy: SourcePort.Policy) {
        let opened = core.openSession()
        precondition(opened == session, "sessions are numbered in the order in which they are opened")
        let name = Holder.source(session)
        environment.record(Event(.sourceAttached, session: session, frame: 0, holder: name, value: policy.code))
        sources.append(VirtualSource(session: session, name: name, policy: policy))
        let recorded = recording.sessions[session].stalledSinks
        for original in recorded.isEmpty ? [Holder.none] : recorded {
            // Beyond what there can be sinks, further ones are not played.
            guard let name = core.withManager({ $0.openSink(session: session) }) else { return }
            sinks.append(VirtualSink(session: session, name: name, original: original))
        }
    }

    // MARK: The clock

    /// Runs to the end: until every frame is answered, and everybody who hung has returned. Once.
    ///
    /// - Throws: `ISPError(.resource)` where there is no end in sight, as in a log with faults that last for days.
    public func run() throws(ISPError) -> ReplaySummary {
        for source in sources.indices { advance(source: source) }
        // Far more than any frame takes, with all that can go wrong.
        var rounds = 200_000 + 20_000 * recording.frames
        while true {
            rounds -= 1
            guard rounds > 0 else {
                throw ISPError(
                    .resource,
                    "the replay comes to no end; give faults that last so long a shorter time, such as --inject busy:0:50ms"
                )
            }
            settle()
            noteEnd()
            let next = min(agenda.nextDue, supervisionDue)
            // Nothing is due any more; or not in seventy years, which only a made-up log asks for.
            guard next <= 2 * Recording.latest else { break }
            environment.clock = max(environment.clock, next)
            if let occasion = agenda.next(at: environment.clock) { perform(occasion) } else { supervise() }
        }
        var figures = figuresAtEnd ?? counter.figures
        // A sink may stand still with the last frame.
        figures.faults = counter.figures.faults
        return ReplaySummary(
            recording: recording.figures, replay: figures, snapshot: core.snapshot(),
            notes: recording.notes)
    }

    /// A moment from now on.
    func after(_ nanoseconds: UInt64) -> UInt64 {
        let (sum, overflow) = environment.clock.addingReportingOverflow(nanoseconds)
        return overflow ? .max : sum
    }

    private func perform(_ occasion: Occasion) {
        switch occasion {
        case .source(let index): advance(source: index)
        case .worker(let index): advance(worker: index)
        case .deviceAnswers(let request): answer(request)
        case .reset(let device): reset(device)
        case .sink(let index): endStall(index)
        case .managerIsFree:
            core.withManager { $0.isBusy = false }
            environment.wake(.supervisor)
        }
    }

    /// Lets everybody who was woken do what there is to do now, always in the same order.
    private func settle() {
        while true {
            if environment.woken.remove(.supervisor) != nil {
                supervise()
            } else if hardwareChanged {
                hardwareChanged = false
                for index in workers.indices where workers[index].awaitsDevice { advance(worker: index) }
                for index in sources.indices where sources[index].awaitsDevice { advance(source: index) }
            } else if environment.woken.remove(.workers) != nil {
                environment.wokenWorkers = HolderSet()
                for index in workers.indices where workers[index].isIdle { ask(index) }
            } else if let worker = environment.wokenWorkers.first {
                environment.wokenWorkers.remove(worker)
                if workers[worker.index].isIdle { ask(worker.index) }
            } else if environment.woken.remove(.sinks) != nil {
                for index in sinks.indices { receive(index) }
            } else if environment.woken.remove(.sources) != nil {
                for index in sources.indices where sources[index].awaitsSlot { advance(source: index) }
            } else if let worker = workers.firstIndex(where: { $0.returnsLate(core) }) {
                goOn(worker)
            } else {
                environment.woken = Wake()
                return
            }
        }
    }

    // MARK: The supervisor

    /// One round, as `Runtime`'s supervisor makes it.
    private func supervise() {
        var due = core.supervise()
        if let chance = replaceWorkers() { due = min(due, chance) }
        supervisionDue = max(due, after(1))
    }

    /// - Returns: when to try again, nil when all are there.
    private func replaceWorkers() -> UInt64? {
        // Once the run is over nobody would be there to see it.
        if isOver { return nil }
        while core.withScheduler({ scheduler, _ in scheduler.attached }) < core.configuration.workers {
            guard budget.spend(at: environment.clock) else {
                noteBudget(isSpent: true)
                return budget.nextChance
            }
            guard attachWorker() else { return after(100_000_000) }
        }
        noteBudget(isSpent: false)
        return nil
    }

    private func noteBudget(isSpent: Bool) {
        guard isBudgetSpent != isSpent else { return }
        isBudgetSpent = isSpent
        core.withScheduler { scheduler, _ in scheduler.expectsWorkers = !isSpent }
        if isSpent { environment.record(Event(.restartBudgetSpent)) }
        environment.wake(.supervisor)
    }

    /// - Returns: false when every name is taken by workers that never returned.
    @discardableResult
    private func attachWorker() -> Bool {
        guard let name = core.attachWorker() else { return false }
        workers[name.index] = VirtualWorker(name: name)
        workers[name.index].doing = .idle
        return true
    }

    // MARK: The end

    /// The run is over when every source is at its end and every frame answered: what comes after is no figure of it.
    private func noteEnd() {
        guard !isOver, sources.allSatisfy(\.hasEnded),
            core.withManager({ $0.sessions.allSatisfy { $0.outstanding == 0 } })
        else { return }
        isOver = true
        figuresAtEnd = counter.figures
    }

    /// Counts and tells a fault.
    func note(_ mark: FaultMark, session: Int, frame: UInt64, holder: Holder = .none) {
        environment.record(Event(.faultInjected, session: session, frame: frame, holder: holder, value: mark.value))
    }

    /// A fault as it is to last in this replay.
    func lasting(_ mark: FaultMark) -> FaultMark {
        FaultMark(mark.kind, replay.durations[mark.kind] ?? mark.duration)
    }
}
