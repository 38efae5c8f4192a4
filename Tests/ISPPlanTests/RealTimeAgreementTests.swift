// A real-time plan makes the picture of the reference, within the rounding of its lanes.

import ISPImaging
import ISPPlan
import ISPStages
import ISPSynthetic
import ISPTestSupport
import Testing

@Suite struct RealTimeAgreementTests {
    static let window = Size(width: 340, height: 150)
    static let formats = [PixelFormat.rgb888, .nv12]

    static func difference(_ pipeline: Pipeline, _ frame: RawFrame) throws -> CodeDifference {
        let plan = try RealTimePlan(pipeline, format: frame.format, size: frame.size)
        return CodeDifference(
            try RealTimeExecutor(threads: 1).develop(frame, with: plan),
            try TiledExecutor(threads: 1).develop(frame, with: pipeline))
    }

    @Test(arguments: Look.linear, formats) func withoutSharpeningWithinACode(_ look: Look, _ format: PixelFormat) throws
    {
        for cfa in CFAPattern.allCases {
            let frame = try SyntheticFrames.frame(
                .raw(cfa, bitsPerSample: 14, packing: .words)!, Self.window, at: (100, 180))
            let difference = try Self.difference(look.pipeline(for: frame, format: format), frame)
            #expect(difference.worst <= 1, "\(cfa): \(difference)")
        }
    }

    /// A curve that is steep without end at black: there a step of the lanes is more than a code.
    @Test(arguments: formats) func lessContrastWithinTwoCodesInTheDark(_ format: PixelFormat) throws {
        let look = Look("less contrast") { pipeline, _ in
            pipeline.contrastSaturation = try ContrastSaturation(contrast: 0.8, saturation: 1)
        }
        for cfa in CFAPattern.allCases {
            let frame = try SyntheticFrames.frame(
                .raw(cfa, bitsPerSample: 14, packing: .words)!, Self.window, at: (100, 180))
            let difference = try Self.difference(look.pipeline(for: frame, format: format), frame)
            #expect(difference.worst <= 2 && difference.beyondOne <= 5, "\(cfa): \(difference)")
        }
    }

    /// Decisions about defects are those of the reference, so nothing is off by more than elsewhere.
    @Test(arguments: Look.repairing, formats) func withDefectsWithinACode(_ look: Look, _ format: PixelFormat) throws {
        for cfa in CFAPattern.allCases {
            let frame = try SyntheticFrames.frame(
                .raw(cfa, bitsPerSample: 12, packing: .words)!, Self.window, at: (100, 180), damaged: true)
            let difference = try Self.difference(look.pipeline(for: frame, format: format), frame)
            #expect(difference.worst <= 1, "\(cfa): \(difference)")
            let without = try Self.difference(Look("plain").pipeline(for: frame, format: format), frame)
            #expect(without.worst <= 1)
        }
    }

    @Test(arguments: Look.sharpening, formats) func sharpenedNearlyAlwaysWithinACode(
        _ look: Look, _ format: PixelFormat
    ) throws {
        for cfa in [CFAPattern.rggb, .gbrg] {
            let frame = try SyntheticFrames.frame(
                .raw(cfa, bitsPerSample: 12, packing: .words)!, Self.window, at: (100, 180))
            let difference = try Self.difference(look.pipeline(for: frame, format: format), frame)
            #expect(difference.shareBeyondOne <= 0.001 && difference.worst <= 3, "\(cfa): \(difference)")
        }
    }

    /// Every depth and packing, and sizes at which rows and groups end anywhere.
    @Test(arguments: RealTimePlanTests.rawFormats) func everyRawFormatWithinACode(_ format: PixelFormat) throws {
        for size in RealTimePlanTests.sizes + [Size(width: 96, height: 64)] {
            let frame = try SyntheticFrames.frame(format, size)
            let difference = try Self.difference(Look("plain").pipeline(for: frame), frame)
            #expect(difference.worst <= 1, "\(size): \(difference)")
        }
    }

    @Test(arguments: RealTimePlanTests.orientations, RealTimePlanTests.pictureFormats)
    func everyPictureFormatWithinACode(_ orientation: Orientation, _ format: PixelFormat) throws {
        let frame = try SyntheticFrames.frame(RealTimePlanTests.raw12, Size(width: 131, height: 45))
        for crop in [
            Region(frame.size), Region(x: 10, y: 4, width: 100, height: 30), Region(x: 7, y: 3, width: 101, height: 31),
            Region(x: 8, y: 5, width: 33, height: 16), Region(x: 9, y: 2, width: 32, height: 17),
        ] {
            for range in [YCbCr.Range.limited, .full] {
                for standard in [YCbCr.Standard.bt601, .bt709] {
                    var pipeline = try Look("plain").pipeline(for: frame)
                    pipeline.ycbcr = YCbCr(standard)
                    pipeline.pack = try Pack(shown: crop, orientation: orientation, format: format, range: range)
                    let difference = try Self.difference(pipeline, frame)
                    #expect(difference.worst <= 1, "\(crop) \(range) \(standard): \(difference)")
                }
            }
        }
    }

