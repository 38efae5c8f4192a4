// A worker's thread: asks for work, does it, parks when there is none, and leaves when it was given up.

import CRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How the threads of workers run.
public struct ThreadOptions: Sendable, Hashable {
    /// Cores workers are bound to, in turn; empty for wherever the system puts them. What the system refuses, this or the
    /// priority, is told as ``EventKind/threadOptionRefused``.
    public var cores: [Int] = []
    /// Real-time priority (SCHED_FIFO), 1 to 99; nil for the ordinary one.
    public var realtimePriority: Int?

    /// Ordinary threads.
    public init() {}
}

/// Runs a function on a thread of its own.
///
/// - Throws: ``RuntimeError/system(_:)`` when the system gives no thread.
package func startThread(_ body: @escaping @Sendable () -> Void) throws(RuntimeError) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let box = Unmanaged.passRetained(Box(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Darwin)
        var thread: pthread_t?
    #else
        var thread = pthread_t()
    #endif
    let code = pthread_create(
        &thread, &attributes,
        { argument in
            #if canImport(Darwin)
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            #else
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
            #endif
            return nil
        }, box.toOpaque())
    if code != 0 {
        box.release()
        throw .system("the system gives no thread (error \(code)); use fewer workers")
    }
}

/// One worker.
struct WorkerThread: Sendable {
    let core: RuntimeCore<LiveEnvironment>
    let name: Holder
    let job: any Job
    let context: JobContext

    init(_ core: RuntimeCore<LiveEnvironment>, _ name: Holder, _ job: any Job) {
        self.core = core
        self.name = name
        self.job = job
        context = JobContext(core, worker: name)
    }

    /// The thread's life. When it returns, the worker touches nothing any more.
    func run(_ options: ThreadOptions, index: Int) {
        softisp_name_thread("softisp-w\(name.index)")
        if !options.cores.isEmpty {
            let core = options.cores[index % options.cores.count]
            if softisp_bind_to_core(Int32(truncatingIfNeeded: core)) != 0 { refused(0) }
        }
        if let priority = options.realtimePriority {
            if softisp_set_realtime(Int32(truncatingIfNeeded: priority)) != 0 { refused(1) }
        }
        let parking = core.environment.workers[name.index]
        while true {
            let ticket = parking.prepare()
            switch core.next(name) {
            case .none: parking.wait(ticket)
            case .leave: return
            case .command(let item, let command):
                do {
                    try job.apply(command, context)
                } catch is WorkerFailure {
                    return
                } catch {
                    // A command that fails leaves the job as it is; frames say for themselves whether they can be made.
                }
                core.finishCommand(item, worker: name)
            case .frame(let task, let envelope):
                if !develop(task, envelope) { return }
            }
        }
    }

    /// An option is a wish: without it the worker is slower, not wrong.
    private func refused(_ option: UInt64) {
        core.environment.record(Event(.threadOptionRefused, holder: name, value: option))
    }

    /// - Returns: false when the worker can not go on.
    private func develop(_ task: FrameTask, _ envelope: Envelope) -> Bool {
        let arena = core.environment.arena
        var slice: Int? = task.firstSlice
        var failed = false
        while let current = slice {
            context.beat()
            do {
                try job.develop(
                    FrameSlice(
                        input: UnsafeRawBufferPointer(arena.payload(.raw(task.raw))),
                        output: arena.payload(.image(task.image)), envelope: envelope, slice: current,
                        slices: task.slices, task: task), context)
            } catch is JobCancelled {
                core.giveUp(task)
                return true
            } catch is WorkerFailure {
                return false
            } catch {
                failed = true
                break
            }
            slice = core.takeSlice(task)
        }
        let knobs = core.withManager { $0.knobs }
        let patience = MonotonicClock.now() &+ knobs.escalationTimeout
        while true {
            let ticket = core.environment.hardware.prepare()
            if core.finish(task, failed: failed) != .hardwareInUse { return true }
            context.beat()
            if MonotonicClock.now() >= patience {
                core.giveUp(task)
                return true
            }
            // Beats go on while the device works.
            core.environment.hardware.wait(
                ticket, until: min(patience, MonotonicClock.now() &+ knobs.stallTimeout / 4))
        }
    }
}
