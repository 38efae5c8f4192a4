// Pictures read back: what the writers wrote, what other programs write, and what nobody should.

import CSPNG
import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct PictureReaderTests {
    private static let formats: [PixelFormat] = [.rgb888, .rgb48, .grey8, .grey16]

    /// A PNG of any colour type and depth from its bytes as the format stores them (words big-endian).
    private static func png(
        _ size: Size, type: UInt32, depth: UInt8, interlaced: Bool = false, palette: [(UInt8, UInt8, UInt8)] = [],
        _ bytes: [UInt8]
    ) throws -> [UInt8] {
        let context = try #require(spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)))
        defer { spng_ctx_free(context) }
        spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1)
        var header = spng_ihdr()
        (header.width, header.height) = (UInt32(size.width), UInt32(size.height))
        (header.color_type, header.bit_depth, header.interlace_method) = (UInt8(type), depth, interlaced ? 1 : 0)
        try #require(spng_set_ihdr(context, &header) == 0)
        if !palette.isEmpty {
            var table = spng_plte()
            table.n_entries = UInt32(palette.count)
            withUnsafeMutableBytes(of: &table.entries) { entries in
                for (i, color) in palette.enumerated() {
                    let entry = spng_plte_entry(red: color.0, green: color.1, blue: color.2, alpha: 255)
                    entries.storeBytes(
                        of: entry, toByteOffset: i * MemoryLayout<spng_plte_entry>.stride, as: spng_plte_entry.self)
                }
            }
            try #require(spng_set_plte(context, &table) == 0)
        }
        let flags = Int32(SPNG_ENCODE_FINALIZE.rawValue)
        try #require(spng_encode_image(context, bytes, bytes.count, Int32(SPNG_FMT_RAW.rawValue), flags) == 0)
        var count = 0
        var status: Int32 = 0
        let buffer = try #require(spng_get_png_buffer(context, &count, &status))
        defer { free(buffer) }
        return Array(UnsafeRawBufferPointer(start: buffer, count: count))
    }

    @Test(arguments: formats) func whatTheWritersWriteComesBack(_ format: PixelFormat) throws {
        for size in oddSizes {
            let image = try picture(format, size)
            for writer in [PNGWriter.self, PPMWriter.self] as [any PictureWriter.Type] {
                let read = try PictureReader.decode(try written(image, as: writer))
                #expect(read.size == size && read.channels == format.samplesPerPixel)
                #expect(read.bitsPerSample == format.bitsPerSample && read.maximum == format.maximum)
                let isSame = read.samples.map(Int.init) == image.samples
                #expect(isSame, "\(format) \(size)")
            }
        }
    }

    @Test func transparencyIsDropped() throws {
        let size = Size(width: 2, height: 1)
        let colour = try PictureReader.decode(Self.png(size, type: 6, depth: 8, [1, 2, 3, 0, 4, 5, 6, 128]))
        #expect(colour.channels == 3 && colour.samples == [1, 2, 3, 4, 5, 6])
        let deep = try PictureReader.decode(Self.png(size, type: 4, depth: 16, [1, 2, 9, 9, 3, 4, 0, 0]))
        #expect(deep.channels == 1 && deep.bitsPerSample == 16 && deep.samples == [0x0102, 0x0304])
        #expect(deep.sample(x: 1, y: 0, channel: 2) == 0x0304)
    }

    @Test func palettesBecomeColour() throws {
        let palette: [(UInt8, UInt8, UInt8)] = [(10, 20, 30), (255, 0, 7)]
        let size = Size(width: 3, height: 1)
        let read = try PictureReader.decode(Self.png(size, type: 3, depth: 8, palette: palette, [1, 0, 1]))
        #expect(read.channels == 3 && read.samples == [255, 0, 7, 10, 20, 30, 255, 0, 7])
    }

    @Test func lowDepthsAreStretchedTo8Bits() throws {
        let size = Size(width: 4, height: 2)
        let one = try PictureReader.decode(Self.png(size, type: 0, depth: 1, [0b1010_0000, 0b0110_0000]))
        #expect(one.bitsPerSample == 8 && one.samples == [255, 0, 255, 0, 0, 255, 255, 0])
        let four = try PictureReader.decode(Self.png(Size(width: 2, height: 1), type: 0, depth: 4, [0x3f]))
        #expect(four.samples == [51, 255])
    }

    @Test func interlacedPicturesAreReadWhole() throws {
        let size = Size(width: 13, height: 9)
        let bytes = (0..<(13 * 9 * 3)).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let read = try PictureReader.decode(Self.png(size, type: 2, depth: 8, interlaced: true, bytes))
        #expect(read.samples == bytes.map(UInt16.init))
    }

    @Test func portablePixmapsMayHaveCommentsAndAnyMaximum() throws {
        let text = "P5 # a comment\n#another 7\n 3\t1\r\n100\n"
        let grey = try PictureReader.decode(Array(text.utf8) + [0, 50, 100])
        #expect(grey.channels == 1 && grey.bitsPerSample == 8 && grey.samples == [0, 128, 255])
        let deep = try PictureReader.decode(Array("P6 1 1 1023 ".utf8) + [0x03, 0xff, 0, 0, 0x02, 0])
        #expect(deep.bitsPerSample == 16 && deep.samples == [65535, 0, 32800])
        // A first sample that looks like a blank is a sample.
        #expect(try PictureReader.decode(Array("P5\n1 1\n255\n ".utf8)).samples == [32])
    }

    @Test(arguments: [
        ("", ISPError.Kind.damagedInput, "empty"), ("P6", .damagedInput, "width"), ("P6 12", .damagedInput, "height"),
        ("P6x1 1 255 ", .damagedInput, "width"), ("P6 -1 1 255 ", .damagedInput, "width"),
        ("P6 0 1 255 abc", .damagedInput, "width"), ("P6 1 1 0 abc", .damagedInput, "maximum"),
        ("P6 1 1 65536 abc", .damagedInput, "maximum"), ("P6 1 1 255", .damagedInput, "end"),
        ("P6 2 2 255 abc", .damagedInput, "truncated"), ("P6 99999999999999999999 1 255 a", .damagedInput, "width"),
        ("P6 1000000000 1000000000 255 a", .resource, "Mi pixels"), ("P5 1 1 100 z", .damagedInput, "100"),
        ("P3 1 1 255 1 2 3", .unsupportedInput, "PNG"), ("GIF89a..", .unsupportedInput, "GIF"),
        ("just text", .unsupportedInput, "PNG"),
    ])
    func wrongFilesAreRefusedWithAReason(_ text: String, _ kind: ISPError.Kind, _ word: String) {
        let error = failure { () throws(ISPError) in try PictureReader.decode(Array(text.utf8)) }
        #expect(error.kind == kind && error.message.contains(word), "\(error)")
    }

    @Test func absurdSizesTakeNoMemory() throws {
        // 65536 x 4096 pixels within the limit, but in no file of a hundred bytes.
        var png = try Self.png(Size(width: 1, height: 1), type: 2, depth: 8, [1, 2, 3])
        png.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 0, 16, 0])
        Self.fixCRC(&png)
        let truncated = failure { () throws(ISPError) in try PictureReader.decode(png) }
        #expect(truncated.kind == .damagedInput && truncated.message.contains("truncated"), "\(truncated)")
        png.replaceSubrange(16..<24, with: [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff])
        Self.fixCRC(&png)
        let huge = failure { () throws(ISPError) in try PictureReader.decode(png) }
        #expect(huge.kind == .resource || huge.kind == .damagedInput, "\(huge)")
    }

    /// Renews the checksum of the IHDR chunk (ISO 3309; PNG Specification, annex D).
    private static func fixCRC(_ png: inout [UInt8]) {
        var crc: UInt32 = 0xffff_ffff
        for byte in png[12..<29] {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xedb8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        crc = ~crc
        for i in 0..<4 { png[29 + i] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * i)) }
    }

    @Test func pathsAreNamedInErrors() throws {
        let folder = try TestFolder()
        let missing = failure { () throws(ISPError) in try PictureReader.read(folder.path + "/none.png") }
        #expect(missing.kind == .cannotOpenInput && missing.message.contains("none.png"))
        #expect(failure { () throws(ISPError) in try PictureReader.read(folder.path) }.kind == .cannotOpenInput)
        let path = try folder.write("a.ppm", Array("P5 1 1 255 x".utf8))
        #expect(try PictureReader.read(path).samples == [120])
        let empty = failure { () throws(ISPError) in try PictureReader.read(try! folder.write("b.png", [])) }
        #expect(empty.kind == .damagedInput && empty.message.contains("b.png"))
    }

    @Test func wrongPicturesAreNotMade() {
        let size = Size(width: 2, height: 1)
        for (channels, bits, samples) in [(2, 8, [0, 0, 0, 0]), (1, 12, [0, 0]), (1, 8, [0]), (1, 8, [0, 256])]
            as [(Int, Int, [UInt16])]
        {
            let error = failure { () throws(ISPError) in
                try Picture(size: size, channels: channels, bitsPerSample: bits, samples: samples)
            }
            #expect(error.kind == .usage)
        }
    }

    @Test(arguments: formats) func everyTruncationIsAnErrorOrTheWholePicture(_ format: PixelFormat) throws {
        let image = try picture(format, Size(width: 33, height: 9))
        for writer in [PNGWriter.self, PPMWriter.self] as [any PictureWriter.Type] {
            let bytes = try written(image, as: writer)
            for count in stride(from: 0, to: bytes.count, by: 7) {
                do throws(ISPError) {
                    let read = try PictureReader.decode(Array(bytes[..<count]))
                    // Only what follows the samples may be missing.
                    #expect(read.samples.map(Int.init) == image.samples, "\(count) of \(bytes.count)")
                } catch {
                    #expect(error.kind == .damagedInput || error.kind == .unsupportedInput, "\(error)")
                }
            }
        }
    }

    /// `SOFTISP_FUZZ_FACTOR` multiplies the number of mutations for a longer search.
    @Test(arguments: formats) func mutatedFilesNeverCrash(_ format: PixelFormat) throws {
        let factor = ProcessInfo.processInfo.environment["SOFTISP_FUZZ_FACTOR"].flatMap { Int($0) } ?? 1
        var generator = SeededGenerator(state: 11)
        let image = try picture(format, Size(width: 21, height: 6))
        for writer in [PNGWriter.self, PPMWriter.self] as [any PictureWriter.Type] {
            let bytes = try written(image, as: writer)
            for _ in 0..<(1500 * factor) {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    // The first bytes hold the sizes: hit them often.
                    let end = Bool.random(using: &generator) ? min(40, changed.count) : changed.count
                    let place = Int.random(in: 0..<end, using: &generator)
                    changed[place] = UInt8.random(in: 0...255, using: &generator)
                }
                if Bool.random(using: &generator), changed.count > 33, writer == PNGWriter.self {
                    Self.fixCRC(&changed)
                }
                guard let read = try? PictureReader.decode(changed) else { continue }
                #expect(read.samples.count == read.size.width * read.size.height * read.channels)
            }
        }
    }
}
