// Stage 7, raw denoise: noise removed where it is simplest, one number a photosite and known in strength.

import ISPImaging

/// Sliding-window DCT denoising of the Bayer mosaic, driven by the noise profile.
///
/// The four photosites of each quad are stabilised to unit noise (`NoiseTransform`), turned into brightness and three
/// colour differences by an orthonormal transform, and each of the four planes is denoised by thresholding the discrete
/// cosine transform of every 8x8 window; every sample is the mean of its 64 windows, those with few coefficients weighing
/// more. Edges and textures are large coefficients and stay; noise is many small ones and goes. Where the profile says
/// that there is no noise, nothing falls below the threshold.
///
/// Quads start at red photosites, so the same picture gives the same result whatever the phase of its CFA.
public struct RawDenoise: Hashable, Sendable {
    /// The strength.
    public static let strength = ParameterDescriptor(
        "denoise", "raw denoise, in units of the noise the profile predicts; 0 is off", in: 0...4, default: 0.8)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "raw-denoise", "thresholds the DCT of every window of the noise-stabilised mosaic",
        citation: "Yu, Sapiro 2011, DCT image denoising (IPOL); Starck, Murtagh, Bijaoui 1998 (transform)",
        from: .mosaic, to: .mosaic, parameters: [strength])

    /// Samples a photosite needs around it: windows reach 7 quads, and a tile may begin inside a quad.
    public static let halo = 2 * (SlidingDCT.size - 1) + 2

    /// The threshold in units of the noise, at strength 1.
    private static let threshold: Float = 2.6

    private let transforms: [NoiseTransform]
    private let threshold: Float

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Throws: `ISPError(.usage)` for a strength out of range, `ISPError(.damagedInput)` for an impossible profile.
    public init?(profile: NoiseProfile, strength: Double) throws(ISPError) {
        let strength = try Self.strength.checked(strength)
        guard profile.isSound else {
            throw ISPError(
                .damagedInput,
                "noise profile \(profile): scales and offsets must be numbers from 0 to 1, one or three each")
        }
        guard strength > 0, (0..<3).allSatisfy({ profile.variance($0, at: 1) > 0 }) else { return nil }
        transforms = (0..<3).map { NoiseTransform(scale: profile.scale(of: $0), offset: profile.offset(of: $0)) }
        threshold = Float(strength) * Self.threshold
    }

    /// Works on a mosaic; the result covers its region shrunk by `halo`.
    /// - Parameter cfa: the pattern, or `nil` for a mono sensor, whose quads are four samples of one channel.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern?, workspace: Workspace) -> PlaneView<Float> {
        let result = workspace.plane(mosaic.region.expanded(by: -Self.halo))
        workspace.scoped {
            let quads = QuadGrid(covering: result.region, cfa: cfa, transforms: transforms)
            let planes = quads.load(mosaic, margin: SlidingDCT.size - 1, workspace: workspace)
            var denoised: [SlidingDCT.Result] = []
            for (index, plane) in planes.enumerated() {
                // The greens of a quad see the same scene: a small steady difference of theirs is no picture, and left
                // alone it would show as a lattice. A large one is detail at the limit of resolution.
                denoised.append(
                    SlidingDCT.denoise(
                        plane, threshold: threshold, keepsMean: index < 3 || cfa == nil, workspace: workspace))
            }
            quads.store(denoised, into: result)
        }
        return result
    }
}

/// The quads of a mosaic: where they lie, and how their four photosites become planes and back.
private struct QuadGrid {
    /// Quads, in quad coordinates.
    let region: Region
    /// The photosite coordinates of quad (0, 0).
    private let originX, originY: Int
    /// The transforms of a quad's photosites: red, green, green, blue.
    private let sites: [NoiseTransform]

