// Statistics that plans count on the way are those of the reference, number by number.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Testing

@Suite struct RealTimeStatisticsTests {
    /// Counts bands by themselves and adds them up.
    static func counted(
        _ pipeline: Pipeline, _ frame: RawFrame, stripWidth: Int, bands: Int
    ) throws -> FrameStatistics {
        let plan = try RealTimePlan(pipeline, format: frame.format, size: frame.size, stripWidth: stripWidth)
        let image = try ImageBuffer(format: pipeline.pack.format, size: pipeline.pack.outputSize)
        var sum = FrameStatistics()
        for index in 0..<bands {
            let band = Tiling.slice(index, of: bands, image.size)
            guard !band.isEmpty else { continue }
            let counter = StatisticsCounter()
            plan.develop(
                band.y..<band.maxY, of: frame, into: image, scratch: PlanScratch(), statistics: counter)
            sum.add(counter.statistics)
        }
        return sum
    }

    @Test(arguments: RealTimePlanTests.rawFormats) func everyFormat(_ format: PixelFormat) throws {
        let frame = try SyntheticFrames.frame(format, Size(width: 141, height: 83))
        let pipeline = try Look("plain").pipeline(for: frame)
        let tap = try RealTimePlanTests.plan(pipeline, frame).statisticsTap
        let expected = tap.statistics(of: frame, in: Region(frame.size))
        for (stripWidth, bands) in [(4096, 1), (64, 3), (128, 7)] {
            let counted = try Self.counted(pipeline, frame, stripWidth: stripWidth, bands: bands)
            #expect(counted == expected, "\(format), strips of \(stripWidth), \(bands) bands")
        }
        // Every second pair of rows, every photosite of them.
        let samples = expected.zones.reduce(0) { $0 + $1.counts.reduce(0, +) }
        #expect(samples == frame.size.width * (0..<frame.size.height).count { FrameStatistics.counts(row: $0) })
    }

    @Test(arguments: RealTimePlanTests.orientations) func ofWhatIsShown(_ orientation: Orientation) throws {
        for shown in [Region(x: 3, y: 5, width: 70, height: 41), Region(x: 10, y: 0, width: 33, height: 64)] {
            let frame = try randomFrame(.gbrg, width: 111, height: 70, seed: 9)
            let pipeline = try RealTimePlanTests.everything.pipeline(
                for: frame, format: .nv12, shown: shown, orientation: orientation)
            let plan = try RealTimePlanTests.plan(pipeline, frame)
            let expected = plan.statisticsTap.statistics(of: frame, in: shown)
            let counted = try Self.counted(pipeline, frame, stripWidth: 64, bands: 3)
            #expect(counted == expected, "\(orientation), \(shown)")
        }
    }

    @Test func aCounterStartsAnew() throws {
        let frame = try randomFrame(.rggb, width: 64, height: 48, seed: 2)
        let plan = try RealTimePlanTests.plan(Look("plain").pipeline(for: frame), frame)
        let image = try ImageBuffer(format: .rgb888, size: frame.size)
        let counter = StatisticsCounter()
        for _ in 0..<2 {
            counter.reset()
            plan.develop(0..<48, of: frame, into: image, scratch: PlanScratch(), statistics: counter)
        }
        #expect(counter.statistics == plan.statisticsTap.statistics(of: frame, in: Region(frame.size)))
    }
}
