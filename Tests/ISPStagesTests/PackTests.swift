import ISPImaging
import ISPStages
import ISPTestSupport
import Testing

@Suite struct PackTests {
    let shown = Region(x: 4, y: 2, width: 6, height: 4)

    func value(_ x: Int, _ y: Int) -> (Float, Float, Float) {
        (Float(x) / 16, Float(y) / 16, Float(x + y) / 32)
    }

    /// Stores a picture in two tiles, to see that each writes its own part.
    func packed(_ pack: Pack, _ value: (Int, Int) -> (Float, Float, Float)) throws -> ImageBuffer {
        let image = try ImageBuffer(format: pack.format, size: pack.outputSize)
        let (width, height) = (pack.outputSize.width, pack.outputSize.height)
        for tile in [
            Region(x: 0, y: 0, width: 2, height: height), Region(x: 2, y: 0, width: width - 2, height: height),
        ] {
            pack.store(TestRGB(pack.source(of: tile), value).view, tile: tile, into: image, workspace: Workspace())
        }
        return image
    }

    @Test(arguments: Orientation.allCases, Pack.formats.filter { !$0.isYCbCr })
    func everyPixelLandsWhereItShould(_ orientation: Orientation, _ format: PixelFormat) throws {
        let pack = try Pack(shown: shown, orientation: orientation, format: format)
        let image = try packed(pack, value)
        let maximum = Float(format.maximum)
        let order: [Character] = if case .rgb(let order) = format.layout { Array(order) } else { ["g"] }
        for y in 0..<pack.outputSize.height {
            for x in 0..<pack.outputSize.width {
                let source = orientation.stored(Region(x: x, y: y, width: 1, height: 1), of: shown.size)
                let color = value(source.x + shown.x, source.y + shown.y)
                for (channel, letter) in order.enumerated() {
                    let expected: Float? = ["r": color.0, "g": color.1, "b": color.2][letter]
                    let code = expected.map { Int($0 * maximum + 0.5) } ?? 0
                    #expect(image.sample(x: x, y: y, channel: channel) == code)
                }
            }
        }
    }

    /// The chroma of an upright picture: 1-2-1 across at every second pixel, two rows to one where rows are shared.
    func chroma(_ plane: (Int, Int) -> Float, _ x: Int, _ y: Int, rows: Int) -> Float {
        var sum: Float = 0
        for row in 0..<rows {
            for (dx, weight) in [(-1, Float(0.25)), (0, 0.5), (1, 0.25)] { sum += weight * plane(x + dx, y + row) }
        }
        return sum / Float(rows)
    }

    @Test(arguments: Orientation.allCases, Pack.formats.filter(\.isYCbCr))
    func videoFormatsHoldLumaAndCentredChroma(_ orientation: Orientation, _ format: PixelFormat) throws {
        func value(_ x: Int, _ y: Int) -> (Float, Float, Float) {
            (Float(x * 7 + y) / 90, Float(x) / 40 - 0.2, 0.3 - Float(y * y) / 120)
        }
        let pack = try Pack(shown: shown, orientation: orientation, format: format)
        let image = try packed(pack, value)
        let (width, height) = (pack.outputSize.width, pack.outputSize.height)
        /// The value at an upright position, which may lie one pixel outside the picture.
        func upright(_ x: Int, _ y: Int) -> (Float, Float, Float) {
            let source = orientation.stored(Region(x: x, y: y, width: 1, height: 1), of: shown.size)
            return value(source.x + shown.x, source.y + shown.y)
        }
        let bytes = Array(image.bytes)
        func code(_ plane: Int, _ x: Int, _ y: Int) -> Int {
            Int(bytes[image.planes[plane].offset + y * image.planes[plane].bytesPerRow + x])
        }
        for y in 0..<height {
            for x in 0..<width {
                let luma = Int(upright(x, y).0 * 219 + 16 + 0.5)
                #expect(code(0, format.name == "YUYV" ? 2 * x : x, y) == luma)
            }
        }
        let rows = format.name == "YUYV" ? 1 : 2
        for y in 0..<(height / rows) {
            for x in 0..<(width / 2) {
                let cb = chroma({ upright($0, $1).1 }, 2 * x, rows * y, rows: rows) * 224 + 128.5
                let cr = chroma({ upright($0, $1).2 }, 2 * x, rows * y, rows: rows) * 224 + 128.5
                let codes =
                    switch format.name {
                    case "NV12": (code(1, 2 * x, y), code(1, 2 * x + 1, y))
                    case "I420": (code(1, x, y), code(2, x, y))
                    default: (code(0, 4 * x + 1, y), code(0, 4 * x + 3, y))
                    }
                #expect(abs(Float(codes.0) + 0.5 - cb) <= 0.501 && abs(Float(codes.1) + 0.5 - cr) <= 0.501)
            }
        }
    }

    @Test func codesRoundAndClamp() throws {
        let pack = try Pack(shown: Region(x: 0, y: 0, width: 6, height: 1), orientation: .up, format: .rgb888)
        let values: [Float] = [-1, 0.4999 / 255, 0.5 / 255, 1, 2, .nan]
        let image = try packed(pack) { x, _ in (values[x], values[x], values[x]) }
        #expect((0..<6).map { image.sample(x: $0, y: 0, channel: 1) } == [0, 0, 1, 255, 255, 0])
    }

    @Test func formatsItCannotStoreAreRefused() {
        #expect(throws: ISPError.self) { try Pack(shown: shown, orientation: .up, format: .named("SRGGB10")) }
    }
}
