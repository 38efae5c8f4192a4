// How alike two pictures are to the eye's sense of structure: SSIM.

import Foundation
import ISPImaging

/// The structural similarity index (Wang, Bovik, Sheikh, Simoncelli 2004) with its published constants: Gaussian windows
/// of 11x11 and sigma 1.5, K1 = 0.01, K2 = 0.03, on display codes, channel by channel, only windows that lie inside.
enum StructuralSimilarity {
    static let window = 11
    private static let weights: [Double] = {
        let raw = (0..<window).map { exp(-pow(Double($0 - window / 2) / 1.5, 2) / 2) }
        let sum = raw.reduce(0, +)
        return raw.map { $0 / sum }
    }()

    /// The mean over all windows of one channel; `nil` where the picture has no room for one.
    /// - Parameters:
    ///   - a: samples, rows first, `width` to a row.
    ///   - b: those of the other picture.
    ///   - peak: the largest code.
    /// - Complexity: O(samples * window).
    static func mean(_ a: [Double], _ b: [Double], width: Int, peak: Double) -> Double? {
        let height = a.count / max(width, 1)
        guard width >= window, height >= window else { return nil }
        let (c1, c2) = (pow(0.01 * peak, 2), pow(0.03 * peak, 2))
        let columns = width - window + 1
        // Five smoothed planes: both, their squares and their product; across first, then down.
        let products: [(Double, Double) -> Double] = [
            { p, _ in p }, { _, q in q }, { p, _ in p * p }, { _, q in q * q }, { p, q in p * q },
        ]
        let smooth = products.map { product in
            down(across((0..<a.count).map { product(a[$0], b[$0]) }, width: width), width: columns)
        }
        var sum = 0.0
        for i in smooth[0].indices {
            let (ma, mb) = (smooth[0][i], smooth[1][i])
            let (va, vb) = (smooth[2][i] - ma * ma, smooth[3][i] - mb * mb)
            let covariance = smooth[4][i] - ma * mb
            sum += (2 * ma * mb + c1) * (2 * covariance + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
        }
        return sum / Double(smooth[0].count)
    }

    private static func across(_ samples: [Double], width: Int) -> [Double] {
        let columns = width - window + 1
        return (0..<(samples.count / width)).flatMap { y in
            (0..<columns).map { x in
                var sum = 0.0
                for k in 0..<window { sum += weights[k] * samples[y * width + x + k] }
                return sum
            }
        }
    }

    private static func down(_ samples: [Double], width: Int) -> [Double] {
        let rows = samples.count / width - window + 1
        var result = [Double](repeating: 0, count: rows * width)
        for y in 0..<rows {
            for k in 0..<window {
                for x in 0..<width { result[y * width + x] += weights[k] * samples[(y + k) * width + x] }
            }
        }
        return result
    }
}
