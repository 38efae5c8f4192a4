// White balance from the picture itself, for frames whose camera says nothing or should not be believed.

import ISPImaging

/// Estimates the balance from scene samples.
///
/// Grey world (Buchsbaum 1980) refined: blocks that are near neutral under the present estimate weigh more at each
/// pass, so that a lawn or a red wall pulls less (in the spirit of Weng et al. 2005, near-white points).
public enum AutoWhiteBalance {
    private static let passes = 8

    /// The gains, or unity where nothing usable was seen.
    public static func gains(for scene: SceneSamples) -> WhiteBalanceGains {
        let usable = scene.samples.filter { !$0.saturated && $0.green > 0.002 && $0.red > 0.0005 && $0.blue > 0.0005 }
        guard usable.count >= 16 else { return .unity }
        var gains = estimate(usable) { _ in 1 }
        for _ in 0..<passes {
            let current = gains
            gains = estimate(usable) { sample in
                let r = Double(sample.red) * current.red
                let g = Double(sample.green)
                let b = Double(sample.blue) * current.blue
                let luma = (r + 2 * g + b) / 4
                // Distance from grey, relative; 0.15 is a pale colour, 0.5 a saturated one.
                let chroma = (abs(r - g) + abs(b - g)) / (2 * luma)
                return 1 / (1 + (chroma / 0.15) * (chroma / 0.15))
            }
        }
        return gains
    }

    private static func estimate(
        _ samples: [SceneSamples.Sample], weight: (SceneSamples.Sample) -> Double
    ) -> WhiteBalanceGains {
        var (red, green, blue) = (0.0, 0.0, 0.0)
        for sample in samples {
            let w = weight(sample)
            red += w * Double(sample.red)
            green += w * Double(sample.green)
            blue += w * Double(sample.blue)
        }
        return (try? WhiteBalanceGains(red: 1 / red, green: 1 / green, blue: 1 / blue)) ?? .unity
    }
}
