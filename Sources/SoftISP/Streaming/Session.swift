// A session: a source, workers, and results in order.

import ISPImaging
import ISPPlan
import ISPRuntime
import ISPTuning

/// Streams raw frames through the ISP.
///
/// ```swift
/// let source = try SyntheticSource(sequence, distinct: 8)
/// let session = try Session(source, settings: Preset.light.settings)
/// for await result in try session.start() {
///     print(result.frame, result.outcome, result.picture?.size as Any)
/// }
/// ```
///
/// A worker that dies or hangs is replaced and its frames are made again: every frame gets exactly one answer, in order.
public final class Session: Sendable {
    private let engine: Engine
    private let stream: Stream
    private let inner: RuntimeSession
    private let pump: Pump
    private let state = State()

    private final class State: @unchecked Sendable {
        // Sendable: within the lock.
        let lock = Lock()
        var loops: [SinkLoop] = []
        var hasStarted = false
    }

    /// Opens a session of its own.
    ///
    /// - Parameters:
    ///   - source: where the frames come from.
    ///   - settings: how they are developed; what is automatic is decided by the first frame.
    ///   - options: how they are carried.
    ///   - recorder: hears every decision of the runtime.
    /// - Throws: `ISPError` where these do not go together, or the system has no memory or threads.
    public convenience init(
        _ source: any FrameSource, settings: DevelopSettings = DevelopSettings(),
        options: SessionOptions = SessionOptions(), recorder: (any EventRecorder)? = nil
    ) throws(ISPError) {
        let engine = try Engine([(source, settings)], options, recorder)
        try self.init(engine, 0)
    }

    /// Opens sessions that share workers and slots, each with an equal part.
    /// - Throws: as ``init(_:settings:options:recorder:)``.
    public static func open(
        _ sources: [(source: any FrameSource, settings: DevelopSettings)], options: SessionOptions = SessionOptions(),
        recorder: (any EventRecorder)? = nil
    ) throws(ISPError) -> [Session] {
        let engine = try Engine(sources, options, recorder)
        var sessions: [Session] = []
        for index in sources.indices { sessions.append(try Session(engine, index)) }
        return sessions
    }

    private init(_ engine: Engine, _ index: Int) throws(ISPError) {
        self.engine = engine
        stream = engine.streams[index]
        let source = stream.source
        guard let inner = engine.runtime.openSession(), inner.number == index,
            let port = inner.makeSource(source.isLive ? engine.options.livePolicy : .wait)
        else { throw ISPError(.resource, "no room for one more session") }
        self.inner = inner
        let rate = source.frameRate ?? engine.options.rate ?? SessionOptions.usualRate
        let options = Pump.Options(
            isPaced: source.isLive || engine.options.isRealtime, rate: rate, frames: engine.options.frames,
            duration: engine.options.duration, deadline: engine.options.deadline)
        do throws(RuntimeError) {
            pump = try Pump(stream, port, inner, engine.runtime, options, engine.injector)
        } catch { throw error.asISPError }
    }

    deinit { pump.stop() }

    /// The pictures' pixel format.
    public var pixelFormat: PixelFormat { stream.format }
    /// Whether frames are developed by a real-time plan, with the first settings.
    public var isRealTime: Bool { stream.isRealTime }
    /// The pictures' size.
    public var pictureSize: Size { stream.size }
    /// Frames a second, where source or options say.
    public var frameRate: Double { stream.source.frameRate ?? engine.options.rate ?? SessionOptions.usualRate }
    /// Camera, lens and exposure of the first frame.
    public var captureInfo: CaptureInfo { stream.source.first.metadata.capture }
    /// The settings of the first frame, automatic ones decided.
    public var settings: DevelopSettings { stream.firstSettings }

