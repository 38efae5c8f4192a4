// The noise profile from the picture itself, for frames that come without one.

import ISPImaging
import ISPStages

/// Estimates photon and read noise of a frame.
///
/// Small blocks of each colour give a mean and the variance of a second difference, to which smooth shading adds nothing.
/// Texture only ever adds variance, so among blocks of like brightness the quiet ones show the noise; a line through
/// them gives scale and offset (Foi, Trimeche, Katkovnik, Egiazarian 2008, in the simplest form).
public enum NoiseEstimate {
    /// Photosites of a block along each side: 8x8 of each colour.
    private static let block = 16
    private static let blocksAcross = 96
    private static let bins = 24
    private static let leastBlocksPerBin = 12
    /// The quiet share of a bin's blocks, and what the variance there is of the true one where all blocks are smooth.
    private static let quietShare = 0.15
    private static let quietVariance = 0.75

    /// The profile, or `nil` where nothing usable was seen.
    /// - Complexity: O(1): at most 96 x 96 blocks, whatever the size of the frame.
    public static func profile(of reader: MosaicReader) -> NoiseProfile? {
        var blocks: [(mean: Double, variance: Double)] = []
        let workspace = Workspace()
        defer { withExtendedLifetime(workspace) {} }
        let size = reader.frame.size
        // Even, so that every block begins at the same photosite.
        let step = max(block, max(size.width, size.height) / blocksAcross & ~1)
        for y in stride(from: 0, through: size.height - block, by: step) {
            for x in stride(from: 0, through: size.width - block, by: step) {
                workspace.reset()
                let plane = reader.mosaic(Region(x: x, y: y, width: block, height: block), workspace: workspace)
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    if let found = measure(plane, x + dx, y + dy) { blocks.append(found) }
                }
            }
        }
        return line(through: quiet(blocks))
    }

    /// Mean and noise variance of the photosites at every second place from (x, y); `nil` where any is saturated.
    private static func measure(_ plane: PlaneView<Float>, _ x: Int, _ y: Int) -> (mean: Double, variance: Double)? {
        func at(_ i: Int, _ j: Int) -> Double { Double(plane[x + 2 * i, y + 2 * j]) }
        let side = block / 2
        var (sum, squares) = (0.0, 0.0)
        for j in 0..<side {
            for i in 0..<side {
                let value = at(i, j)
                guard value < 0.97 else { return nil }
                sum += value
                guard (1..<(side - 1)).contains(i), (1..<(side - 1)).contains(j) else { continue }
                // The product of two second differences (Immerkær 1996); its weights' squares add up to 36.
                let corners = at(i - 1, j - 1) + at(i + 1, j - 1) + at(i - 1, j + 1) + at(i + 1, j + 1)
                let sides = at(i, j - 1) + at(i - 1, j) + at(i + 1, j) + at(i, j + 1)
                let difference = corners - 2 * sides + 4 * value
                squares += difference * difference
            }
        }
        let inner = Double((side - 2) * (side - 2))
        return (sum / Double(side * side), squares / (36 * inner))
    }

    /// Of each bin of like brightness: the mean of its quiet blocks and the noise variance they show.
    private static func quiet(_ blocks: [(mean: Double, variance: Double)]) -> [(mean: Double, variance: Double)] {
        // Bins of equal steps in the root of the signal: as many in the shadows as photon noise deserves.
        let grouped = Dictionary(grouping: blocks) { Int(max($0.mean, 0).squareRoot() * Double(bins)) }
        // In the order of brightness: that of a dictionary differs between runs, and with it how sums are rounded.
        return grouped.sorted { $0.key < $1.key }.compactMap { _, bin in
            let sorted = bin.sorted { $0.variance < $1.variance }
            guard sorted.count >= leastBlocksPerBin else { return nil }
            let rank = Int(Double(sorted.count) * quietShare)
            let near = sorted[0...(2 * rank)]
            let mean = near.reduce(0) { $0 + $1.mean } / Double(near.count)
            return (mean, sorted[rank].variance / quietVariance)
        }
    }

    /// The line through the bins, each weighing by its own uncertainty; neither coefficient negative.
    private static func line(through bins: [(mean: Double, variance: Double)]) -> NoiseProfile? {
        let usable = bins.filter { $0.variance > 0 }
        guard !usable.isEmpty else { return nil }
        var (w, wx, wy, wxx, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for bin in usable {
            let weight = 1 / (bin.variance * bin.variance)
            let x = max(bin.mean, 0)
            w += weight
            wx += weight * x
            wy += weight * bin.variance
            wxx += weight * x * x
            wxy += weight * x * bin.variance
        }
        let determinant = w * wxx - wx * wx
        var (scale, offset) = (0.0, wy / w)
        if determinant > 1e-9 * w * wxx {
            scale = (w * wxy - wx * wy) / determinant
            offset = (wxx * wy - wx * wxy) / determinant
        }
        if offset < 0 { (scale, offset) = (wxy / wxx, 0) }
        if scale < 0 { (scale, offset) = (0, wy / w) }
        guard scale.isFinite, offset.isFinite, scale + offset > 0, scale <= 1, offset <= 1 else { return nil }
        return NoiseProfile(scale: [scale], offset: [offset])
    }
}
