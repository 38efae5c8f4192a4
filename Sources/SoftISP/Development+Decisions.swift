// How each setting that depends on the frame is decided.

import ISPControl
import ISPImaging
import ISPStages
import ISPTuning

extension Development {
    /// The linear value that all but the brightest two percent of a scene stay below with a curve that rolls highlights off.
    private static let filmicHeadroom = 2.0

    static func gains(
        _ settings: DevelopSettings, _ metadata: FrameMetadata, _ cfa: CFAPattern?, _ notes: inout [String],
        _ look: () -> SceneSamples
    ) throws(ISPError) -> WhiteBalanceGains {
        guard cfa != nil else { return .unity }
        switch settings.whiteBalance {
        case .gains(let gains): return gains
        case .kelvin(let kelvin):
            guard let color = metadata.color else {
                throw ISPError(
                    .usage,
                    "white_balance: the frame has no colour calibration to turn \(Int(kelvin))K into gains; give gains R,G,B"
                )
            }
            return try WhiteBalanceGains(neutral: color.neutral(for: .illuminant(kelvin: kelvin)))
        case .camera:
            if let gains = metadata.asShotGains { return gains }
            notes.append("the frame has no white balance; it was estimated from the picture")
            return AutoWhiteBalance.gains(for: look())
        case .auto: return AutoWhiteBalance.gains(for: look())
        }
    }

    /// The correction on top of the baseline exposure, in EV.
    static func exposure(
        _ settings: DevelopSettings, _ gains: WhiteBalanceGains, baseline: Double, _ look: () -> SceneSamples
    ) -> Double {
        switch settings.exposure {
        case .ev(let ev): return ev
        case .auto:
            let headroom = settings.tone == .filmic ? filmicHeadroom : 1
            let ev = AutoExposure.exposure(for: look(), gains: gains, headroom: headroom) - baseline
            // What was decided must be a setting that can be given.
            return min(max(ev, WhiteBalance.exposure.range.lowerBound), WhiteBalance.exposure.range.upperBound)
        }
    }

    static func toneCurve(_ settings: DevelopSettings, white: Float) throws(ISPError) -> ToneCurve {
        switch settings.tone {
        case .filmic:
            return try ToneCurve(.filmic, transfer: .srgb, white: white, contrast: settings.filmicContrast)
        case .transfer(let function): return try ToneCurve(.transfer, transfer: function)
        case .points(let points): return try ToneCurve(.points(points), transfer: .srgb)
        }
    }

    static func colorMatrix(
        _ settings: DevelopSettings, _ metadata: FrameMetadata, _ gains: WhiteBalanceGains, _ notes: inout [String]
    ) throws(ISPError) -> Matrix3? {
        let space = settings.colorSpace
        /// A matrix to linear sRGB, taken on to the output space.
        func onward(_ toSRGB: Matrix3) -> Matrix3 {
            space == .srgb ? toSRGB : space.fromXYZ * RGBColorSpace.srgb.toXYZ * toSRGB
        }
        switch settings.matrix {
        case .none: return nil
        case .matrix(let matrix): return onward(matrix)
        case .file:
            if let toSRGB = metadata.cameraToSRGB { return onward(toSRGB) }
            if let color = metadata.color { return try color.matrix(gains: gains, to: space) }
            notes.append("the frame has no colour matrix; camera colours were taken for sRGB")
            return onward(.identity)
        }
    }

    /// The crop in stored-frame coordinates.
    static func crop(_ settings: DevelopSettings, of frame: RawFrame) throws(ISPError) -> Region {
        let whole = Region(frame.size)
        switch settings.crop {
        case .full: return whole
        case .camera: return frame.metadata.defaultCrop ?? whole
        case .region(let wanted):
            let orientation = settings.orientation ?? frame.metadata.orientation
            let upright = orientation.uprightSize(of: frame.size)
            guard Region(upright).contains(wanted) else {
                throw ISPError(.usage, "crop: \(wanted) is not inside the picture of \(upright)")
            }
            return orientation.stored(wanted, of: frame.size)
        }
    }

    /// Where a stated noise profile is held against the picture: mid-grey a stop below.
    private static let checkedSignal = 0.09

