// A source in a virtual run: it does what `Pump` does, with frames that come when they came in the recording.

import ISPRuntime

/// Where a source stands.
struct VirtualSource {
    enum Phase: Equatable {
        /// Before its next frame.
        case begins
        /// Stands still on purpose.
        case rests(until: UInt64)
        /// The frame is not there yet.
        case awaitsFrame
        /// A frame, and no slot for it.
        case awaitsSlot
        /// The camera fills a slot.
        case awaitsDevice(slot: Int, patience: UInt64)
        /// A filled slot.
        case publishes(slot: Int)
        /// The frame was dropped; the camera goes on at its pace.
        case skips
        case ended
    }

    let session: Int
    let name: Holder
    let policy: SourcePort.Policy
    var phase = Phase.begins
    /// The place of its next frame in the recording.
    var next = 0
    var request = FrameRequest()
    /// Slots it has taken.
    var allocated: UInt64 = 0
    /// Until when an occasion is on the agenda already.
    var timer: UInt64 = 0

    init(session: Int, name: Holder, policy: SourcePort.Policy) {
        self.session = session
        self.name = name
        self.policy = policy
    }

    /// Whether a camera fills its slots.
    var isLive: Bool { policy != .wait }
    var hasEnded: Bool { phase == .ended }

    var awaitsSlot: Bool {
        switch phase {
        case .awaitsSlot, .publishes: true
        default: false
        }
    }

    var awaitsDevice: Bool {
        if case .awaitsDevice = phase { true } else { false }
    }
}

extension VirtualRun {
    /// Goes on with a source as far as it comes.
    func advance(source index: Int) {
        while step(source: index) {}
    }

    /// One step of a source.
    ///
    /// - Returns: false when it waits for something.
    private func step(source index: Int) -> Bool {
        let source = sources[index]
        let frames = recording.sessions[source.session].frames
        guard source.next < frames.count else {
            sources[index].phase = .ended
            return false
        }
        let frame = frames[source.next]
        switch source.phase {
        case .ended: return false
        case .begins:
            guard let burst = frame.burst.map(lasting) else { return prepare(index, frame) }
            note(burst, session: source.session, frame: UInt64(source.next), holder: source.name)
            sources[index].phase = .rests(until: after(burst.duration))
            return true
        case .rests(let moment):
            guard environment.clock >= moment else { return wait(index, until: moment) }
            return prepare(index, frame)
        case .awaitsFrame:
            guard environment.clock >= frame.due else { return wait(index, until: frame.due) }
            sources[index].phase = .awaitsSlot
            return true
        case .awaitsSlot:
            guard let slot = allocate(index) else { return source.isLive ? drop(index) : false }
            if source.isLive { return capture(index, slot, frame) }
            sources[index].phase = .publishes(slot: slot)
            return true
        case .awaitsDevice(let slot, let patience):
            if environment.load(.raw(slot)).hardware != .inUse {
                sources[index].phase = .publishes(slot: slot)
                return true
            }
            // A camera that does not answer within two frames is given up on.
            guard environment.clock >= patience else { return wait(index, until: patience) }
            _ = core.giveUpCapture(slot, source: source.name)
            submitDropped(index, .device)
            return moveOn(index)
        case .publishes(let slot): return publish(index, slot, frame)
        case .skips:
            guard environment.clock >= frame.due else { return wait(index, until: frame.due) }
            return moveOn(index)
        }
    }

    private func wait(_ index: Int, until moment: UInt64) -> Bool {
        // Woken for other reasons, it comes here again and again.
        if sources[index].timer != moment || moment <= environment.clock {
            sources[index].timer = moment
            agenda.add(.source(index), at: moment)
        }
        return false
    }