    init(covering part: Region, cfa: CFAPattern?, transforms: [NoiseTransform]) {
        originX = cfa?.redColumn ?? 0
        originY = cfa?.redRow ?? 0
        // Arithmetic shifts round down, for negative coordinates too.
        let (left, top) = ((part.x - originX) >> 1, (part.y - originY) >> 1)
        let (right, bottom) = ((part.maxX - 1 - originX) >> 1, (part.maxY - 1 - originY) >> 1)
        region = Region(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
        let green = transforms[1]
        sites = cfa == nil ? [green, green, green, green] : [transforms[0], green, green, transforms[2]]
    }

    /// Brightness and three differences of every quad of the grid and a margin around it.
    func load(_ mosaic: PlaneView<Float>, margin: Int, workspace: Workspace) -> [PlaneView<Float>] {
        let planes = (0..<4).map { _ in workspace.plane(region.expanded(by: margin)) }
        let part = planes[0].region
        let (s0, s1, s2, s3) = (sites[0], sites[1], sites[2], sites[3])
        let left = 2 * part.x + originX - mosaic.region.x
        for q in part.y..<part.maxY {
            let (upper, lower) = (mosaic.row(2 * q + originY) + left, mosaic.row(2 * q + 1 + originY) + left)
            let (p0, p1, p2, p3) = (planes[0].row(q), planes[1].row(q), planes[2].row(q), planes[3].row(q))
            for i in 0..<part.width {
                let (r, g) = (s0.forward(upper[2 &* i]), s1.forward(upper[2 &* i &+ 1]))
                let (h, b) = (s2.forward(lower[2 &* i]), s3.forward(lower[2 &* i &+ 1]))
                p0[i] = (r + g + h + b) * 0.5
                p1[i] = (r + b - g - h) * 0.5
                p2[i] = (r - b) * Self.halfRoot
                p3[i] = (g - h) * Self.halfRoot
            }
        }
        return planes
    }

    /// Turns denoised planes back into those photosites of the grid that `mosaic` covers.
    func store(_ planes: [SlidingDCT.Result], into mosaic: PlaneView<Float>) {
        for y in mosaic.region.y..<mosaic.region.maxY {
            let q = (y - originY) >> 1
            let isLower = (y - originY) & 1 == 1
            let target = mosaic.row(y)
            let rows = planes.map { (sum: UnsafePointer($0.sum.row(q)), weight: UnsafePointer($0.weight.row(q))) }
            let (even, odd) = isLower ? (sites[2], sites[3]) : (sites[0], sites[1])
            // In the upper row stand red and green, in the lower one green and blue.
            let (evenSigns, oddSigns): ((Float, Float, Float), (Float, Float, Float)) =
                isLower ? ((-1, 0, -1), (1, -1, 0)) : ((1, 1, 0), (-1, 0, 1))
            for parity in 0..<2 {
                let site = parity == 0 ? even : odd
                let signs = parity == 0 ? evenSigns : oddSigns
                let first = (mosaic.region.x - originX - parity) & 1
                for i in Swift.stride(from: first, to: mosaic.region.width, by: 2) {
                    let k = ((mosaic.region.x + i - originX) >> 1) - region.x
                    let brightness = rows[0].sum[k] / rows[0].weight[k] * 0.5
                    let opposed = rows[1].sum[k] / rows[1].weight[k] * 0.5
                    let redBlue = rows[2].sum[k] / rows[2].weight[k] * Self.halfRoot
                    let greens = rows[3].sum[k] / rows[3].weight[k] * Self.halfRoot
                    // A window that kept n of 64 coefficients weighed 1 / n.
                    let weights = rows[0].weight[k] + rows[1].weight[k] + rows[2].weight[k] + rows[3].weight[k]
                    let value = brightness + signs.0 * opposed + signs.1 * redBlue + signs.2 * greens
                    target[i] = site.inverse(value, smoothed: 1 - min(4 / weights, 1))
                }
            }
        }
    }

    private static let halfRoot: Float = 0.70710678
}

extension NoiseProfile {
    /// Whether the numbers are finite, not negative, not absurd, and one or three of each.
    public var isSound: Bool {
        (scale.count == 1 || scale.count == 3) && (offset.count == 1 || offset.count == 3)
            && (scale + offset).allSatisfy { $0 >= 0 && $0 <= 1 }
    }

    /// The photon-noise slope of R, G or B.
    public func scale(of plane: Int) -> Double { scale[scale.count == 1 ? 0 : plane] }

    /// The read-noise variance of R, G or B.
    public func offset(of plane: Int) -> Double { offset[offset.count == 1 ? 0 : plane] }

    /// The variance of R, G or B at a signal of 0 ... 1.
    public func variance(_ plane: Int, at signal: Double) -> Double {
        scale(of: plane) * max(signal, 0) + offset(of: plane)
    }
}
