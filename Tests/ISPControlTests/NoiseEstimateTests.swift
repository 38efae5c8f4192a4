// The noise profile that is read off a picture against the one that was put into it.

import Foundation
import ISPControl
import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct NoiseEstimateTests {
    /// A frame of smooth shading, a ramp and some texture, with a profile's noise.
    func frame(_ profile: NoiseProfile, cfa: CFAPattern?, textured: Bool) throws -> RawFrame {
        let size = Size(width: 640, height: 480)
        var random = SeededGenerator(seed: 21)
        let words = (0..<(size.width * size.height)).map { i -> UInt16 in
            let (x, y) = (Double(i % size.width), Double(i / size.width))
            var light = 0.01 + 0.7 * (x / 640) * (0.4 + 0.6 * y / 480)
            if cfa?.site(column: Int(x), row: Int(y)).plane == 0 { light *= 0.6 }
            if textured && (Int(x / 40) + Int(y / 40)) % 2 == 0 { light *= 1 + 0.2 * sin(x * 1.3) * sin(y * 0.9) }
            let (u, v) = (Double.random(in: 1e-12...1, using: &random), Double.random(in: 0..<1, using: &random))
            let noise = profile.variance(1, at: light).squareRoot() * (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
            return UInt16(min(max(((light + noise) * 15_000 + 1000).rounded(), 0), 16_383))
        }
        return try RawFrame(
            words: words, format: .raw(cfa, bitsPerSample: 14, packing: .words)!, size: size,
            metadata: FrameMetadata(blackLevel: 1000, whiteLevel: 16_000))
    }

    @Test(
        arguments: [(1e-4, 1e-6), (1e-3, 1e-5), (4e-3, 1e-4), (1e-5, 4e-6)] as [(Double, Double)], [false, true])
    func varianceIsFoundWithinAQuarter(_ noise: (scale: Double, offset: Double), _ textured: Bool) throws {
        let truth = NoiseProfile(scale: [noise.scale], offset: [noise.offset])
        for cfa in [CFAPattern.rggb, nil] {
            let frame = try frame(truth, cfa: cfa, textured: textured)
            let reader = MosaicReader(
                frame, linearise: nil, blackLevel: try BlackLevel(black: [1000, 1000, 1000, 1000], white: 16_000),
                lensShading: nil)
            let found = try #require(NoiseEstimate.profile(of: reader))
            for signal in [0.02, 0.1, 0.4] {
                let ratio = found.variance(1, at: signal) / truth.variance(1, at: signal)
                #expect((0.75...1.25).contains(ratio), "\(cfa as Any) at \(signal): \(ratio)")
            }
        }
    }

    @Test func aFrameWithoutUsableBlocksHasNone() throws {
        let size = Size(width: 64, height: 64)
        let frame = try RawFrame(
            words: [UInt16](repeating: 1023, count: 64 * 64),
            format: .raw(.rggb, bitsPerSample: 10, packing: .words)!, size: size,
            metadata: FrameMetadata(blackLevel: 64, whiteLevel: 1023))
        let reader = MosaicReader(
            frame, linearise: nil, blackLevel: try BlackLevel(black: [64, 64, 64, 64], white: 1023), lensShading: nil)
        #expect(NoiseEstimate.profile(of: reader) == nil)
    }
}

@Suite struct HighlightColorTests {
    /// A warm light beside a much brighter one that is blown: its colour next to the blown part is what is asked for.
    @Test(arguments: CFAPattern.allCases) func theColorNextToABlownAreaIsMeasured(_ cfa: CFAPattern) throws {
        let size = Size(width: 128, height: 96)
        let words = (0..<(128 * 96)).map { i -> UInt16 in
            let (x, y) = (i % 128, i / 128)
            let light = x < 70 ? 0.6 : 3.0
            let color = [1.0, 0.9, 0.5][cfa.site(column: x, row: y).plane]
            return UInt16(min(light * color, 1) * 16_000)
        }
        let frame = try RawFrame(
            words: words, format: .raw(cfa, bitsPerSample: 14, packing: .words)!, size: size,
            metadata: FrameMetadata(blackLevel: 0, whiteLevel: 16_000))
        let reader = MosaicReader(
            frame, linearise: nil, blackLevel: try BlackLevel(black: [0, 0, 0, 0], white: 16_000), lensShading: nil)
        let balance = try WhiteBalance(gains: .unity, digitalGain: 1)
        let found = HighlightColor.chrominance(of: reader, whiteBalance: balance)
        #expect(found[0] > 0.05 && found[2] < -0.05)
        // Nothing blown, nothing known.
        let dim = try RawFrame(
            words: words.map { $0 / 4 }, format: frame.format, size: size, metadata: frame.metadata)
        let dimReader = MosaicReader(
            dim, linearise: nil, blackLevel: try BlackLevel(black: [0, 0, 0, 0], white: 16_000), lensShading: nil)
        #expect(HighlightColor.chrominance(of: dimReader, whiteBalance: balance) == [0, 0, 0])
    }
}
