// The Scheduler: which worker gets what, and when a worker is given up. A pure state machine behind a lock of its own,
// which is always taken before the SessionManager's.

/// What a worker is told to do next.
package enum Assignment {
    /// Develop a frame, or slices of it. The envelope is a copy: the SessionManager changes the original when another
    /// attempt is made, whether this worker has returned or not.
    case frame(FrameTask, Envelope)
    /// Let a command take effect.
    case command(ProcessItem, Command)
    /// Nothing at the moment.
    case none
    /// The worker is given up: leave.
    case leave
}

/// The Scheduler's state: the workers and their queues.
package struct Scheduler {
    package struct Worker {
        package var status = Status.absent
        /// Frames, in submission order.
        package var frames: Ring<ProcessItem>
        /// Commands, in submission order.
        package var commands: Ring<ProcessItem>
        /// Whether it has something in hand.
        package var isBusy = false
        /// Commands it applied that are newer than the oldest frame in its queue, since it last started one.
        package var newerCommands = 0
        /// The latest settings snapshot it is ready for, by session.
        package var settings: ContiguousArray<UInt32>
        package var heart: UInt64 = 0
        /// Since when its heart is silent.
        package var silentSince: UInt64 = 0
        /// When its heart was looked at last.
        package var checked: UInt64 = 0
        /// Since when it counts as stalled.
        package var stalledSince: UInt64?
    }

    package enum Status: Hashable {
        case absent, attached, detached
    }

    package var workers: ContiguousArray<Worker>
    /// Whether a worker may still come: one is being replaced, or was never there.
    package var expectsWorkers = true
    package var knobs: Knobs
    /// When the supervisor will look next if nobody wakes it.
    package var nextSupervision = UInt64.max
    private var lastChosen = 0

    package init(_ configuration: RuntimeConfiguration) {
        knobs = configuration.knobs
        workers = ContiguousArray(
            (0..<configuration.workerNames).map { _ in
                Worker(
                    frames: Ring(capacity: 2 * configuration.rawSlots),
                    commands: Ring(capacity: configuration.commandRows),
                    settings: ContiguousArray(repeating: 0, count: configuration.sessions))
            })
    }

    /// How many workers take work.
    package var attached: Int { workers.reduce(0) { $0 + ($1.status == .attached ? 1 : 0) } }

    /// The attached worker with the least to do, in turn among equals; stalled ones only when there is no other.
    package mutating func choose() -> Int? {
        var best: Int?
        for step in 1...workers.count {
            let index = (lastChosen + step) % workers.count
            guard workers[index].status == .attached else { continue }
            if let other = best, !isLighter(index, than: other) { continue }
            best = index
        }
        if let best { lastChosen = best }
        return best
    }

    private func isLighter(_ a: Int, than b: Int) -> Bool {
        let stalled = (workers[a].stalledSince != nil, workers[b].stalledSince != nil)
        if stalled.0 != stalled.1 { return stalled.1 }
        return load(a) < load(b)
    }

    private func load(_ index: Int) -> Int { workers[index].frames.count + (workers[index].isBusy ? 1 : 0) }

    /// Queues an item in submission order. The worker must be attached: the caller chose it in the same critical section.
    package mutating func enqueue(_ item: ProcessItem, worker index: Int, _ environment: some RuntimeEnvironment) {
        precondition(workers[index].status == .attached, "an item is queued on a worker that was given up")
        switch item.kind {
        case .frame:
            if workers[index].frames.isFull { dropStale(index, environment) }
            workers[index].frames.insert(item) { $0.order < $1.order }
        case .command:
            workers[index].commands.insert(item) { $0.order < $1.order }
        }
    }

    /// Whether a queued frame still is what the token says.
    package static func isQueued(_ item: ProcessItem, on worker: Holder, _ environment: some RuntimeEnvironment) -> Bool
    {
        let word = environment.load(item.slot)
        return word.state == .queued && word.holder == worker && word.epoch == item.epoch
            && word.attempt == Int(item.attempt)
    }

    /// Removes items whose frames were answered meanwhile.
    private mutating func dropStale(_ index: Int, _ environment: some RuntimeEnvironment) {
        for place in (0..<workers[index].frames.count).reversed()
        where !Self.isQueued(workers[index].frames[place], on: .worker(index), environment) {
            workers[index].frames.remove(at: place)
        }
    }

    /// What a worker does next: commands that are due, then the first frame that may start, then slices of others'.
    package mutating func next(
        worker index: Int, _ manager: inout SessionManager, _ environment: some RuntimeEnvironment
    ) -> Assignment {
        guard workers[index].status == .attached else { return .leave }
        // It moves on: whatever silence there was is over.
        workers[index].stalledSince = nil
        dropStale(index, environment)
        let assignment = chooseWork(index, &manager, environment)
        if case .none = assignment {
            workers[index].isBusy = false
        } else {
            workers[index].isBusy = true
            workers[index].silentSince = environment.now()
            supervise(by: workers[index].silentSince &+ knobs.stallTimeout, environment)
        }
        return assignment
    }

    private mutating func chooseWork(
        _ index: Int, _ manager: inout SessionManager, _ environment: some RuntimeEnvironment
    ) -> Assignment {
        // The first frame that may start; others of sessions that hold their share of image slots do not stand in its way.
        var place: Int?
        for candidate in 0..<workers[index].frames.count {
            let item = workers[index].frames[candidate]
            if manager.mayStart(session: Int(item.session), raw: Int(item.index)) {
                place = candidate
                break
            }
        }
        if place == nil, !workers[index].frames.isEmpty { manager.isStarved = true }
        let order = place.map { workers[index].frames[$0].order } ?? workers[index].frames.first?.order ?? .max
        while let item = workers[index].commands.first {
            // Commands older than the frame come before it; of newer ones, so many between two frames.
            let isNewer = item.order > order
            if isNewer, workers[index].newerCommands >= knobs.maxCommandsBeforeFrame { break }
            _ = workers[index].commands.popFirst()
            guard manager.commands.start(item, worker: .worker(index)) else { continue }
            if isNewer { workers[index].newerCommands += 1 }
            return .command(item, manager.commands[Int(item.index)].command)
        }
        if let place, let task = manager.start(workers[index].frames[place], worker: .worker(index), environment) {
            precondition(
                workers[index].settings[task.session] >= task.settings,
                "a frame starts on a worker that is not ready for its settings")
            workers[index].frames.remove(at: place)
            workers[index].newerCommands = 0
            return .frame(task, environment.envelope(task.raw).pointee)
        }
        if let task = manager.joinSlices(
            worker: .worker(index), readyFor: workers[index].settings, environment)
        {
            return .frame(task, environment.envelope(task.raw).pointee)
        }
        return .none
    }

    /// Makes sure that the supervisor looks no later than `moment`.
    package mutating func supervise(by moment: UInt64, _ environment: some RuntimeEnvironment) {
        guard moment < nextSupervision else { return }
        nextSupervision = moment
        environment.wake(.supervisor)
    }

    /// Looks at the hearts of those that have something in hand.
    ///
    /// - Returns: a worker that was silent for STALL_TIMEOUT and then for DRAIN_GRACE_PERIOD, and is to be given up.
    package mutating func checkHearts(_ environment: some RuntimeEnvironment) -> Int? {
        let now = environment.now()
        for index in workers.indices where workers[index].status == .attached {
            let heart = environment.load(.heart(index))
            workers[index].checked = now
            if heart != workers[index].heart || !workers[index].isBusy {
                workers[index].heart = heart
                workers[index].silentSince = now
                if workers[index].stalledSince != nil {
                    workers[index].stalledSince = nil
                    environment.record(Event(.workerRecovered, holder: .worker(index)))
                }
            } else if let since = workers[index].stalledSince {
                if now &- since >= knobs.drainGracePeriod { return index }
            } else if now &- workers[index].silentSince >= knobs.stallTimeout {
                workers[index].stalledSince = now
                environment.record(Event(.workerStalled, holder: .worker(index)))
            }
        }
        return nil
    }

    /// When the next heart must be looked at, `UInt64.max` when nobody has anything in hand.
    ///
    /// A beat is noticed only when somebody looks: four looks in each STALL_TIMEOUT find a silence within 1.25 of it.
    package func nextCheck() -> UInt64 {
        var earliest = UInt64.max
        for worker in workers where worker.status == .attached && worker.isBusy {
            if let since = worker.stalledSince {
                earliest = min(earliest, since + knobs.drainGracePeriod)
            } else {
                let due = worker.silentSince + knobs.stallTimeout
                earliest = min(earliest, due, max(worker.checked, worker.silentSince) + knobs.stallTimeout / 4)
            }
        }
        return earliest
    }

    /// Takes a worker's queue away for good; nothing can be queued on it from here on.
    package mutating func detach(_ index: Int, _ items: inout ContiguousArray<ProcessItem>) {
        workers[index].status = .detached
        workers[index].isBusy = false
        workers[index].stalledSince = nil
        while let item = workers[index].frames.popFirst() { items.append(item) }
        while let item = workers[index].commands.popFirst() { items.append(item) }
    }

    /// Lets a new worker join under a name nobody has; nil when all are taken by workers that never returned.
    package mutating func attach(now: UInt64, _ environment: some RuntimeEnvironment) -> Int? {
        guard let index = workers.firstIndex(where: { $0.status == .absent }) else { return nil }
        workers[index].status = .attached
        // Until it asks for work it makes its job, and may hang there like anywhere else.
        workers[index].isBusy = true
        workers[index].newerCommands = 0
        workers[index].stalledSince = nil
        workers[index].silentSince = now
        workers[index].heart = environment.load(.heart(index))
        for session in workers[index].settings.indices { workers[index].settings[session] = 0 }
        supervise(by: now &+ knobs.stallTimeout, environment)
        return index
    }
}
