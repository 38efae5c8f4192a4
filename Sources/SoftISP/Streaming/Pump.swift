// Takes frames from a source into slots: the thread of a stream's input.

import ISPImaging
import ISPRuntime

/// Feeds one stream.
final class Pump: @unchecked Sendable {
    // Sendable: the state is within the lock, everything else does not change or belongs to the thread.
    struct Options: Sendable {
        /// Whether frames come at the source's rate; without, as fast as there is room.
        var isPaced: Bool
        /// Frames a second, where paced.
        var rate: Double
        /// After how many frames to end.
        var frames: Int?
        /// After how long to end, in nanoseconds.
        var duration: UInt64?
        /// The time a frame has from its capture to its answer.
        var deadline: UInt64?
    }

    private let stream: Stream
    private let port: SourcePort
    private let session: RuntimeSession
    private let runtime: Runtime
    private let options: Options
    private let injector: FaultInjector?
    /// The camera's DMA, for live sources.
    private let camera: StreamDevice?
    private let lock = Lock()
    private let changed = EventCount()
    private let end = Latch()
    private var isStopped = false
    private var error: ISPError?
    private var wanted: UInt32?

    init(
        _ stream: Stream, _ port: SourcePort, _ session: RuntimeSession, _ runtime: Runtime, _ options: Options,
        _ injector: FaultInjector?
    ) throws(RuntimeError) {
        self.stream = stream
        self.port = port
        self.session = session
        self.runtime = runtime
        self.options = options
        self.injector = injector
        camera = stream.source.isLive ? try StreamDevice { _ = runtime.hardwareDone($0) } : nil
    }

    /// Starts the thread.
    func start() throws(RuntimeError) {
        try startThread { [self] in
            run()
            camera?.turnOff()
            end.open()
        }
    }

    /// Ends soon; what is published goes its way.
    func stop() {
        lock.withLock { isStopped = true }
        stream.source.interrupt()
        changed.signal()
    }

    /// Makes a snapshot that of the frames from the next one on.
    func use(settings: UInt32) { lock.withLock { wanted = settings } }

    /// Waits until the source has ended.
    ///
    /// - Returns: false when `deadline` came first.
    func waitUntilEnded(until deadline: UInt64 = .max) -> Bool { end.wait(until: deadline) }

    /// What ended the source before its end.
    var failure: ISPError? { lock.withLock { error } }

    // MARK: The thread

    private func run() {
        let start = MonotonicClock.now()
        let interval = options.isPaced ? 1e9 / options.rate : 0
        var index = 0
        // After a source stood still, the time of some frames has passed: they come at once.
        while !lock.withLock({ isStopped }), index < options.frames ?? .max {
            let due = start &+ UInt64(Double(index) * interval)
            if let duration = options.duration, max(due, MonotonicClock.now()) &- start >= duration { return }
            do throws(ISPError) {
                guard try deliver(UInt64(index), due: options.isPaced ? due : 0) else { return }
            } catch {
                lock.withLock { self.error = error.about(stream.source.name) }
                return
            }
            index += 1
        }
    }

    /// - Returns: false at the end of the source, or when nothing more is wanted.
    private func deliver(_ index: UInt64, due: UInt64) throws(ISPError) -> Bool {
        if let duration = injector?.strike(.sourceBurst, session: session.number, frame: index, holder: port.name) {
            pause(until: MonotonicClock.now() &+ duration)
        }
        takeSettings()
        var request = FrameRequest(captured: due, payload: index, slices: stream.slices)
        if let deadline = options.deadline { request.deadline = max(due, MonotonicClock.now()) &+ deadline }
        return camera == nil
            ? try read(request, due: due) : try capture(request, due: due)
    }

