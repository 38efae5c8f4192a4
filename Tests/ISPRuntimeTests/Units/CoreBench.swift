// A core with one session, to be taken through its steps one by one.

import ISPRuntime
import Testing

/// A core over the simulated environment, with a session, a sink and so many workers.
struct CoreBench {
    let environment: VirtualEnvironment
    let core: RuntimeCore<VirtualEnvironment>
    let sink: Holder
    var workers: [Holder] = []
    /// How many events of each kind there were.
    final class Count { var kinds: [EventKind: Int] = [:] }
    let events = Count()

    /// Eight raw slots and four image slots, unless changed.
    init(workers count: Int = 1, _ change: (inout RuntimeConfiguration) -> Void = { _ in }) throws {
        var configuration = RuntimeConfiguration()
        configuration.rawSlots = 8
        configuration.imageSlots = 4
        change(&configuration)
        environment = VirtualEnvironment(configuration)
        core = RuntimeCore(configuration, environment)
        let events = events
        environment.onEvent = { events.kinds[$0.kind, default: 0] += 1 }
        let session = try #require(core.openSession())
        sink = try #require(core.withManager { $0.openSink(session: session) })
        for _ in 0..<count { workers.append(try #require(core.attachWorker())) }
    }

    @discardableResult
    func publish(_ request: FrameRequest = FrameRequest()) throws -> PublishResult {
        let slot = try #require(core.allocate(source: .source(0), core: 0))
        return core.publish(slot, source: .source(0), session: 0, request)
    }

    /// The next frame of a worker, `nil` where it has none.
    func start(_ worker: Holder) -> FrameTask? {
        guard case .frame(let task, _) = core.next(worker) else { return nil }
        return task
    }

    /// The next frame of a worker that must have one, by its number.
    func start(_ worker: Int = 0) throws -> FrameTask {
        guard let task = start(workers[worker]) else { throw RuntimeError.stopped }
        return task
    }

    /// The next frame, whichever worker has it.
    func startAny() throws -> FrameTask {
        for worker in workers { if let task = start(worker) { return task } }
        throw RuntimeError.stopped
    }
}
