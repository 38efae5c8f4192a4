// A worker in a virtual run: it does what `WorkerThread` and `DevelopJob` do, and takes as long as it took in the recording.

import ISPRuntime

/// Where a worker stands.
struct VirtualWorker {
    enum Doing {
        /// Not there, or its thread has returned.
        case gone
        case idle
        case works(Work)
        /// Shows no life until a moment.
        case hangs(Work)
        /// Shows no life until it was given up.
        case returnsLate(Work)
        /// The picture is made, and a device has it.
        case awaitsDevice(Work, patience: UInt64)
    }

    /// A frame in hand.
    struct Work {
        let task: FrameTask
        /// Its place in the recording.
        let place: Int
        let service: UInt64
        let isError: Bool
        let attempt: RecordedAttempt
        /// How long it has worked, in nanoseconds.
        var done: UInt64 = 0
        var hasStruck = false

        /// A beat of the heart every 10 ms, and some in every frame: as with the strips of a picture. No frame has more
        /// than ten thousand of them, so one that took minutes counts as stalled.
        private var strip: UInt64 { max(1, min(service / 4, 10_000_000), service / 10_000) }

        /// When it stops next: at the end of a strip, of the frame, or where it gets into trouble.
        var nextStop: UInt64 {
            let end = min(service, done + strip)
            return attempt.trouble != nil && !hasStruck ? min(end, max(done, attempt.offset)) : end
        }
    }

    let name: Holder
    var doing = Doing.gone
    /// When it goes on.
    var due: UInt64 = 0

    init(name: Holder) { self.name = name }

    var isIdle: Bool {
        if case .idle = doing { true } else { false }
    }

    var awaitsDevice: Bool {
        if case .awaitsDevice = doing { true } else { false }
    }

    /// Whether it was given up while it stood still, and comes back now.
    func returnsLate(_ core: RuntimeCore<VirtualEnvironment>) -> Bool {
        if case .returnsLate(let work) = doing { !core.isCurrent(work.task) } else { false }
    }
}

extension VirtualRun {
    /// Lets an idle worker ask for work until it has a frame or there is none.
    func ask(_ index: Int) {
        while true {
            switch core.next(workers[index].name) {
            case .none:
                workers[index].doing = .idle
                return
            case .leave: return end(index)
            case .command(let item, _): core.finishCommand(item, worker: workers[index].name)
            case .frame(let task, let envelope): return begin(index, task, place: Int(envelope.payload))
            }
        }
    }

    /// Goes on with a worker whose time has come.
    func advance(worker index: Int) {
        guard environment.clock >= workers[index].due || workers[index].awaitsDevice else { return }
        switch workers[index].doing {
        case .gone, .idle, .returnsLate: break
        case .works(var work):
            work.done = work.nextStop
            goOn(index, work)
        case .hangs: goOn(index)
        case .awaitsDevice(let work, let patience): tryToFinish(index, work, patience: patience)
        }
    }

    /// A worker that stood still goes on where it was.
    func goOn(_ index: Int) {
        switch workers[index].doing {
        case .hangs(let work), .returnsLate(let work): goOn(index, work)
        default: break
        }
    }

    private func begin(_ index: Int, _ task: FrameTask, place: Int) {
        let frame = recording.sessions[task.session].frames[place]
        // The first trouble of a frame meets the first worker that starts it, and so on, whatever is decided in between.
        let start = starts[task.session][place]
        starts[task.session][place] += 1
        let attempt = start < frame.attempts.count ? frame.attempts[start] : RecordedAttempt()
        beat(index)
        let work = VirtualWorker.Work(
            task: task, place: place, service: frame.service, isError: frame.isError, attempt: attempt)
        proceed(index, work)
    }

    private func proceed(_ index: Int, _ work: VirtualWorker.Work) {
        workers[index].doing = .works(work)
        wait(index, for: work.nextStop - work.done)
    }

    private func wait(_ index: Int, for nanoseconds: UInt64) {
        workers[index].due = after(nanoseconds)
        agenda.add(.worker(index), at: workers[index].due)
    }

    private func goOn(_ index: Int, _ work: VirtualWorker.Work) {
        if let trouble = work.attempt.trouble, !work.hasStruck, work.done >= min(work.attempt.offset, work.service) {
            var struck = work
            struck.hasStruck = true
            return strike(index, struck, lasting(trouble))
        }
        if work.done >= work.service { return useDevice(index, work) }
        beat(index)
        guard core.isCurrent(work.task) else {
            core.giveUp(work.task)
            return ask(index)
        }
        proceed(index, work)
    }

    private func strike(_ index: Int, _ work: VirtualWorker.Work, _ trouble: FaultMark) {
        note(trouble, session: work.task.session, frame: work.task.frame, holder: work.task.worker)
        switch trouble.kind {
        case .workerKill: end(index)
        case .workerLateReturn: workers[index].doing = .returnsLate(work)
        default:
            workers[index].doing = .hangs(work)
            wait(index, for: trouble.duration)
        }
    }

    /// Its thread returns: nothing of it touches any slot from here on.
    private func end(_ index: Int) {
        workers[index].doing = .gone
        core.detach(workers[index].name)
        core.becomeQuiescent(workers[index].name)
        environment.wake([.supervisor, .answers])
    }

    private func beat(_ index: Int) { environment.hearts[index] &+= 1 }

    // MARK: The end of a frame

    private func useDevice(_ index: Int, _ work: VirtualWorker.Work) {
        let task = work.task
        if !work.isError, let mark = work.attempt.device.map(lasting) {
            note(mark, session: task.session, frame: task.frame, holder: task.worker)
            let ticket = core.submitHardware(
                .image(task.image), holder: task.worker, epoch: task.imageEpoch, attempt: task.attempt,
                sessionEpoch: task.sessionEpoch, device: SessionDevices.accelerator)
            if let ticket {
                ask(device: SessionDevices.accelerator, ticket, mark, at: environment.clock)
                core.submissionReturned(ticket)
            }
        }
        tryToFinish(index, work, patience: after(core.configuration.knobs.escalationTimeout))
    }

    private func tryToFinish(_ index: Int, _ work: VirtualWorker.Work, patience: UInt64) {
        if core.finish(work.task, failed: work.isError) != .hardwareInUse { return ask(index) }
        beat(index)
        guard environment.clock < patience else {
            core.giveUp(work.task)
            return ask(index)
        }
        workers[index].doing = .awaitsDevice(work, patience: patience)
        // Beats go on while the device works.
        wait(index, for: min(patience - environment.clock, core.configuration.knobs.stallTimeout / 4))
    }
}
