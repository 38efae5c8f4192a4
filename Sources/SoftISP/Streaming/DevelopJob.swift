// What a worker does with a frame: the bridge from the runtime, which knows nothing of pixels, to the pipeline.

import ISPImaging
import ISPPlan
import ISPRuntime
import ISPStages

/// Develops slices of frames. One worker, one thread.
final class DevelopJob: Job, @unchecked Sendable {
    // Sendable: used by one worker's thread only.
    private let streams: [Stream]
    private let injector: FaultInjector?
    private let accelerator: StreamDevice?
    /// Resets the accelerator.
    private let reset: @Sendable () -> Void
    private let workspace = Workspace()
    /// The last pipeline that serves more than one frame, for each stream.
    private var kept: [KeptPipeline?]

    private struct KeptPipeline {
        var settings: UInt32
        var calibration: Int
        var pipeline: Pipeline
    }

    init(
        _ streams: [Stream], _ injector: FaultInjector?, _ accelerator: StreamDevice?,
        reset: @escaping @Sendable () -> Void
    ) {
        self.streams = streams
        self.injector = injector
        self.accelerator = accelerator
        self.reset = reset
        kept = Array(repeating: nil, count: streams.count)
    }

    /// A pipeline is made when the first frame needs it.
    func apply(_ command: Command, _ context: JobContext) throws {}

    func develop(_ slice: FrameSlice, _ context: JobContext) throws {
        let task = slice.task
        let stream = streams[task.session]
        do {
            let (frame, calibration) = try stream.frame(task.raw, slice.input)
            let pipeline = try pipeline(for: slice, frame, calibration, stream)
            let band = Tiling.slice(slice.slice, of: slice.slices, stream.size)
            let tiles = band.isEmpty ? [] : Tiling.tiles(of: pipeline, frame, part: band)
            let trouble = injector.flatMap { Trouble($0, slice, strips: tiles.count) }
            for (strip, tile) in tiles.enumerated() {
                try trouble?.strike(atStrip: strip, context)
                guard context.beat(slice) else { throw JobCancelled() }
                pipeline.develop(tile, of: frame, into: stream.image(task.image), workspace: workspace)
            }
            try trouble?.strike(atStrip: tiles.count, context)
        } catch let error as ISPError {
            stream.note(error)
            throw error
        }
        if slice.slice == 0 { useDevice(slice, context) }
    }

    private func pipeline(
        for slice: FrameSlice, _ frame: RawFrame, _ calibration: Int, _ stream: Stream
    ) throws(ISPError) -> Pipeline {
        let task = slice.task
        if let kept = kept[task.session], kept.settings == task.settings, kept.calibration == calibration {
            return kept.pipeline
        }
        if slice.slices > 1,
            let shared = stream.sharedPipeline(task.raw, epoch: task.rawEpoch, settings: task.settings)
        {
            return shared
        }
        let settings = stream.settings(task.settings)
        let pipeline = try Development(of: frame, settings: settings, format: stream.format).pipeline
        if settings.areIndependentOfTheFrame {
            kept[task.session] = KeptPipeline(settings: task.settings, calibration: calibration, pipeline: pipeline)
        } else if slice.slices > 1 {
            stream.share(pipeline, task.raw, epoch: task.rawEpoch, settings: task.settings)
        }
        return pipeline
    }

    /// Where the plan wants a device to fail, the picture passes one.
    private func useDevice(_ slice: FrameSlice, _ context: JobContext) {
        let task = slice.task
        guard let injector, let accelerator,
            let fault = injector.strikeDevice(
                session: task.session, frame: task.frame, attempt: task.attempt, holder: task.worker)
        else { return }
        guard let ticket = context.submit(slice, .image, device: SessionDevices.accelerator) else { return }
        accelerator.ask(ticket, DeviceBehaviour(due: MonotonicClock.now(), fault))
        context.submitted(ticket)
        if fault.kind == .deviceNever { injector.after(fault.duration, reset) }
    }
}

/// The numbers of devices in tickets.
enum SessionDevices {
    /// What pictures pass when device faults are injected.
    static let accelerator = 255
    /// The camera of a stream.
    static func camera(_ stream: Int) -> Int { stream }
}

/// A worker's fault in one slice, and where in it.
private struct Trouble {
    private let injector: FaultInjector
    private let kind: FaultKind
    private let duration: UInt64
    private let strip: Int
    private let task: FrameTask

    /// `nil` where the plan has none for this attempt at the frame. Faults strike the worker that has the first slice.
    init?(_ injector: FaultInjector, _ slice: FrameSlice, strips: Int) {
        let task = slice.task
        guard slice.slice == 0 else { return nil }
        for kind in [FaultKind.workerKill, .workerHang, .workerLateReturn] {
            guard
                let duration = injector.plan.strikes(
                    kind, session: task.session, frame: task.frame, attempt: task.attempt)
            else { continue }
            self.injector = injector
            self.kind = kind
            self.duration = duration
            self.task = task
            // Before the first strip, between any two, or after the last.
            strip = injector.plan.choice(
                strips + 1, kind, session: task.session, frame: task.frame, attempt: task.attempt)
            return
        }
        return nil
    }

    func strike(atStrip strip: Int, _ context: JobContext) throws {
        guard strip == self.strip else { return }
        injector.note(FaultMark(kind, duration), session: task.session, frame: task.frame, holder: task.worker)
        switch kind {
        case .workerKill: throw WorkerFailure("injected")
        case .workerHang: context.standStill(until: MonotonicClock.now() &+ duration)
        default: context.standStill(task, until: .max)
        }
    }
}
