// Crops change nothing but what is shown, wherever the row buffers of a plan end.

import ISPImaging
import ISPPlan
import ISPStages
import ISPTestSupport
import Testing

@Suite struct PlanCropTests {
    private func picture(_ frame: RawFrame, demosaic: String, shown: Region) throws -> ImageBuffer {
        let balance = try WhiteBalance(gains: WhiteBalanceGains(red: 1.9, green: 1, blue: 1.4), digitalGain: 1)
        var pipeline = Pipeline(
            blackLevel: try BlackLevel(black: frame.metadata.blackLevel, white: frame.metadata.whiteLevel),
            whiteBalance: balance, highlights: Highlights(.clip, saturation: balance.saturation),
            demosaic: try Demosaics.named(demosaic), toneCurve: try ToneCurve(.transfer, transfer: .srgb, white: 1),
            pack: try Pack(shown: shown, orientation: .up, format: .rgb888))
        pipeline.demosaicCoding = .linear
        let plan = try RealTimePlan(pipeline, format: frame.format, size: frame.size)
        return try RealTimeExecutor(threads: 1).develop(frame, with: plan)
    }

    /// Buffers end at a multiple of 64 columns less 32, which for some of these crops is the frame's edge.
    @Test(arguments: ["bilinear", "malvar"], [95, 96, 97])
    func cropsOfEveryWidth(demosaic: String, width: Int) throws {
        let frame = try randomFrame(.grbg, width: width, height: 18, seed: 5)
        let whole = try picture(frame, demosaic: demosaic, shown: Region(frame.size))
        for right in 62...width {
            let shown = Region(x: 1, y: 2, width: right - 1, height: 5)
            let part = try picture(frame, demosaic: demosaic, shown: shown)
            for y in 0..<shown.height {
                #expect(part.row(y).elementsEqual(whole.row(shown.y + y)[3..<(3 * right)]), "to column \(right)")
            }
        }
    }
}
