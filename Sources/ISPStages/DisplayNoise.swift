// How strong the sensor's noise is in the finished picture: what sharpening and chroma denoise are steered by.

import ISPImaging

/// The standard deviation of noise in Y and in Cb, Cr, as a function of luma.
///
/// It is the noise profile carried through gains, colour matrix, tone curve and contrast for a grey of each luma, to first
/// order. What depends on the place or the colour (lens shading, local tone, saturation) is left out.
public struct DisplayNoise: Sendable {
    /// Entries of each table; luma 0 ... 1 over all but the last, which only closes the last segment.
    static let nodes = 64

    /// By luma: the standard deviation of Y.
    let luma: [Float]
    /// By luma: the root of the mean variance of Cb and Cr.
    let chroma: [Float]

    /// Known tables, for tests.
    /// - Parameters:
    ///   - luma: the standard deviation of Y at a luma of 0 ... 1.
    ///   - chroma: that of Cb and Cr.
    public init(luma: (Float) -> Float, chroma: (Float) -> Float) {
        let codes = (0...Self.nodes).map { Float($0) / Float(Self.nodes) }
        self.luma = codes.map(luma) + [luma(1)]
        self.chroma = codes.map(chroma) + [chroma(1)]
    }

    /// Carries a noise profile through the pipeline.
    /// - Parameters:
    ///   - gains: by which red, green and blue samples are multiplied between sensor and matrix.
    ///   - matrix: balanced camera RGB to output RGB; its rows add up to 1.
    ///   - curve: linear light to display codes.
    ///   - standard: how Y, Cb and Cr are made of the codes; `nil` for a mono sensor, whose samples are Y.
    ///   - residual: the share of the noise, as standard deviation, that earlier stages leave.
    public init(
        _ profile: NoiseProfile, gains: [Float], matrix: Matrix3, curve: (Float) -> Float, standard: YCbCr.Standard?,
        residual: Float
    ) {
        let (kr, kb) = standard?.weights ?? (0, 0)
        let luma = Vector3(Double(kr), Double(1 - kr - kb), Double(kb))
        let columns = matrix.values  // rows first
        func weights(_ v: Vector3) -> [Double] {
            (0..<3).map { v.x * columns[$0] + v.y * columns[3 + $0] + v.z * columns[6 + $0] }
        }
        let toLuma = weights(luma)
        let toCb = weights((Vector3(0, 0, 1) + luma * -1) * Double(0.5 / (1 - kb)))
        let toCr = weights((Vector3(1, 0, 0) + luma * -1) * Double(0.5 / (1 - kr)))
        func deviation(_ linear: Float, _ slope: Float) -> (Float, Float) {
            var (ofLuma, ofChroma) = (0.0, 0.0)
            for c in 0..<3 {
                let gain = Double(gains[c])
                let variance = gain * gain * profile.variance(c, at: Double(linear) / gain)
                ofLuma += toLuma[c] * toLuma[c] * variance
                ofChroma += (toCb[c] * toCb[c] + toCr[c] * toCr[c]) / 2 * variance
            }
            return (Float(ofLuma.squareRoot()) * slope * residual, Float(ofChroma.squareRoot()) * slope * residual)
        }
        // The inverse of the curve by bisection: it rises, and its form is not known here.
        func linear(_ code: Float) -> Float {
            var (low, high): (Float, Float) = (0, 65_536)
            for _ in 0..<50 {
                let middle = (low + high) / 2
                if curve(middle) < code { low = middle } else { high = middle }
            }
            return (low + high) / 2
        }
        let deviations = (0...Self.nodes).map { node -> (Float, Float) in
            let code = Float(node) / Float(Self.nodes)
            let (lower, upper) = (linear(max(code - 0.01, 0)), linear(min(code + 0.01, 0.999)))
            let rise = curve(upper) - curve(lower)
            return deviation(linear(code), upper > lower ? rise / (upper - lower) : 0)
        }
        self.luma = deviations.map(\.0) + [deviations.last!.0]
        self.chroma = deviations.map(\.1) + [deviations.last!.1]
    }

    /// Entries of a table at a luma.
    @inline(__always)
    static func lookUp(_ table: [Float], _ luma: Lanes) -> Lanes {
        let position = luma.limited(0, 1).replacing(with: 0, where: luma .!= luma) * Float(nodes)
        let (index, fraction) = position.split
        return table.interpolated(at: index, fraction)
    }
}
