// Every interleaving of small meetings with few preemptions, then random ones. `SOFTISP_SCHEDULES=N` tries N a scenario.

import Foundation
import ISPRuntime
import ISPTestSupport
import Testing

@Suite struct ScheduleTests {
    @Test(arguments: Scenario.all) func whoeverComesFirstTheBooksBalance(_ scenario: Scenario) throws {
        let limit = ProcessInfo.processInfo.environment["SOFTISP_SCHEDULES"].flatMap(Int.init) ?? 1_500
        var tried = 0
        func attempt(_ plan: [Preemption]) throws -> [[Int]] {
            tried += 1
            let result = try run(scenario, plan: plan)
            if let violation = result.violation {
                Issue.record("\(scenario), preemptions \(plan): \(violation)")
                throw RuntimeError.stopped
            }
            return result.choices
        }
        // All with one preemption, then with two for as long as the limit allows.
        let straight = try attempt([])
        var single: [([Preemption], [[Int]])] = []
        for (point, others) in straight.enumerated() {
            for other in others {
                let plan = [Preemption(point: point, thread: other)]
                single.append((plan, try attempt(plan)))
            }
        }
        let singles = tried
        var random = SeededGenerator(seed: 1)
        while tried < max(limit, singles + limit / 2) {
            guard let (plan, choices) = single.randomElement(using: &random), let first = plan.first else { break }
            var longer = [first]
            var point = first.point
            for _ in 0..<Int.random(in: 1...3, using: &random) where point + 1 < choices.count {
                point = Int.random(in: point + 1..<choices.count, using: &random)
                if let other = choices[point].randomElement(using: &random) {
                    longer.append(Preemption(point: point, thread: other))
                }
            }
            _ = try attempt(longer)
        }
        print(
            "schedules: \(scenario): \(singles) with at most one preemption, all; \(tried - singles) with more, at random"
        )
    }
}
