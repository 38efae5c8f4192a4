// Stage 15, tone curve: linear light becomes display codes. The curve is tabulated once; this stage looks it up.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Maps linear RGB to display codes.
///
/// Transfer functions and points work channel by channel. The filmic curve maps the largest and the smallest channel and
/// keeps the middle one at its place between them, so that it changes brightness and saturation and never the hue (as the
/// DNG SDK's reference renderer does); channel by channel it would turn reds to pink and skies to cyan.
public struct ToneCurve: Sendable {
    /// The kinds of curves.
    public enum Shape: Hashable, Sendable {
        /// Highlights roll off to white, mid-grey (0.18) stays: for pictures. Coded by the output's transfer function.
        case filmic
        /// The transfer function alone: sRGB, Rec.709 or none. Values above 1 are clipped.
        case transfer
        /// Points (linear input 0 ... 1, display code 0 ... 1), joined by a monotone cubic.
        case points([CurvePoint])
    }

    /// The slope of the filmic curve at mid-grey, in log-log terms.
    public static let filmicContrast = ParameterDescriptor(
        "filmic_contrast", "slope of the filmic curve at mid-grey", in: 1...2, default: 1.2)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "tone-curve", "linear light to display codes: filmic, sRGB, Rec.709, linear or points",
        citation:
            "Naka, Rushton 1966 (filmic); DNG SDK, RefBaselineRGBTone (hue); IEC 61966-2-1; ITU-R BT.709; Fritsch, Carlson 1980 (points)",
        from: .linearRGB, to: .displayRGB, parameters: [filmicContrast])

    /// Linear light to display codes.
    private let codes: CurveTable
    /// For curves that keep the hue: linear light to display light, and display light to codes.
    private let rendering: (light: CurveTable, coding: CurveTable)?

    /// Tabulates a curve.
    /// - Parameters:
    ///   - white: the linear value that becomes display white with `filmic`, 0.5 or more.
    ///   - contrast: see `filmicContrast`.
    /// - Throws: `ISPError(.usage)` for a contrast out of range or points that are not a curve.
    public init(
        _ shape: Shape, transfer: TransferFunction, white: Float = 1,
        contrast: Double = ToneCurve.filmicContrast.defaultValue
    ) throws(ISPError) {
        let contrast = try Self.filmicContrast.checked(contrast)
        switch shape {
        case .filmic:
            let filmic = FilmicCurve(white: Double(max(white, 1)), contrast: contrast)
            // The curve itself is defined for white from 1 on; a lower white is stretched to display white.
            let brightest = filmic(Double(max(white, 0.5)))
            codes = CurveTable { transfer.encode(filmic($0) / brightest) }
            rendering = (CurveTable { filmic($0) / brightest }, CurveTable { transfer.encode($0) })
        case .transfer:
            codes = CurveTable { transfer.encode($0) }
            rendering = nil
        case .points(let points):
            let cubic = try MonotoneCubic(points)
            codes = CurveTable { cubic($0) }
            rendering = nil
        }
    }

    /// The display code of a linear grey.
    public func callAsFunction(_ linear: Float) -> Float { codes(Lanes(repeating: linear))[0] }

    /// Whether the largest and the smallest channel are mapped and the middle one keeps its place between them.
    public var keepsHue: Bool { rendering != nil }

    /// Of a curve that keeps the hue: the display light of linear light.
    public func light(_ linear: Float) -> Float { rendering?.light(Lanes(repeating: linear))[0] ?? linear }

    /// Of a curve that keeps the hue: the display code of display light.
    public func coding(_ light: Float) -> Float { rendering?.coding(Lanes(repeating: light))[0] ?? light }

    /// Replaces every sample of a grey picture.
    public func apply(to plane: PlaneView<Float>) {
        plane.replaceSamples { codes($0) }
    }

    /// Replaces every pixel.
    public func apply(to rgb: RGBView<Float>) {
        guard let rendering else {
            for plane in rgb.planes { apply(to: plane) }
            return
        }
        let (light, coding) = rendering
        for y in rgb.region.y..<rgb.region.maxY {
            let (red, green, blue) = (
                LaneRow(samples: rgb.red.row(y)), LaneRow(samples: rgb.green.row(y)), LaneRow(samples: rgb.blue.row(y))
            )
            // Groups may not overlap, since pixels are replaced; rows are padded for a last group that is not full.
            for i in Swift.stride(from: 0, to: rgb.region.width, by: 8) {
                // What lies outside the gamut, or is no number, ends at 0.
                let r = red[i].replacing(with: 0, where: .!(red[i] .> 0))
                let g = green[i].replacing(with: 0, where: .!(green[i] .> 0))
                let b = blue[i].replacing(with: 0, where: .!(blue[i] .> 0))
                let largest = pointwiseMax(pointwiseMax(r, g), b)
                let smallest = pointwiseMin(pointwiseMin(r, g), b)
                let (top, foot) = (light(largest), light(smallest))
                // Equal channels have no middle; the tiny number keeps the division harmless.
                let slope = (top - foot) / pointwiseMax(largest - smallest, Lanes(repeating: 1e-20))
                red[i] = coding(foot + (r - smallest) * slope)
                green[i] = coding(foot + (g - smallest) * slope)
                blue[i] = coding(foot + (b - smallest) * slope)
            }
        }
    }
}

/// The response of film and of the eye: `y = a x^p / (x^p + b)`, with mid-grey kept and `white` mapped to 1.
///
/// Naka and Rushton 1966, "S-potentials from colour units in the retina of fish"; the same form as Reinhard's
/// photographic operator (2002) with a contrast exponent.
struct FilmicCurve {
    private let exponent, scale, half, white: Double
    private static let grey = 0.18

    init(white: Double, contrast: Double) {
        self.white = white
        exponent = contrast
        let g = pow(Self.grey, contrast)
        let w = pow(white, contrast)
        // From y(grey) = grey and y(white) = 1. The slope at grey shrinks as white recedes; it never turns negative.
        half = (1 - Self.grey) * g / max(Self.grey - g / w, 1e-6)
        scale = 1 + half / w
    }

    func callAsFunction(_ x: Double) -> Double {
        guard x > 0 else { return 0 }
        let p = pow(min(x, white), exponent)
        return scale * p / (p + half)
    }
}
