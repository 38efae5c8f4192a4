// What a development decides, and whether the result is the scene.

import ISPImaging
import ISPStages
import ISPSynthetic
import ISPTestSupport
import ISPTuning
import SoftISP
import Testing

@Suite struct DevelopmentTests {
    func frame(_ change: (inout SensorModel) -> Void = { _ in }) throws -> SyntheticCapture {
        var sensor = SensorModel(size: Size(width: 384, height: 256), cfa: .rggb, bitsPerSample: 14, blackLevel: 512)
        change(&sensor)
        return try SyntheticCamera(sensor: sensor).captureTestPicture()
    }

    /// The scene's colours come back from the sensor's: patch means against the truth, shading and defects undone.
    @Test(arguments: CFAPattern.allCases, [3000.0, 6504]) func colorsComeBack(_ cfa: CFAPattern, _ kelvin: Double)
        throws
    {
        let capture = try frame {
            $0.cfa = cfa
            $0.illuminantKelvin = kelvin
            $0.shading = ShadingModel(cornerLoss: 0.5, redTint: 0.1, blueTint: -0.1)
        }
        let picture = try Development(
            of: capture.frame, settings: Demonstration.measuring(demosaic: "agd"), format: .rgb48
        ).run(threads: 2)
        for (region, patch) in zip(capture.truth.scene.layout.patches, ColorChecker.patches) {
            var sum = Vector3(0, 0, 0)
            let inner = region.expanded(by: -region.width / 4)
            for y in inner.y..<inner.maxY {
                for x in inner.x..<inner.maxX {
                    let codes = (0..<3).map { Double(picture.sample(x: x, y: y, channel: $0)) / 65_535 }
                    sum =
                        sum
                        + Vector3(
                            TransferFunction.srgb.decode(codes[0]), TransferFunction.srgb.decode(codes[1]),
                            TransferFunction.srgb.decode(codes[2]))
                }
            }
            let mean = LabColor(linearSRGB: sum * (1 / Double(inner.width * inner.height)))
            let truth = patch.linearSRGB.components.map { min(max($0, 0), 1) }
            let difference = mean.difference(to: LabColor(linearSRGB: Vector3(truth[0], truth[1], truth[2])))
            #expect(difference < 0.4, "\(patch.name)")
        }
    }

    @Test func decidedSettingsGiveTheSamePicture() throws {
        let capture = try frame { $0.exposure = 0.2 }
        var settings = DevelopSettings()
        settings.whiteBalance = .auto
        let first = try Development(of: capture.frame, settings: settings, format: .rgb888)
        let again = try Development(of: capture.frame, settings: first.settings, format: .rgb888)
        #expect(first.settings.exposure != .auto && first.settings.whiteBalance != .auto)
        #expect(again.settings == first.settings)
        let (a, b) = (try first.run(threads: 2), try again.run(threads: 1))
        let equal = a.bytes.elementsEqual(b.bytes)
        #expect(equal)
    }

    @Test func automaticExposureReplacesTheBaseline() throws {
        var frames = [try frame().frame, try frame().frame]
        frames[1].metadata.baselineExposure += 2
        let gains = try frames.map {
            try Development(of: $0, settings: DevelopSettings(), format: .rgb888).pipeline.whiteBalance.digitalGain
        }
        #expect(abs(gains[0] / gains[1] - 1) < 1e-5)
    }

    @Test(arguments: [-8.0, 8]) func whatIsDecidedCanBeSet(_ baseline: Double) throws {
        var dark = try frame { $0.exposure = 0.01 }.frame
        dark.metadata.baselineExposure = baseline
        let first = try Development(of: dark, settings: DevelopSettings(), format: .rgb888)
        var again = DevelopSettings()
        try SettingsFile.apply(SettingsFile.text(of: first.settings), to: &again)
        #expect(again == first.settings)
        _ = try Development(of: dark, settings: again, format: .rgb888)
    }

    @Test func kelvinNeedsACalibration() throws {
        var bare = try frame().frame
        bare.metadata.color = nil
        var settings = DevelopSettings()
        settings.whiteBalance = .kelvin(5000)
        let error = #expect(throws: ISPError.self) { try Development(of: bare, settings: settings, format: .rgb888) }
        #expect(error?.kind == .usage && error?.message.contains("gains") == true)
    }

    @Test func kelvinOfTheSceneIsTheCamerasBalance() throws {
        let capture = try frame { $0.illuminantKelvin = 5200 }
        var settings = DevelopSettings()
        settings.whiteBalance = .kelvin(5200)
        let asShot = try #require(capture.frame.metadata.asShotGains)
        guard
            case .gains(let gains) = try Development(of: capture.frame, settings: settings, format: .rgb888).settings
                .whiteBalance
        else {
            Issue.record("no gains")
            return
        }
        #expect(abs(gains.red / asShot.red - 1) < 0.01 && abs(gains.blue / asShot.blue - 1) < 0.01)
    }

    @Test func whatIsMissingIsSaid() throws {
        var bare = try frame().frame
        bare.metadata.color = nil
        bare.metadata.asShotGains = nil
        let notes = try Development(of: bare, settings: DevelopSettings(), format: .rgb888).notes
        #expect(notes.contains { $0.contains("white balance") } && notes.contains { $0.contains("colour matrix") })
    }

