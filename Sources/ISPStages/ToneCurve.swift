// Stage 10, tone curve: linear light becomes display codes. The curve is tabulated once; this stage looks it up.

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
    ///   - white: the linear value that becomes display white with `filmic`, at least 1.
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
            curve = { transfer.encode(filmic($0)) }
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
    public func callAsFunction(_ linear: Float) -> Float {
        table.withUnsafeBufferPointer { Self.lookUp(linear, $0.baseAddress!, atZero) }
    }

    /// Replaces every sample.
    public func apply(to rgb: RGBView<Float>) {
        table.withUnsafeBufferPointer { table in
            let base = table.baseAddress!
            for plane in rgb.planes {
                for y in plane.region.y..<plane.region.maxY {
                    let row = plane.row(y)
                    for i in 0..<plane.region.width { row[i] = Self.lookUp(row[i], base, atZero) }
                }
            }
        }
    }

    @inline(__always)
    private static func lookUp(_ linear: Float, _ table: UnsafePointer<Float>, _ atZero: Float) -> Float {
        let first = Float(bitPattern: UInt32((127 + lowestExponent) << 23))
        let last = Float(bitPattern: UInt32((127 + lowestExponent + octaves) << 23))
        guard linear >= first else {
            // NaN and negative values end at the curve's foot.
            let t = linear > 0 ? linear / first : 0
            return atZero + (table[0] - atZero) * t
        }
        let value = linear < last ? linear : last
        let offset = value.bitPattern &- first.bitPattern
        let index = Int(offset >> (23 - stepBits))
        let fraction = Float(offset & ((1 << (23 - stepBits)) - 1)) * (1 / Float(1 << (23 - stepBits)))
        return table[index] + (table[index + 1] - table[index]) * fraction
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
