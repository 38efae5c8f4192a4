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
    private let scratch = ExecutionScratch()
    /// The last execution that serves more than one frame, for each stream.
    private var kept: [KeptExecution?]

    private struct KeptExecution {
        var settings: UInt32
        var calibration: Int
        var execution: Execution
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
            let execution = try execution(for: slice, frame, calibration, stream)
            let band = Tiling.slice(slice.slice, of: slice.slices, stream.size)
            let steps = execution.steps(band, frame)
            let trouble = injector.flatMap { Trouble($0, slice, steps: steps) }
            try execution.develop(band, of: frame, into: stream.image(task.image), scratch) { step in
                try trouble?.strike(atStep: step, context)
                guard context.beat(slice) else { throw JobCancelled() }
            }
            try trouble?.strike(atStep: steps, context)
        } catch let error as ISPError {
            stream.note(error)
            throw error
        }
        if slice.slice == 0 { useDevice(slice, context) }
    }

    private func execution(
        for slice: FrameSlice, _ frame: RawFrame, _ calibration: Int, _ stream: Stream
    ) throws(ISPError) -> Execution {
        let task = slice.task
        if let kept = kept[task.session], kept.settings == task.settings, kept.calibration == calibration {
            return kept.execution
        }
        let settings = try stream.settings(task.settings)
        let servesMany = settings.areIndependentOfTheFrame
        let key: SharedExecution.Key =
            servesMany ? .calibration(calibration) : .slot(task.raw, epoch: task.rawEpoch)
        let execution: Execution
        if let shared = stream.sharedExecution(key, settings: task.settings) {
            execution = shared
        } else {
            execution = try stream.execution(
                of: try Development(of: frame, settings: settings, format: stream.format).pipeline)
            // What serves one frame alone is of use to others only where they make slices of it.
            if servesMany || slice.slices > 1 {
                stream.share(SharedExecution(key: key, settings: task.settings, execution: execution))
            }
        }
        if servesMany {
            kept[task.session] = KeptExecution(
                settings: task.settings, calibration: calibration, execution: execution)
        }
        return execution
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
    private let step: Int
    private let task: FrameTask

    /// `nil` where the plan has none for this attempt at the frame. Faults strike the worker that has the first slice.
    init?(_ injector: FaultInjector, _ slice: FrameSlice, steps: Int) {
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
            // Before the first step, between any two, or after the last.
            step = injector.plan.choice(
                steps + 1, kind, session: task.session, frame: task.frame, attempt: task.attempt)
            return
        }
        return nil
    }

    func strike(atStep step: Int, _ context: JobContext) throws {
        guard step == self.step else { return }
        injector.note(FaultMark(kind, duration), session: task.session, frame: task.frame, holder: task.worker)
        switch kind {
        case .workerKill: throw WorkerFailure("injected")
        case .workerHang: context.standStill(until: MonotonicClock.now() &+ duration)
        default: context.standStill(task, until: .max)
        }
    }
}
