// What a frame costs outside its job, on one thread: taken, published, granted, finished, received, released.

import ISPRuntime
import ISPTelemetry

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The whole way of a frame, without and with somebody who listens.
enum WholeFrames {
    private static let group = "frame"
    private static let frames = 250

    static func all() throws -> [Measurement] {
        let telemetry = Telemetry(shards: 8)
        let (both, log) = try listeners()
        let plain = try FrameWay(depth: 1, recorder: nil)
        let counted = try FrameWay(depth: 1, recorder: telemetry)
        let logged = try FrameWay(depth: 1, recorder: both)
        let deep = try FrameWay(depth: 8, recorder: nil)
        let deque = DequeWay(depth: 1)
        return [
            Measurement(rows: [
                Row(group: group, name: "whole protocol", aim: 10_000, digits: 0),
                Row(group: group, name: "whole protocol, eight frames under way", aim: 10_000, digits: 0),
                Row(group: group, name: "with telemetry", aim: 10_000, digits: 0),
                Row(group: group, name: "telemetry's share", unit: "%"),
                Row(group: group, name: "with telemetry and event log", aim: 10_000, digits: 0),
                Row(group: group, name: "the log's writer, on its own thread", digits: 0),
                Row(group: group, name: "mutex and deque", digits: 0),
                Row(group: group, name: "whole protocol / mutex and deque", unit: "x"),
            ]) {
                let eachPlain = try plain.carry(frames)
                let eachDeep = try deep.carry(frames)
                let eachCounted = try counted.carry(frames)
                let eachLogged = try logged.carry(frames)
                let eachDrained = try Clocks.each(frames) { try log.drain() }
                try checkListeners(counted, telemetry, both.first, log)
                let eachDeque = try deque.carry(frames)
                return [
                    eachPlain, eachDeep, eachCounted, 100 * (eachCounted - eachPlain) / eachCounted, eachLogged,
                    eachDrained, eachDeque, eachPlain / eachDeque,
                ]
            }
        ]
    }

    private static func listeners() throws -> (RecorderPair<Telemetry, EventLog>, EventLog) {
        let descriptor = open("/dev/null", O_WRONLY)
        try check(descriptor >= 0, "/dev/null does not open")
        let log = EventLog(descriptor: descriptor, shards: 8)
        return (RecorderPair(Telemetry(shards: 8), log), log)
    }

    /// Whoever listened heard every frame.
    private static func checkListeners(
        _ way: FrameWay, _ telemetry: Telemetry, _ other: Telemetry, _ log: EventLog
    ) throws {
        let counted = telemetry.snapshot()
        try check(counted.frames(.done) == way.carried, "telemetry counted \(counted.frames(.done)) frames")
        try check(counted.histogram(.delivery).count == way.carried, "telemetry timed other frames than were carried")
        try check(other.snapshot().frames(.done) == way.carried, "telemetry beside the log missed frames")
        try check(log.lost == 0 && log.waiting == 0, "the log lost \(log.lost) events")
        // Submitted, started, answered, delivered, and two slots returned.
        try check(log.written >= 6 * way.carried, "the log has \(log.written) events of \(way.carried) frames")
    }
}

/// A core with one source, one worker and one sink, all of them this thread.
final class FrameWay {
    private let core: RuntimeCore<LiveEnvironment>
    private let session: Int
    private let sink: Holder
    private let worker: Holder
    private let depth: Int
    private(set) var carried: UInt64 = 0

    /// - Parameter depth: frames that are published before the first is started.
    init(depth: Int, recorder: (any EventRecorder)?) throws {
        var configuration = RuntimeConfiguration()
        configuration.imageSlots = configuration.rawSlots + 2
        try configuration.validate()
        let core = RuntimeCore(configuration, try LiveEnvironment(configuration, recorder: recorder))
        session = try required(core.openSession(), "no session")
        sink = try required(core.withManager { [session] in $0.openSink(session: session) }, "no sink")
        worker = try required(core.attachWorker(), "no worker")
        self.core = core
        self.depth = depth
    }

    /// Carries about `frames` frames.
    ///
    /// - Returns: this thread's work for one of them, in nanoseconds.
    func carry(_ frames: Int) throws -> Double {
        let rounds = frames / depth
        let first = carried
        let each = try Clocks.each(rounds * depth) {
            for _ in 0..<rounds {
                for _ in 0..<depth { try publish() }
                for _ in 0..<depth { try develop() }
                for _ in 0..<depth { try receive() }
            }
        }
        try check(carried == first + UInt64(rounds * depth), "\(carried - first) frames were delivered")
        return each
    }

    private func publish() throws {
        let slot = try required(core.allocate(source: .source(0), core: 0), "no slot is free")
        let result = core.publish(slot, source: .source(0), session: session, FrameRequest())
        guard case .published = result else { throw BenchError("wrong: publishing gave \(result)") }
    }

    private func develop() throws {
        guard case .frame(let task, _) = core.next(worker) else { throw BenchError("wrong: no frame to start") }
        let result = core.finish(task, failed: false)
        try check(result == .completed, "finishing gave \(result)")
    }

    private func receive() throws {
        let delivery = try required(core.take(sink: sink), "no answer")
        let image = try required(delivery.image, "no picture")
        try check(delivery.frame == carried && delivery.outcome == .done, "frame \(carried) came as \(delivery)")
        try check(core.release(sink: sink, image: image), "the picture was not the sink's")
        carried += 1
    }
}
