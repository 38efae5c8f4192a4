// The one multiplication of a sample: white, balance, digital gain and lens shading together.

import ISPImaging
import ISPKernels
import ISPStages

/// Black levels and gains of the four photosites as the gain kernel wants them.
final class PlanGains: Sendable {
    let kernel: GainKernel
    /// Half the black level of R, Gr, Gb, B on the scale of the words.
    let black: SIMD4<Int16>
    /// The gain of R, Gr, Gb, B without shading.
    let gain: SIMD4<Int16>
    /// With shading: the meshes.
    let shading: ShadingTables?

    /// - Throws: `ISPError(.usage)` where gains are too large for 16 bits.
    init(
        _ pipeline: Pipeline, photosites: Photosites, size: Size, scale: SampleScale, ceiling: Float
    ) throws(ISPError) {
        let levels = pipeline.blackLevel
        let balance = pipeline.whiteBalance
        let saturation =
            photosites.cfa == nil ? Array(repeating: balance.digitalGain, count: 4) : balance.saturation
        let unit = Float(1 << scale.shift)
        // What a word of 1 is multiplied by, `t` being half of it.
        let factors = (0..<4).map { site in
            2 * saturation[site] / ((levels.white - levels.black[site]) * unit) * Float(Linear16.white) / ceiling
        }
        let strongest = pipeline.lensShading?.strongestGain ?? 1
        let most = factors.max()! * strongest
        guard most.isFinite, most < 32767 else {
            throw ISPError(.usage, "not possible in real time: gains of \(most) in all; lower the exposure")
        }
        let shift = min(15, max(0, Int((32767 / most).exponent)))
        kernel = GainKernel(
            shift: shift,
            limit: pipeline.highlights.method == .off
                ? 65_535
                : min(
                    65_535, Linear16.zero + Int(Float(Linear16.white) * min(pipeline.highlights.ceiling / ceiling, 2))))
        black = SIMD4(levels.black.map { Int16(clamping: Int(($0 * unit / 2).rounded())) })
        let scaled = factors.map { $0 * Float(1 << shift) }
        gain = SIMD4(scaled.map { Int16(clamping: Int($0.rounded())) })
        shading = pipeline.lensShading.map { ShadingTables($0, gains: scaled, photosites: photosites, size: size) }
    }
}
