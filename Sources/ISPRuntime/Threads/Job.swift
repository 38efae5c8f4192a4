// What a worker does with a frame: given by whoever uses the runtime, which itself knows nothing of pixels.

/// The work of one worker. Each worker has a job of its own and calls it from its own thread only.
public protocol Job: AnyObject, Sendable {
    /// Gets ready for a settings snapshot, or lets a custom command take effect.
    ///
    /// - Throws: ``WorkerFailure`` when this worker can not go on; anything else is ignored for the frame's sake.
    func apply(_ command: Command, _ context: JobContext) throws

    /// Makes one slice of a picture.
    ///
    /// Calls ``JobContext/beat()`` at least once a strip, and stops when that says so.
    ///
    /// - Throws: ``JobCancelled`` after `beat()` said to stop; ``WorkerFailure`` when this worker can not go on, and its
    ///   frame should be made by another; any other error ends the frame with an error.
    func develop(_ slice: FrameSlice, _ context: JobContext) throws
}

/// This worker can not go on: its thread ends, and it is replaced.
public struct WorkerFailure: Error {
    /// Why, for the log.
    public let reason: String
    /// A failure with its reason.
    public init(_ reason: String) { self.reason = reason }
}

/// A job stopped because its context told it to.
public struct JobCancelled: Error {
    /// The only value.
    public init() {}
}

/// A slice of a frame: where to read and where to write.
///
/// The buffers are the worker's for the time of the call. The input does not change; of the output a slice writes its own
/// part.
public struct FrameSlice {
    /// The raw payload.
    public let input: UnsafeRawBufferPointer
    /// The picture's payload.
    public let output: UnsafeMutableRawBufferPointer
    /// The frame's metadata.
    public let envelope: Envelope
    /// Which slice, `0 ..< slices`.
    public let slice: Int
    /// Into how many the frame is cut.
    public let slices: Int
    /// Who does what; names the slots and the attempt.
    public let task: FrameTask
}

/// What a job may ask while it runs.
public final class JobContext: Sendable {
    private let core: RuntimeCore<LiveEnvironment>
    private let worker: Holder

    init(_ core: RuntimeCore<LiveEnvironment>, worker: Holder) {
        self.core = core
        self.worker = worker
    }

    /// Shows that the worker is alive, and asks whether to go on with this frame.
    ///
    /// - Returns: false when another attempt answers for the frame: throw ``JobCancelled``.
    @discardableResult
    public func beat(_ slice: FrameSlice) -> Bool {
        beat()
        return core.isCurrent(slice.task)
    }

    /// Shows that the worker is alive.
    public func beat() {
        core.environment.arena.cell(.heart(worker.index)).wrappingIncrement(ordering: .relaxed)
    }

    /// Does nothing and shows no life, as a worker that hangs, until a moment or until another attempt answers for the
    /// frame: for faults that are injected on purpose.
    package func standStill(_ task: FrameTask? = nil, until moment: UInt64) {
        let parking = EventCount()
        while MonotonicClock.now() < moment, task.map(core.isCurrent) ?? true {
            parking.wait(parking.prepare(), until: min(moment, MonotonicClock.now() &+ 2_000_000))
        }
    }

    /// Says that a device is about to use the frame's input or picture; see ``Runtime/hardwareDone(_:)``.
    ///
    /// - Returns: the ticket the device must answer with; nil when another attempt answers for the frame, or the slot's
    ///   submissions are used up: throw ``JobCancelled`` then.
    public func submit(_ slice: FrameSlice, _ pool: Pool, device: Int) -> AllocTicket? {
        let task = slice.task
        return core.submitHardware(
            pool == .raw ? .raw(task.raw) : .image(task.image), holder: task.worker,
            epoch: pool == .raw ? task.rawEpoch : task.imageEpoch, attempt: task.attempt,
            sessionEpoch: task.sessionEpoch, device: device)
    }

    /// The call that asked the device has returned.
    public func submitted(_ ticket: AllocTicket) { core.submissionReturned(ticket) }
}
