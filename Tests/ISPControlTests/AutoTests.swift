import ISPControl
import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct AutoTests {
    /// Greys of all brightnesses seen by a camera with the given response, and a share of strongly coloured blocks.
    func scene(red: Float, blue: Float, coloured: Int = 0) -> SceneSamples {
        var samples = (1...200).map { i -> SceneSamples.Sample in
            let v = Float(i) / 250
            return .init(red: v * red, green: v, blue: v * blue, saturated: false)
        }
        samples += (0..<coloured).map { _ in .init(red: 0.05 * red, green: 0.4, blue: 0.05 * blue, saturated: false) }
        return SceneSamples(samples)
    }

    @Test func greyWorldIsFound() {
        let gains = AutoWhiteBalance.gains(for: scene(red: 0.5, blue: 0.7))
        #expect(abs(gains.red - 2) < 0.01 && abs(gains.blue - 1 / 0.7) < 0.01)
    }

    @Test func aLawnPullsLittle() {
        let gains = AutoWhiteBalance.gains(for: scene(red: 0.5, blue: 0.7, coloured: 100))
        #expect(abs(gains.red / 2 - 1) < 0.1 && abs(gains.blue * 0.7 - 1) < 0.1)
    }

    @Test func nothingUsableGivesUnity() {
        let blown = SceneSamples((0..<500).map { _ in .init(red: 1, green: 1, blue: 1, saturated: true) })
        #expect(AutoWhiteBalance.gains(for: blown) == .unity)
        #expect(AutoWhiteBalance.gains(for: SceneSamples([])) == .unity)
    }

    func grey(_ v: Float, highlights: Float? = nil) -> SceneSamples {
        var samples = [SceneSamples.Sample](repeating: .init(red: v, green: v, blue: v, saturated: false), count: 900)
        if let h = highlights {
            samples += Array(repeating: .init(red: h, green: h, blue: h, saturated: false), count: 100)
        }
        return SceneSamples(samples)
    }

    @Test func darkFramesAreLiftedAndBrightOnesLeft() {
        let dark = AutoExposure.exposure(for: grey(0.01), gains: .unity, headroom: 4)
        let normal = AutoExposure.exposure(for: grey(0.18), gains: .unity, headroom: 4)
        let bright = AutoExposure.exposure(for: grey(0.8), gains: .unity, headroom: 4)
        #expect(dark > 2 && abs(normal) < 0.05 && bright == 0)
    }

    @Test func highlightsLimitTheLift() {
        let clipped = AutoExposure.exposure(for: grey(0.01, highlights: 0.9), gains: .unity, headroom: 1)
        #expect(clipped <= 0.16 && clipped >= 0)
        let filmic = AutoExposure.exposure(for: grey(0.01, highlights: 0.9), gains: .unity, headroom: 4)
        #expect(filmic > clipped)
        #expect(AutoExposure.range.contains(AutoExposure.exposure(for: grey(0), gains: .unity, headroom: 4)))
    }

    @Test(arguments: CFAPattern.allCases) func samplesSeeTheMeansOfTheirColours(_ cfa: CFAPattern) throws {
        let size = Size(width: 64, height: 48)
        let levels: [UInt16] = [300, 500, 520, 200]
        let words = (0..<(64 * 48)).map { levels[cfa.site(column: $0 % 64, row: $0 / 64).rawValue] }
        let frame = try RawFrame(
            words: words, format: .raw(cfa, bitsPerSample: 10, packing: .words)!, size: size,
            metadata: FrameMetadata(blackLevel: 100, whiteLevel: 1100))
        let reader = MosaicReader(
            frame, linearise: nil, blackLevel: try BlackLevel(black: [100, 100, 100, 100], white: 1100),
            lensShading: nil)
        let scene = SceneSamples(of: reader, in: Region(size))
        #expect(scene.samples.count == 16 * 12)
        for sample in scene.samples {
            #expect(abs(sample.red - 0.2) < 1e-6 && abs(sample.green - 0.41) < 1e-6 && abs(sample.blue - 0.1) < 1e-6)
            #expect(!sample.saturated)
        }
    }
}
