// How different two colours look: CIEDE2000 between sRGB codes.

import Foundation
import ISPImaging

/// A colour in CIE L*a*b* under D65.
public struct LabColor: Hashable, Sendable {
    /// Lightness, 0 ... 100.
    public let lightness: Double
    /// Green to red.
    public let a: Double
    /// Blue to yellow.
    public let b: Double

    /// Creates a colour.
    public init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    /// The colour of linear sRGB values (CIE 15:2004, 8.2.1, with D65 white).
    public init(linearSRGB color: Vector3) {
        let xyz = Self.toXYZ * color
        let white = Chromaticity.d65.xyz
        func f(_ t: Double) -> Double { t > 216.0 / 24_389 ? cbrt(t) : (24_389.0 / 27 * t + 16) / 116 }
        let (fx, fy, fz) = (f(xyz.x / white.x), f(xyz.y / white.y), f(xyz.z / white.z))
        self.init(lightness: 116 * fy - 16, a: 500 * (fx - fy), b: 200 * (fy - fz))
    }

    private static let toXYZ = RGBColorSpace.srgb.toXYZ

    /// The CIEDE2000 difference; about 1 is just noticeable side by side
    /// (Sharma, Wu, Dalal 2005, "The CIEDE2000 color-difference formula: implementation notes").
    public func difference(to other: LabColor) -> Double {
        let chromaMean = (hypot(a, b) + hypot(other.a, other.b)) / 2
        let chroma7 = pow(chromaMean, 7)
        let g = 0.5 * (1 - (chroma7 / (chroma7 + pow(25, 7))).squareRoot())
        let (a1, a2) = (a * (1 + g), other.a * (1 + g))
        let (c1, c2) = (hypot(a1, b), hypot(a2, other.b))
        let (h1, h2) = (Self.hue(a1, b), Self.hue(a2, other.b))

        let deltaL = other.lightness - lightness
        let deltaC = c2 - c1
        var deltaHue = 0.0
        if c1 * c2 != 0 {
            deltaHue = h2 - h1
            if deltaHue > 180 { deltaHue -= 360 } else if deltaHue < -180 { deltaHue += 360 }
        }
        let deltaH = 2 * (c1 * c2).squareRoot() * Self.sine(deltaHue / 2)

        let meanL = (lightness + other.lightness) / 2
        let meanC = (c1 + c2) / 2
        var meanH = h1 + h2
        if c1 * c2 != 0 {
            if abs(h1 - h2) <= 180 {
                meanH /= 2
            } else {
                meanH = meanH < 360 ? (meanH + 360) / 2 : (meanH - 360) / 2
            }
        }
        let t =
            1 - 0.17 * Self.cosine(meanH - 30) + 0.24 * Self.cosine(2 * meanH) + 0.32 * Self.cosine(3 * meanH + 6)
            - 0.20 * Self.cosine(4 * meanH - 63)
        let offset = meanL - 50
        let weightL = 1 + 0.015 * offset * offset / (20 + offset * offset).squareRoot()
        let weightC = 1 + 0.045 * meanC
        let weightH = 1 + 0.015 * meanC * t
        let meanC7 = pow(meanC, 7)
        let turn = 30 * exp(-((meanH - 275) / 25) * ((meanH - 275) / 25))
        let rotation = -2 * (meanC7 / (meanC7 + pow(25, 7))).squareRoot() * Self.sine(2 * turn)
        let (l, c, h) = (deltaL / weightL, deltaC / weightC, deltaH / weightH)
        return max(0, l * l + c * c + h * h + rotation * c * h).squareRoot()
    }

    private static func hue(_ a: Double, _ b: Double) -> Double {
        if a == 0 && b == 0 { return 0 }
        let degrees = atan2(b, a) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }

    private static func sine(_ degrees: Double) -> Double { sin(degrees * .pi / 180) }
    private static func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }
}
