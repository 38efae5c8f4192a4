import ISPImaging
import ISPSynthetic
import Testing

@Suite struct PictureSceneTests {
    static let size = Size(width: 16, height: 17)
    static let area = 16 * 17

    @Test func codesBecomeLight() throws {
        let codes = (0..<(Self.area * 3)).map { UInt16($0 % 256) }
        let scene = try Scene.picture(size: Self.size, channels: 3, bitsPerSample: 8, samples: codes)
        for (c, plane) in [scene.red, scene.green, scene.blue].enumerated() {
            for i in 0..<Self.area {
                let light = TransferFunction.srgb.decode(Double(codes[3 * i + c]) / 255)
                #expect(abs(Double(plane[i]) - light) < 1e-6)
            }
        }
    }

    @Test func greyAndDeepPicturesToo() throws {
        let codes = (0..<Self.area).map { UInt16($0 * 65_535 / (Self.area - 1)) }
        let scene = try Scene.picture(size: Self.size, channels: 1, bitsPerSample: 16, samples: codes)
        let isGrey = scene.red == scene.green && scene.green == scene.blue
        #expect(isGrey && scene.red[0] == 0 && scene.red[Self.area - 1] == 1)
        let middle = TransferFunction.srgb.decode(Double(codes[100]) / 65_535)
        #expect(abs(Double(scene.red[100]) - middle) < 1e-6)
    }

    @Test func wrongPicturesAreRefused() {
        let good = [UInt16](repeating: 9, count: Self.area)
        let wrong: [(Size, Int, Int, [UInt16])] = [
            (Self.size, 2, 8, good + good), (Self.size, 1, 12, good), (Self.size, 3, 8, good),
            (Size(width: 8, height: 34), 1, 8, good), (Self.size, 1, 8, good.dropLast() + [256]),
        ]
        for (size, channels, bits, samples) in wrong {
            #expect(throws: ISPError.self) {
                try Scene.picture(size: size, channels: channels, bitsPerSample: bits, samples: samples)
            }
        }
    }

    @Test(arguments: [0.0, 5, -5, 30, 45, -45]) func theEdgeCoversWhatItShould(angle: Double) throws {
        let size = Size(width: 41, height: 37)
        let scene = try Scene.slantedEdge(size: size, angle: angle, low: 0, high: 1)
        let (across, along) = (PortableMath.cosine(turns: angle / 360), PortableMath.cosine(turns: angle / 360 - 0.25))
        let grid = 64
        for y in stride(from: 0, to: size.height, by: 5) {
            for x in 0..<size.width {
                var inside = 0
                for j in 0..<grid {
                    for i in 0..<grid {
                        let dx = Double(x) + (Double(i) + 0.5) / Double(grid) - 20.5
                        let dy = Double(y) + (Double(j) + 0.5) / Double(grid) - 18.5
                        if dx * across + dy * along > 0 { inside += 1 }
                    }
                }
                let share = Double(inside) / Double(grid * grid)
                #expect(abs(scene.color(x: x, y: y).x - share) < 0.02, "\(x), \(y)")
            }
        }
        let edge = try #require(scene.layout.edges.first)
        #expect(edge.angle == abs(angle) && edge.light == 1 && edge.dark == 0 && edge.isNearVertical)
    }

    @Test func wrongEdgesAreRefused() {
        #expect(throws: ISPError.self) { try Scene.slantedEdge(size: Self.size, angle: 46) }
        #expect(throws: ISPError.self) { try Scene.slantedEdge(size: Self.size, angle: .nan) }
        #expect(throws: ISPError.self) { try Scene.slantedEdge(size: Self.size, low: .infinity) }
        #expect(throws: ISPError.self) { try Scene.slantedEdge(size: Size(width: 3, height: 3)) }
    }
}