    /// The noise profile that denoise, sharpening and the search for defects follow; looked for only where one is on.
    static func noiseProfile(
        _ settings: DevelopSettings, _ metadata: FrameMetadata, _ reader: MosaicReader, _ notes: inout [String]
    ) throws(ISPError) -> NoiseProfile? {
        let detail = settings.denoise > 0 || settings.sharpen > 0 || settings.chromaDenoise > 0
        guard detail || settings.defects == .dynamic else { return nil }
        switch settings.noiseProfile {
        case .profile(let profile):
            guard profile.isSound else {
                throw ISPError(.usage, "noise_profile: scales and offsets must be 0 to 1, one or three of each")
            }
            return profile
        case .file:
            let seen = NoiseEstimate.profile(of: reader)
            guard let stated = metadata.noiseProfile else { return seen }
            guard stated.isSound else {
                notes.append("the frame's noise profile makes no sense; it was estimated from the picture")
                return seen
            }
            // Binning and lossy raw compression leave a profile that no longer holds; believing it would cost detail.
            // Noise of less than a code cannot be seen well enough to contradict.
            let code = 1 / Double(metadata.whiteLevel - (metadata.blackLevel.max() ?? 0))
            let claimed = stated.variance(1, at: checkedSignal)
            if claimed > code * code, let seen, seen.variance(1, at: checkedSignal) < 0.4 * claimed {
                notes.append("the frame is quieter than its noise profile says; it was estimated from the picture")
                return seen
            }
            return stated
        case .auto: return NoiseEstimate.profile(of: reader)
        }
    }

    static func highlights(
        _ settings: DevelopSettings, _ whiteBalance: WhiteBalance, _ reader: MosaicReader
    ) -> Highlights {
        guard reader.frame.format.cfa != nil else {
            // A mono sensor has no cast to remove.
            return Highlights(.off, saturation: Array(repeating: whiteBalance.digitalGain, count: 4))
        }
        let chrominance =
            settings.highlights == .reconstruct
            ? HighlightColor.chrominance(of: reader, whiteBalance: whiteBalance) : [0, 0, 0]
        return Highlights(settings.highlights, saturation: whiteBalance.saturation, chrominance: chrominance)
    }

    /// The scaling of the crop, where the picture is to have another size.
    static func scale(
        _ settings: DevelopSettings, crop: Region, orientation: Orientation
    ) throws(ISPError) -> Scale? {
        let factor: Double
        switch settings.size {
        case .full: return nil
        case .percent(let percent): factor = percent / 100
        case .fit(let upright):
            let stored = orientation.swapsAxes ? upright.transposed : upright
            factor = min(Double(stored.width) / Double(crop.width), Double(stored.height) / Double(crop.height))
        }
        func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * factor).rounded())) }
        let size = Size(width: scaled(crop.width), height: scaled(crop.height))
        return size == crop.size ? nil : try Scale(crop: crop, to: size, filter: settings.scaleFilter)
    }

    /// The share of the noise that is left, as standard deviation, by raw denoise of strength 1.
    private static let denoised = 0.35

    /// Sharpening and chroma denoise, steered by the noise that is left at the end.
    static func addDetailStages(
        to pipeline: inout Pipeline, _ settings: DevelopSettings, _ profile: NoiseProfile?, _ matrix: Matrix3,
        isColor: Bool
    ) throws(ISPError) {
        let (curve, contrast) = (pipeline.toneCurve, pipeline.contrastSaturation)
        let saturation = pipeline.whiteBalance.saturation
        let residual = pipeline.denoise == nil ? 1 : denoised + (1 - denoised) * max(0, 1 - settings.denoise)
        let noise = profile.map { profile in
            DisplayNoise(
                profile, gains: [saturation[0], saturation[1], saturation[3]], matrix: matrix,
                curve: { linear in contrast?.contrasted(curve(linear)) ?? curve(linear) },
                standard: isColor ? settings.ycbcr : nil, residual: Float(residual))
        }
        pipeline.sharpen = try Sharpen(
            amount: settings.sharpen, radius: settings.sharpenRadius, halo: settings.sharpenHalo, noise: noise)
        guard let noise, isColor else { return }
        switch settings.chromaFilter {
        case .wavelet:
            pipeline.chromaDenoise = try ChromaDenoise(strength: settings.chromaDenoise, noise: noise)
        case .block:
            pipeline.blockChromaDenoise = try BlockChromaDenoise(strength: settings.chromaDenoise, noise: noise)
        }
    }
}
