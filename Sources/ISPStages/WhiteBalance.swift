// Stage 9, white balance and digital gain.

import ISPImaging

/// Multiplies each photosite by its balance gain and all of them by the digital gain.
public struct WhiteBalance: Sendable {
    /// Exposure correction.
    public static let exposure = ParameterDescriptor(
        "exposure", "digital gain", unit: "EV", in: -8...8, default: 0)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "white-balance", "per-channel gains that make neutral grey, and the digital gain",
        citation: "von Kries 1902 in camera space; DNG Specification 1.7, AsShotNeutral", from: .mosaic, to: .mosaic,
        parameters: [exposure])

    /// The balance.
    public let gains: WhiteBalanceGains
    /// The digital gain, a factor.
    public let digitalGain: Float

    /// Creates the stage.
    /// - Parameter digitalGain: a factor; `exposure` has its range in EV.
    /// - Throws: `ISPError(.usage)` outside that range.
    public init(gains: WhiteBalanceGains, digitalGain: Float = 1) throws(ISPError) {
        guard digitalGain >= 1 / 256, digitalGain <= 256 else {
            throw ISPError(.usage, "a digital gain of \(digitalGain); it must be 1/256 to 256 (-8 to 8 EV)")
        }
        self.gains = gains
        self.digitalGain = digitalGain
    }

    /// The factor of each photosite: where a sample saturates after this stage. R, Gr, Gb, B.
    public var saturation: [Float] { gains.perSite.map { $0 * digitalGain } }

    /// Replaces every sample of the plane.
    public func apply(to plane: PlaneView<Float>, cfa: CFAPattern?) {
        let scale = cfa == nil ? Array(repeating: digitalGain, count: 4) : saturation
        plane.scaleSites(offset: [0, 0, 0, 0], scale: scale, cfa: cfa)
    }
}
