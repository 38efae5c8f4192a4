// White points: chromaticities, colour temperatures, and the adaptation from one white to another.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A CIE 1931 xy chromaticity.
public struct Chromaticity: Hashable, Sendable {
    /// The x coordinate.
    public var x: Double
    /// The y coordinate.
    public var y: Double

    /// Creates a chromaticity.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    /// The chromaticity of a colour in XYZ.
    public init(xyz: Vector3) {
        let sum = xyz.x + xyz.y + xyz.z
        self.init(x: xyz.x / sum, y: xyz.y / sum)
    }

    /// CIE illuminant D50 (ICC and DNG profile connection white).
    public static let d50 = Chromaticity(x: 0.34567, y: 0.35850)
    /// CIE illuminant D65 (the white of sRGB, Display P3 and Rec.2020).
    public static let d65 = Chromaticity(x: 0.31270, y: 0.32900)

    /// XYZ with Y = 1.
    public var xyz: Vector3 { Vector3(x / y, 1, (1 - x - y) / y) }

    /// The white of an illuminant of the given correlated colour temperature: on the CIE daylight locus from 4000 K
    /// (CIE 15:2004, 3.1), on the Planckian locus below.
    /// - Parameter kelvin: clamped to 1000 ... 25000.
    public static func illuminant(kelvin: Double) -> Chromaticity {
        let t = min(max(kelvin, 1000), 25_000)
        guard t >= 4000 else { return planckian(t) }
        let k = 1000 / t
        let x =
            t <= 7000
            ? 0.244063 + k * (0.09911 + k * (2.9678 - 4.6070 * k))
            : 0.237040 + k * (0.24748 + k * (1.9018 - 2.0064 * k))
        return Chromaticity(x: x, y: -3 * x * x + 2.870 * x - 0.275)
    }

    /// The correlated colour temperature in kelvin, 1000 ... 25000: the Planckian radiator nearest in CIE 1960 uv.
    public var correlatedColorTemperature: Double {
        let (u, v) = uv1960
        func distance(_ mired: Double) -> Double {
            let (pu, pv) = Self.planckianUV(1e6 / mired)
            return (pu - u) * (pu - u) + (pv - v) * (pv - v)
        }
        // Golden-section search over reciprocal temperature, in which the locus is nearly uniform.
        let golden = 0.6180339887498949
        var low = 1e6 / 25_000
        var high = 1e6 / 1000
        var a = high - golden * (high - low)
        var b = low + golden * (high - low)
        var (fa, fb) = (distance(a), distance(b))
        for _ in 0..<60 {
            if fa < fb {
                (high, b, fb) = (b, a, fa)
                a = high - golden * (high - low)
                fa = distance(a)
            } else {
                (low, a, fa) = (a, b, fb)
                b = low + golden * (high - low)
                fb = distance(b)
            }
        }
        return 1e6 / ((low + high) / 2)
    }

    private var uv1960: (Double, Double) {
        let d = -2 * x + 12 * y + 3
        return (4 * x / d, 6 * y / d)
    }

    /// Krystek 1985, "An algorithm to calculate correlated colour temperature": within 8e-5 in u and 9e-5 in v.
    private static func planckianUV(_ t: Double) -> (Double, Double) {
        let u =
            (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t)
            / (1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t)
        let v =
            (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t)
            / (1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t)
        return (u, v)
    }

    private static func planckian(_ t: Double) -> Chromaticity {
        let (u, v) = planckianUV(t)
        let d = 2 * u - 8 * v + 4
        return Chromaticity(x: 3 * u / d, y: 2 * v / d)
    }

    /// The linear Bradford transform that takes XYZ under white `self` to XYZ under white `other`
    /// (Lam 1985; the matrix of ICC.1:2010 Annex E).
    public func bradfordAdaptation(to other: Chromaticity) -> Matrix3 {
        let cone = Matrix3(
            Vector3(0.8951, 0.2664, -0.1614), Vector3(-0.7502, 1.7135, 0.0367), Vector3(0.0389, -0.0685, 1.0296))
        let scale = (cone * other.xyz) / (cone * xyz)
        return cone.inverse! * Matrix3.diagonal(scale) * cone
    }
}
