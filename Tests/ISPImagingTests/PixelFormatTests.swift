import ISPImaging
import Testing

@Suite struct PixelFormatTests {
    @Test func namesAreUnique() {
        let names = PixelFormat.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test func everyDialectFindsTheSameFormat() throws {
        for name in ["SRGGB10", "srggb10", "RG10", "rggb10le"] {
            #expect(try PixelFormat.named(name).name == "SRGGB10", "\(name)")
        }
        #expect(try PixelFormat.named("SRGGB10_CSI2P") == PixelFormat.named("pRAA"))
        #expect(try PixelFormat.named("bayer_rggb16le").name == "SRGGB16")
        #expect(try PixelFormat.named("rgb24").name == "RGB888")
        #expect(try PixelFormat.named("Y10").name == "R10")
    }

    @Test func fourccCaseTellsPatternsApart() throws {
        #expect(try PixelFormat.named("pgAA").cfa == .grbg)
        #expect(try PixelFormat.named("pGAA").cfa == .gbrg)
    }

    @Test func ourNameIsTheMemoryOrder() throws {
        #expect(try PixelFormat.named("RGB888").layout == .rgb("rgb"))
        #expect(try PixelFormat.named("RGB888").libcamera == "BGR888")
    }

    @Test func everyNameOfTheTableIsFound() throws {
        for format in PixelFormat.all {
            #expect(try PixelFormat.named(format.name) == format)
            for name in format.dialectNames { #expect(throws: Never.self) { try PixelFormat.named(name) } }
        }
    }

    @Test func unknownNameSaysWhatThereIs() {
        let error = #expect(throws: ISPError.self) { try PixelFormat.named("SRGGB11") }
        #expect(error?.kind == .usage)
        #expect(error?.message.contains("SRGGB10") == true)
    }

    @Test(arguments: [
        ("SRGGB8", 7, 7), ("SRGGB10", 7, 14), ("pRAA", 7, 10), ("pRCC", 7, 12), ("pREE", 7, 14), ("RGB48", 7, 42),
        ("YUYV", 7, 16),
    ])
    func rowsHoldWholeGroups(_ name: String, _ width: Int, _ bytes: Int) throws {
        #expect(try PixelFormat.named(name).minimumBytesPerRow(width: width) == bytes)
    }

    @Test func chromaPlanesOfOddSizesRoundUp() throws {
        let size = Size(width: 17, height: 19)
        let planes = try PixelFormat.named("I420").planes(of: size)
        #expect(planes.map(\.bytesPerRow) == [17, 9, 9])
        #expect(planes.map(\.rows) == [19, 10, 10])
        #expect(planes[2].offset == 17 * 19 + 90)
    }
}
