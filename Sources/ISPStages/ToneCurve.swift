// Stage 14, tone curve: linear light becomes display codes. The curve is tabulated once; this stage looks it up.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Maps linear RGB to display codes, channel by channel.
///
/// The table is indexed by the leading bits of the Float itself, so its segments have a constant relative width
/// (1/64 of an octave's value) and shadows are as exact as highlights; between nodes it is linear.
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
        citation: "Naka, Rushton 1966 (filmic); IEC 61966-2-1; ITU-R BT.709; Fritsch, Carlson 1980 (points)",
        from: .linearRGB, to: .displayRGB, parameters: [filmicContrast])

    // Values below 2^-16 are treated as linear from 0; values from 2^8 on take the last entry.
    private static let lowestExponent = -16
    private static let octaves = 24
    private static let stepBits: UInt32 = 6

    private let table: [Float]

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
        let curve: (Double) -> Double
        switch shape {
        case .filmic:
            let filmic = FilmicCurve(white: Double(max(white, 1)), contrast: contrast)
            // The curve itself is defined for white from 1 on; a lower white is stretched to display white.
            let brightest = filmic(Double(max(white, 0.5)))
            curve = { transfer.encode(filmic($0) / brightest) }
        case .transfer:
            curve = { transfer.encode($0) }
        case .points(let points):
            let cubic = try MonotoneCubic(points)
            curve = { cubic($0) }
        }
        let count = Self.octaves << Self.stepBits
        let nodes = (0...count).map { Float(curve(Double(Self.node($0)))) }
        // One more entry so that the segment above the last node exists; below the first node the curve is linear.
        table = nodes + [nodes.last!]
        atZero = Float(curve(0))
    }

    private let atZero: Float

    private static func node(_ index: Int) -> Float {
        Float(bitPattern: UInt32((127 + lowestExponent) << 23) &+ UInt32(index) << (23 - stepBits))
    }

    /// The display code of a linear value.
    public func callAsFunction(_ linear: Float) -> Float { lookUp(Lanes(repeating: linear))[0] }

    /// Replaces every sample of one channel.
    public func apply(to plane: PlaneView<Float>) {
        plane.replaceSamples { lookUp($0) }
    }

    @inline(__always)
    private func lookUp(_ linear: Lanes) -> Lanes {
        let first = Float(bitPattern: UInt32((127 + Self.lowestExponent) << 23))
        let last = Float(bitPattern: UInt32((127 + Self.lowestExponent + Self.octaves) << 23))
        // NaN and negative values end at the curve's foot.
        let isFoot = .!(linear .>= first)
        let positive = linear.replacing(with: 0, where: .!(linear .> 0))
        let foot = atZero + (table[0] - atZero) * (positive / first)

        let value = linear.replacing(with: last, where: linear .>= last).replacing(with: first, where: isFoot)
        let offset = unsafeBitCast(value, to: SIMD8<UInt32>.self) &- first.bitPattern
        let index = SIMD8<Int32>(truncatingIfNeeded: offset &>> (23 - Self.stepBits))
        // The bits below the index, as the fraction of a number from 1 to 2.
        let low = (offset &<< Self.stepBits) & 0x007f_ffff
        let fraction = unsafeBitCast(low | Float(1).bitPattern, to: Lanes.self) - 1
        return table.interpolated(at: index, fraction).replacing(with: foot, where: isFoot)
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
