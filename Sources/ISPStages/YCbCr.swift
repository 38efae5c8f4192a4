// Stage 17, YCbCr: display RGB as luma and two colour differences, for detail work and for video formats.

import ISPImaging

/// Turns display RGB into Y (0 ... 1) and Cb, Cr (-0.5 ... 0.5), and back. Both ways are exact but for Float rounding.
public struct YCbCr: Hashable, Sendable {
    /// The luma weights.
    public typealias Standard = YCbCrStandard
    /// Which codes a video format uses.
    public typealias Range = YCbCrRange

    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "ycbcr", "display RGB to luma and colour differences", citation: "ITU-R BT.601-7; ITU-R BT.709-6",
        from: .displayRGB, to: .yCbCr)

    /// The luma weights.
    public let standard: Standard

    /// Creates the stage.
    public init(_ standard: Standard) { self.standard = standard }

    /// Replaces red, green and blue by Y, Cb and Cr.
    public func apply(to rgb: RGBView<Float>) {
        let (kr, kb) = standard.weights
        let kg = 1 - kr - kb
        let (toCb, toCr) = (0.5 / (1 - kb), 0.5 / (1 - kr))
        for y in rgb.region.y..<rgb.region.maxY {
            let (first, second, third) = (rgb.red.row(y), rgb.green.row(y), rgb.blue.row(y))
            for i in 0..<rgb.region.width {
                let (r, g, b) = (first[i], second[i], third[i])
                let luma = kr * r + kg * g + kb * b
                first[i] = luma
                second[i] = (b - luma) * toCb
                third[i] = (r - luma) * toCr
            }
        }
    }

    /// Replaces Y, Cb and Cr by red, green and blue.
    public func invert(_ planes: RGBView<Float>) {
        let (kr, kb) = standard.weights
        let kg = 1 - kr - kb
        let (fromCb, fromCr) = (2 * (1 - kb), 2 * (1 - kr))
        for y in planes.region.y..<planes.region.maxY {
            let (first, second, third) = (planes.red.row(y), planes.green.row(y), planes.blue.row(y))
            for i in 0..<planes.region.width {
                let luma = first[i]
                let b = luma + second[i] * fromCb
                let r = luma + third[i] * fromCr
                first[i] = r
                second[i] = (luma - kr * r - kb * b) / kg
                third[i] = b
            }
        }
    }
}

extension YCbCrRange {
    /// Scale and offset of luma on the 8-bit scale.
    var luma: (scale: Float, offset: Float) { self == .full ? (255, 0) : (219, 16) }
    /// Scale of chroma on the 8-bit scale; the offset is 128.
    var chroma: Float { self == .full ? 255 : 224 }
}
