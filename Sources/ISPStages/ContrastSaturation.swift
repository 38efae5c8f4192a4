// Stage 16, contrast and saturation, on display codes.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An S-curve about mid-grey and a mix with luma. Black, mid-grey and white stay where they are.
public struct ContrastSaturation: Sendable {
    /// Contrast.
    public static let contrast = ParameterDescriptor("contrast", "slope at mid-grey", in: 0.25...4, default: 1)
    /// Saturation.
    public static let saturation = ParameterDescriptor("saturation", "0 is grey, 1 unchanged", in: 0...4, default: 1)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "contrast-saturation", "S-curve about mid-grey, mix with luma",
        citation: "ITU-R BT.709 luma weights", from: .displayRGB, to: .displayRGB, parameters: [contrast, saturation])

    /// The luma that is mixed in.
    public static let lumaStandard = YCbCrStandard.bt709

    /// The sRGB code of 18 % grey.
    private static let pivot: Float = 0.4613
    private static let nodes = 1024

    private let curve: [Float]?
    /// The factor of colour: 0 is grey, 1 unchanged.
    public let saturation: Float

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Throws: `ISPError(.usage)` out of range.
    public init?(contrast: Double, saturation: Double) throws(ISPError) {
        let contrast = Float(try Self.contrast.checked(contrast))
        self.saturation = Float(try Self.saturation.checked(saturation))
        if contrast == 1 && saturation == 1 { return nil }
        curve =
            contrast == 1
            ? nil : (0...Self.nodes).map { Self.sCurve(Float($0) / Float(Self.nodes), contrast) } + [1]
    }

    private static func sCurve(_ v: Float, _ contrast: Float) -> Float {
        v < pivot
            ? pivot * powf(v / pivot, contrast)
            : 1 - (1 - pivot) * powf((1 - v) / (1 - pivot), contrast)
    }

    /// A display code after the S-curve alone.
    public func contrasted(_ code: Float) -> Float {
        curve.map { Self.lookUp(Lanes(repeating: code), $0)[0] } ?? code
    }

    /// Replaces every sample of a grey picture; saturation has no meaning there.
    public func apply(to grey: PlaneView<Float>) {
        if let curve { grey.replaceSamples { Self.lookUp($0, curve) } }
    }

    /// Replaces every pixel.
    public func apply(to rgb: RGBView<Float>) {
        for plane in rgb.planes { apply(to: plane) }
        for y in rgb.region.y..<rgb.region.maxY {
            let (red, green, blue) = (rgb.red.row(y), rgb.green.row(y), rgb.blue.row(y))
            for i in 0..<rgb.region.width {
                let (r, g, b) = (red[i], green[i], blue[i])
                let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
                red[i] = luma + (r - luma) * saturation
                green[i] = luma + (g - luma) * saturation
                blue[i] = luma + (b - luma) * saturation
            }
        }
    }

    @inline(__always)
    private static func lookUp(_ v: Lanes, _ curve: [Float]) -> Lanes {
        let position = v.limited(0, 1).replacing(with: 0, where: v .!= v) * Float(nodes)
        let (index, fraction) = position.split
        return curve.interpolated(at: index, fraction)
    }
}
