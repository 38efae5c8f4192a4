// YCbCr, sharpening and chroma denoise.

import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct DetailStageTests {
    let workspace = Workspace()
    let region = Region(x: -2, y: 3, width: 40, height: 33)

    @Test(arguments: YCbCr.Standard.allCases) func yCbCrHasItsPrimariesAndComesBack(_ standard: YCbCr.Standard) {
        // Rec. BT.601-7 2.5.1, BT.709-6 3.2 and 3.3: the primaries sit at half of full colour difference.
        let colors: [(Float, Float, Float)] = [
            (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (0.2, 0.5, 0.8), (-0.1, 1.2, 0),
        ]
        let rgb = TestRGB(Region(x: 0, y: 0, width: colors.count, height: 1)) { x, _ in colors[x] }.view
        let stage = YCbCr(standard)
        stage.apply(to: rgb)
        let (kr, kb) = standard.weights
        #expect(abs(rgb.red[0, 0] - kr) < 1e-6 && abs(rgb.blue[0, 0] - 0.5) < 1e-6)
        #expect(abs(rgb.red[2, 0] - kb) < 1e-6 && abs(rgb.green[2, 0] - 0.5) < 1e-6)
        #expect(abs(rgb.red[3, 0] - 1) < 1e-6 && abs(rgb.green[3, 0]) < 1e-6 && abs(rgb.blue[3, 0]) < 1e-6)
        stage.invert(rgb)
        for (x, color) in colors.enumerated() {
            #expect(abs(rgb.red[x, 0] - color.0) < 1e-6)
            #expect(abs(rgb.green[x, 0] - color.1) < 1e-6)
            #expect(abs(rgb.blue[x, 0] - color.2) < 1e-6)
        }
    }

    func sharpened(_ plane: PlaneView<Float>, halo: Double = 0.05, noise: Float = 0) throws -> PlaneView<Float> {
        let table = DisplayNoise(luma: { _ in noise }, chroma: { _ in noise })
        return try #require(try Sharpen(amount: 2, radius: 0.8, halo: halo, noise: table)).apply(
            to: plane, workspace: workspace)
    }

    /// An edge with the blur of a lens.
    func edge(_ x: Int) -> Float { [0.2, 0.2, 0.25, 0.45, 0.65, 0.7, 0.7][min(max(x - 12, 0), 6)] }

    @Test(arguments: [0, 0.05, 0.3]) func edgesGetSteeperWithinTheHalo(_ halo: Double) throws {
        let result = try sharpened(TestPlane(region) { x, _ in edge(x) }.view, halo: halo)
        let row = (6..<26).map { result[$0, 12] }
        #expect(result[14, 12] < 0.25 && result[16, 12] > 0.65)
        // The local contrast is at most that of three pixels.
        let margin = Float(halo) * 0.4 + 1e-6
        #expect(row.allSatisfy { $0 > 0.2 - margin && $0 < 0.7 + margin })
        #expect(abs(result[6, 12] - 0.2) < 1e-6 && abs(result[25, 12] - 0.7) < 1e-6)
    }

    @Test func noiseIsNotSharpened() throws {
        var random = SeededGenerator(seed: 8)
        let plane = TestPlane(region) { _, _ in 0.5 + .random(in: -0.017...0.017, using: &random) }.view
        func growth(_ noise: Float) throws -> Float {
            let result = try sharpened(plane, halo: 1, noise: noise)
            var (before, after): (Float, Float) = (0, 0)
            for y in result.region.y..<result.region.maxY {
                for x in result.region.x..<result.region.maxX {
                    before += (plane[x, y] - 0.5) * (plane[x, y] - 0.5)
                    after += (result[x, y] - 0.5) * (result[x, y] - 0.5)
                }
            }
            return (after / before).squareRoot()
        }
        #expect(try growth(0) > 1.5)
        #expect(try growth(0.01) < 1.02)
    }

    @Test func chromaBlotchesGoAndColoredEdgesStay() throws {
        var random = SeededGenerator(seed: 2)
        let luma = TestPlane(region) { x, _ in x < 20 ? 0.3 : 0.6 }.view
        let cb = TestPlane(region) { x, _ in (x < 20 ? -0.1 : 0.1) + .random(in: -0.02...0.02, using: &random) }.view
        let cr = TestPlane(region) { x, y in y < 20 ? -0.2 : 0.2 }.view
        let noise = DisplayNoise(luma: { _ in 0.006 }, chroma: { _ in 0.012 })
        let stage = try #require(try ChromaDenoise(strength: 1, noise: noise))
        let result = stage.apply(luma: luma, cb: cb, cr: cr, workspace: workspace)
        #expect(result.cb.region == region.expanded(by: -ChromaDenoise.halo))
        var (before, after): (Float, Float) = (0, 0)
        for y in result.cb.region.y..<result.cb.region.maxY {
            for x in result.cb.region.x..<result.cb.region.maxX {
                let truth: Float = x < 20 ? -0.1 : 0.1
                before += (cb[x, y] - truth) * (cb[x, y] - truth)
                after += (result.cb[x, y] - truth) * (result.cb[x, y] - truth)
                #expect(abs(result.cr[x, y] - cr[x, y]) < 0.02)
            }
        }
        #expect(after < 0.1 * before)
    }

    @Test func blotchesGoByBlocksAndColoredEdgesStay() throws {
        var random = SeededGenerator(seed: 2)
        let luma = TestPlane(region) { x, _ in x < 20 ? 0.3 : 0.6 }.view
        let cb = TestPlane(region) { x, _ in (x < 20 ? -0.1 : 0.1) + .random(in: -0.02...0.02, using: &random) }.view
        let cr = TestPlane(region) { x, y in y < 20 ? -0.2 : 0.2 }.view
        let noise = DisplayNoise(luma: { _ in 0.006 }, chroma: { _ in 0.012 })
        let stage = try #require(try BlockChromaDenoise(strength: 1, noise: noise))
        let result = stage.apply(luma: luma, cb: cb, cr: cr, workspace: workspace)
        #expect(result.cb.region == region.expanded(by: -BlockChromaDenoise.halo))
        // Means of blocks, which is what video formats keep of chroma.
        var (before, after): (Float, Float) = (0, 0)
        for y in stride(from: (result.cb.region.y + 1) & ~1, to: result.cb.region.maxY - 1, by: 2) {
            for x in stride(from: (result.cb.region.x + 1) & ~1, to: result.cb.region.maxX - 1, by: 2) {
                func mean(_ plane: PlaneView<Float>) -> Float {
                    (plane[x, y] + plane[x + 1, y] + plane[x, y + 1] + plane[x + 1, y + 1]) / 4
                }
                let truth: Float = x < 20 ? -0.1 : 0.1
                before += (mean(cb) - truth) * (mean(cb) - truth)
                after += (mean(result.cb) - truth) * (mean(result.cb) - truth)
                #expect(abs(mean(result.cr) - mean(cr)) < 0.005)
            }
        }
        #expect(after < 0.25 * before, "\(after) of \(before)")
        #expect(try BlockChromaDenoise(strength: 0, noise: noise) == nil)
        #expect(throws: ISPError.self) { try BlockChromaDenoise(strength: 9, noise: noise) }
    }

    @Test func withoutNoiseChromaIsLeftAlone() throws {
        var random = SeededGenerator(seed: 3)
        let plane = TestPlane(region) { _, _ in .random(in: -0.4...0.4, using: &random) }.view
        let stage = try #require(
            try ChromaDenoise(strength: 1, noise: DisplayNoise(luma: { _ in 0 }, chroma: { _ in 0 })))
        let result = stage.apply(luma: plane, cb: plane, cr: plane, workspace: workspace)
        for y in result.cb.region.y..<result.cb.region.maxY {
            for x in result.cb.region.x..<result.cb.region.maxX { #expect(abs(result.cb[x, y] - plane[x, y]) < 1e-6) }
        }
    }

    @Test func offIsNoStageAndRangesAreChecked() throws {
        let noise = DisplayNoise(luma: { _ in 0 }, chroma: { _ in 0 })
        #expect(try Sharpen(amount: 0, radius: 1, halo: 0, noise: nil) == nil)
        #expect(try ChromaDenoise(strength: 0, noise: noise) == nil)
        #expect(throws: ISPError.self) { try Sharpen(amount: 9, radius: 1, halo: 0, noise: nil) }
        #expect(throws: ISPError.self) { try Sharpen(amount: 1, radius: 2, halo: 0, noise: nil) }
        #expect(throws: ISPError.self) { try Sharpen(amount: 1, radius: 1, halo: 2, noise: nil) }
        #expect(throws: ISPError.self) { try ChromaDenoise(strength: 9, noise: noise) }
    }

    @Test func displayNoiseIsTheProfileCarriedThrough() throws {
        // Linear light and no mixing: luma of a grey is the weighted sum of three independent noises.
        let profile = NoiseProfile(scale: [1e-4], offset: [1e-6])
        let noise = DisplayNoise(
            profile, gains: [2, 1, 2], matrix: .identity, curve: { $0 }, standard: .bt709, residual: 1)
        let stage = try #require(try ChromaDenoise(strength: 1, noise: noise))
        _ = stage
        let flat = TestPlane(region) { _, _ in 0.5 }.view
        // A detail well above the noise is sharpened, one well below it is not.
        let deviation: Float = (1e-4 * 0.5 + 1e-6).squareRoot()
        let sharpen = try #require(try Sharpen(amount: 1, radius: 0.8, halo: 1, noise: noise))
        for (factor, isChanged) in [(Float(0.3), false), (30, true)] {
            let plane = TestPlane(region) { x, y in flat[x, y] + ((x + y) & 1 == 0 ? 1 : -1) * factor * deviation }.view
            let result = sharpen.apply(to: plane, workspace: workspace)
            #expect((abs(result[10, 12] - plane[10, 12]) > 1e-6) == isChanged)
        }
    }
}
