// Tiles, threads and strides change nothing.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Synchronization
import Testing

@Suite struct TiledExecutorTests {
    static let names = Demosaics.all.map { $0.descriptor.name }

    func pipeline(for frame: RawFrame, demosaic: String, crop: Region? = nil) throws -> Pipeline {
        let balance = try WhiteBalance(gains: WhiteBalanceGains(red: 1.9, green: 1, blue: 1.4), digitalGain: 1.3)
        let mono = frame.format.cfa == nil
        var pipeline = Pipeline(
            blackLevel: try BlackLevel(black: frame.metadata.blackLevel, white: frame.metadata.whiteLevel),
            whiteBalance: balance, highlights: Highlights(.blend, saturation: balance.saturation),
            demosaic: try Demosaics.named(demosaic), toneCurve: try ToneCurve(.filmic, transfer: .srgb, white: 1.9),
            pack: try Pack(crop: crop ?? Region(frame.size), orientation: .right, format: mono ? .grey16 : .rgb48))
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
                #expect(tiled.bytes.elementsEqual(whole.bytes), "\(width)x\(height) by \(tile)")
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
            .develop(frame, with: pipeline(for: frame, demosaic: "bilinear")) { fraction in
                last.withLock { $0 = max($0, fraction) }
            }
        #expect(last.withLock { $0 } == 1)
    }

    @Test func impossibleThreadsAreRefused() {
        #expect(throws: ISPError.self) { try TiledExecutor(threads: 0) }
        #expect(throws: ISPError.self) { try TiledExecutor(threads: 1, tile: Size(width: 0, height: 4)) }
    }
}
