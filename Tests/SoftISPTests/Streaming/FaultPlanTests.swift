// Faults and times as they are written, and the chance that faults are drawn from.

import ISPImaging
import SoftISP
import Testing

@Suite struct FaultPlanTests {
    @Test func faultsAreReadWithTheirRateAndDuration() throws {
        #expect(try Fault("worker-hang:0.005:2s") == Fault(.workerHang, rate: 0.005, duration: 2_000_000_000))
        #expect(try Fault("device-never:1") == Fault(.deviceNever, rate: 1))
        #expect(try Fault("busy:0:250ms").duration == 250_000_000)
    }

    @Test(arguments: [
        "", "worker-kill", "worker-kill:", "worker-kill:2", "worker-kill:-0.1", "worker-kill:nan", "worker-kil:0.1",
        "worker-hang:0.1:soon", "worker-hang:0.1:1s:1", "worker-hang:0.1:", ":0.1", "worker-hang:0.1:100d",
    ]) func wrongFaultsAreRefused(text: String) {
        #expect(throws: ISPError.self) { try Fault(text) }
    }

    @Test(
        arguments: [
            ("250ms", 250_000_000), ("2s", 2_000_000_000), ("2", 2_000_000_000), ("1.5m", 90_000_000_000),
            ("10us", 10_000),
            ("7ns", 7), ("0.5h", 1_800_000_000_000), ("0", 0),
        ] as [(String, UInt64)]) func timesAreRead(text: String, nanoseconds: UInt64) throws
    {
        #expect(try Duration.nanoseconds(of: text, "the time") == nanoseconds)
    }

    @Test(arguments: ["", "s", "1x", "-1s", "1e3s", "1 s", "31.0.1s", "721h", "."]) func wrongTimesAreRefused(
        text: String
    ) {
        #expect(throws: ISPError.self) { try Duration.nanoseconds(of: text, "the time") }
    }

    @Test func theSamePlanStrikesTheSameFramesAndAnotherSeedOthers() {
        func struck(_ plan: FaultPlan) -> [UInt64] {
            (0..<10_000).filter { plan.strikes(.workerKill, session: 0, frame: $0) != nil }
        }
        let plan = FaultPlan([Fault(.workerKill, rate: 0.05)], seed: 7)
        #expect(struck(plan) == struck(plan))
        #expect(struck(plan) != struck(FaultPlan(plan.faults, seed: 8)))
        // 500 are to be expected; the deviation of the count is 22.
        #expect((400...600).contains(struck(plan).count))
        #expect(plan.strikes(.busy, session: 0, frame: 0) == nil, "a kind that is not in the plan")
    }

    @Test func attemptsSessionsAndKindsAreDrawnApart() {
        let plan = FaultPlan(FaultKind.allCases.map { Fault($0, rate: 0.5) }, seed: 1)
        func pattern(_ kind: FaultKind, _ session: Int, _ attempt: Int) -> [Bool] {
            (0..<64).map { plan.strikes(kind, session: session, frame: $0, attempt: attempt) != nil }
        }
        let patterns = [
            pattern(.workerKill, 0, 0), pattern(.workerKill, 1, 0), pattern(.workerKill, 0, 1),
            pattern(.workerHang, 0, 0),
        ]
        #expect(Set(patterns).count == patterns.count)
        for frame in 0..<64 as Range<UInt64> {
            #expect((0..<5).contains(plan.choice(5, .workerKill, session: 0, frame: frame)))
        }
    }
}
