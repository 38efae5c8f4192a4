// Plans of binned frames: near the reference, and one picture however they are cut.

import ISPImaging
import ISPPlan
import ISPStages
import ISPSynthetic
import ISPTestSupport
import Testing

@Suite struct BinnedPlanTests {
    static let amounts = [Binning.Amount.half, .quarter]
    /// The smallest of each, and sizes at which rows, quads and groups end anywhere.
    static let sizes = [(64, 64), (67, 79), (166, 117), (301, 66), (530, 70)].map { Size(width: $0, height: $1) }

    static func raw14(_ cfa: CFAPattern) -> PixelFormat { .raw(cfa, bitsPerSample: 14, packing: .words)! }

    /// The change that bins: the picture shows the binned part.
    static func binned(_ amount: Binning.Amount) -> Look {
        Look("\(amount)") { pipeline, frame in
            guard let binning = try Binning(amount, of: frame.size) else { return }
            pipeline.binning = binning
            let pack = pipeline.pack
            pipeline.pack = try Pack(
                shown: binning.part(for: pack.shown, of: frame.size), orientation: pack.orientation,
                format: pack.format, range: pack.range)
        }
    }

    // MARK: Beside the reference

    @Test(arguments: Look.linear, amounts) func withinACode(_ look: Look, _ amount: Binning.Amount) throws {
        try expectAgreement(look, amount, damaged: false)
    }

    /// Defects are looked for before anything is joined, by the same rules.
    @Test(arguments: Look.repairing, amounts) func withDefectsWithinACode(_ look: Look, _ amount: Binning.Amount)
        throws
    {
        try expectAgreement(look, amount, damaged: true)
    }

    private func expectAgreement(_ look: Look, _ amount: Binning.Amount, damaged: Bool) throws {
        for (cfa, format) in zip(CFAPattern.allCases, [PixelFormat.rgb888, .nv12, .rgb888, .nv12]) {
            let frame = try SyntheticFrames.frame(
                Self.raw14(cfa), Size(width: 680, height: 300), at: (100, 180), damaged: damaged)
            let pipeline = try look.with(Self.binned(amount)).pipeline(for: frame, format: format)
            let difference = try RealTimeAgreementTests.difference(pipeline, frame)
            #expect(difference.worst <= 1, "\(cfa): \(difference)")
        }
    }

    @Test(arguments: Look.sharpening, amounts) func sharpenedNearlyAlwaysWithinACode(
        _ look: Look, _ amount: Binning.Amount
    ) throws {
        for cfa in [CFAPattern.grbg, .bggr] {
            let frame = try SyntheticFrames.frame(Self.raw14(cfa), Size(width: 680, height: 300), at: (100, 180))
            let pipeline = try look.with(Self.binned(amount)).pipeline(for: frame)
            let difference = try RealTimeAgreementTests.difference(pipeline, frame)
            #expect(difference.shareBeyondOne <= 0.001 && difference.worst <= 3, "\(cfa): \(difference)")
        }
    }

    /// Every phase, depth and packing.
    @Test(arguments: RealTimePlanTests.rawFormats, amounts) func everyRawFormatWithinACode(
        _ format: PixelFormat, _ amount: Binning.Amount
    ) throws {
        for size in Self.sizes {
            let frame = try SyntheticFrames.frame(format, size)
            let pipeline = try Look("plain").with(Self.binned(amount)).pipeline(for: frame)
            let difference = try RealTimeAgreementTests.difference(pipeline, frame)
            #expect(difference.worst <= 1, "\(size): \(difference)")
        }
    }

    /// Samples without any sense: nothing is smoothed away that a picture would not have.
    @Test(arguments: CFAPattern.allCases, amounts) func noiseWithinACode(
        _ cfa: CFAPattern, _ amount: Binning.Amount
    ) throws {
        for bits in [10, 16] {
            let frame = try randomFrame(cfa, width: 150, height: 90, bits: bits, seed: 3)
            let pipeline = try Look("plain").with(Self.binned(amount)).pipeline(for: frame)
            let difference = try RealTimeAgreementTests.difference(pipeline, frame)
            #expect(difference.worst <= 1, "\(bits) bits: \(difference)")
        }
    }

    @Test func compandedWithinACode() throws {
        let curve = try CompandingCurve.squareRoot(bits: 10)
        let frame = try randomFrame(.gbrg, width: 150, height: 90, bits: 10, seed: 3)
        for amount in Self.amounts {
            var pipeline = try Look("plain").with(Self.binned(amount)).pipeline(for: frame)
            pipeline.linearise = try Linearise(table: curve.linearization)
            pipeline.blackLevel = try BlackLevel(black: Array(repeating: 100, count: 4), white: 65_535)
            #expect(try RealTimeAgreementTests.difference(pipeline, frame).worst <= 1)
        }
    }

    // MARK: One picture

    @Test(arguments: amounts, RealTimePlanTests.pictureFormats) func stripsAndBandsChangeNothing(
        _ amount: Binning.Amount, _ format: PixelFormat
    ) throws {
        for size in Self.sizes + [Size(width: 900, height: 66)] {
            let frame = try SyntheticFrames.frame(RealTimePlanTests.raw12, size, at: (2, 100), damaged: true)
            for look in [RealTimePlanTests.everything, RealTimePlanTests.light] {
                let pipeline = try look.with(Self.binned(amount)).pipeline(for: frame, format: format)
                try RealTimePlanTests.expectOnePicture(pipeline, frame, "\(look.testDescription), \(size)")
            }
        }
    }

