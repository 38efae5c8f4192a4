import ISPImaging
import ISPTestSupport
import Testing

@Suite struct RawPackingTests {
    static let formats = PixelFormat.all.filter(\.isRaw)

    func unpack(_ bytes: [UInt8], _ format: PixelFormat, _ columns: Range<Int>) -> [UInt16] {
        [UInt16](unsafeUninitializedCapacity: columns.count) { buffer, count in
            bytes.withUnsafeBytes { RawPacking.unpack($0, format, columns: columns, into: buffer.baseAddress!) }
            count = columns.count
        }
    }

    func pack(_ samples: [UInt16], _ format: PixelFormat) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xaa, count: format.minimumBytesPerRow(width: samples.count))
        bytes.withUnsafeMutableBytes { RawPacking.pack(samples, width: samples.count, format, into: $0) }
        return bytes
    }

    @Test(arguments: formats) func roundTripOverAllWidths(_ format: PixelFormat) {
        var random = SeededGenerator(seed: 7)
        for width in 1...67 {
            let samples = (0..<width).map { _ in UInt16.random(in: 0...UInt16(format.maximum), using: &random) }
            let bytes = pack(samples, format)
            #expect(unpack(bytes, format, 0..<width) == samples)
            let part = Int.random(in: 0..<width, using: &random)..<width
            #expect(unpack(bytes, format, part) == Array(samples[part]))
        }
    }

    @Test(arguments: formats) func noBytesGiveASampleAboveTheBitDepth(_ format: PixelFormat) {
        let bytes = [UInt8](repeating: 0xff, count: format.minimumBytesPerRow(width: 33))
        #expect(unpack(bytes, format, 0..<33).allSatisfy { $0 == format.maximum })
    }

    @Test(arguments: formats) func packingClamps(_ format: PixelFormat) {
        let full = [UInt16](repeating: UInt16(format.maximum), count: 9)
        #expect(pack([UInt16](repeating: .max, count: 9), format) == pack(full, format))
    }

    /// Bit positions as the MIPI CSI-2 and V4L2 documents draw them.
    @Test func csi2BytesByHand() throws {
        // 10 bits: 0b11_1111_1101 = 0x3fd, low bits 01 in bits 0-1 of the fifth byte.
        #expect(pack([0x3fd, 0, 0, 0], try .named("pRAA")) == [0xff, 0, 0, 0, 0b01])
        #expect(pack([0, 0, 0, 0x002], try .named("pRAA")) == [0, 0, 0, 0, 0b1000_0000])
        #expect(pack([0xab5, 0x12c], try .named("pRCC")) == [0xab, 0x12, 0xc5])
        // 14 bits: P1[5:0] fills bits 0-5 of the fifth byte, P2[1:0] its bits 6-7.
        #expect(pack([0x003f, 0x0003, 0, 0], try .named("pREE")) == [0, 0, 0, 0, 0xff, 0, 0])
        #expect(pack([0, 0, 0x0030, 0x003f], try .named("pREE")) == [0, 0, 0, 0, 0, 0, 0xff])
    }
}