    /// Reads a frame on this thread.
    private func read(_ request: FrameRequest, due: UInt64) throws(ISPError) -> Bool {
        var request = request
        pause(until: due)
        // Without a pace a frame is there when the source could deliver it: waiting for a slot is not the frame's age.
        if request.captured == 0 { request.captured = MonotonicClock.now() }
        guard let slot = waitForSlot(request) else { return false }
        guard let frame = try stream.source.next(into: slot.payload) else {
            slot.cancel()
            return false
        }
        publish(slot, frame, request)
        return true
    }

    private func publish(_ slot: consuming RawSlot, _ frame: SourceFrame, _ request: FrameRequest) {
        stream.describe(slot.number, frame)
        _ = slot.publish(request)
        makeBusy(request.payload)
    }

    /// Waits for a slot, looking up now and then: whoever stops a pump can not wake it there.
    private func waitForSlot(_ request: FrameRequest) -> RawSlot? {
        while !lock.withLock({ isStopped }), session.isOpen {
            if let slot = port.allocate(request, until: MonotonicClock.now() &+ 50_000_000) { return slot }
        }
        return nil
    }

    /// Lets the camera's DMA fill a slot.
    private func capture(_ request: FrameRequest, due: UInt64) throws(ISPError) -> Bool {
        guard let camera else { return false }
        guard session.isOpen, !lock.withLock({ isStopped }) else { return false }
        guard let slot = port.allocate(request) else {
            // It was answered as dropped; the camera does not wait.
            pause(until: due)
            try stream.source.skip()
            return session.isOpen
        }
        let number = SessionDevices.camera(session.number)
        guard let ticket = slot.submit(device: number) else { return false }
        let fault = injector?.strikeDevice(session: session.number, frame: request.payload, holder: port.name)
        let captured = Captured()
        let payload = slot.payload
        let source = stream.source
        camera.ask(ticket, DeviceBehaviour(due: due, fault)) {
            do throws(ISPError) { captured.result = .success(try source.next(into: payload)) } catch {
                captured.result = .failure(error)
            }
        }
        slot.submitted(ticket)
        if let fault, fault.kind == .deviceNever {
            let runtime = runtime
            injector?.after(fault.duration) { _ = runtime.reset(device: number) { camera.reset() } }
        }
        // A camera that does not answer within two frames is given up on.
        let patience = max(due, MonotonicClock.now()) &+ UInt64(2e9 / options.rate) &+ 50_000_000
        guard slot.waitForDevice(until: patience) else {
            slot.giveUp()
            return try lose(request)
        }
        guard let result = captured.result else {
            // A reset for the sake of another frame took this one with it.
            slot.cancel()
            return try lose(request)
        }
        guard let frame = try result.get() else {
            slot.cancel()
            return false
        }
        publish(slot, frame, request)
        return true
    }

    /// The camera did not deliver this frame; it goes on with the next.
    private func lose(_ request: FrameRequest) throws(ISPError) -> Bool {
        port.drop(request, .device)
        try stream.source.skip()
        return true
    }

    /// What the device found; written before it answers, read afterwards. `nil` where it was reset before.
    private final class Captured: @unchecked Sendable {
        var result: Result<SourceFrame?, ISPError>?
    }

    private func takeSettings() {
        guard let settings = lock.withLock({ wanted }) else { return }
        // With too many commands under way it is tried again at the next frame.
        guard session.setSettings(settings) else { return }
        lock.withLock { if wanted == settings { wanted = nil } }
    }

    private func makeBusy(_ frame: UInt64) {
        guard let injector,
            let duration = injector.strike(.busy, session: session.number, frame: frame)
        else { return }
        let core = runtime.core
        core.withManager { $0.isBusy = true }
        injector.after(duration) {
            core.withManager { $0.isBusy = false }
            core.environment.wake(.supervisor)
        }
    }

    /// Waits for a moment, or until the pump is stopped.
    private func pause(until moment: UInt64) {
        while true {
            let ticket = changed.prepare()
            if lock.withLock({ isStopped }) || MonotonicClock.now() >= moment { return }
            changed.wait(ticket, until: moment)
        }
    }
}
