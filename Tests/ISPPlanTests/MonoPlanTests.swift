// Plans of mono frames: near the reference, and one picture however they are cut.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Testing

@Suite struct MonoPlanTests {
    static let rawFormats = PixelFormat.all.filter { $0.isRaw && $0.cfa == nil }
    static let pictureFormats = [PixelFormat.grey8] + RealTimePlanTests.pictureFormats
    static let raw12 = rawFormats.first { $0.name == "R12" }!

    /// What a mono sensor's pipeline has: no balance.
    static let mono = Look("mono") { pipeline, _ in
        pipeline.whiteBalance = try WhiteBalance(gains: .unity, digitalGain: pipeline.whiteBalance.digitalGain)
        let gains = Array(repeating: pipeline.whiteBalance.digitalGain, count: 4)
        pipeline.highlights = Highlights(.off, saturation: gains)
    }

    @Test(arguments: Look.linear) func withinACode(_ look: Look) throws { try expectAgreement(look) }

    @Test(arguments: Look.repairing) func withDefectsWithinACode(_ look: Look) throws {
        try expectAgreement(look, damaged: true)
    }

    private func expectAgreement(_ look: Look, damaged: Bool = false) throws {
        for format in [PixelFormat.grey8, .nv12] {
            let frame = try SyntheticFrames.frame(
                Self.raw12, Size(width: 680, height: 300), at: (100, 180), damaged: damaged)
            let pipeline = try look.with(Self.mono).pipeline(for: frame, format: format)
            let difference = try RealTimeAgreementTests.difference(pipeline, frame)
            #expect(difference.worst <= 1, "\(format): \(difference)")
        }
    }

    @Test(arguments: Look.sharpening) func sharpenedNearlyAlwaysWithinACode(_ look: Look) throws {
        let frame = try SyntheticFrames.frame(Self.raw12, Size(width: 680, height: 300), at: (100, 180))
        let pipeline = try look.with(Self.mono).pipeline(for: frame, format: .grey8)
        let difference = try RealTimeAgreementTests.difference(pipeline, frame)
        #expect(difference.shareBeyondOne <= 0.001 && difference.worst <= 3, "\(difference)")
    }

    @Test(arguments: rawFormats, RealTimePlanTests.sizes) func everyRawFormatWithinACode(
        _ format: PixelFormat, _ size: Size
    ) throws {
        let frame = try SyntheticFrames.frame(format, size)
        let pipeline = try Look("plain").with(Self.mono).pipeline(for: frame, format: .grey8)
        let difference = try RealTimeAgreementTests.difference(pipeline, frame)
        #expect(difference.worst <= 1, "\(difference)")
    }

    @Test(arguments: pictureFormats, RealTimePlanTests.orientations) func howItIsCutChangesNothing(
        _ format: PixelFormat, _ orientation: Orientation
    ) throws {
        let frame = try SyntheticFrames.frame(Self.raw12, Size(width: 207, height: 45), damaged: true)
        for shown in [Region(frame.size), Region(x: 7, y: 3, width: 151, height: 31)] {
            let pipeline = try RealTimePlanTests.everything.with(Self.mono).pipeline(
                for: frame, format: format, shown: shown, orientation: orientation)
            try RealTimePlanTests.expectOnePicture(pipeline, frame, "\(shown)")
            let difference = try RealTimeAgreementTests.difference(pipeline, frame)
            #expect(difference.worst <= 3, "\(shown): \(difference)")
        }
    }

    /// No statistics of colours are made of a frame without them, as the reference makes none.
    @Test func nothingIsCounted() throws {
        let frame = try SyntheticFrames.frame(Self.raw12, Size(width: 64, height: 48))
        let plan = try RealTimePlanTests.plan(Self.mono.pipeline(for: frame, format: .grey8), frame)
        let image = try ImageBuffer(format: .grey8, size: frame.size)
        let counter = StatisticsCounter()
        plan.develop(0..<48, of: frame, into: image, scratch: PlanScratch(), statistics: counter)
        #expect(counter.statistics == FrameStatistics())
        #expect(plan.statisticsTap.statistics(of: frame, in: Region(frame.size)) == FrameStatistics())
    }

    @Test func whatMonoFramesHaveNoKernelForIsRefused() throws {
        let frame = try SyntheticFrames.frame(Self.raw12, Size(width: 64, height: 64))
        var pipeline = try Self.mono.pipeline(for: frame, format: .grey8)
        pipeline.binning = try Binning(.half, of: frame.size)
        #expect(RealTimePlan.refusals(of: pipeline, format: frame.format).map(\.stage) == ["binning"])
        let bayer = try SyntheticFrames.frame(RealTimePlanTests.raw12, Size(width: 64, height: 64))
        let grey = try Look("plain").pipeline(for: bayer, format: .grey8)
        #expect(RealTimePlan.refusals(of: grey, format: bayer.format).map(\.stage) == ["pack"])
    }
}
