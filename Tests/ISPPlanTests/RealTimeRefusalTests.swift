// What has no real-time kernel is named, all of it at once.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Testing

@Suite struct RealTimeRefusalTests {
    static let noise = DisplayNoise(luma: { _ in 0.02 }, chroma: { _ in 0.02 })

    /// Each with the name of the stage that is refused.
    static let refused: [(stage: String, look: Look)] = [
        (
            "raw-denoise",
            Look("denoise") { pipeline, _ in
                pipeline.denoise = try RawDenoise(profile: NoiseProfile(scale: [2e-3], offset: [1e-5]), strength: 1)
            }
        ),
        (
            "highlights",
            Look("blend") { pipeline, _ in
                pipeline.highlights = Highlights(.blend, saturation: pipeline.whiteBalance.saturation)
            }
        ),
        (
            "highlights",
            Look("reconstruct") { pipeline, _ in
                pipeline.highlights = Highlights(.reconstruct, saturation: pipeline.whiteBalance.saturation)
            }
        ),
        ("demosaic", Look("agd") { pipeline, _ in pipeline.demosaic = try Demosaics.named("agd") }),
        ("demosaic", Look("square roots") { pipeline, _ in pipeline.demosaicCoding = .sqrt }),
        (
            "lens-correction",
            Look("warp") { pipeline, frame in
                pipeline.lensCorrection = LensCorrection(
                    warp: try LensWarp(planes: [.init(radial: [1, -0.03, 0.01, 0])]), frame: frame.size)
            }
        ),
        (
            "color-matrix",
            Look("a strong matrix") { pipeline, _ in
                pipeline.colorCorrection = try ColorCorrection(matrix: Matrix3([12, -6, -5, 0, 1, 0, 0, 0, 1])!)
            }
        ),
        (
            "local-tone",
            Look("local tone") { pipeline, frame in
                let cells = (0..<12).map { 0.02 * Float($0 + 1) }
                pipeline.localTone = try LocalTone(
                    map: ToneMap(luminances: cells, columns: 4, region: Region(frame.size)), strength: 0.8)
            }
        ),
        (
            "tone-curve",
            Look("falling") { pipeline, _ in
                let points = [(0, 0), (0.5, 0.9), (1, 0.6)].map { CurvePoint(x: $0.0, y: $0.1) }
                pipeline.toneCurve = try ToneCurve(.points(points), transfer: .srgb)
            }
        ),
        (
            "chroma-denoise",
            Look("chroma") { pipeline, _ in
                pipeline.chromaDenoise = try ChromaDenoise(strength: 1, noise: noise)
            }
        ),
        (
            "scale",
            Look("half the size") { pipeline, frame in
                pipeline.scale = try Scale(crop: Region(frame.size), to: Size(width: 20, height: 16), filter: .area)
                pipeline.pack = try Pack(
                    shown: Region(x: 0, y: 0, width: 20, height: 16), orientation: .up, format: .rgb888)
            }
        ),
        (
            "pack",
            Look("16 bits") { pipeline, frame in
                pipeline.pack = try Pack(shown: Region(frame.size), orientation: .up, format: .rgb48)
            }
        ),
        (
            "pack",
            Look("turned") { pipeline, frame in
                pipeline.pack = try Pack(shown: Region(frame.size), orientation: .left, format: .rgb888)
            }
        ),
    ]

    func frame() throws -> RawFrame { try randomFrame(.rggb, width: 40, height: 32, seed: 1) }

    @Test(arguments: refused.indices) func aStageWithoutKernelIsNamed(_ index: Int) throws {
        let (stage, look) = Self.refused[index]
        let frame = try frame()
        let pipeline = try look.pipeline(for: frame)
        let refusals = RealTimePlan.refusals(of: pipeline, format: frame.format)
        #expect(refusals.map(\.stage) == [stage], "\(refusals)")
        let error = #expect(throws: ISPError.self) {
            try RealTimePlan(pipeline, format: frame.format, size: frame.size)
        }
        #expect(error?.kind == .usage && error?.message.contains(stage) == true)
    }

    @Test func oneErrorNamesEverything() throws {
        let frame = try frame()
        var look = Look("all at once")
        for (_, next) in Self.refused { look = look.with(next) }
        let pipeline = try look.pipeline(for: frame)
        let error = #expect(throws: ISPError.self) {
            try RealTimePlan(pipeline, format: frame.format, size: frame.size)
        }
        #expect(error?.kind == .usage)
        for (stage, _) in Self.refused { #expect(error?.message.contains(stage + ": ") == true, "\(stage)") }
    }

    /// The numbers of 16 bits end somewhere, and say so.
    @Test func gainsBeyondTheLanesAreRefused() throws {
        let frame = try frame()
        var pipeline = try Look("dark", digitalGain: 256).pipeline(for: frame)
        pipeline.blackLevel = try BlackLevel(black: [0, 0, 0, 0], white: 1)
        pipeline.lensShading = LensShading(
            map: LensShadingMap(
                meshes: Array(
                    repeating: try .init(columns: 1, rows: 1, spacingX: 1, spacingY: 1, gains: [100]), count: 4),
                fullFrame: frame.size))
        let error = #expect(throws: ISPError.self) {
            try RealTimePlan(pipeline, format: frame.format, size: frame.size)
        }
        #expect(error?.kind == .usage && error?.message.contains("gains") == true)
    }

    @Test(arguments: Look.linear + Look.repairing + Look.sharpening) func whatHasKernelsIsNotRefused(_ look: Look)
        throws
    {
        let frame = try frame()
        let pipeline = try look.pipeline(for: frame)
        #expect(RealTimePlan.refusals(of: pipeline, format: frame.format).isEmpty)
    }
}
