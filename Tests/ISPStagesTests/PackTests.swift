import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct PackTests {
    let crop = Region(x: 4, y: 2, width: 5, height: 3)

    func value(_ x: Int, _ y: Int) -> (Float, Float, Float) {
        (Float(x) / 16, Float(y) / 16, Float(x + y) / 32)
    }

    @Test(arguments: Orientation.allCases, Pack.formats)
    func everyPixelLandsWhereItShould(_ orientation: Orientation, _ format: PixelFormat) throws {
        let pack = try Pack(crop: crop, orientation: orientation, format: format)
        let image = try ImageBuffer(format: format, size: pack.outputSize)
        // Two tiles, to see that each writes its own part.
        for part in [Region(x: 4, y: 2, width: 2, height: 3), Region(x: 6, y: 2, width: 3, height: 3)] {
            pack.store(TestRGB(part, value).view, into: image)
        }
        let maximum = Float(format.maximum)
        let order: [Character] = if case .rgb(let order) = format.layout { Array(order) } else { ["g"] }
        for y in 0..<pack.outputSize.height {
            for x in 0..<pack.outputSize.width {
                let source = orientation.stored(Region(x: x, y: y, width: 1, height: 1), of: crop.size)
                let color = value(source.x + crop.x, source.y + crop.y)
                for (channel, letter) in order.enumerated() {
                    let expected: Float? = ["r": color.0, "g": color.1, "b": color.2][letter]
                    let code = expected.map { Int($0 * maximum + 0.5) } ?? 0
                    #expect(image.sample(x: x, y: y, channel: channel) == code)
                }
            }
        }
    }

    @Test func codesRoundAndClamp() throws {
        let pack = try Pack(crop: Region(x: 0, y: 0, width: 6, height: 1), orientation: .up, format: .rgb888)
        let image = try ImageBuffer(format: .rgb888, size: pack.outputSize)
        let values: [Float] = [-1, 0.4999 / 255, 0.5 / 255, 1, 2, .nan]
        pack.store(TestRGB(pack.crop) { x, _ in (values[x], values[x], values[x]) }.view, into: image)
        #expect((0..<6).map { image.sample(x: $0, y: 0, channel: 1) } == [0, 0, 1, 255, 255, 0])
    }

    @Test func formatsItCannotStoreAreRefused() {
        #expect(throws: ISPError.self) { try Pack(crop: crop, orientation: .up, format: .named("SRGGB10")) }
    }
}