    private func prepare(_ index: Int, _ frame: RecordedFrame) -> Bool {
        var request = FrameRequest(captured: frame.due, payload: UInt64(sources[index].next))
        if let deadline = options.deadline {
            let (sum, overflow) = max(frame.due, environment.clock).addingReportingOverflow(deadline)
            request.deadline = overflow ? .max : sum
        }
        sources[index].request = request
        // A camera is given its slot before the frame, a file is read when it is due.
        sources[index].phase = sources[index].isLive ? .awaitsSlot : .awaitsFrame
        return true
    }

    private func moveOn(_ index: Int) -> Bool {
        sources[index].next += 1
        sources[index].phase = .begins
        return true
    }

    // MARK: Slots

    private func allocate(_ index: Int) -> Int? {
        let source = sources[index]
        let out = source.allocated &- environment.load(.returned(source.name.index))
        guard out < UInt64(core.configuration.rawShare), let slot = core.allocate(source: source.name, core: 0) else {
            return nil
        }
        sources[index].allocated += 1
        return slot
    }

    /// A live source without a slot.
    private func drop(_ index: Int) -> Bool {
        if sources[index].policy == .newestWins, core.dropOldestQueued(session: sources[index].session) { return true }
        submitDropped(index, .backpressure)
        sources[index].phase = .skips
        return true
    }

    private func submitDropped(_ index: Int, _ reason: DropReason) {
        let source = sources[index]
        noteNumber(index, core.submitDropped(session: source.session, source.request, reason))
    }

    /// Numbers are given in the order of submission; a frame that was refused has none.
    private func noteNumber(_ index: Int, _ number: UInt64?) {
        guard number != nil else { return }
        places[sources[index].session].append(sources[index].next)
    }

    private func capture(_ index: Int, _ slot: Int, _ frame: RecordedFrame) -> Bool {
        let source = sources[index]
        guard
            let ticket = core.submitHardware(
                .raw(slot), holder: source.name, epoch: environment.load(.raw(slot)).epoch, attempt: 0,
                sessionEpoch: 0, device: SessionDevices.camera(source.session))
        else {
            // Its slot has had as many submissions as fit a ticket: it ends, as the pump does.
            _ = core.cancel(slot, source: source.name)
            sources[index].next = .max
            return true
        }
        let mark = frame.camera.map(lasting)
        if let mark { note(mark, session: source.session, frame: UInt64(source.next), holder: source.name) }
        ask(device: SessionDevices.camera(source.session), ticket, mark, at: frame.due)
        core.submissionReturned(ticket)
        let (patience, overflow) = max(frame.due, environment.clock).addingReportingOverflow(
            2 * recording.sessions[source.session].interval + 50_000_000)
        sources[index].phase = .awaitsDevice(slot: slot, patience: overflow ? .max : patience)
        return true
    }

    private func publish(_ index: Int, _ slot: Int, _ frame: RecordedFrame) -> Bool {
        let source = sources[index]
        switch core.publish(slot, source: source.name, session: source.session, source.request) {
        case .published(let number): noteNumber(index, number)
        case .revoked: break
        case .noWorker, .windowFull:
            if source.policy == .wait, core.withScheduler({ scheduler, _ in scheduler.expectsWorkers }) {
                // Answers make room and wake it; a worker that joins does too.
                return sources[index].timer > environment.clock ? false : wait(index, until: after(100_000_000))
            }
            submitDropped(index, .noWorker)
            cancel(index, slot)
        case .closed, .hardwareInUse: cancel(index, slot)
        }
        if let busy = frame.busy.map(lasting) {
            note(busy, session: source.session, frame: UInt64(source.next))
            core.withManager { $0.isBusy = true }
            agenda.add(.managerIsFree, at: after(busy.duration))
        }
        return moveOn(index)
    }

    /// Gives an unpublished slot back, or leaves it to the device that still uses it.
    private func cancel(_ index: Int, _ slot: Int) {
        let name = sources[index].name
        if !core.cancel(slot, source: name) { _ = core.giveUpCapture(slot, source: name) }
    }
}
