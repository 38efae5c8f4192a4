// Developments of binned frames: their sizes, and that they look like the whole frame made smaller.

import ISPImaging
import ISPPlan
import ISPStages
import ISPSynthetic
import ISPTestSupport
import ISPTuning
import SoftISP
import Testing

@Suite struct BinnedDevelopmentTests {
    static let amounts = [Binning.Amount.half, .quarter]

    func capture(_ change: (inout SensorModel) -> Void = { _ in }) throws -> SyntheticCapture {
        var sensor = SensorModel(size: Size(width: 768, height: 512), cfa: .grbg, bitsPerSample: 14, blackLevel: 512)
        change(&sensor)
        return try SyntheticCamera(sensor: sensor, seed: 3).captureTestPicture()
    }

    func settings(_ amount: Binning.Amount) -> DevelopSettings {
        var settings = Demonstration.measuring(demosaic: "agd")
        settings.binning = amount
        return settings
    }

    /// Nothing moves, whatever depends on the place: the picture is that of the whole frame, made smaller.
    @Test(arguments: amounts, CFAPattern.allCases + [nil]) func looksLikeTheWhole(
        _ amount: Binning.Amount, _ cfa: CFAPattern?
    ) throws {
        var frame = try capture {
            $0.cfa = cfa
            $0.shading = ShadingModel(cornerLoss: 0.5, redTint: 0.1, blueTint: -0.1)
            // What a mosaic so small cannot show looks another way than scaled.
            $0.lens = LensBlur(sigma: amount == .half ? 4 : 8)
        }.frame
        frame.metadata.lensWarp = try LensWarp(
            planes: [
                .init(radial: [1.01, -0.04, 0.01, 0]), .init(radial: [1, -0.04, 0.01, 0]),
                .init(radial: [0.99, -0.04, 0.01, 0]),
            ])
        var wanted = settings(amount)
        wanted.localTone = 0.5
        let binned = try Development(of: frame, settings: wanted, format: .rgb888).run(threads: 2)
        wanted.binning = .off
        wanted.size = .percent(amount == .half ? 50 : 25)
        wanted.scaleFilter = .area
        let scaled = try Development(of: frame, settings: wanted, format: .rgb888).run(threads: 2)
        let inner = Region(binned.size).expanded(by: -8)
        let comparison = try PictureComparison(binned, scaled, in: inner)
        #expect(comparison.psnr > 40 && comparison.meanDifference < 1, "\(comparison)")
        let means = try PictureComparison.differenceOfMeans(binned, scaled, in: inner)
        #expect(means < 0.3)
    }

    /// The picture has the size of the crop, divided; and shows what the whole binned picture shows there.
    @Test(arguments: amounts, Orientation.allCases) func cropsAreInPixelsOfTheWholePicture(
        _ amount: Binning.Amount, _ orientation: Orientation
    ) throws {
        var frame = try capture { $0.size = Size(width: 122, height: 98) }.frame
        frame.metadata.orientation = orientation
        var settings = settings(amount)
        let factor = amount == .half ? 2 : 4
        let upright = orientation.uprightSize(of: frame.size)
        let whole = try Development(of: frame, settings: settings, format: .rgb888).run(threads: 1)
        #expect(whole.size == Size(width: upright.width / factor, height: upright.height / factor))
        settings.crop = .region(Region(x: 8, y: 16, width: 40, height: 31))
        let part = try Development(of: frame, settings: settings, format: .rgb888)
        #expect(part.pipeline.pack.outputSize == Size(width: 40 / factor, height: 31 / factor))
        let shown = part.pipeline.pack.shown
        let inWhole = orientation.upright(of: orientation.swapsAxes ? whole.size.transposed : whole.size)
        let picture = try part.run(threads: 1)
        let inPart = orientation.upright(of: shown.size)
        var isSame = true
        for y in 0..<shown.height {
            for x in 0..<shown.width {
                for c in 0..<3 {
                    isSame =
                        isSame
                        && sample(picture, inPart, x, y, c) == sample(whole, inWhole, shown.x + x, shown.y + y, c)
                }
            }
        }
        #expect(isSame)
        settings.size = .percent(50)
        let half = try Development(of: frame, settings: settings, format: .rgb888).pipeline.pack.outputSize
        #expect(abs(half.width * 2 * factor - 40) <= 2 * factor && abs(half.height * 2 * factor - 31) <= 2 * factor)
    }

    private func sample(
        _ picture: ImageBuffer, _ map: (originX: Int, originY: Int, column: (x: Int, y: Int), row: (x: Int, y: Int)),
        _ x: Int, _ y: Int, _ channel: Int
    ) -> Int {
        picture.sample(
            x: map.originX + x * map.column.x + y * map.row.x, y: map.originY + x * map.column.y + y * map.row.y,
            channel: channel)
    }

