// What the colour filters make of the scene's colours.

import ISPImaging

extension SensorModel {
    /// The white of the light on the scene.
    public var illuminant: Chromaticity { .illuminant(kelvin: illuminantKelvin) }

    /// Linear sRGB of the scene to camera RGB as shares of saturation, before shading: the exposure is in it. The rows
    /// are red, green and blue photosites; the green of diffuse white gives `exposure * whiteFraction`. All three rows
    /// of a monochrome sensor are luminance.
    ///
    /// Colours are adapted from D65 to the light on the scene (linear Bradford), then `CameraColor` answers as it would
    /// for a real camera; developing with the as-shot balance is the exact inverse.
    public var sceneToCamera: Matrix3 {
        let level = exposure * whiteFraction
        guard cfa != nil else {
            let weights = RGBColorSpace.srgb.luminanceWeights
            return Matrix3(weights, weights, weights) * level
        }
        let white = illuminant
        let camera = color.xyzToCamera(kelvin: white.correlatedColorTemperature)
        let adapted = Chromaticity.d65.bradfordAdaptation(to: white) * RGBColorSpace.srgb.toXYZ
        return camera * adapted * (level / (camera * white.xyz).y)
    }

    /// The balance that makes a neutral surface grey under the light on the scene; `nil` for a monochrome sensor.
    /// - Throws: `ISPError(.usage)` where the calibration gives a neutral no camera has.
    public func asShotGains() throws(ISPError) -> WhiteBalanceGains? {
        cfa == nil ? nil : try WhiteBalanceGains(neutral: color.neutral(for: illuminant))
    }
}
