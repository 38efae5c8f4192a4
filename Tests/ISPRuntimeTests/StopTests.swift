// stop() and flush() under the virtual clock, at random moments of random misfortune: whatever hangs, every frame is
// answered within a second.

import ISPRuntime
import ISPTestSupport
import Testing

@Suite struct StopTests {
    /// A world at a random moment, with something hung where that is possible.
    private func worldInTrouble(_ seed: UInt64) -> World {
        var random = SeededGenerator(seed: seed)
        var limits = randomLimits(&random)
        limits.faults[.workerHangs] = 3
        limits.faults[.sinkHangs] = 1
        limits.faults[.deviceLost] = 2
        let world = World(limits)
        for _ in 0..<Int.random(in: 10...80, using: &random) {
            guard let action = world.enabled().randomElement(using: &random) else { break }
            world.apply(action)
        }
        for index in world.workers.indices where world.workers[index].doing != .gone {
            world.workers[index].isHung = true
        }
        return world
    }

    /// The first `count` such moments at which there are frames without an answer and a worker hangs with one in hand.
    private func moments(_ count: Int) -> some Sequence<(UInt64, World)> {
        (0...).lazy.map { (UInt64($0), worldInTrouble(UInt64($0))) }
            .filter { _, world in
                world.core.snapshot().unanswered > 0
                    && world.workers.contains { if case .frame = $0.doing { $0.isHung } else { false } }
            }
            .prefix(count)
    }

    /// Time passes while nothing of what hangs moves; the supervisor does its rounds.
    private func pass(_ world: World, until end: UInt64, _ isDone: () -> Bool) {
        while world.environment.clock < end, !isDone() {
            let due = world.core.supervise()
            world.environment.clock = min(end, max(world.environment.clock + 1, due))
        }
    }

    @Test func stopAnswersEveryFrameWithinASecond() {
        for (seed, world) in moments(1_000) {
            let start = world.environment.clock
            let knobs = world.core.manager.knobs
            for session in 0..<world.limits.sessions { world.core.beginStop(session: session) }
            pass(world, until: start + knobs.drainGracePeriod) { world.core.snapshot().unanswered == 0 }
            for session in 0..<world.limits.sessions { world.core.endStop(session: session) }
            let snapshot = world.core.snapshot()
            #expect(snapshot.unanswered == 0 && snapshot.residues.isZero, "seed \(seed)")
            #expect(world.environment.clock - start <= Knobs.answerBound, "seed \(seed)")
            #expect(world.core.manager.sessions.allSatisfy { $0.outstanding == 0 }, "seed \(seed): not delivered")
            #expect(world.violation == nil, "seed \(seed): \(world.violation ?? "")")
        }
    }

    @Test func flushAnswersEveryFrameAtOnce() {
        for (seed, world) in moments(1_000) {
            let start = world.environment.clock
            for session in 0..<world.limits.sessions { world.apply(.flush(session)) }
            #expect(world.core.snapshot().unanswered == 0, "seed \(seed)")
            #expect(world.environment.clock == start)
            #expect(world.violation == nil, "seed \(seed): \(world.violation ?? "")")
            // What hung comes back into the new epoch, and everything comes to rest.
            world.drain()
            #expect(world.violation == nil, "seed \(seed): \(world.violation ?? "")")
        }
    }
}
