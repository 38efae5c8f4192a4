import Foundation
import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct RawDenoiseTests {
    let workspace = Workspace()
    let profile = NoiseProfile(scale: [4e-4, 3e-4, 5e-4], offset: [2e-5, 1e-5, 3e-5])

    /// A normal deviate.
    func normal(_ random: inout SeededGenerator) -> Double {
        let (u, v) = (Double.random(in: 1e-12...1, using: &random), Double.random(in: 0..<1, using: &random))
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }

    /// A mosaic of a scene with the profile's noise.
    func noisy(
        _ region: Region, _ cfa: CFAPattern?, seed: UInt64, scene: (Int, Int, Int) -> Double
    ) -> PlaneView<Float> {
        var random = SeededGenerator(seed: seed)
        return TestPlane(region) { x, y in
            let plane = cfa?.site(column: x, row: y).plane ?? 1
            let value = scene(x, y, plane)
            return Float(value + profile.variance(plane, at: value).squareRoot() * normal(&random))
        }.view
    }

    @Test(arguments: CFAPattern.allCases + [nil], [0.003, 0.05, 0.6])
    func aFlatFieldKeepsItsMeanAndLosesItsNoise(_ cfa: CFAPattern?, _ level: Double) throws {
        let stage = try #require(try RawDenoise(profile: profile, strength: 1))
        let levels = [level, level * 1.4, level * 0.7]
        let mosaic = noisy(Region(x: 0, y: 0, width: 128, height: 128), cfa, seed: 7) { _, _, p in levels[p] }
        let result = stage.apply(to: mosaic, cfa: cfa, workspace: workspace)
        #expect(result.region == mosaic.region.expanded(by: -RawDenoise.halo))
        for plane in cfa == nil ? [1] : [0, 1, 2] {
            var (sum, squares, count) = (0.0, 0.0, 0.0)
            for y in result.region.y..<result.region.maxY {
                for x in result.region.x..<result.region.maxX
                where (cfa?.site(column: x, row: y).plane ?? 1) == plane {
                    let error = Double(result[x, y]) - levels[plane]
                    sum += error
                    squares += error * error
                    count += 1
                }
            }
            let deviation = profile.variance(plane, at: levels[plane]).squareRoot()
            #expect((squares / count).squareRoot() < 0.35 * deviation)
            // The mean of the noise that went in is itself off by a little.
            #expect(abs(sum / count) < 4 * deviation / count.squareRoot() + 0.02 * deviation)
        }
    }

    /// What is left of the noise must have no pattern: the two greens of a flat field agree.
    @Test func noLatticeIsLeft() throws {
        let stage = try #require(try RawDenoise(profile: profile, strength: 1))
        let mosaic = noisy(Region(x: 0, y: 0, width: 128, height: 128), .rggb, seed: 17) { _, _, _ in 0.1 }
        let result = stage.apply(to: mosaic, cfa: .rggb, workspace: workspace)
        // The mean difference over blocks of 8x8 quads: what the eye sees as a lattice.
        var (sum, count) = (0.0, 0.0)
        for top in stride(from: 20, to: 96, by: 16) {
            for left in stride(from: 20, to: 96, by: 16) {
                var difference = 0.0
                for y in stride(from: top, to: top + 16, by: 2) {
                    for x in stride(from: left, to: left + 16, by: 2) {
                        difference += Double(result[x + 1, y] - result[x, y + 1]) / 64
                    }
                }
                sum += difference * difference
                count += 1
            }
        }
        let deviation = profile.variance(1, at: 0.1).squareRoot()
        #expect((sum / count).squareRoot() < 0.03 * deviation, "\((sum / count).squareRoot() / deviation)")
    }

    @Test func edgesStay() throws {
        let stage = try #require(try RawDenoise(profile: profile, strength: 1))
        func scene(_ x: Int, _ y: Int, _ plane: Int) -> Double { x + y / 4 > 44 ? 0.5 : 0.05 }
        let mosaic = noisy(Region(x: 0, y: 0, width: 96, height: 80), .grbg, seed: 3, scene: scene)
        let result = stage.apply(to: mosaic, cfa: .grbg, workspace: workspace)
        var (before, after) = (0.0, 0.0)
        for y in result.region.y..<result.region.maxY {
            for x in result.region.x..<result.region.maxX {
                before += pow(Double(mosaic[x, y]) - scene(x, y, 0), 2)
                after += pow(Double(result[x, y]) - scene(x, y, 0), 2)
            }
        }
        #expect(after < 0.25 * before)
    }

    @Test func whatHasNoNoiseIsLeftAlone() throws {
        let stage = try #require(
            try RawDenoise(profile: NoiseProfile(scale: [1e-9], offset: [1e-10]), strength: 1))
        var random = SeededGenerator(seed: 12)
        let mosaic = TestPlane(Region(x: 0, y: 0, width: 60, height: 50)) { _, _ in
            .random(in: 0...1, using: &random)
        }.view
        let result = stage.apply(to: mosaic, cfa: .rggb, workspace: workspace)
        for y in result.region.y..<result.region.maxY {
            for x in result.region.x..<result.region.maxX { #expect(abs(result[x, y] - mosaic[x, y]) < 1e-4) }
        }
    }

    /// The same scene from a sensor that begins one photosite later.
    @Test(arguments: [(1, 0, CFAPattern.grbg), (0, 1, .gbrg), (1, 1, .bggr)])
    func phasesAgree(_ dx: Int, _ dy: Int, _ cfa: CFAPattern) throws {
        let stage = try #require(try RawDenoise(profile: profile, strength: 1))
        let mosaic = noisy(Region(x: 0, y: 0, width: 70, height: 66), .rggb, seed: 5) { x, _, p in
            0.1 * Double(p) + Double(x) / 100
        }
        let shifted = TestPlane(Region(x: 0, y: 0, width: 69, height: 65)) { mosaic[$0 + dx, $1 + dy] }.view
        let (a, b) = (
            stage.apply(to: mosaic, cfa: .rggb, workspace: workspace),
            stage.apply(to: shifted, cfa: cfa, workspace: workspace)
        )
        for y in 20..<45 { for x in 20..<45 { #expect(b[x, y] == a[x + dx, y + dy]) } }
    }

    @Test func impossibleParametersAreRefused() throws {
        #expect(throws: ISPError.self) { try RawDenoise(profile: profile, strength: 5) }
        for wrong in [
            NoiseProfile(scale: [-1], offset: [0]), NoiseProfile(scale: [.nan], offset: [0]),
            NoiseProfile(scale: [1, 2], offset: [0]), NoiseProfile(scale: [], offset: []),
        ] { #expect(throws: ISPError.self) { try RawDenoise(profile: wrong, strength: 1) } }
        #expect(try RawDenoise(profile: profile, strength: 0) == nil)
        #expect(try RawDenoise(profile: NoiseProfile(scale: [0], offset: [0]), strength: 1) == nil)
    }

    @Test(arguments: [(1e-3, 1e-6), (0, 1e-4), (2e-2, 0), (1e-7, 1e-9)])
    func theTransformMakesNoiseOneAndComesBack(_ scale: Double, _ offset: Double) {
        let transform = NoiseTransform(scale: scale, offset: offset)
        #expect(transform.forward(0) == 0)
        for x in stride(from: Float(-0.01), through: 1.2, by: 0.01) where scale * Double(x) + offset > 0 {
            let back = transform.inverse(transform.forward(x), smoothed: 0)
            #expect(abs(back - x) < 1e-5 + 2e-5 * abs(x))
        }
        // Where photons are many, the slope is the inverse of the deviation.
        let x = Float(max(20 * scale, 0.3))
        let step = Float(1e-2) * x
        let slope = (transform.forward(x + step) - transform.forward(x - step)) / (2 * step)
        #expect(abs(Double(slope) * (scale * Double(x) + offset).squareRoot() - 1) < 0.03)
    }
}
