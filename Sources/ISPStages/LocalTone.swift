// Stage 14, local tone (optional): large bright and dark areas brought nearer to each other, detail kept as it is.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Compresses the base of log luminance and leaves the detail, split by a guided filter.
///
/// The split is decided on a small map of the frame's luminance (`ToneMap`): there the guided filter fits
/// `base = a * luminance + b` around every node; here each pixel takes a and b between the nodes (the fast guided
/// filter). So a tile needs nothing around it, and edges of the full picture stay where they are.
public struct LocalTone: Sendable {
    /// The strength.
    public static let strength = ParameterDescriptor(
        "local_tone", "how far large areas are brought towards mid-grey; 0 is off", in: 0...1, default: 0)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "local-tone", "lifts large dark areas and holds back large bright ones, detail kept",
        citation: "Durand, Dorsey 2002 (base and detail); He, Sun 2015, fast guided filter", from: .linearRGB,
        to: .linearRGB, parameters: [strength])

    /// At strength 1 the base keeps this share of its distance from mid-grey.
    private static let least: Float = 0.4

    private let map: ToneMap
    private let compression: Float

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Throws: `ISPError(.usage)` for a strength out of range.
    public init?(map: ToneMap, strength: Double) throws(ISPError) {
        let strength = Float(try Self.strength.checked(strength))
        if strength == 0 { return nil }
        self.map = map
        compression = strength * (1 - Self.least)
    }

    /// Replaces every pixel of `rgb`, which is in frame coordinates.
    public func apply(to rgb: RGBView<Float>) {
        for y in rgb.region.y..<rgb.region.maxY {
            let nodes = map.row(y)
            let (red, green, blue) = (rgb.red.row(y), rgb.green.row(y), rgb.blue.row(y))
            for i in 0..<rgb.region.width {
                let luminance = ToneMap.luminance(red[i], green[i], blue[i])
                let value = ToneMap.logarithm(luminance)
                let (a, b) = map.coefficients(nodes, x: rgb.region.x + i)
                let base = a * value + b
                let gain = exp2f((ToneMap.middle - base) * compression)
                red[i] *= gain
                green[i] *= gain
                blue[i] *= gain
            }
        }
    }
}
