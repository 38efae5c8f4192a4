// Noise made equal everywhere: the transform under which the raw denoise works, and its way back.

import ISPImaging

/// The generalised Anscombe transform of one colour channel: samples whose noise variance is `scale * x + offset` become
/// samples whose noise variance is 1.
///
/// Forward: `2 / scale * (sqrt(scale x + c) - sqrt(c))` with `c = offset + 3/8 scale^2` (Starck, Murtagh, Bijaoui 1998),
/// written so that it stays exact as the scale goes to 0. Black stays 0. Where the root would end, a straight line goes on.
public struct NoiseTransform: Hashable, Sendable {
    private let scale, c, root: Float

    /// Creates the transform of a channel.
    /// - Precondition: one of `scale` and `offset` is positive, neither negative.
    public init(scale: Double, offset: Double) {
        precondition(scale >= 0 && offset >= 0 && scale + offset > 0, "a channel without noise")
        self.scale = Float(scale)
        c = Float(max(offset + 0.375 * scale * scale, 1e-18))
        root = c.squareRoot()
    }

    /// The stabilised sample.
    @inline(__always)
    package func forward(_ x: Float) -> Float {
        let t = scale * x + c
        return 2 * x / ((t > 0 ? t : 0).squareRoot() + root)
    }

    /// The linear sample of a stabilised one that was smoothed.
    ///
    /// The mean of roots is less than the root of the mean: averaging loses `scale / 4` (the asymptotically unbiased
    /// inverse; Mäkitalo, Foi 2011), of which `smoothed` says how much: 0 for a sample as it was, 1 for a mean of many.
    @inline(__always)
    package func inverse(_ d: Float, smoothed: Float) -> Float {
        let half = root + 0.25 * scale * d
        let floor = 0.5 * root
        return d * (half > floor ? half : floor) + 0.25 * scale * smoothed
    }
}