    /// What is automatic is decided by the frame as it is, and can be given.
    @Test(arguments: amounts) func decisionsAreThoseOfTheWholeFrame(_ amount: Binning.Amount) throws {
        let frame = try capture {
            $0.exposure = 0.3
            $0.noise = NoiseModel(fullWell: 8000, readNoise: 3, iso: 400)
        }.frame
        var settings = DevelopSettings()
        settings.whiteBalance = .auto
        settings.noiseProfile = .auto
        let whole = try Development(of: frame, settings: settings, format: .rgb888)
        settings.binning = amount
        let binned = try Development(of: frame, settings: settings, format: .rgb888)
        var expected = whole.settings
        expected.binning = amount
        #expect(binned.settings == expected)
        var text = DevelopSettings()
        try SettingsFile.apply(SettingsFile.text(of: binned.settings), to: &text)
        let again = try Development(of: frame, settings: text, format: .rgb888)
        let (a, b) = (try binned.run(threads: 2), try again.run(threads: 1))
        let equal = a.bytes.elementsEqual(b.bytes)
        #expect(equal)
    }

    /// Detail stages follow the noise that is left; defects are looked for in all of it.
    @Test(arguments: amounts, [CFAPattern.rggb, nil]) func noiseIsWhatIsLeft(
        _ amount: Binning.Amount, _ cfa: CFAPattern?
    ) throws {
        let frame = try capture { $0.cfa = cfa }.frame
        let noise = NoiseProfile(scale: [1e-3], offset: [1e-5])
        var settings = DevelopSettings()
        settings.exposure = .ev(0)
        settings.noiseProfile = .profile(noise)
        let whole = try Development(of: frame, settings: settings, format: .rgb888).pipeline
        settings.binning = amount
        let binned = try Development(of: frame, settings: settings, format: .rgb888).pipeline
        settings.binning = .off
        settings.noiseProfile = .profile(try #require(binned.binning).left(of: noise, cfa: cfa))
        let quiet = try Development(of: frame, settings: settings, format: .rgb888).pipeline
        #expect(binned.sharpen?.variance == quiet.sharpen?.variance)
        #expect(binned.sharpen?.variance != whole.sharpen?.variance)
        #expect(binned.denoise == quiet.denoise)
        #expect(binned.defectPixels?.leastVariance.scale == whole.defectPixels?.leastVariance.scale)
    }

    /// Listed defects are places of the frame, and are gone before anything is joined.
    @Test(arguments: amounts) func listedDefectsAreOfTheFrame(_ amount: Binning.Amount) throws {
        let clean = try capture().frame
        let places = (0..<40).map { DefectLocation(x: 61 + 13 * $0, y: 40 + 11 * $0) }
        var words = [UInt16](repeating: 0, count: clean.size.width * clean.size.height)
        words.withUnsafeMutableBufferPointer { words in
            for y in 0..<clean.size.height {
                clean.unpackRow(y, columns: 0..<clean.size.width, into: words.baseAddress! + y * clean.size.width)
            }
            for place in places { words[place.y * clean.size.width + place.x] = 16_383 }
        }
        var hot = try RawFrame(words: words, format: clean.format, size: clean.size, metadata: clean.metadata)
        var settings = settings(amount)
        settings.defects = .listed
        settings.denoise = 0
        func worst() throws -> Int {
            let (a, b) = (
                try Development(of: hot, settings: settings, format: .rgb888).run(threads: 2),
                try Development(of: clean, settings: settings, format: .rgb888).run(threads: 2)
            )
            return zip(a.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
        }
        let seen = try worst()
        hot.metadata.defects = places
        let repaired = try worst()
        #expect(seen > 40 && repaired < seen / 2, "\(seen), \(repaired)")
    }

    /// Before binning a tapped frame has its own size, from binning on the binned one, and its samples are those of the stage.
    @Test(arguments: amounts) func tapsHaveTheSizeOfTheirStage(_ amount: Binning.Amount) throws {
        let frame = try capture { $0.size = Size(width: 134, height: 90) }.frame
        let development = try Development(of: frame, settings: settings(amount), format: .rgb888)
        let binning = try #require(development.pipeline.binning)
        var isBinned = false
        for stage in Development.tappableStages where stage != "lens-correction" {
            isBinned = isBinned || stage == "binning"
            guard let tapped = try? development.tapped(after: stage, threads: 2) else { continue }
            #expect(tapped.picture.size == (isBinned ? binning.size(of: frame.size) : frame.size), "\(stage)")
        }
        let before = try development.tapped(after: "defect-pixels", threads: 2).picture
        let after = try development.tapped(after: "binning", threads: 2).picture
        let part = Region(x: 3, y: 2, width: 8, height: 7)
        let mosaic = TestPlane(binning.source(of: part, cfa: .grbg)) { Float(before.sample(x: $0, y: $1, channel: 0)) }
        let workspace = Workspace()
        defer { withExtendedLifetime(workspace) {} }
        let expected = binning.apply(to: mosaic.view, part, cfa: .grbg, workspace: workspace)
        for y in part.y..<part.maxY {
            for x in part.x..<part.maxX {
                #expect(abs(expected[x, y] - Float(after.sample(x: x, y: y, channel: 0))) <= 1)
            }
        }
    }

    @Test func tooSmallAFrameIsRefused() throws {
        let frame = try capture { $0.size = Size(width: 60, height: 40) }.frame
        _ = try Development(of: frame, settings: settings(.half), format: .rgb888)
        let error = #expect(throws: ISPError.self) {
            try Development(of: frame, settings: settings(.quarter), format: .rgb888)
        }
        #expect(error?.kind == .usage && error?.message.contains("binning") == true)
    }
}
