import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct DefectPixelsTests {
    /// Outlives the views that stages take from it.
    let workspace = Workspace()
    let frame = Size(width: 32, height: 32)
    let region = Region(x: -3, y: -3, width: 38, height: 38)

    /// A scene with a gradient, colour and some noise.
    func scene(_ x: Int, _ y: Int) -> Float {
        var random = SeededGenerator(seed: UInt64(mirrored(x, count: 32) * 64 + mirrored(y, count: 32)))
        let color: Float = CFAPattern.rggb.site(column: x, row: y).plane == 1 ? 0.4 : 0.25
        return color + Float(mirrored(x, count: 32)) * 0.004 + Float.random(in: -0.004...0.004, using: &random)
    }

    @Test(arguments: [0, 1, 0.6] as [Float]) func aStuckPhotositeIsReplaced(_ stuck: Float) throws {
        let stage = try DefectPixels(listed: [], dynamic: true)
        for (dx, dy) in [(10, 10), (11, 10), (10, 11), (11, 11), (0, 0), (31, 31)] {
            let plane = TestPlane(region) { x, y in
                mirrored(x, count: 32) == dx && mirrored(y, count: 32) == dy ? stuck : scene(x, y)
            }
            let result = stage.apply(to: plane.view, cfa: .rggb, frame: frame, workspace: workspace)
            #expect(abs(result[dx, dy] - scene(dx, dy)) < 0.03)
            #expect(result[15, 20] == scene(15, 20))
        }
    }

    /// Texture hides how far a photosite stands out, but not that it sees nothing at all.
    @Test func aDeadPhotositeIsReplacedInTexture() throws {
        func texture(_ x: Int, _ y: Int) -> Float {
            var random = SeededGenerator(seed: UInt64(mirrored(x, count: 32) * 64 + mirrored(y, count: 32)))
            return Float.random(in: 0.02...0.09, using: &random)
        }
        let plane = TestPlane(region) { x, y in x == 12 && y == 15 ? 0.0005 : texture(x, y) }
        func result(_ noise: NoiseProfile?) throws -> Float {
            let stage = try DefectPixels(listed: [], dynamic: true, noise: noise)
            return stage.apply(to: plane.view, cfa: .rggb, frame: frame, workspace: workspace)[12, 15]
        }
        let quiet = NoiseProfile(scale: [1e-5], offset: [1e-8])
        #expect(try result(quiet) > 0.02 && result(nil) > 0.02)
        // In noise as deep as that it may have been chance.
        #expect(try result(NoiseProfile(scale: [1e-5], offset: [1e-3])) == 0.0005)
    }

    @Test func detailIsLeftAlone() throws {
        // An edge, a line one photosite wide and a small bright spot as a lens draws it.
        let stage = try DefectPixels(listed: [], dynamic: true)
        let plane = TestPlane(region) { x, y in
            let (dx, dy) = (Float(x - 20), Float(y - 9))
            let spot: Float = 0.3 / (1 + (dx * dx + dy * dy) * 1.5)
            return max(x > 16 ? 0.6 : 0.1, y == 24 ? 0.9 : 0) + spot
        }
        let result = stage.apply(to: plane.view, cfa: .rggb, frame: frame, workspace: workspace)
        for y in 0..<32 { for x in 0..<32 { #expect(result[x, y] == plane.view[x, y], "\(x) \(y)") } }
    }

    @Test func listedDefectsAreReplacedWithoutLooking() throws {
        let listed = [DefectLocation(x: 5, y: 6), DefectLocation(x: 1, y: 31), DefectLocation(x: 99, y: -4)]
        let stage = try DefectPixels(listed: listed, dynamic: false)
        let plane = TestPlane(region) { x, y in x == 8 && y == 8 ? 1 : scene(x, y) }
        let result = stage.apply(to: plane.view, cfa: .rggb, frame: frame, workspace: workspace)
        #expect(result[5, 6] != scene(5, 6) && abs(result[5, 6] - scene(5, 6)) < 0.03)
        #expect(result[1, 31] != scene(1, 31))
        #expect(result[8, 8] == 1)
    }

    /// A dead column must not be repaired by its own neighbours above and below, which agree so well.
    @Test func aListedColumnIsRepairedFromItsSides() throws {
        let listed = (0..<32).map { DefectLocation(x: 14, y: $0) }
        let plane = TestPlane(region) { x, y in x == 14 ? 0 : scene(x, y) }
        let result = try DefectPixels(listed: listed, dynamic: false).apply(
            to: plane.view, cfa: .rggb, frame: frame, workspace: workspace)
        for y in 0..<32 { #expect(abs(result[14, y] - scene(14, y)) < 0.03) }
        // Where everything around is listed too, any repair will do that is a number.
        let all = (0..<32).flatMap { y in (0..<32).map { DefectLocation(x: $0, y: y) } }
        let lost = try DefectPixels(listed: all, dynamic: false).apply(
            to: plane.view, cfa: .rggb, frame: frame, workspace: workspace)
        #expect(lost[5, 5].isFinite)
    }

    @Test func mirrorImagesOfListedDefectsAreReplacedToo() throws {
        let wide = Region(x: -6, y: -6, width: 44, height: 44)
        let plane = TestPlane(wide) { x, y in scene(x, y) }
        let stage = try DefectPixels(listed: [DefectLocation(x: 2, y: 1)], dynamic: false)
        let result = stage.apply(to: plane.view, cfa: .rggb, frame: frame, workspace: workspace)
        #expect(result[2, 1] != scene(2, 1))
        #expect(result[-2, 1] != scene(2, 1))
        #expect(result[2, -1] != scene(2, 1))
    }

    @Test func thresholdOutOfRangeIsRefused() {
        let error = #expect(throws: ISPError.self) { try DefectPixels(listed: [], dynamic: true, threshold: 0.1) }
        #expect(error?.message.contains("defect_threshold") == true)
    }
}
