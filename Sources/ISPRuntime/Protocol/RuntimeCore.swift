// The protocol as one object: three state machines, each behind its lock, over one environment. Every public operation
// of the runtime is a method here, whether threads call it or a test that decides every interleaving.
//
// What a frame calls on its way is specialised for the production environment here: a caller in another module sees the
// generic declaration only, and would pay for its generality at every frame.

/// The runtime without its threads.
///
/// Lock order: Monitor, Scheduler, SessionManager. Tokens change by compare-and-swap on the exact word, some of them
/// outside all locks (allocation from a cache, device submissions and signals, claims of the Monitor): no state machine
/// may take a token for what it was a moment ago.
package final class RuntimeCore<Environment: RuntimeEnvironment> {
    package let configuration: RuntimeConfiguration
    package let environment: Environment
    /// How many batch records and names of workers there are.
    package let batches: Int
    package let workerNames: Int
    package let monitorLock: Environment.Mutex
    package let schedulerLock: Environment.Mutex
    package let managerLock: Environment.Mutex
    private let monitorState: UnsafeMutablePointer<Monitor>
    private let schedulerState: UnsafeMutablePointer<Scheduler>
    private let managerState: UnsafeMutablePointer<SessionManager>

    /// A core whose slots are all free.
    package init(_ configuration: RuntimeConfiguration, _ environment: Environment) {
        self.configuration = configuration
        self.environment = environment
        monitorLock = environment.makeMutex()
        schedulerLock = environment.makeMutex()
        managerLock = environment.makeMutex()
        monitorState = Self.place(Monitor(configuration))
        schedulerState = Self.place(Scheduler(configuration))
        managerState = Self.place(SessionManager(configuration))
        batches = monitorState.pointee.handoffs.count
        workerNames = schedulerState.pointee.workers.count
    }

    /// A copy of another core's state over another environment: for tests that explore.
    package init(copying other: RuntimeCore, _ environment: Environment) {
        configuration = other.configuration
        self.environment = environment
        monitorLock = environment.makeMutex()
        schedulerLock = environment.makeMutex()
        managerLock = environment.makeMutex()
        monitorState = Self.place(other.monitor)
        schedulerState = Self.place(other.scheduler)
        managerState = Self.place(other.manager)
        batches = other.batches
        workerNames = other.workerNames
    }

    deinit {
        Self.destroy(monitorState)
        Self.destroy(schedulerState)
        Self.destroy(managerState)
    }

    /// The state machines lie behind pointers: as properties of a class, each use within their locks would be checked for
    /// exclusive access once more, nine times a frame.
    private static func place<State>(_ state: State) -> UnsafeMutablePointer<State> {
        let place = UnsafeMutablePointer<State>.allocate(capacity: 1)
        place.initialize(to: state)
        return place
    }

    private static func destroy<State>(_ state: UnsafeMutablePointer<State>) {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// The Monitor's state, for tests that have the runtime to themselves.
    package var monitor: Monitor { monitorState.pointee }
    /// The Scheduler's state, likewise.
    package var scheduler: Scheduler { schedulerState.pointee }
    /// The SessionManager's state, likewise.
    package var manager: SessionManager { managerState.pointee }

    @inline(__always)
    package func withManager<Result>(_ body: (inout SessionManager) -> Result) -> Result {
        managerLock.lock()
        defer { managerLock.unlock() }
        return body(&managerState.pointee)
    }

    @inline(__always)
    package func withScheduler<Result>(_ body: (inout Scheduler, inout SessionManager) -> Result) -> Result {
        schedulerLock.lock()
        managerLock.lock()
        defer {
            managerLock.unlock()
            schedulerLock.unlock()
        }
        return body(&schedulerState.pointee, &managerState.pointee)
    }

    @inline(__always)
    package func withMonitor<Result>(_ body: (inout Monitor) -> Result) -> Result {
        monitorLock.lock()
        defer { monitorLock.unlock() }
        return body(&monitorState.pointee)
    }

    /// Everything at once: for detach and for snapshots, which must see one moment.
    package func withAll<Result>(_ body: (inout Monitor, inout Scheduler, inout SessionManager) -> Result) -> Result {
        withMonitor { monitor in withScheduler { scheduler, manager in body(&monitor, &scheduler, &manager) } }
    }
}

/// Each state machine is used within its own lock only, and the environment says itself that threads may share it.
extension RuntimeCore: @unchecked Sendable where Environment: Sendable {}

// MARK: - Sources

extension RuntimeCore {
    /// Publishes a filled slot (2): registered, placed and queued in one step against the detaching of workers.
    @_specialize(where Environment == LiveEnvironment)
    package func publish(_ slot: Int, source: Holder, session: Int, _ request: FrameRequest) -> PublishResult {
        var chosen = 0
        let result = withScheduler { scheduler, manager -> PublishResult in
            guard let worker = scheduler.choose() else {
                return manager.sessions[session].isOpen && !manager.sessions[session].isStopping ? .noWorker : .closed
            }
            chosen = worker
            let (result, item) = manager.publish(
                slot, source: source, session: session, request, worker: .worker(worker), environment)
            if let item {
                scheduler.enqueue(item, worker: worker, environment)
                scheduler.supervise(by: request.deadline, environment)
            }
            return result
        }
        if case .published = result { environment.wake(worker: chosen) }
        return result
    }

    /// A frame that ends before it got a slot or a worker.
    package func submitDropped(session: Int, _ request: FrameRequest, _ reason: DropReason) -> UInt64? {
        withManager { $0.submitDropped(session: session, request, reason, environment) }
    }

    /// Gives an unpublished slot back (1c).
    @_specialize(where Environment == LiveEnvironment)
    package func cancel(_ slot: Int, source: Holder) -> Bool {
        withManager { $0.cancel(slot, source: source, environment) }
    }

    /// Drops the session's oldest frame that nobody has started.
    package func dropOldestQueued(session: Int) -> Bool {
        withManager { $0.dropOldestQueued(session: session, environment) }
    }

    /// A source is given up: it gets no more slots, and what it holds goes to the Monitor. Its slots return when
    /// ``becomeQuiescent(_:)`` confirms that it does not write any more.
    package func detachSource(_ source: Holder) {
        withMonitor { monitor in
            _ = environment.swap(.detachedSource(source.index), from: 0, to: 1)
            for slot in 0..<configuration.rawSlots {
                let word = environment.load(.raw(slot))
                guard word.state == .alloc, word.holder == source else { continue }
                monitor.add(.raw(slot), epoch: word.epoch, attempt: word.attempt, phase: .claim, environment)
            }
        }
    }

    /// Makes a source's name ready for another source, unless a slot still knows it.
    package func renewSource(_ source: Holder) -> Bool {
        withManager { manager in
            guard !manager.isNamed(source, environment) else { return false }
            manager.quiescent.remove(source)
            for cell in [Cell.returned(source.index), .detachedSource(source.index)] {
                _ = environment.swap(cell, from: environment.load(cell), to: 0)
            }
            return true
        }
    }

    /// A party's thread returned or its process died: nothing of it touches any slot any more.
    package func becomeQuiescent(_ holder: Holder) {
        withManager { $0.becomeQuiescent(holder, environment) }
    }
}

// MARK: - Workers

extension RuntimeCore {
    /// Lets a worker join; nil when every name is taken by workers that never returned.
    package func attachWorker() -> Holder? {
        withScheduler { scheduler, manager in
            let open = manager.sessions.indices.filter {
                manager.sessions[$0].isOpen && manager.sessions[$0].settings != 0
            }
            guard let index = scheduler.attach(now: environment.now(), environment) else { return nil }
            manager.quiescent.remove(.worker(index))
            for session in open {
                let command = Command(
                    type: .settings, session: session, settings: manager.sessions[session].settings)
                // In front of every frame.
                if let item = manager.commands.add(command, order: 0, worker: .worker(index)) {
                    scheduler.enqueue(item, worker: index, environment)
                }
            }
            environment.record(Event(.workerAttached, holder: .worker(index)))
            environment.wake([.workers, .sources, .supervisor])
            return .worker(index)
        }
    }

    /// What `worker` does next.
    @_specialize(where Environment == LiveEnvironment)
    package func next(_ worker: Holder) -> Assignment {
        withScheduler { scheduler, manager in scheduler.next(worker: worker.index, &manager, environment) }
    }

    /// The next slice of a frame the worker takes part in.
    package func takeSlice(_ task: FrameTask) -> Int? {
        withManager { $0.takeSlice(task, environment) }
    }

    /// The worker's part in a frame is over.
    @_specialize(where Environment == LiveEnvironment)
    package func finish(_ task: FrameTask, failed: Bool) -> FinishResult {
        withManager { $0.finish(task, failed: failed, environment) }
    }

    /// The worker gives up on its device, or on an attempt that is to be made elsewhere.
    package func giveUp(_ task: FrameTask) {
        withMonitor { monitor in
            let taken = withManager { $0.giveUp(task, environment) }
            if taken.raw {
                monitor.add(
                    .raw(task.raw), epoch: task.rawEpoch, attempt: task.attempt, phase: .claimed, environment)
            }
            if taken.image {
                monitor.add(
                    .image(task.image), epoch: task.imageEpoch, attempt: task.attempt, phase: .claimed, environment)
            }
        }
    }

    /// A command took effect.
    package func finishCommand(_ item: ProcessItem, worker: Holder) {
        withScheduler { scheduler, manager in
            let command = manager.commands[Int(item.index)].command
            guard manager.commands.finish(item, worker: worker) else { return }
            if command.type == .settings {
                let ready = scheduler.workers[worker.index].settings[command.session]
                scheduler.workers[worker.index].settings[command.session] = max(ready, command.settings)
            }
            environment.record(
                Event(
                    .commandApplied, session: command.session, frame: 0, holder: worker, value: UInt64(command.settings)
                ))
        }
    }

    /// Whether a worker should go on with what it does.
    package func isCurrent(_ task: FrameTask) -> Bool {
        let word = environment.load(.raw(task.raw))
        return word.state == .running && word.epoch == task.rawEpoch && word.attempt == task.attempt
    }
}

// MARK: - Sinks

extension RuntimeCore {
    /// The next answer for a sink.
    @_specialize(where Environment == LiveEnvironment)
    package func take(sink: Holder) -> Delivery? { withManager { $0.take(sink: sink) } }

    /// A sink is through with a picture.
    @discardableResult
    @_specialize(where Environment == LiveEnvironment)
    package func release(sink: Holder, image: Int) -> Bool {
        withManager { $0.release(sink: sink, image: image, environment) }
    }
}

// MARK: - Sessions

extension RuntimeCore {
    /// Opens a session; nil when all are in use.
    package func openSession() -> Int? {
        withScheduler { scheduler, manager in
            guard let session = manager.openSession() else { return nil }
            for worker in scheduler.workers.indices { scheduler.workers[worker].settings[session] = 0 }
            return session
        }
    }

    /// A new settings snapshot for the frames of a session from now on: told to every worker in front of them.
    ///
    /// Snapshots are numbered upwards.
    ///
    /// - Returns: false when too many commands are under way, or the number is not higher than the last; nothing has changed
    ///   then.
    package func setSettings(session: Int, _ settings: UInt32) -> Bool {
        let isSet = withScheduler { scheduler, manager -> Bool in
            guard settings > manager.sessions[session].settings,
                manager.commands.count + scheduler.attached <= configuration.commands
            else { return false }
            manager.sessions[session].settings = settings
            let order = manager.takeOrder()
            let command = Command(type: .settings, session: session, settings: settings)
            for worker in scheduler.workers.indices where scheduler.workers[worker].status == .attached {
                if let item = manager.commands.add(command, order: order, worker: .worker(worker)) {
                    scheduler.enqueue(item, worker: worker, environment)
                }
            }
            environment.record(Event(.settingsChanged, session: session, frame: 0, value: UInt64(settings)))
            return true
        }
        if isSet { environment.wake(.workers) }
        return isSet
    }

    /// Sends a command to one worker, whichever has least to do. It takes effect once.
    ///
    /// - Returns: false when too many commands are under way, or there is no worker.
    package func submit(_ command: Command) -> Bool {
        withScheduler { scheduler, manager -> Bool in
            guard manager.commands.count < configuration.commands, let worker = scheduler.choose(),
                let item = manager.commands.add(command, order: manager.takeOrder(), worker: .worker(worker))
            else { return false }
            scheduler.enqueue(item, worker: worker, environment)
            environment.wake(worker: worker)
            return true
        }
    }

    /// Begins a new epoch of a session.
    package func flush(session: Int) { withManager { $0.flush(session: session, environment) } }

    /// Takes no more frames of a session and answers what waits in queues; what workers have in hand may finish.
    package func beginStop(session: Int) {
        withManager {
            $0.sessions[session].isStopping = true
            $0.dropAll(session: session, .stop, onlyQueued: true, environment)
        }
        environment.wake(.sources)
    }

    /// Answers whatever is unanswered and closes the session.
    package func endStop(session: Int) {
        withManager {
            $0.dropAll(session: session, .stop, environment)
            $0.sessions[session].isStopping = true
            $0.sessions[session].isOpen = false
            var sinks = $0.sessions[session].sinks
            while let sink = sinks.first {
                sinks.remove(sink)
                $0.sinks[sink.index].hasEnded = true
            }
            $0.sessions[session].sinks = HolderSet()
        }
        environment.wake([.workers, .sources, .sinks, .answers])
    }
}
