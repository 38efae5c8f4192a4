// Between steps a run can be ended; and the steps are as many as a plan says.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Testing

@Suite struct RealTimeStepTests {
    private struct Enough: Error {}

    static let looks = [RealTimePlanTests.everything, RealTimePlanTests.light]

    /// Frames of several strips and several steps.
    func plan(_ look: Look, _ format: PixelFormat, _ orientation: Orientation) throws -> (RealTimePlan, RawFrame) {
        let frame = try SyntheticFrames.frame(RealTimePlanTests.raw12, Size(width: 150, height: 301))
        let pipeline = try look.pipeline(for: frame, format: format, orientation: orientation)
        return (try RealTimePlanTests.plan(pipeline, frame, stripWidth: 64), frame)
    }

    @Test(arguments: [PixelFormat.rgb888, .nv12], RealTimePlanTests.orientations)
    func stepsAreCountedFromZeroUp(_ format: PixelFormat, _ orientation: Orientation) throws {
        for look in Self.looks {
            let (plan, frame) = try plan(look, format, orientation)
            let image = try ImageBuffer(format: format, size: plan.pipeline.pack.outputSize)
            for rows in [0..<301, 0..<128, 0..<2, 0..<1, 128..<256, 2..<131, 300..<301, 44..<301, 0..<0] {
                var seen: [Int] = []
                plan.develop(rows, of: frame, into: image, scratch: PlanScratch()) { seen.append($0) }
                #expect(seen == Array(0..<plan.steps(rows)), "\(rows)")
                #expect(rows.isEmpty || plan.steps(rows) >= 3, "at least one for each strip")
            }
        }
    }

    @Test func anErrorEndsTheRunAtOnce() throws {
        for look in Self.looks {
            let (plan, frame) = try plan(look, .rgb888, .up)
            let size = plan.pipeline.pack.outputSize
            let expected = try RealTimePlanTests.whole(plan.pipeline, frame)
            let scratch = PlanScratch()
            for last in 0..<plan.steps(0..<size.height) {
                let image = try ImageBuffer(format: .rgb888, size: size)
                var calls = 0
                #expect(throws: Enough.self) {
                    try plan.develop(0..<size.height, of: frame, into: image, scratch: scratch) { step in
                        calls += 1
                        if step == last { throw Enough() }
                    }
                }
                #expect(calls == last + 1)
                // Strips that were not begun are untouched.
                let begun = last / (plan.steps(0..<size.height) / 3)
                var isUntouched = true
                for x in min((begun + 1) * 64, size.width)..<size.width {
                    for y in 0..<size.height { isUntouched = isUntouched && image.sample(x: x, y: y, channel: 1) == 0 }
                }
                #expect(isUntouched, "after step \(last)")
                // The memory is as good as new.
                let again = try ImageBuffer(format: .rgb888, size: size)
                plan.develop(0..<size.height, of: frame, into: again, scratch: scratch)
                let isSame = haveSameBytes(again, expected)
                #expect(isSame)
            }
        }
    }

    @Test func aPlanTellsItsStepsAndItsMemory() throws {
        let (plan, _) = try plan(RealTimePlanTests.everything, .nv12, .up)
        let stages = plan.steps.flatMap { $0.stages.split(separator: ", ").map(String.init) }
        let order = Pipeline.stages.map(\.name)
        #expect(stages.allSatisfy(order.contains))
        #expect(stages.first == "unpack" && stages.last == "pack")
        #expect(plan.layout.contains("64 columns") && plan.layout.contains("KiB"))
        #expect(plan.curveError < 1)
    }
}
