// Tiles, threads and strides change nothing.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Synchronization
import Testing

@Suite struct TiledExecutorTests {
    static let names = Demosaics.all.map { $0.descriptor.name }

    func pipeline(
        for frame: RawFrame, demosaic: String, crop: Region? = nil, orientation: Orientation = .right
    ) throws -> Pipeline {
        let balance = try WhiteBalance(gains: WhiteBalanceGains(red: 1.9, green: 1, blue: 1.4), digitalGain: 1.3)
        let mono = frame.format.cfa == nil
        var pipeline = Pipeline(
            blackLevel: try BlackLevel(black: frame.metadata.blackLevel, white: frame.metadata.whiteLevel),
            whiteBalance: balance, highlights: Highlights(.blend, saturation: balance.saturation),
            demosaic: try Demosaics.named(demosaic), toneCurve: try ToneCurve(.filmic, transfer: .srgb, white: 1.9),
            pack: try Pack(
                shown: crop ?? Region(frame.size), orientation: orientation, format: mono ? .grey16 : .rgb48))
        pipeline.linearise = try Linearise(table: (0...4095).map { UInt16($0) })
        pipeline.defectPixels = try DefectPixels(
            listed: [DefectLocation(x: 1, y: 1), DefectLocation(x: frame.size.width - 1, y: 3)], dynamic: true)
        let mesh = try LensShadingMap.Mesh(columns: 2, rows: 2, spacingX: 1, spacingY: 1, gains: [1.5, 1, 1.1, 1.3])
        pipeline.lensShading = LensShading(
            map: LensShadingMap(meshes: Array(repeating: mesh, count: 4), fullFrame: frame.size))
        pipeline.colorCorrection = try ColorCorrection(
            matrix: Matrix3([1.5, -0.4, -0.1, -0.2, 1.4, -0.2, 0, -0.5, 1.5])!)
        pipeline.contrastSaturation = try ContrastSaturation(contrast: 1.1, saturation: 1.2)
        return pipeline
    }

    /// The same with every stage that needs surroundings.
    func fullPipeline(
        for frame: RawFrame, orientation: Orientation, format: PixelFormat, scaled: Size?
    ) throws -> Pipeline {
        var pipeline = try pipeline(for: frame, demosaic: "malvar", orientation: orientation)
        let whole = Region(frame.size)
        pipeline.highlights = Highlights(
            .reconstruct, saturation: pipeline.whiteBalance.saturation, chrominance: [0.1, 0, -0.1])
        pipeline.greenEqualization = try GreenEqualization(threshold: 0.1)
        let profile = NoiseProfile(scale: [2e-3, 2e-3, 2e-3], offset: [1e-5, 1e-5, 1e-5])
        pipeline.denoise = try RawDenoise(profile: profile, strength: 1)
        let noise = DisplayNoise(luma: { _ in 0.02 }, chroma: { _ in 0.02 })
        pipeline.sharpen = try Sharpen(amount: 1, radius: 1.1, halo: 0.1, noise: noise)
        if frame.format.cfa != nil {
            pipeline.lensCorrection = LensCorrection(
                warp: try LensWarp(planes: [
                    .init(radial: [1.01, -0.03, 0.01, 0]), .init(radial: [1, -0.03, 0.01, 0]),
                    .init(radial: [0.99, -0.03, 0.01, 0], tangential: [0.01, -0.01]),
                ]), frame: frame.size)
            let cells = (0..<12).map { 0.02 * Float($0 + 1) }
            pipeline.localTone = try LocalTone(
                map: ToneMap(luminances: cells, columns: 4, region: whole), strength: 0.8)
            if orientation.rawValue % 2 == 0 {
                pipeline.blockChromaDenoise = try BlockChromaDenoise(strength: 1, noise: noise)
            } else {
                pipeline.chromaDenoise = try ChromaDenoise(strength: 1, noise: noise)
            }
        }
        pipeline.scale = try scaled.map { try Scale(crop: whole, to: $0, filter: .lanczos) }
        pipeline.pack = try Pack(shown: scaled.map { Region($0) } ?? whole, orientation: orientation, format: format)
        return pipeline
    }

    /// Expects a picture made of tiles to be the one made in one piece.
    private func expectTilesChangeNothing(_ pipeline: Pipeline, _ frame: RawFrame, _ what: String) throws {
        let whole = try TiledExecutor(threads: 1, tile: Size(width: 1000, height: 1000)).develop(
            frame, with: pipeline)
        for tile in [Size(width: 30, height: 14), Size(width: 8, height: 70)] {
            let tiled = try TiledExecutor(threads: 2, tile: tile).develop(frame, with: pipeline)
            let equal = tiled.bytes.elementsEqual(whole.bytes)
            #expect(equal, "\(what) by \(tile)")
        }
    }

