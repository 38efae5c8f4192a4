// The colour spaces a picture can be delivered in.

/// An RGB space with D65 white: the primaries of the output.
public enum RGBColorSpace: String, CaseIterable, Sendable {
    /// IEC 61966-2-1; the primaries of Rec.709.
    case srgb
    /// Display P3 (SMPTE EG 432-1 primaries, D65).
    case displayP3 = "display-p3"
    /// ITU-R BT.2020.
    case rec2020

    /// The chromaticities of red, green and blue.
    public var primaries: (red: Chromaticity, green: Chromaticity, blue: Chromaticity) {
        switch self {
        case .srgb: (.init(x: 0.640, y: 0.330), .init(x: 0.300, y: 0.600), .init(x: 0.150, y: 0.060))
        case .displayP3: (.init(x: 0.680, y: 0.320), .init(x: 0.265, y: 0.690), .init(x: 0.150, y: 0.060))
        case .rec2020: (.init(x: 0.708, y: 0.292), .init(x: 0.170, y: 0.797), .init(x: 0.131, y: 0.046))
        }
    }

    /// Linear RGB to XYZ (white D65, Y = 1), from the primaries (SMPTE RP 177).
    public var toXYZ: Matrix3 {
        let p = primaries
        let columns = Matrix3(p.red.xyz, p.green.xyz, p.blue.xyz).transposed
        let scale = columns.inverse! * Chromaticity.d65.xyz
        return columns * Matrix3.diagonal(scale)
    }

    /// XYZ (white D65) to linear RGB.
    public var fromXYZ: Matrix3 { toXYZ.inverse! }

    /// The weights of linear red, green and blue in luminance Y.
    public var luminanceWeights: Vector3 { toXYZ.rows.1 }
}
