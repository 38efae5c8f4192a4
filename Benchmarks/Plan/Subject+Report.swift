// What PlanBench prints of a subject.

import ISPPlan

extension Subject {
    /// Prints nanoseconds a pixel.
    func measure() {
        let pixels = Double(image.size.width * image.size.height)
        for threads in [1, 2] {
            let times = (0..<41).map { _ in Double(run(threads: threads)) / pixels }.sorted()
            print("threads \(threads): median \(times[20]) least \(times[0]) ns/pixel")
        }
    }

    /// Prints how far the picture is from the reference's.
    func compare() throws {
        _ = run(threads: 1)
        let reference = try TiledExecutor(threads: 2).develop(frame, with: pipeline)
        if wantsStatistics {
            let expected = plan.statisticsTap.statistics(of: frame, in: plan.countedRegion)
            print("statistics \(expected == counters[0].statistics ? "equal" : "DIFFER")")
        }
        var counts: [Int: Int] = [:]
        for (a, b) in zip(image.bytes, reference.bytes) { counts[abs(Int(a) - Int(b)), default: 0] += 1 }
        let total = image.bytes.count
        let text = counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "  ")
        let beyond = counts.filter { $0.key > 1 }.values.reduce(0, +)
        print("\(frame.size) \(frame.format) -> \(image.format); \(total) samples; by difference \(text)")
        print("curve error \(plan.curveError) codes")
        print("beyond one code: \(Double(beyond) / Double(total) * 100) %; largest \(counts.keys.max() ?? 0)")
    }
}
