import ISPImaging
import ISPSynthetic
import Testing

@Suite struct SceneTests {
    static let size = Size(width: 768, height: 512)
    static let scene = try! Scene.testPicture(size: size)

    @Test func patchesHaveTheirPublishedColoursEverywhere() throws {
        #expect(ColorChecker.patches.map(\.name) == publishedLinearSRGB.map(\.name))
        for (patch, published) in zip(ColorChecker.patches, publishedLinearSRGB) {
            let color = patch.linearSRGB
            // The primaries' exact matrix against the four digits of IEC 61966-2-1.
            #expect(abs(color.x - published.red) < 2e-4, "\(patch.name)")
            #expect(abs(color.y - published.green) < 2e-4, "\(patch.name)")
            #expect(abs(color.z - published.blue) < 2e-4, "\(patch.name)")
        }
        let layout = Self.scene.layout
        try #require(layout.patches.count == 24)
        for (region, patch) in zip(layout.patches, ColorChecker.patches) {
            let color = patch.linearSRGB.components.map { Double(Float($0)) }
            for y in region.y..<region.maxY {
                for x in region.x..<region.maxX { #expect(Self.scene.color(x: x, y: y).components == color) }
            }
        }
    }

    @Test func samePictureForTheSameSeedOnEveryMachine() throws {
        let size = Size(width: 241, height: 161)
        let scene = try Scene.testPicture(size: size, seed: 5)
        #expect(scene == (try Scene.testPicture(size: size, seed: 5)))
        #expect(fingerprint(scene) == 6_992_561_239_509_487_038)
    }

    @Test func theSeedMovesTheDeadLeavesAndNothingElse() throws {
        let other = try Scene.testPicture(size: Self.size, seed: 2)
        let leaves = try #require(Self.scene.layout.deadLeaves)
        var changed = 0
        for y in 0..<Self.size.height {
            for x in 0..<Self.size.width where other.color(x: x, y: y) != Self.scene.color(x: x, y: y) {
                #expect(leaves.contains(Region(x: x, y: y, width: 1, height: 1)))
                changed += 1
            }
        }
        #expect(changed > leaves.width * leaves.height / 2)
    }

    @Test(arguments: [
        Size(width: 16, height: 16), Size(width: 17, height: 400), Size(width: 900, height: 16),
        Size(width: 333, height: 227),
    ])
    func everySizeIsPainted(size: Size) throws {
        let scene = try Scene.testPicture(size: size)
        #expect(scene.red.allSatisfy { $0.isFinite })
        for (name, region) in scene.layout.named { #expect(Region(size).contains(region), "\(name) \(region)") }
        #expect(throws: ISPError.self) { try Scene.testPicture(size: Size(width: 15, height: 100)) }
    }

    @Test func elementsDoNotOverlap() {
        let layout = Self.scene.layout
        let parts = layout.named.filter { !$0.name.hasPrefix("patch") && !$0.name.hasPrefix("edge") }
        for (i, a) in parts.enumerated() {
            for b in parts[(i + 1)...] { #expect(a.region.intersection(b.region).isEmpty, "\(a.name) and \(b.name)") }
        }
        for patch in layout.patches { #expect(layout.colorChecker!.contains(patch)) }
    }

    @Test func lampsAndHighlightsExceedWhite() throws {
        let lamps = Self.scene.layout.lamps
        try #require(lamps.count == 5)
        for lamp in lamps {
            let color = Self.scene.color(x: lamp.x + lamp.width / 2, y: lamp.y + lamp.height / 2)
            #expect(color.components.max()! >= 3)
        }
        let spheres = try #require(Self.scene.layout.spheres)
        var brightest = 0.0
        for y in spheres.y..<spheres.maxY {
            for x in spheres.x..<spheres.maxX { brightest = max(brightest, Self.scene.color(x: x, y: y).y) }
        }
        #expect(brightest > 2)
    }

    /// The edge's place on each row is where the light and dark areas balance; over rows it moves by tan 5 degrees.
    @Test func edgesSlantByFiveDegrees() throws {
        let edges = Self.scene.layout.edges
        try #require(edges.count == 4)
        for edge in edges {
            let r = edge.region
            let (lines, along) = edge.isNearVertical ? (r.height, r.width) : (r.width, r.height)
            let position = (0..<lines).map { line in
                (0..<along).reduce(0.0) { sum, k in
                    let c =
                        edge.isNearVertical
                        ? Self.scene.color(x: r.x + k, y: r.y + line) : Self.scene.color(x: r.x + line, y: r.y + k)
                    return sum + (c.y - edge.dark) / (edge.light - edge.dark)
                }
            }
            let slope = (position[lines - 1] - position[0]) / Double(lines - 1)
            #expect(abs(abs(slope) - 0.0874887) < 0.003, "slope \(slope)")
            for i in 1..<lines { #expect(abs(position[i] - position[i - 1] - slope) < 0.08) }
        }
    }

    @Test func zonePlateAndStarFollowTheirFormulas() throws {
        let plate = try #require(Self.scene.layout.zonePlate)
        for distance in [0.0, 5, 11, 20, 33] {
            let value = Self.scene.color(x: Int(plate.centerX + distance), y: Int(plate.centerY)).y
            let x = Double(Int(plate.centerX + distance)) + 0.5 - plate.centerX
            let y = Double(Int(plate.centerY)) + 0.5 - plate.centerY
            let ideal = ZonePlate.value(distance: (x * x + y * y).squareRoot(), radius: plate.radius)
            #expect(abs(value - ideal) < 0.05, "at \(distance): \(value), \(ideal)")
        }
        let star = try #require(Self.scene.layout.siemensStar)
        #expect(abs(Self.scene.color(x: Int(star.centerX), y: Int(star.centerY)).y - SiemensStar.mean) < 1e-6)
        // Counting the crossings of the mean along a circle gives two for each cycle.
        var crossings = 0
        var last = 0.0
        for step in 0...4096 {
            let turn = Double(step) / 4096 + 0.0007
            let x = star.centerX + 0.8 * star.radius * PortableMath.cosine(turns: turn)
            let y = star.centerY + 0.8 * star.radius * PortableMath.cosine(turns: turn - 0.25)
            let value = Self.scene.color(x: Int(x), y: Int(y)).y - SiemensStar.mean
            if abs(value) > 0.15 {
                if value * last < 0 { crossings += 1 }
                last = value
            }
        }
        #expect(abs(crossings - 2 * SiemensStar.cycles) <= 1)
    }

    @Test func rampsRiseAndTheBackgroundIsSmooth() throws {
        let ramp = try #require(Self.scene.layout.greyRamp)
        for x in (ramp.x + 1)..<ramp.maxX {
            #expect(Self.scene.color(x: x, y: ramp.y).y > Self.scene.color(x: x - 1, y: ramp.y).y)
        }
        let wall = try #require(Self.scene.layout.background)
        for y in wall.y..<wall.maxY {
            for x in (wall.x + 1)..<wall.maxX {
                #expect(abs(Self.scene.color(x: x, y: y).y - Self.scene.color(x: x - 1, y: y).y) < 0.002)
            }
        }
    }

    @Test func wrongPlanesAreRefused() {
        let size = Size(width: 16, height: 16)
        let good = [Float](repeating: 0, count: 256)
        #expect(throws: ISPError.self) { try Scene(size: size, red: good, green: good, blue: [0]) }
        #expect(throws: ISPError.self) {
            try Scene(size: size, red: good, green: good, blue: [Float](repeating: .nan, count: 256))
        }
        #expect(throws: ISPError.self) { try Scene.flat(size: size, color: Vector3(.infinity, 0, 0)) }
    }
}
