// One runtime with the streams it carries.

import ISPImaging
import ISPRuntime
import ISPTuning

/// What sessions share.
final class Engine: Sendable {
    let options: SessionOptions
    let streams: [Stream]
    let runtime: Runtime
    let injector: FaultInjector?
    private let accelerator: StreamDevice?
    private let ending = Ending()

    /// The one stop of the runtime.
    private final class Ending: @unchecked Sendable {
        // Sendable: within the lock.
        let lock = Lock()
        var report: Runtime.StopReport?
    }

    /// Where devices answer to: the runtime, once there is one.
    private final class Signals: @unchecked Sendable {
        // Sendable: within the lock.
        private let lock = Lock()
        private weak var runtime: Runtime?
        func connect(_ runtime: Runtime) { lock.withLock { self.runtime = runtime } }
        func done(_ ticket: AllocTicket) { _ = lock.withLock { runtime }?.hardwareDone(ticket) }
        func record(_ event: Event) { lock.withLock { runtime }?.record(event) }
        func reset(_ device: Int, _ body: () -> Void) { _ = lock.withLock { runtime }?.reset(device: device, body) }
    }

    init(
        _ sources: [(source: any FrameSource, settings: DevelopSettings)], _ options: SessionOptions,
        _ recorder: (any EventRecorder)?
    ) throws(ISPError) {
        self.options = options
        guard options.slices >= 1, options.slices <= 64 else {
            throw ISPError(.usage, "\(options.slices) slices; use 1 to 64")
        }
        var made: [Stream] = []
        for (source, settings) in sources {
            made.append(
                try Stream(
                    source, settings: settings, format: options.pixelFormat, slices: options.slices,
                    execution: options.execution))
        }
        let streams = made
        self.streams = streams
        var imageBytes = 0
        for stream in streams {
            imageBytes = max(imageBytes, try ImageBuffer.byteCount(format: stream.format, size: stream.size))
        }
        let signals = Signals()
        let injector = options.faults.faults.isEmpty ? nil : FaultInjector(options.faults) { signals.record($0) }
        self.injector = injector
        do throws(RuntimeError) {
            let accelerator = injector == nil ? nil : try StreamDevice { signals.done($0) }
            self.accelerator = accelerator
            runtime = try Runtime(
                options.configuration(
                    rawBytes: streams.map(\.rawBytes).max() ?? 0, imageBytes: imageBytes, sessions: streams.count,
                    isLossless: !sources.contains { $0.source.isLive }),
                options: options.threads, recorder: recorder
            ) { _ in
                DevelopJob(streams, injector, accelerator) {
                    signals.reset(SessionDevices.accelerator) { accelerator?.reset() }
                }
            }
            signals.connect(runtime)
            try injector?.start()
        } catch { throw error.asISPError }
        for stream in streams { try stream.use(runtime.core.environment.arena) }
    }

    deinit {
        stop()
        injector?.stop()
        accelerator?.turnOff()
    }

    /// Stops the runtime, once: whoever asks again, or meanwhile, gets the same report.
    @discardableResult
    func stop() -> Runtime.StopReport {
        ending.lock.withLock {
            if let report = ending.report { return report }
            let report = runtime.stop()
            ending.report = report
            return report
        }
    }
}
