// The page of a runtime that runs: its counters agree with its own books.

import ISPRuntime
import ISPTelemetry
import Testing

@Suite struct RuntimePageTests {
    private final class Copy: Job {
        func apply(_ command: Command, _ context: JobContext) {}
        func develop(_ slice: FrameSlice, _ context: JobContext) throws {
            if slice.envelope.frameID % 10 == 3 { throw WorkerFailure("as the test likes") }
            slice.output.copyMemory(from: slice.input)
        }
    }

    @Test func countersAgreeWithTheBooks() throws {
        var configuration = RuntimeConfiguration()
        configuration.rawBytes = 64
        configuration.imageBytes = 64
        configuration.knobs.attemptBudget = 2
        configuration.restartBudget = 1_000
        let telemetry = Telemetry(shards: 8)
        let runtime = try Runtime(configuration, recorder: telemetry) { _ in Copy() }
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource())
        let sink = try #require(session.makeSink())
        for frame in 0..<50 as Range<UInt64> {
            guard let slot = source.allocate() else { break }
            slot.publish()
            let next = sink.receive()?.delivery.frame
            #expect(next == frame)
        }
        runtime.stop()
        let (counted, moment) = (telemetry.snapshot(), runtime.snapshot())
        #expect(counted.count(.frameSubmitted) == moment.submitted)
        #expect(counted.frames(.done) == moment.done && moment.done == 45)
        #expect(counted.frames(.dropped(.attempts)) == 5)
        #expect(counted.count(.frameRedispatched) == moment.redispatched)
        #expect(counted.histogram(.delivery).count == 50)
        let page = PrometheusText.render(counted, gauges: moment.gauges)
        #expect(page.contains("softisp_law_residue{law=\"frames\"} 0\n"))
        #expect(page.contains("softisp_slots{pool=\"raw\",state=\"FREE\"} 8\n"))
        #expect(page.contains("softisp_frames_submitted_total 50\n"))
    }
}
