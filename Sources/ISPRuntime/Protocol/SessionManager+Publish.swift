// How a frame enters: registered in its session and queued on a worker in one step.

/// What a source says of a frame it publishes.
public struct FrameRequest: Hashable, Sendable {
    /// When it was captured, in nanoseconds of the runtime's clock.
    public var captured: UInt64
    /// The latest moment at which an answer is of use; `UInt64.max` for none.
    public var deadline: UInt64
    /// For the submitter's own use; comes back in the envelope.
    public var payload: UInt64
    /// Into how many slices the frame may be cut.
    public var slices: Int

    /// A frame without a deadline.
    public init(captured: UInt64 = 0, deadline: UInt64 = .max, payload: UInt64 = 0, slices: Int = 1) {
        self.captured = captured
        self.deadline = deadline
        self.payload = payload
        self.slices = slices
    }
}

/// What became of a publication.
public enum PublishResult: Hashable, Sendable {
    /// It is queued, under this number.
    case published(frame: UInt64)
    /// There is no worker at the moment; the slot is still the source's.
    case noWorker
    /// The session has as many answers outstanding as its window holds; the slot is still the source's.
    case windowFull
    /// The session is closed or stopping; the slot is still the source's.
    case closed
    /// A device still fills the slot: publish after its FRAME_HW_DONE. The slot is still the source's.
    case hardwareInUse
    /// The slot was taken from the source, which had been given up.
    case revoked
}

extension SessionManager {
    /// Transition 2 with everything that must be true at the same moment. The caller holds the Scheduler's lock too and
    /// has chosen an attached `worker`.
    package mutating func publish(
        _ slot: Int, source: Holder, session index: Int, _ request: FrameRequest, worker: Holder,
        _ environment: some RuntimeEnvironment
    ) -> (PublishResult, ProcessItem?) {
        // Fields one by one: a copy of the record would share its frames, and registering one would copy them all.
        guard sessions[index].isOpen, !sessions[index].isStopping else { return (.closed, nil) }
        guard sessions[index].outstanding < configuration.answerWindow else { return (.windowFull, nil) }
        let (epoch, settings) = (sessions[index].epoch, sessions[index].settings)
        let word = environment.load(.raw(slot))
        guard word.state == .alloc, word.holder == source else { return (.revoked, nil) }
        if word.hardware == .inUse { return (.hardwareInUse, nil) }
        let now = environment.now()

        // The envelope first: the swap to QUEUED publishes it.
        let envelope = environment.envelope(slot)
        envelope.pointee = Envelope()
        envelope.pointee.packetID = nextOrder
        envelope.pointee.frameID = sessions[index].nextFrame
        envelope.pointee.deadline = request.deadline
        envelope.pointee.captured = request.captured
        envelope.pointee.submitted = now
        envelope.pointee.payload = request.payload
        envelope.pointee.sessionEpoch = epoch
        envelope.pointee.epoch = word.epoch
        envelope.pointee.settingsID = settings
        envelope.pointee.diagnosticsIndex = UInt32(slot)
        envelope.pointee.rawSlot = Int16(slot)
        envelope.pointee.session = UInt8(index)
        envelope.pointee.originWorker = source.rawValue
        envelope.pointee.published = 1
        guard
            environment.move(
                .raw(slot), .publish, holder: worker,
                where: { $0.state == .alloc && $0.holder == source && $0.epoch == word.epoch }) != nil
        else { return (.revoked, nil) }

        let order = takeOrder()
        let frame = register(index, request, rawSlot: slot, order: order, now: now, environment)
        raw[slot].isPublished = true
        raw[slot].awaitsDecision = false
        raw[slot].session = UInt8(index)
        raw[slot].sessionEpoch = epoch
        raw[slot].frame = frame
        raw[slot].order = order
        raw[slot].settings = settings
        raw[slot].source = source
        raw[slot].work = FrameWork()
        raw[slot].work.slices = UInt16(max(1, min(request.slices, Int(UInt16.max))))
        let item = ProcessItem(
            kind: .frame, index: slot, session: index, attempt: 0, epoch: word.epoch, order: order)
        return (.published(frame: frame), item)
    }

    /// A frame that ends before it could get a slot or a worker: submitted and dropped in one step, so that it is a gap
    /// with a reason in the sequence.
    ///
    /// - Returns: its number, nil when the session takes no frames or its window is full.
    package mutating func submitDropped(
        session index: Int, _ request: FrameRequest, _ reason: DropReason, _ environment: some RuntimeEnvironment
    ) -> UInt64? {
        guard sessions[index].isOpen, !sessions[index].isStopping else { return nil }
        guard sessions[index].outstanding < configuration.answerWindow else {
            // It has no number, and so no answer; but it is not lost silently.
            environment.record(Event(.frameRefused, session: index, frame: 0))
            return nil
        }
        let frame = register(
            index, request, rawSlot: -1, order: takeOrder(), now: environment.now(), environment)
        answer(index, frame, .dropped(reason), image: nil, environment)
        return frame
    }

    /// Transition 1c: the source gives the slot back unpublished.
    package mutating func cancel(_ slot: Int, source: Holder, _ environment: some RuntimeEnvironment) -> Bool {
        guard
            environment.move(
                .raw(slot), .cancel, where: { $0.state == .alloc && $0.holder == source }) != nil
        else { return false }
        raw[slot].isPublished = false
        raw[slot].source = source
        returnRaw(slot, environment)
        return true
    }

    private mutating func register(
        _ index: Int, _ request: FrameRequest, rawSlot: Int, order: UInt64, now: UInt64,
        _ environment: some RuntimeEnvironment
    ) -> UInt64 {
        let frame = sessions[index].nextFrame
        var record = FrameRecord()
        record.rawSlot = Int16(rawSlot)
        record.settings = sessions[index].settings
        record.sessionEpoch = sessions[index].epoch
        record.order = order
        record.captured = request.captured
        record.submitted = now
        record.deadline = request.deadline
        sessions[index][frame] = record
        sessions[index].nextFrame += 1
        counts.submitted += 1
        environment.record(Event(.frameSubmitted, session: index, frame: frame, value: request.captured))
        return frame
    }
}
