// How a worker ends its part in a frame: completion (5), leaving (2c), giving up on a device (11).

/// What became of a worker's part.
public enum FinishResult: Hashable, Sendable {
    /// The frame has its outcome through this call.
    case completed
    /// Others still work on the frame.
    case left
    /// The frame has another outcome, or another attempt answers for it: the picture is discarded.
    case discarded
    /// A device still uses one of the slots: wait for it or give up. The worker still has its part.
    case hardwareInUse
}

extension SessionManager {
    /// A worker ends its part in a frame. The last one of an attempt completes it: image word, raw word, key and result in
    /// one critical section.
    ///
    /// - Parameter failed: the worker's slice could not be made: the frame ends with an error.
    package mutating func finish(
        _ task: FrameTask, failed: Bool, _ environment: some RuntimeEnvironment
    ) -> FinishResult {
        let word = environment.load(.raw(task.raw))
        let imageWord = environment.load(.image(task.image))
        let isCurrent =
            isCurrent(task, word) && imageWord.state == .running && imageWord.epoch == task.imageEpoch
        if isCurrent {
            if word.hardware == .inUse || imageWord.hardware == .inUse { return .hardwareInUse }
            if failed { raw[task.raw].work.failed = true }
            precondition(imageWord.leases > 1 || !hasSlices(task.raw), "the last worker leaves slices undone")
            if imageWord.leases == 1 { return complete(task, environment) }
        }
        leave(task, environment)
        if isCurrent { return .left }
        discard(task, environment)
        return .discarded
    }

    private mutating func complete(_ task: FrameTask, _ environment: some RuntimeEnvironment) -> FinishResult {
        // The image's word first: if the raw word then fails, the Monitor has the frame and the image returns void.
        guard
            environment.move(
                .image(task.image), .completeImage,
                where: { $0.state == .running && $0.epoch == task.imageEpoch && $0.attempt == task.attempt }) != nil
        else {
            leave(task, environment)
            discard(task, environment)
            return .discarded
        }
        image[task.image].leases.remove(task.worker)
        let isError = raw[task.raw].work.failed
        guard environment.move(.raw(task.raw), .complete, where: { isCurrent(task, $0) }) != nil else {
            endDeliveryLease(task.image, environment)
            endLease(.raw(task.raw), task.worker, environment)
            discard(task, environment)
            return .discarded
        }
        raw[task.raw].readers.remove(task.worker)
        raw[task.raw].work = FrameWork()
        image[task.image].raw = -1
        let isAnswered = isAnswered(raw[task.raw])
        if isAnswered || isError { endDeliveryLease(task.image, environment) }
        if isAnswered {
            discard(task, environment)
        } else {
            sessions[task.session][task.frame].attempt = UInt8(task.attempt)
            answer(
                task.session, task.frame, isError ? .error : .done, image: isError ? nil : task.image, environment)
        }
        returnRaw(task.raw, environment)
        return isAnswered ? .discarded : .completed
    }

    /// A worker that gives up on its device hands both slots to the Monitor itself (11): the attempt is over.
    ///
    /// - Returns: the slots that are in the Monitor's hands now.
    package mutating func giveUp(
        _ task: FrameTask, _ environment: some RuntimeEnvironment
    ) -> (raw: Bool, image: Bool) {
        var taken = (raw: false, image: false)
        if environment.move(.raw(task.raw), .giveUp, where: { isCurrent(task, $0) }) != nil {
            raw[task.raw].readers.remove(task.worker)
            taken.raw = true
        } else {
            endLease(.raw(task.raw), task.worker, environment)
            discard(task, environment)
        }
        let isMine = { (word: TokenWord) in word.state == .running && word.epoch == task.imageEpoch }
        if environment.move(.image(task.image), .giveUp, where: { isMine($0) && $0.leases == 1 }) != nil {
            image[task.image].leases.remove(task.worker)
            taken.image = true
        } else {
            // Other slice workers may still write it.
            taken.image = environment.move(.image(task.image), .quarantineWriter, where: isMine) != nil
            endLease(.image(task.image), task.worker, environment)
        }
        return taken
    }

    /// Ends the worker's leases on both slots.
    private mutating func leave(_ task: FrameTask, _ environment: some RuntimeEnvironment) {
        endLease(.image(task.image), task.worker, environment)
        endLease(.raw(task.raw), task.worker, environment)
    }

    private func discard(_ task: FrameTask, _ environment: some RuntimeEnvironment) {
        environment.record(Event(.resultDiscarded, session: task.session, frame: task.frame, holder: task.worker))
    }
}
