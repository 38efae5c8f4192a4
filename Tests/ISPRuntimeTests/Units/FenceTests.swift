// Epoch and publish fences: stale, duplicated and reordered tickets never have an effect, and nobody reads what was not
// published.

import ISPRuntime
import ISPTestSupport
import Testing

@Suite struct FenceTests {
    /// Tickets of earlier generations and submissions come back at random moments, with epochs so narrow that they wrap:
    /// at most 2^n - 1 generations old, since 2^n must match by design.
    @Test(arguments: [1, 2, 4] as [UInt32], 0..<30 as Range<UInt64>)
    func staleTicketsHaveNoEffect(bits: UInt32, seed: UInt64) throws {
        var configuration = RuntimeConfiguration()
        configuration.rawSlots = 2
        configuration.imageSlots = 2
        configuration.toleratedStuckWorkers = 0
        configuration.epochMask = (1 << bits) - 1
        let environment = VirtualEnvironment(configuration)
        let core = RuntimeCore(configuration, environment)
        var random = SeededGenerator(seed: seed)
        var generation = [0, 0]
        var old: [(ticket: AllocTicket, generation: Int)] = []
        for _ in 0..<400 {
            let slot = try #require(core.allocate(source: .source(0), core: 0))
            var open: AllocTicket?
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // An old one at any moment: before, during and after a submission.
                if let stale = old.randomElement(using: &random) {
                    let before = environment.load(stale.ticket.slot)
                    #expect(core.hardwareDone(stale.ticket) == .late)
                    #expect(environment.load(stale.ticket.slot) == before)
                }
                if let ticket = open {
                    #expect(core.hardwareDone(ticket) == .done)
                    open = nil
                    old.append((ticket, generation[slot]))
                } else {
                    open = core.submitHardware(
                        .raw(slot), holder: .source(0), epoch: environment.load(.raw(slot)).epoch, attempt: 0,
                        sessionEpoch: 0, device: 0)
                    #expect(open != nil)
                }
            }
            if let ticket = open {
                #expect(!core.cancel(slot, source: .source(0)), "a slot came back while a device fills it")
                #expect(core.hardwareDone(ticket) == .done)
                old.append((ticket, generation[slot]))
            }
            #expect(core.cancel(slot, source: .source(0)))
            generation[slot] += 1
            old.removeAll { generation[$0.ticket.slot.index] - $0.generation >= 1 << Int(bits) }
            old.shuffle(using: &random)
        }
        #expect(core.snapshot().residues.isZero)
    }

    @Test func aSlotThatADeviceFillsIsNotPublished() throws {
        let core = RuntimeCore(RuntimeConfiguration(), VirtualEnvironment(RuntimeConfiguration()))
        let session = try #require(core.openSession())
        _ = core.attachWorker()
        let slot = try #require(core.allocate(source: .source(0), core: 0))
        let ticket = try #require(
            core.submitHardware(.raw(slot), holder: .source(0), epoch: 0, attempt: 0, sessionEpoch: 0, device: 0))
        #expect(core.publish(slot, source: .source(0), session: session, FrameRequest()) == .hardwareInUse)
        #expect(core.hardwareDone(ticket) == .done)
        #expect(core.publish(slot, source: .source(0), session: session, FrameRequest()) == .published(frame: 0))
    }

    /// Publisher and worker on real threads: whatever the worker sees of envelope and payload must be complete. Run under
    /// ThreadSanitizer, a fence that is missing is a report.
    @Test func readersSeeCompleteFrames() throws {
        let plan = StressPlan()
        let runtime = try Runtime(RuntimeTests.configuration(workers: 1, raw: 2, image: 3)) { _ in StressJob(plan) }
        #expect(try RuntimeTests.stream(runtime, frames: 2_000) == 2_000)
        #expect(plan.violations.value == 0)
        runtime.stop()
    }
}