    /// Starts the source; results go to whoever iterates.
    /// - Throws: `ISPError(.resource)` where the system has no threads; `.usage` when it has started already.
    public func start() throws(ISPError) -> ResultSequence {
        let results: ResultSequence
        do throws(RuntimeError) { results = try ResultSequence(try sinkPort(), stream) } catch {
            throw error.asISPError
        }
        try startPump()
        return results
    }

    /// Starts the source; results go to sinks, each on a thread of its own. A sink that fails ends the session's source.
    /// - Throws: as ``start()``.
    public func start(into sinks: [any FrameSink]) throws(ISPError) {
        do throws(RuntimeError) {
            for sink in sinks {
                let pump = pump
                let loop = try SinkLoop(sink, try sinkPort(), stream, engine.injector, session: inner.number) {
                    pump.stop()
                }
                state.lock.withLock { state.loops.append(loop) }
            }
        } catch { throw error.asISPError }
        try startPump()
    }

    private func sinkPort() throws(RuntimeError) -> SinkPort {
        guard let port = inner.makeSink() else { throw .system("too many sinks; use fewer") }
        return port
    }

    private func startPump() throws(ISPError) {
        let isFirst = state.lock.withLock {
            defer { state.hasStarted = true }
            return !state.hasStarted
        }
        guard isFirst else { throw ISPError(.usage, "a session is started once") }
        do throws(RuntimeError) { try pump.start() } catch { throw error.asISPError }
        // Closes the session once everything is answered, so that receivers see its end.
        let (pump, inner) = (pump, inner)
        do throws(RuntimeError) {
            try startThread {
                _ = pump.waitUntilEnded()
                _ = inner.finish()
                inner.close()
            }
        } catch { throw error.asISPError }
    }

    /// Develops the frames from the next one on with other settings.
    /// - Returns: their number, as in ``FrameResult/settingsID``.
    /// - Throws: `ISPError(.usage)` where the picture would have another size or pixel format.
    @discardableResult
    public func update(_ settings: DevelopSettings) throws(ISPError) -> UInt32 {
        let number = try stream.add(settings)
        pump.use(settings: number)
        return number
    }

    /// Ends the source; frames that are under way are answered as ever.
    public func endSource() { pump.stop() }

    /// Waits until the source has ended, every frame is answered and every sink has taken and finished what it got.
    ///
    /// - Parameter deadline: in nanoseconds of ``MonotonicClock``.
    /// - Returns: false when the deadline came first.
    public func wait(until deadline: UInt64 = .max) -> Bool {
        guard pump.waitUntilEnded(until: deadline), inner.finish(until: deadline) else { return false }
        for loop in state.lock.withLock({ state.loops }) where !loop.waitUntilEnded(until: deadline) { return false }
        return true
    }

    /// Stops all sessions of this one's runtime: frames that are under way have the grace period, everything else is
    /// answered as dropped. Returns within a second, whatever hangs.
    @discardableResult
    public func stop() -> Runtime.StopReport {
        pump.stop()
        return engine.stop()
    }

    /// What went wrong, first things first: the source, the sinks, a frame.
    public var failure: ISPError? {
        fatalFailure ?? stream.failure
    }

    /// What went wrong with source or sinks: what ended the session early.
    public var fatalFailure: ISPError? {
        pump.failure ?? state.lock.withLock { state.loops.lazy.compactMap(\.failure).first }
    }

    /// One moment of the runtime.
    public func snapshot() -> RuntimeSnapshot { engine.runtime.snapshot() }

    /// Whether workers or devices are lost, or the restart budget is spent.
    public var isDegraded: Bool { engine.runtime.isDegraded }

    /// Changes the knobs of the runtime.
    /// - Throws: `ISPError(.usage)`.
    public func setKnobs(_ knobs: Knobs) throws(ISPError) {
        do throws(RuntimeError) { try engine.runtime.setKnobs(knobs) } catch { throw error.asISPError }
    }

    /// How often each fault was injected.
    public var faults: [(kind: FaultKind, count: Int)] { engine.injector?.struck ?? [] }
}