    @Test(arguments: Orientation.allCases) func cropsAreOfTheUprightPicture(_ orientation: Orientation) throws {
        var capture = try frame { $0.size = Size(width: 61, height: 47) }.frame
        capture.metadata.orientation = orientation
        var settings = Demonstration.measuring(demosaic: "malvar")
        let whole = try Development(of: capture, settings: settings, format: .rgb888).run(threads: 1)
        settings.crop = .region(Region(x: 5, y: 9, width: 20, height: 30))
        let part = try Development(of: capture, settings: settings, format: .rgb888).run(threads: 1)
        #expect(part.size == Size(width: 20, height: 30))
        var same = true
        for y in 0..<30 {
            for x in 0..<20 {
                for c in 0..<3 {
                    same = same && part.sample(x: x, y: y, channel: c) == whole.sample(x: x + 5, y: y + 9, channel: c)
                }
            }
        }
        #expect(same)
    }

    @Test func tapsShowTheFrameBetweenStages() throws {
        var capture = try frame().frame
        capture.metadata.orientation = .right
        var settings = DevelopSettings()
        settings.size = .percent(50)
        let development = try Development(of: capture, settings: settings, format: .rgb888)
        let stored = try development.tapped(after: "unpack", threads: 2)
        #expect(stored.picture.format == .grey16 && stored.picture.size == capture.size)
        var row = [UInt16](repeating: 0, count: capture.size.width)
        row.withUnsafeMutableBufferPointer {
            capture.unpackRow(77, columns: 0..<capture.size.width, into: $0.baseAddress!)
        }
        #expect((0..<capture.size.width).map { stored.picture.sample(x: $0, y: 77, channel: 0) } == row.map(Int.init))
        for stage in Development.tappableStages where stage != "lens-correction" {
            let tapped = try development.tapped(after: stage, threads: 2)
            let isMosaic = Pipeline.stages.first { $0.name == stage }!.output == .mosaic
            #expect(tapped.picture.format == (isMosaic ? .grey16 : .rgb48), "\(stage)")
            let isEmpty = tapped.picture.bytes.allSatisfy { $0 == 0 }
            #expect(!isEmpty, "\(stage)")
        }
    }

    /// A mono frame goes through the same curve once, wherever it is measured.
    @Test func monoContrastIsThatOfAGrey() throws {
        let capture = try frame { $0.cfa = nil }
        var settings = Demonstration.measuring(demosaic: "agd")
        settings.tone = .transfer(.linear)
        let plain = try Development(of: capture.frame, settings: settings, format: .rgb48).run(threads: 1)
        settings.contrast = 1.6
        let development = try Development(of: capture.frame, settings: settings, format: .rgb48)
        let picture = try development.run(threads: 1)
        let stage = try #require(development.pipeline.contrastSaturation)
        for x in stride(from: 0, to: 384, by: 17) {
            let code = Float(plain.sample(x: x, y: 120, channel: 0)) / 65_535
            let expected = stage.contrasted(code) * 65_535
            #expect(abs(Float(picture.sample(x: x, y: 120, channel: 0)) - expected) < 40)
        }
    }

    @Test func unsoundNoiseProfilesAreRefused() throws {
        var settings = DevelopSettings()
        for wrong in [NoiseProfile(scale: [], offset: []), NoiseProfile(scale: [-1], offset: [0])] {
            settings.noiseProfile = .profile(wrong)
            let error = #expect(throws: ISPError.self) {
                try Development(of: try frame().frame, settings: settings, format: .rgb888)
            }
            #expect(error?.kind == .usage)
        }
    }

    @Test func aTinyCropIsBalancedByTheWholeFrame() throws {
        var settings = DevelopSettings()
        settings.whiteBalance = .auto
        let capture = try frame { $0.illuminantKelvin = 3200 }
        let whole = try Development(of: capture.frame, settings: settings, format: .rgb888)
        settings.crop = .region(Region(x: 50, y: 50, width: 3, height: 3))
        let tiny = try Development(of: capture.frame, settings: settings, format: .rgb888)
        #expect(whole.settings.whiteBalance == tiny.settings.whiteBalance)
    }

    @Test func tapsThatAreNotThereAreRefused() throws {
        let development = try Development(of: try frame().frame, settings: DevelopSettings(), format: .rgb888)
        for stage in ["denoize", "scale", "pack"] {
            let error = #expect(throws: ISPError.self) { try development.tapped(after: stage, threads: 1) }
            #expect(error?.kind == .usage && error?.message.contains("raw-denoise") == true)
        }
        var plain = DevelopSettings()
        (plain.sharpen, plain.chromaDenoise) = (0, 0)
        let bare = try Development(of: try frame().frame, settings: plain, format: .rgb888)
        let error = #expect(throws: ISPError.self) { try bare.tapped(after: "sharpen", threads: 1) }
        #expect(error?.message.contains("takes no part") == true)
    }

    @Test func cropsOutsideThePictureAreRefused() throws {
        var settings = DevelopSettings()
        settings.crop = .region(Region(x: 300, y: 0, width: 100, height: 10))
        #expect(throws: ISPError.self) { try Development(of: try frame().frame, settings: settings, format: .rgb888) }
    }

    /// A mono sensor sees luminance: the picture is the scene's, coded once.
    @Test func monoGivesTheScenesLuminance() throws {
        let capture = try frame { $0.cfa = nil }
        let settings = Demonstration.measuring(demosaic: "agd")
        let development = try Development(of: capture.frame, settings: settings, format: .rgb48)
        let picture = try development.run(threads: 1)
        #expect(picture.format == .grey16 && development.notes.isEmpty)
        for (region, patch) in zip(capture.truth.scene.layout.patches, ColorChecker.patches) {
            let code = Double(
                picture.sample(x: region.x + region.width / 2, y: region.y + region.height / 2, channel: 0))
            let truth = RGBColorSpace.srgb.luminanceWeights
            let color = patch.linearSRGB
            let luminance = truth.x * color.x + truth.y * color.y + truth.z * color.z
            #expect(abs(TransferFunction.srgb.decode(code / 65_535) - luminance) < 0.002, "\(patch.name)")
        }
    }
}
