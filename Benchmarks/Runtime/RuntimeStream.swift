// A stream through the runtime.

import ISPRuntime

/// Frames from one source through workers with an empty job to one sink.
enum RuntimeStream {
    /// Notes when it was called, and does nothing.
    private final class EmptyJob: Job {
        private let latencies: Latencies
        init(_ latencies: Latencies) { self.latencies = latencies }

        func apply(_ command: Command, _ context: JobContext) throws {}

        func develop(_ slice: FrameSlice, _ context: JobContext) throws {
            latencies.note(slice.envelope.frameID, since: slice.envelope.captured)
        }
    }

    static func run(workers: Int, rate: Rate, frames: Int) throws -> StreamResult {
        let total = Pace.warmUp + frames
        let latencies = Latencies(total)
        var configuration = RuntimeConfiguration()
        configuration.workers = workers
        configuration.sessions = 1
        configuration.imageSlots = configuration.rawSlots + 2
        let runtime = try Runtime(configuration) { _ in EmptyJob(latencies) }
        let session = try required(runtime.openSession(), "no session")
        let source = try required(session.makeSource(), "no source")
        let sink = try required(session.makeSink(), "no sink")
        let end = SinkEnd()
        try startThread { end.end(received: receive(total, from: sink)) }

        var pace = Pace(rate)
        for frame in 0..<total {
            pace.wait(frame)
            guard let slot = source.allocate() else { throw BenchError("wrong: no slot for frame \(frame)") }
            let number = slot.publish(FrameRequest(captured: MonotonicClock.now()))
            try check(number == UInt64(frame), "frame \(frame) was published as \(number.map { "\($0)" } ?? "none")")
        }
        let (received, last, used) = end.wait()
        try check(received == total, "\(received) of \(total) pictures came in order")
        let snapshot = runtime.snapshot()
        try check(snapshot.done == UInt64(total) && snapshot.residues.isZero, "the runtime's books do not balance")
        let report = runtime.stop()
        try check(report.unanswered == 0 && report.stuckWorkers == 0, "the runtime did not stop")
        return StreamResult(
            latencies: try latencies.all(from: Pace.warmUp), span: last - pace.start, used: used - pace.usedBefore)
    }

    /// - Returns: how many pictures came in their order.
    private static func receive(_ total: Int, from sink: SinkPort) -> Int {
        for frame in 0..<total {
            guard let answer = sink.receive(), answer.delivery.frame == UInt64(frame), answer.picture != nil else {
                return frame
            }
        }
        return total
    }
}
