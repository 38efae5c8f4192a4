// The start grant (2b) and the slices of a frame (2c): how workers get a frame and an image slot together.

/// A worker's part in one attempt at a frame. Names everything a late return must match.
public struct FrameTask: Hashable, Sendable {
    /// The worker.
    public let worker: Holder
    /// The raw slot and its generation.
    public let raw: Int
    /// Generation of the raw slot.
    public let rawEpoch: UInt32
    /// The image slot.
    public let image: Int
    /// Generation of the image slot.
    public let imageEpoch: UInt32
    /// The attempt.
    public let attempt: Int
    /// The session.
    public let session: Int
    /// The session's generation at submission.
    public let sessionEpoch: UInt32
    /// The frame.
    public let frame: UInt64
    /// The settings snapshot to develop with.
    public let settings: UInt32
    /// Into how many slices the frame is cut.
    public let slices: Int
    /// The first slice this worker does; further ones by `takeSlice`.
    public let firstSlice: Int
}

extension SessionManager {
    /// Whether an image slot may be given to this frame now. The last one of a session's share is kept for its oldest
    /// unanswered frame: the answers of all others wait for that one, so it must be able to start whatever they hold.
    package func mayStart(session index: Int, raw slot: Int) -> Bool {
        guard imageFree.count > 0 else { return false }
        let isOldest = raw[slot].frame == sessions[index].nextDelivery
        // Beyond what is tolerated slots may be lost to stuck workers: others leave one for every session's oldest frame.
        return isOldest
            ? sessions[index].images < imageShare
            : sessions[index].images < imageShare - 1 && imageFree.count > configuration.sessions
    }

    /// Transition 2b: frame and image slot together, so that no worker waits with a frame in hand. The caller holds the
    /// Scheduler's lock, `worker` is attached, and the frame may start.
    ///
    /// - Returns: nil when the item is no longer true.
    package mutating func start(
        _ item: ProcessItem, worker: Holder, _ environment: some RuntimeEnvironment
    ) -> FrameTask? {
        let slot = Int(item.index)
        let session = Int(raw[slot].session)
        guard
            let word = environment.move(
                item.slot, .start,
                where: {
                    $0.state == .queued && $0.holder == worker && $0.epoch == item.epoch
                        && $0.attempt == Int(item.attempt)
                })
        else { return nil }
        guard let free = imageFree.popFirst() else { preconditionFailure("a frame starts without an image slot") }
        let image = Int(free.slot)
        guard let imageWord = environment.move(.image(image), .startImage, holder: worker, attempt: word.attempt) else {
            preconditionFailure("image slot \(image) left the FIFO but is not FREE: \(environment.load(.image(image)))")
        }
        raw[slot].readers.insert(worker)
        raw[slot].work.image = Int16(image)
        raw[slot].work.nextSlice = 1
        raw[slot].work.failed = false
        self.image[image] = ImageRecord()
        self.image[image].leases.insert(worker)
        self.image[image].session = Int16(session)
        self.image[image].raw = Int16(slot)
        sessions[session].images += 1
        if raw[slot].work.slices > 1 { environment.wake(.workers) }
        let envelope = environment.envelope(slot)
        envelope.pointee.started = environment.now()
        envelope.pointee.imageSlot = Int16(image)
        envelope.pointee.originWorker = worker.rawValue
        environment.record(
            Event(
                .frameStarted, session: session, frame: raw[slot].frame, holder: worker,
                value: envelope.pointee.started &- envelope.pointee.submitted))
        return task(slot, worker: worker, word: word, image: image, imageWord: imageWord, slice: 0)
    }

    /// Transition 2c: an idle worker joins the oldest frame that has slices nobody took.
    package mutating func joinSlices(
        worker: Holder, readyFor settings: ContiguousArray<UInt32>, _ environment: some RuntimeEnvironment
    ) -> FrameTask? {
        var oldest: Int?
        for slot in raw.indices where raw[slot].work.image >= 0 && hasSlices(slot) {
            if let best = oldest, raw[best].order < raw[slot].order { continue }
            // A slice is made with the frame's settings too.
            guard settings[Int(raw[slot].session)] >= raw[slot].settings else { continue }
            if !raw[slot].readers.contains(worker), !isAnswered(raw[slot]) { oldest = slot }
        }
        guard let slot = oldest else { return nil }
        let image = Int(raw[slot].work.image)
        guard let word = environment.move(.raw(slot), .join, where: { $0.state == .running }) else { return nil }
        guard
            let imageWord = environment.move(
                .image(image), .join, where: { $0.state == .running && $0.attempt == word.attempt })
        else {
            // The Monitor is taking this attempt away.
            _ = environment.move(.raw(slot), .leave)
            return nil
        }
        raw[slot].readers.insert(worker)
        self.image[image].leases.insert(worker)
        let slice = Int(raw[slot].work.nextSlice)
        raw[slot].work.nextSlice += 1
        return task(slot, worker: worker, word: word, image: image, imageWord: imageWord, slice: slice)
    }

    /// The next slice of a frame for a worker that takes part in it; nil when there is none, or the attempt is over.
    package mutating func takeSlice(_ task: FrameTask, _ environment: some RuntimeEnvironment) -> Int? {
        guard isCurrent(task, environment.load(.raw(task.raw))), hasSlices(task.raw) else { return nil }
        defer { raw[task.raw].work.nextSlice += 1 }
        return Int(raw[task.raw].work.nextSlice)
    }

    /// Whether `word` is that of the attempt `task` is about.
    package func isCurrent(_ task: FrameTask, _ word: TokenWord) -> Bool {
        word.state == .running && word.epoch == task.rawEpoch && word.attempt == task.attempt
    }

    package func hasSlices(_ slot: Int) -> Bool {
        let work = raw[slot].work
        return !work.failed && work.nextSlice < work.slices
    }

    private func task(
        _ slot: Int, worker: Holder, word: TokenWord, image: Int, imageWord: TokenWord, slice: Int
    ) -> FrameTask {
        let record = raw[slot]
        return FrameTask(
            worker: worker, raw: slot, rawEpoch: word.epoch, image: image, imageEpoch: imageWord.epoch,
            attempt: word.attempt, session: Int(record.session), sessionEpoch: record.sessionEpoch,
            frame: record.frame, settings: record.settings, slices: Int(record.work.slices), firstSlice: slice)
    }
}