    @Test(arguments: RealTimePlanTests.orientations, amounts) func norDoTheyWherePicturesAreTurnedAndCropped(
        _ orientation: Orientation, _ amount: Binning.Amount
    ) throws {
        let frame = try SyntheticFrames.frame(RealTimePlanTests.raw12, Size(width: 413, height: 91), damaged: true)
        let whole = try RealTimePlanTests.whole(
            RealTimePlanTests.everything.with(Self.binned(amount)).pipeline(for: frame), frame)
        for crop in [
            Region(frame.size), Region(x: 20, y: 8, width: 300, height: 60),
            Region(x: 15, y: 7, width: 302, height: 61),
            Region(x: 260, y: 42, width: 1, height: 1),
        ] {
            for format in [PixelFormat.rgb888, .nv12] {
                let pipeline = try RealTimePlanTests.everything.with(Self.binned(amount)).pipeline(
                    for: frame, format: format, shown: crop, orientation: orientation)
                try RealTimePlanTests.expectOnePicture(pipeline, frame, "\(crop)")
                guard format == .rgb888 else { continue }
                let (part, shown) = (try RealTimePlanTests.whole(pipeline, frame), pipeline.pack.shown)
                let map = orientation.upright(of: shown.size)
                var isSame = true
                for y in 0..<shown.height {
                    for x in 0..<shown.width {
                        let (column, row) = (map.originX + x * map.column.x, map.originY + y * map.row.y)
                        let expected = whole.sample(x: shown.x + x, y: shown.y + y, channel: 1)
                        isSame = isSame && part.sample(x: column, y: row, channel: 1) == expected
                    }
                }
                #expect(isSame, "\(crop) is part of the whole")
            }
        }
    }

    @Test(arguments: amounts) func paddingOfRowsChangesNothing(_ amount: Binning.Amount) throws {
        for format in [
            PixelFormat.raw(.rggb, bitsPerSample: 10, packing: .csi2)!, .raw(.bggr, bitsPerSample: 8, packing: .bytes)!,
        ] {
            let size = Size(width: 135, height: 70)
            let plain = try SyntheticFrames.frame(format, size)
            let pipeline = try RealTimePlanTests.everything.with(Self.binned(amount)).pipeline(for: plain)
            let expected = try RealTimePlanTests.whole(pipeline, plain)
            for padding in [1, 64] {
                let padded = try SyntheticFrames.frame(format, size, padding: padding)
                let isSame = haveSameBytes(try RealTimePlanTests.whole(pipeline, padded), expected)
                #expect(isSame, "\(format), \(padding) bytes")
            }
        }
    }

    // MARK: What a plan tells

    /// Statistics are those of the frame's samples, as they were before they were binned.
    @Test(arguments: RealTimePlanTests.orientations, amounts) func statisticsAreOfTheFrame(
        _ orientation: Orientation, _ amount: Binning.Amount
    ) throws {
        let frame = try randomFrame(.gbrg, width: 223, height: 141, seed: 9)
        for shown in [Region(frame.size), Region(x: 7, y: 10, width: 141, height: 83)] {
            let pipeline = try RealTimePlanTests.everything.with(Self.binned(amount)).pipeline(
                for: frame, format: .nv12, shown: shown, orientation: orientation)
            let plan = try RealTimePlanTests.plan(pipeline, frame)
            let factor = amount == .half ? 2 : 4
            #expect(plan.countedRegion.width == pipeline.pack.shown.width * factor)
            #expect(Region(frame.size).contains(plan.countedRegion))
            let expected = plan.statisticsTap.statistics(of: frame, in: plan.countedRegion)
            for (stripWidth, bands) in [(4096, 1), (64, 3)] {
                let counted = try RealTimeStatisticsTests.counted(
                    pipeline, frame, stripWidth: stripWidth, bands: bands)
                #expect(counted == expected, "\(shown), strips of \(stripWidth), \(bands) bands")
            }
        }
    }

    @Test(arguments: amounts) func stepsAreAsManyAsItSays(_ amount: Binning.Amount) throws {
        let frame = try SyntheticFrames.frame(RealTimePlanTests.raw12, Size(width: 400, height: 550))
        for look in RealTimeStepTests.looks {
            let pipeline = try look.with(Self.binned(amount)).pipeline(for: frame)
            let plan = try RealTimePlanTests.plan(pipeline, frame, stripWidth: 64)
            let image = try ImageBuffer(format: .rgb888, size: pipeline.pack.outputSize)
            for rows in [0..<image.size.height, 0..<2, 20..<71, 64..<128, 0..<0] {
                var seen: [Int] = []
                plan.develop(rows, of: frame, into: image, scratch: PlanScratch()) { seen.append($0) }
                #expect(seen == Array(0..<plan.steps(rows)), "\(rows)")
            }
        }
    }

    @Test func aPlanTellsThatItBins() throws {
        let frame = try SyntheticFrames.frame(RealTimePlanTests.raw12, Size(width: 130, height: 70))
        let plan = try RealTimePlanTests.plan(Look("plain").with(Self.binned(.quarter)).pipeline(for: frame), frame)
        let step = try #require(plan.steps.first { $0.stages == "binning" })
        #expect(step.kernel == "bin" && step.note.contains("130x70 to 32x17"))
    }

    @Test func framesThatAreTooSmallAreRefused() throws {
        let (large, small) = (Size(width: 130, height: 70), Size(width: 130, height: 62))
        let pipeline = try Look("plain").with(Self.binned(.quarter)).pipeline(
            for: SyntheticFrames.frame(RealTimePlanTests.raw12, large))
        let error = #expect(throws: ISPError.self) {
            try RealTimePlan(pipeline, format: RealTimePlanTests.raw12, size: small)
        }
        #expect(error?.kind == .usage && error?.message.contains("binning") == true)
    }
}