    @Test(arguments: Orientation.allCases, Pack.formats)
    func everyStageTiledEqualsWhole(_ orientation: Orientation, _ format: PixelFormat) throws {
        let mono = format.isRaw
        for (index, scaled) in [nil, Size(width: 41, height: 66), Size(width: 120, height: 90)].enumerated() {
            let cfa = mono ? nil : CFAPattern.allCases[(index + orientation.rawValue) % 4]
            let frame = try randomFrame(cfa, width: 83, height: 57, seed: UInt64(orientation.rawValue))
            let pipeline = try fullPipeline(for: frame, orientation: orientation, format: format, scaled: scaled)
            try expectTilesChangeNothing(
                pipeline, frame, "\(format) \(orientation) to \(String(describing: scaled))")
        }
    }

    @Test(arguments: [Binning.Amount.half, .quarter], CFAPattern.allCases + [nil])
    func binnedTiledEqualsWhole(_ amount: Binning.Amount, _ cfa: CFAPattern?) throws {
        for orientation in [Orientation.up, .right] {
            let frame = try randomFrame(cfa, width: 137, height: 94, seed: 5)
            let binning = try #require(try Binning(amount, of: frame.size))
            var pipeline = try fullPipeline(
                for: frame, orientation: orientation, format: cfa == nil ? .grey16 : .rgb48, scaled: nil)
            pipeline.binning = binning
            pipeline.pack = try Pack(
                shown: Region(binning.size(of: frame.size)), orientation: orientation, format: pipeline.pack.format)
            try expectTilesChangeNothing(pipeline, frame, "\(orientation)")
        }
    }

    @Test func theTapSeesEveryStageInOrder() throws {
        let frame = try randomFrame(.rggb, width: 40, height: 30, seed: 3)
        var pipeline = try fullPipeline(for: frame, orientation: .up, format: .rgb48, scaled: nil)
        pipeline.scale = nil
        let seen = Mutex<[String]>([])
        let tapped = try TiledExecutor(threads: 1).develop(
            frame, with: pipeline, tap: { _, stage, _ in seen.withLock { $0.append(stage) } })
        let untapped = try TiledExecutor(threads: 1).develop(frame, with: pipeline)
        let equal = tapped.bytes.elementsEqual(untapped.bytes)
        #expect(equal)
        let order = Pipeline.stages.map(\.name).filter { $0 != "scale" && $0 != "pack" }
        #expect(seen.withLock { $0 } == order)
    }

    @Test(arguments: names, CFAPattern.allCases + [nil])
    func tiledEqualsWholeBitForBit(_ demosaic: String, _ cfa: CFAPattern?) throws {
        for (width, height) in [(16, 16), (67, 41), (64, 40), (33, 90)] {
            let frame = try randomFrame(cfa, width: width, height: height, seed: UInt64(width))
            let pipeline = try pipeline(for: frame, demosaic: demosaic)
            let whole = try TiledExecutor(threads: 1, tile: Size(width: 1000, height: 1000)).develop(
                frame, with: pipeline)
            for (tile, threads) in [
                (Size(width: 7, height: 5), 3), (Size(width: 32, height: 1), 2), (Size(width: 16, height: 64), 1),
            ] {
                let tiled = try TiledExecutor(threads: threads, tile: tile).develop(frame, with: pipeline)
                let equal = tiled.bytes.elementsEqual(whole.bytes)
                #expect(equal, "\(width)x\(height) by \(tile)")
            }
        }
    }

    @Test(arguments: names) func aCropIsPartOfTheWhole(_ demosaic: String) throws {
        let frame = try randomFrame(.grbg, width: 60, height: 50, seed: 9)
        let executor = try TiledExecutor(threads: 2, tile: Size(width: 20, height: 20))
        let whole = try executor.develop(frame, with: pipeline(for: frame, demosaic: demosaic))
        let crop = Region(x: 11, y: 7, width: 30, height: 21)
        let part = try executor.develop(frame, with: pipeline(for: frame, demosaic: demosaic, crop: crop))
        // Orientation 6: the stored column becomes the row, the stored row counts from the right.
        for y in 0..<part.size.height {
            for x in 0..<part.size.width {
                for c in 0..<3 {
                    #expect(
                        part.sample(x: x, y: y, channel: c)
                            == whole.sample(x: x + (50 - crop.maxY), y: y + crop.x, channel: c))
                }
            }
        }
    }

    @Test func progressEndsAtOne() throws {
        let frame = try randomFrame(.rggb, width: 40, height: 40, seed: 1)
        let last = Mutex(0.0)
        _ = try TiledExecutor(threads: 2, tile: Size(width: 8, height: 8))
            .develop(
                frame, with: pipeline(for: frame, demosaic: "bilinear"),
                progress: { fraction in last.withLock { $0 = max($0, fraction) } })
        #expect(last.withLock { $0 } == 1)
    }

    @Test func impossibleThreadsAreRefused() {
        #expect(throws: ISPError.self) { try TiledExecutor(threads: 0) }
        #expect(throws: ISPError.self) { try TiledExecutor(threads: 1, tile: Size(width: 0, height: 4)) }
    }
}