    /// Companded samples are looked up; the linear values have up to 16 bits.
    @Test(arguments: [8, 10, 12]) func compandedWithinACode(_ bits: Int) throws {
        let curve = try CompandingCurve.squareRoot(bits: bits)
        let codes = curve.codes
        let linear = try SyntheticFrames.frame(.raw(.gbrg, bitsPerSample: 16, packing: .words)!, Self.window)
        let format = PixelFormat.raw(.gbrg, bitsPerSample: bits, packing: bits == 8 ? .bytes : .words)!
        var samples = [UInt16](repeating: 0, count: Self.window.width)
        var rows: [[UInt16]] = []
        for y in 0..<Self.window.height {
            samples.withUnsafeMutableBufferPointer {
                linear.unpackRow(y, columns: 0..<Self.window.width, into: $0.baseAddress!)
            }
            rows.append(samples.map { codes[Int($0)] })
        }
        let frame = try rawFrame(
            format, Self.window, black: Float(SyntheticFrames.black), white: 65_535
        ) { rows[$1][$0] }
        for look in [Look("plain"), RealTimePlanTests.light] {
            var pipeline = try look.pipeline(for: frame)
            pipeline.linearise = try Linearise(table: curve.linearization)
            #expect(try Self.difference(pipeline, frame).worst <= 1, "\(look.testDescription)")
            // A table shorter than the samples reach: they take its last entry.
            pipeline.linearise = try Linearise(table: Array(curve.linearization.dropLast(1 << (bits - 2))))
            #expect(try Self.difference(pipeline, frame).worst <= 1, "\(look.testDescription), cut off")
            // A table of few bits.
            pipeline.linearise = try Linearise(table: curve.linearization.map { $0 >> 5 })
            pipeline.blackLevel = try BlackLevel(black: Array(repeating: 128, count: 4), white: 2047)
            #expect(try Self.difference(pipeline, frame).worst <= 1, "\(look.testDescription), 11 bits")
        }
    }

    /// Noise alone is the hardest frame there is: every filter overshoots everywhere. Matrix and filters together may leave
    /// the room of the lanes, where a curve that keeps the hue has the middle channel at another place.
    @Test(arguments: CFAPattern.allCases, [8, 10, 12, 14, 16]) func noiseWithinACodeWithoutGain(
        _ cfa: CFAPattern, _ bits: Int
    ) throws {
        let frame = try noise(cfa, bits)
        for look in Look.linear where look.digitalGain == 1 {
            let difference = try Self.difference(look.pipeline(for: frame), frame)
            if look.testDescription == "filmic and matrix" {
                #expect(difference.worst <= 8 && difference.shareBeyondOne <= 0.002, "\(difference)")
            } else {
                #expect(difference.worst <= 1, "\(look.testDescription): \(difference)")
            }
        }
    }

    /// Whatever frame and settings are, there is a picture.
    @Test(arguments: Look.linear + Look.repairing + Look.sharpening) func noiseIsDevelopedByAllMeans(_ look: Look)
        throws
    {
        for cfa in CFAPattern.allCases {
            for format in Self.formats {
                _ = try Self.difference(look.pipeline(for: noise(cfa, 12), format: format), noise(cfa, 12))
            }
        }
        let black = try rawFrame(
            .raw(.rggb, bitsPerSample: 10, packing: .csi2)!, Size(width: 50, height: 40), black: 64, white: 1023
        ) { _, _ in 0 }
        let white = try rawFrame(
            .raw(.rggb, bitsPerSample: 10, packing: .csi2)!, Size(width: 50, height: 40), black: 64, white: 1023
        ) { _, _ in 1023 }
        for frame in [black, white] {
            let difference = try Self.difference(look.pipeline(for: frame), frame)
            #expect(difference.worst <= 1, "\(difference)")
        }
    }

    private func noise(_ cfa: CFAPattern, _ bits: Int) throws -> RawFrame {
        guard bits == 8 else { return try randomFrame(cfa, width: 150, height: 60, bits: bits, seed: UInt64(bits)) }
        var random = SeededGenerator(seed: 8)
        return try rawFrame(
            .raw(cfa, bitsPerSample: 8, packing: .bytes)!, Size(width: 150, height: 60), black: 16, white: 255
        ) { _, _ in UInt16.random(in: 0...255, using: &random) }
    }
}
