// Exposure from the picture itself: a digital gain that brings the scene to a normal brightness.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Estimates an exposure correction for a finished frame.
///
/// The log-average luminance goes to mid-grey (Reinhard, Stark, Shirley, Ferwerda 2002), softened so that night stays
/// darker than day, and limited so that highlights stay within what the tone curve can hold.
public enum AutoExposure {
    /// The corrections it may choose, in EV.
    public static let range = -2.0...5.0
    /// The luminance that the log-average goes to.
    private static let key = 0.16
    /// How much of the deviation from the key is corrected.
    private static let strength = 0.85

    /// The correction in EV.
    /// - Parameters:
    ///   - gains: the balance that will be applied.
    ///   - headroom: the linear value that the brightest percent may reach: 1 for a curve that clips, more for filmic.
    public static func exposure(for scene: SceneSamples, gains: WhiteBalanceGains, headroom: Double) -> Double {
        let luminances = scene.samples.map { sample in
            0.2126 * gains.red * Double(sample.red) + 0.7152 * Double(sample.green)
                + 0.0722 * gains.blue * Double(sample.blue)
        }.sorted()
        guard !luminances.isEmpty else { return 0 }
        let logarithms = luminances.map { log2(max($0, 1.0 / 4096)) }
        let mean = logarithms.reduce(0, +) / Double(logarithms.count)
        let wanted = strength * (log2(key) - mean)
        let bright = luminances[min(luminances.count - 1, luminances.count * 99 / 100)]
        let allowed = log2(headroom / max(bright, 1.0 / 4096))
        return min(max(min(wanted, allowed), range.lowerBound), range.upperBound)
    }
}
