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
/// darker than day, and limited so that highlights stay within what the tone curve can hold. It never darkens: what the
/// sensor has lost to saturation would only turn from white to grey.
public enum AutoExposure {
    /// The corrections it may choose, in EV.
    public static let range = 0.0...5.0
    /// The luminance that the log-average goes to.
    private static let key = 0.18
    /// How much of the deviation from the key is corrected.
    private static let strength = 0.9

    /// The correction in EV.
    /// - Parameters:
    ///   - gains: the balance that will be applied.
    ///   - headroom: the linear value that all but the brightest two percent must stay below, in every channel: 1 for
    ///     a curve that clips, more for one that rolls off.
    public static func exposure(for scene: SceneSamples, gains: WhiteBalanceGains, headroom: Double) -> Double {
        guard !scene.samples.isEmpty else { return 0 }
        let balanced = scene.samples.map { sample in
            (red: gains.red * Double(sample.red), green: Double(sample.green), blue: gains.blue * Double(sample.blue))
        }
        let logarithms = balanced.map { log2(max(0.2126 * $0.red + 0.7152 * $0.green + 0.0722 * $0.blue, dark)) }
        let wanted = strength * (log2(key) - logarithms.reduce(0, +) / Double(logarithms.count))
        let peaks = balanced.map { max($0.red, $0.green, $0.blue) }.sorted()
        let allowed = log2(headroom / max(peaks[peaks.count * 98 / 100], dark))
        return min(max(min(wanted, allowed), range.lowerBound), range.upperBound)
    }

    /// Twelve stops below saturation: what is darker is noise.
    private static let dark = 1.0 / 4096
}
