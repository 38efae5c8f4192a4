// Before and after stage 11: the mosaic as the demosaic sees it, coded by its square root.

import ISPImaging

/// Codes linear samples by a signed square root for the demosaic, and decodes its colours again.
///
/// Demosaic algorithms compare and average neighbours. On linear light the bright side of an edge outweighs the dark one,
/// and what is wrong there is multiplied by the steep foot of the display curve; on square roots equal steps are about
/// equally visible, and photon noise is equally strong everywhere (Anscombe 1948). Measured against the displayed picture
/// that is worth about 2 to 3 dB to a directional algorithm and 2 to 4 dB to a linear filter (docs/pipeline.md).
public enum DemosaicCoding: String, CaseIterable, Sendable {
    /// The signed square root: for pictures.
    case sqrt
    /// None: for samples that are coded already, and for measurement.
    case linear

    /// Where the root gives way to a straight line through 0, so that noise about black keeps its mean.
    private static let toe: Float = 0.002

    /// Replaces linear samples by coded ones: `sign(x) (sqrt(|x| + toe) - sqrt(toe))`.
    public func encode(_ plane: PlaneView<Float>) {
        guard self == .sqrt else { return }
        let root = Self.toe.squareRoot()
        plane.replaceSamples { v in
            let coded = (v.magnitude + Self.toe).squareRoot() - root
            return coded.replacing(with: -coded, where: v .< 0)
        }
    }

    /// Replaces coded samples by linear ones.
    public func decode(_ plane: PlaneView<Float>) {
        guard self == .sqrt else { return }
        let root = Self.toe.squareRoot()
        plane.replaceSamples { v in
            let sum = v.magnitude + root
            let linear = sum * sum - Self.toe
            return linear.replacing(with: -linear, where: v .< 0)
        }
    }
}
