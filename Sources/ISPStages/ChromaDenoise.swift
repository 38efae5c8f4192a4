// Stage 19, chroma denoise: coloured blotches that are left in Cb and Cr are smoothed where luma shows no edge.

import ISPImaging

/// An edge-avoiding a-trous filter on Cb and Cr, steered by luma and by the noise in the picture.
///
/// Three passes of a 3x3 kernel at distances 1, 2 and 4 (Dammertz, Sewtz, Hanika, Lensch 2010). A neighbour counts by how
/// near its luma and its colour are, in units of the noise; where there is no noise, nothing changes.
public struct ChromaDenoise: Sendable {
    /// The strength.
    public static let strength = ParameterDescriptor(
        "chroma_denoise", "chroma denoise, in units of the noise the profile predicts; 0 is off", in: 0...8, default: 1)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "chroma-denoise", "smooths colour differences where luma has no edge",
        citation: "Dammertz, Sewtz, Hanika, Lensch 2010, edge-avoiding a-trous wavelet", from: .yCbCr, to: .yCbCr,
        parameters: [strength])

    private static let distances = [1, 2, 4]
    /// Samples a pixel needs around it.
    public static let halo = distances.reduce(0, +)

    /// Differences of luma and of chroma that alone leave a neighbour a quarter of its weight, in units of the noise at
    /// strength 1.
    private static let lumaReach: Float = 6
    private static let chromaReach: Float = 6

    /// By luma: the inverse squares of both reaches.
    private let ofLuma, ofChroma: [Float]

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Throws: `ISPError(.usage)` for a strength out of range.
    public init?(strength: Double, noise: DisplayNoise) throws(ISPError) {
        let strength = Float(try Self.strength.checked(strength))
        if strength == 0 { return nil }
        func inverseSquares(_ deviations: [Float], _ reach: Float) -> [Float] {
            deviations.map {
                let width = max($0 * reach * strength, 1e-7)
                return 1 / (width * width)
            }
        }
        ofLuma = inverseSquares(noise.luma, Self.lumaReach)
        ofChroma = inverseSquares(noise.chroma, Self.chromaReach)
    }

    /// Denoises Cb and Cr; the results cover the planes' region shrunk by `halo`.
    public func apply(
        luma: PlaneView<Float>, cb: PlaneView<Float>, cr: PlaneView<Float>, workspace: Workspace
    ) -> (cb: PlaneView<Float>, cr: PlaneView<Float>) {
        var (blue, red) = (cb, cr)
        for distance in Self.distances {
            let region = blue.region.expanded(by: -distance)
            let (nextBlue, nextRed) = (workspace.plane(region), workspace.plane(region))
            let guide = luma.cropped(to: blue.region)
            for y in region.y..<region.maxY {
                smoothRow(y, distance, guide, blue, red, into: nextBlue, nextRed)
            }
            (blue, red) = (nextBlue, nextRed)
        }
        return (blue, red)
    }

    private func smoothRow(
        _ y: Int, _ distance: Int, _ luma: PlaneView<Float>, _ cb: PlaneView<Float>, _ cr: PlaneView<Float>,
        into blue: PlaneView<Float>, _ red: PlaneView<Float>
    ) {
        func rows(_ plane: PlaneView<Float>) -> (LaneRow, LaneRow, LaneRow) {
            (
                LaneRow(samples: plane.row(y - distance) + distance), LaneRow(samples: plane.row(y) + distance),
                LaneRow(samples: plane.row(y + distance) + distance)
            )
        }
        let (l0, l1, l2) = rows(luma)
        let (b0, b1, b2) = rows(cb)
        let (r0, r1, r2) = rows(cr)
        let (blueTarget, redTarget) = (LaneRow(samples: blue.row(y)), LaneRow(samples: red.row(y)))
        LaneRow.overlapping(blue.region.width) { i in
            let (luma, b, r) = (l1[i], b1[i], r1[i])
            let lumaScale = DisplayNoise.lookUp(ofLuma, luma)
            let chromaScale = DisplayNoise.lookUp(ofChroma, luma)
            var (sumBlue, sumRed, weights) = (b, r, Lanes(repeating: 1))
            @inline(__always)
            func add(_ lumaRow: LaneRow, _ blueRow: LaneRow, _ redRow: LaneRow, _ x: Int) {
                let (dl, db, dr) = (lumaRow[x] - luma, blueRow[x] - b, redRow[x] - r)
                let distance = dl * dl * lumaScale + (db * db + dr * dr) * chromaScale
                let root = 1 + distance
                let weight = 1 / (root * root)
                sumBlue += blueRow[x] * weight
                sumRed += redRow[x] * weight
                weights += weight
            }
            add(l0, b0, r0, i - distance)
            add(l0, b0, r0, i)
            add(l0, b0, r0, i + distance)
            add(l1, b1, r1, i - distance)
            add(l1, b1, r1, i + distance)
            add(l2, b2, r2, i - distance)
            add(l2, b2, r2, i)
            add(l2, b2, r2, i + distance)
            blueTarget[i] = sumBlue / weights
            redTarget[i] = sumRed / weights
        }
    }
}
