// How each setting that depends on the frame is decided.

import ISPControl
import ISPImaging
import ISPStages
import ISPTuning

extension Development {
    /// The linear value that the brightest percent of a scene may reach with a curve that rolls highlights off.
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
            return AutoExposure.exposure(for: look(), gains: gains, headroom: headroom) - baseline
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

    static func colorCorrection(
        _ settings: DevelopSettings, _ metadata: FrameMetadata, _ gains: WhiteBalanceGains, _ notes: inout [String]
    ) throws(ISPError) -> ColorCorrection? {
        let space = settings.colorSpace
        /// A matrix to linear sRGB, taken on to the output space.
        func onward(_ toSRGB: Matrix3) -> Matrix3 {
            space == .srgb ? toSRGB : space.fromXYZ * RGBColorSpace.srgb.toXYZ * toSRGB
        }
        switch settings.matrix {
        case .none: return nil
        case .matrix(let matrix): return try ColorCorrection(matrix: onward(matrix))
        case .file:
            if let toSRGB = metadata.cameraToSRGB { return try ColorCorrection(matrix: onward(toSRGB)) }
            if let color = metadata.color { return try ColorCorrection(matrix: color.matrix(gains: gains, to: space)) }
            notes.append("the frame has no colour matrix; camera colours were taken for sRGB")
            return try ColorCorrection(matrix: onward(.identity))
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
}
