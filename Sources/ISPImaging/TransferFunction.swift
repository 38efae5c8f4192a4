// How linear light is coded in a picture: the opto-electronic transfer functions.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The coding of linear light in a delivered picture; both sides run over 0 ... 1.
public enum TransferFunction: String, CaseIterable, Sendable {
    /// IEC 61966-2-1.
    case srgb
    /// ITU-R BT.709 (and BT.2020 at 10 bits).
    case rec709
    /// The linear values themselves.
    case linear

    /// The code of a linear value; values outside 0 ... 1 are clamped.
    public func encode(_ linear: Double) -> Double {
        let v = min(max(linear, 0), 1)
        switch self {
        case .srgb: return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055
        case .rec709: return v < 0.018 ? 4.5 * v : 1.099 * pow(v, 0.45) - 0.099
        case .linear: return v
        }
    }

    /// The linear value of a code; codes outside 0 ... 1 are clamped.
    public func decode(_ code: Double) -> Double {
        let v = min(max(code, 0), 1)
        switch self {
        case .srgb: return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        case .rec709: return v < 0.081 ? v / 4.5 : pow((v + 0.099) / 1.099, 1 / 0.45)
        case .linear: return v
        }
    }
}
