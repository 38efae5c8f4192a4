// Stage 19 for real time: chroma denoise on blocks of 2x2 pixels, in one pass.

import ISPImaging

/// A sigma filter on the mean chroma of 2x2 blocks, steered by luma and by the noise in the picture.
///
/// A block moves towards its eight neighbours two blocks away, each by how near its luma and its colour are: in full where
/// they are equal, not at all from a few standard deviations of the noise on. Its four pixels move by what the block
/// moved. Blocks lie on even rows and columns of the frame. After Lee 1983, Digital image smoothing and the sigma filter,
/// with a weight that falls in a straight line, and without a division: neighbours that do not count leave the block as it
/// is.
public struct BlockChromaDenoise: Sendable {
    /// Blocks from a block to its neighbours.
    public static let distance = 2
    /// Samples a pixel needs around it.
    public static let halo = 2 * distance + 2

    /// Differences of luma, and of Cb and Cr together, from which on a neighbour does not count, in units of the noise at
    /// strength 1.
    private static let lumaReach: Float = 6
    private static let chromaReach: Float = 8

    /// By luma of 0 to 1 over all but the last entry: what a difference of 1 takes from a weight of 1.
    public let lumaScale, chromaScale: [Float]

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Throws: `ISPError(.usage)` for a strength out of `ChromaDenoise.strength`.
    public init?(strength: Double, noise: DisplayNoise) throws(ISPError) {
        let strength = Float(try ChromaDenoise.strength.checked(strength))
        if strength == 0 { return nil }
        lumaScale = Self.scales(noise.luma.map { $0 * Self.lumaReach * strength })
        chromaScale = Self.scales(noise.chroma.map { $0 * Self.chromaReach * strength })
    }

    /// The inverse of widths, straight over two pieces of the table each. A tenth of the largest width is the least: where
    /// a curve is flat there is no noise, and next to that there is.
    private static func scales(_ widths: [Float]) -> [Float] {
        let least = max((widths.max() ?? 0) / 10, 1e-4)
        let scales = widths.map { 1 / max($0, least) }
        return scales.indices.map { node in
            node & 1 == 0 || node == scales.count - 1 ? scales[node] : (scales[node - 1] + scales[node + 1]) / 2
        }
    }

    /// Denoises Cb and Cr; the results cover the planes' region shrunk by `halo`.
    public func apply(
        luma: PlaneView<Float>, cb: PlaneView<Float>, cr: PlaneView<Float>, workspace: Workspace
    ) -> (cb: PlaneView<Float>, cr: PlaneView<Float>) {
        let region = luma.region.expanded(by: -Self.halo)
        let results = (workspace.plane(region), workspace.plane(region))
        workspace.scoped {
            // The blocks of the result, and their neighbours.
            let blocks = Region(
                x: region.x >> 1, y: region.y >> 1, width: (region.maxX - 1) >> 1 - region.x >> 1 + 1,
                height: (region.maxY - 1) >> 1 - region.y >> 1 + 1)
            let around = blocks.expanded(by: Self.distance)
            let means = [luma, cb, cr].map { Self.means(of: $0, around, workspace) }
            let moves = (workspace.plane(blocks), workspace.plane(blocks))
            for y in blocks.y..<blocks.maxY {
                for i in 0..<blocks.width { (moves.0.row(y)[i], moves.1.row(y)[i]) = move(means, blocks.x + i, y) }
            }
            for (plane, move, result) in [(cb, moves.0, results.0), (cr, moves.1, results.1)] {
                for y in region.y..<region.maxY {
                    let (source, shift, target) = (plane.row(y), move.row(y >> 1), result.row(y))
                    for i in 0..<region.width {
                        let x = region.x + i
                        target[i] = source[x - plane.region.x] + shift[x >> 1 - blocks.x]
                    }
                }
            }
        }
        return results
    }

    private static func means(
        of plane: PlaneView<Float>, _ blocks: Region, _ workspace: Workspace
    ) -> PlaneView<Float> {
        let result = workspace.plane(blocks)
        for y in blocks.y..<blocks.maxY {
            let (upper, lower) = (plane.row(2 * y), plane.row(2 * y + 1))
            let target = result.row(y)
            for i in 0..<blocks.width {
                let column = 2 * (blocks.x + i) - plane.region.x
                target[i] = ((upper[column] + upper[column + 1]) + (lower[column] + lower[column + 1])) * 0.25
            }
        }
        return result
    }

    /// By how much a block moves.
    private func move(_ means: [PlaneView<Float>], _ x: Int, _ y: Int) -> (cb: Float, cr: Float) {
        let column = x - means[0].region.x
        let here = means.map { $0.row(y)[column] }
        let lumaScale = DisplayNoise.lookUp(lumaScale, Lanes(repeating: here[0]))[0]
        let chromaScale = DisplayNoise.lookUp(chromaScale, Lanes(repeating: here[0]))[0]
        var (cb, cr): (Float, Float) = (0, 0)
        for dy in [-Self.distance, 0, Self.distance] {
            for dx in [-Self.distance, 0, Self.distance] where dx != 0 || dy != 0 {
                let other = means.map { $0.row(y + dy)[column + dx] }
                let (db, dr) = (other[1] - here[1], other[2] - here[2])
                let away = abs(other[0] - here[0]) * lumaScale + (abs(db) + abs(dr)) * chromaScale
                let weight = max(0, 1 - away)
                cb += weight * db
                cr += weight * dr
            }
        }
        return (cb / 9, cr / 9)
    }
}
