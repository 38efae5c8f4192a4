// Stage 3, black level: sample units become a signal of 0 (dark) to 1 (saturated).

import ISPImaging

/// Subtracts the black level of each photosite and scales saturation to 1.
///
/// Values below black stay negative: clipping them would turn the mean of dark noise positive and tint the shadows.
public struct BlackLevel: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "black-level", "subtracts each photosite's black level, scales saturation to 1",
        citation: "DNG Specification 1.7, BlackLevel and WhiteLevel", from: .mosaic, to: .mosaic)

    /// Darkness at R, Gr, Gb, B, in sample units.
    public let black: [Float]
    /// Saturation, in sample units.
    public let white: Float
    /// What is added to a sample and what the sum is multiplied by, at R, Gr, Gb, B.
    public let offset, scale: [Float]

    /// Creates the stage.
    /// - Parameters:
    ///   - black: darkness at R, Gr, Gb, B, in sample units.
    ///   - white: saturation, in sample units.
    /// - Throws: `ISPError(.damagedInput)` unless every black level is finite and below white.
    public init(black: [Float], white: Float) throws(ISPError) {
        guard black.count == 4, white.isFinite, black.allSatisfy({ $0.isFinite && white - $0 >= 1 }) else {
            throw ISPError(
                .damagedInput,
                "black levels \(black) and white level \(white): four levels, each at least 1 below white")
        }
        self.black = black
        self.white = white
        offset = black.map { -$0 }
        scale = black.map { 1 / (white - $0) }
    }

    /// Replaces every sample of the plane.
    public func apply(to plane: PlaneView<Float>, cfa: CFAPattern?) {
        plane.scaleSites(offset: offset, scale: scale, cfa: cfa)
    }
}
