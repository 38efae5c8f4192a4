// Frames that a device fills, on real threads: late, twice, never, and reset after a time.

import ISPRuntime
import ISPTestSupport
import Testing

@Suite struct DeviceTests {
    /// Streams frames that a device fills; one whose device does not answer in time is given up.
    private func stream(
        frames: Int, patience: UInt64 = 5_000_000, _ behaviour: @escaping @Sendable (Int) -> DeviceBehaviour
    ) throws -> (published: Int, trace: TraceRecorder, report: Runtime.StopReport, snapshot: RuntimeSnapshot) {
        let plan = StressPlan()
        let trace = TraceRecorder()
        let runtime = try Runtime(RuntimeTests.configuration(), recorder: trace) { _ in StressJob(plan) }
        let device = try SimulatedDevice { ticket in runtime.hardwareDone(ticket) }
        let session = try #require(runtime.openSession())
        let source = try #require(session.makeSource())
        let sink = try #require(session.makeSink())
        let published = Counter()
        let group = ThreadGroup()
        try group.start {
            for frame in 0..<frames {
                guard let slot = source.allocate() else { return }
                guard let ticket = slot.submit(device: 0) else { continue }
                device.fill(slot.payload, with: UInt64(frame) + 7, ticket, behaviour(frame))
                slot.submitted(ticket)
                if slot.waitForDevice(until: MonotonicClock.now() + patience) {
                    slot.publish(FrameRequest(payload: UInt64(frame) + 7))
                    published.add(1)
                } else {
                    // Never publish what may still be written; now and then the device is reset.
                    slot.giveUp()
                    if frame % 3 == 0 { runtime.reset(device: 0) { device.reset() } }
                }
            }
            session.close()
        }
        var next: UInt64 = 0
        while let answer = sink.receive() {
            #expect(answer.delivery.frame == next)
            next = answer.delivery.frame + answer.delivery.count
            if let picture = answer.picture {
                let word = picture.loadUnaligned(as: UInt64.self)
                #expect(picture.bindMemory(to: UInt64.self).allSatisfy { $0 == word } && word % 3 == 0)
            }
        }
        group.wait()
        #expect(next == UInt64(published.value))
        runtime.reset(device: 0) { device.reset() }
        let report = runtime.stop()
        device.turnOff()
        #expect(plan.violations.value == 0)
        #expect(impossibility(in: trace.all) == nil)
        return (published.value, trace, report, runtime.snapshot())
    }

    @Test func framesOfALateDeviceArePublishedWhenItIsDone() throws {
        let result = try stream(frames: 100, patience: .max / 2) { DeviceBehaviour(latency: UInt64($0 % 5) * 100_000) }
        #expect(result.published == 100)
        #expect(result.report.held.isEmpty && result.snapshot.residues.isZero)
    }

    @Test func answersThatComeTwiceHaveOneEffect() throws {
        let result = try stream(frames: 100, patience: .max / 2) { DeviceBehaviour(duplicates: $0 % 3) }
        #expect(result.published == 100)
        #expect(result.trace.count(.lateHardwareDone) == 99)
        #expect(result.report.held.isEmpty)
    }

    @Test func slotsOfADeviceThatNeverAnswersReturnAfterItsReset() throws {
        let result = try stream(frames: 60) { DeviceBehaviour(isLost: $0 % 5 == 2) }
        #expect(result.published == 48)
        #expect(result.trace.count(.frameReclaimTriggered) > 0)
        #expect(result.trace.count(.frameReclaimed) > 0)
        #expect(result.report.held.isEmpty, "\(result.report.held)")
        #expect(result.snapshot.residues.isZero)
    }
}
