// Stage 13, colour matrix: white-balanced camera RGB becomes linear RGB of the output space.

import ISPImaging

/// Multiplies every pixel by a 3x3 matrix.
public struct ColorCorrection: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "color-matrix", "white-balanced camera RGB to linear RGB of the output space",
        citation: "DNG Specification 1.7, chapter 6; ICC.1:2010 Annex E (Bradford)", from: .linearRGB, to: .linearRGB)

    /// Balanced camera RGB to linear RGB of the output.
    public let matrix: Matrix3
    private let m: [Float]

    /// Creates the stage.
    /// - Throws: `ISPError(.usage)` where an entry is not a number of magnitude up to 1000.
    public init(matrix: Matrix3) throws(ISPError) {
        guard matrix.values.allSatisfy({ abs($0) <= 1000 }) else {
            throw ISPError(
                .usage, "a colour matrix with the entries \(matrix.values); each must be within -1000 to 1000")
        }
        self.matrix = matrix
        m = matrix.values.map(Float.init)
    }

    /// Replaces every pixel. Colours outside the output gamut become negative here; the tone curve clips them.
    public func apply(to rgb: RGBView<Float>) {
        let (m00, m01, m02) = (m[0], m[1], m[2])
        let (m10, m11, m12) = (m[3], m[4], m[5])
        let (m20, m21, m22) = (m[6], m[7], m[8])
        for y in rgb.region.y..<rgb.region.maxY {
            let (red, green, blue) = (rgb.red.row(y), rgb.green.row(y), rgb.blue.row(y))
            for i in 0..<rgb.region.width {
                let (r, g, b) = (red[i], green[i], blue[i])
                red[i] = m00 * r + m01 * g + m02 * b
                green[i] = m10 * r + m11 * g + m12 * b
                blue[i] = m20 * r + m21 * g + m22 * b
            }
        }
    }
}
