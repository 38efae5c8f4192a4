// Pictures that our own writers made come back; what is damaged is an error and nothing worse.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct PictureReadersTests {
    static let formats: [PixelFormat] = [.rgb888, .rgb48, .grey8, .grey16]
    static let lossless: [(writer: String, format: PixelFormat)] = ["png", "tiff", "ppm"].flatMap { writer in
        formats.map { (writer, $0) }
    }

    private func decode(_ bytes: [UInt8]) throws(ISPError) -> ImageBuffer {
        try PictureReaders.decode(bytes)
    }

    @Test(arguments: 0..<12) func everySampleComesBack(_ index: Int) throws {
        let (name, format) = Self.lossless[index]
        let writer = try Writers.named(name)
        for size in oddSizes {
            let image = try picture(format, size)
            let back = try decode(try written(image, as: writer))
            let same = back.format == format && back.size == size && back.samples == image.samples
            #expect(same, "\(name) \(format) \(size)")
        }
    }

    @Test func jpegsComeBackNearly() throws {
        for format in [PixelFormat.rgb888, .grey8] {
            let image = try smoothPicture(format, Size(width: 61, height: 47))
            let back = try decode(try written(image, as: JPEGWriter.self))
            #expect(back.format == format && back.size == image.size)
            let furthest = zip(back.samples, image.samples).map { abs($0 - $1) }.max()!
            #expect(furthest <= 4)
        }
    }

    @Test func netpbmHeadersHaveCommentsAndOddMaxima() throws {
        let image = try decode(Array("P5 # grey\n# a comment\n3\t1\n100\n".utf8) + [0, 50, 100])
        #expect(image.format == .grey8 && image.samples == [0, 128, 255])
        let wide = try decode(Array("P6\n1 1\n1023\n".utf8) + [3, 255, 0, 0, 1, 0])
        #expect(wide.format == .rgb48 && wide.samples == [65_535, 0, 16_400])
    }

    @Test(arguments: [
        "P5\n0 1\n255\n", "P5\n99999999999 1\n255\n", "P6\n1 1\n0\n", "P6\n1 1\n70000\n0", "P6\nx", "P6",
        "P6\n65536 1\n255\n",
    ]) func wrongNetpbmHeadersAreErrors(_ header: String) {
        let error = failure { _ = try decode(Array(header.utf8)) }
        #expect(error?.kind == .damagedInput || error?.kind == .resource)
    }

    @Test func otherFilesAreNamedErrors() throws {
        #expect(failure { _ = try decode(Array("GIF89a".utf8)) }?.kind == .unsupportedInput)
        #expect(failure { _ = try decode([]) }?.kind == .unsupportedInput)
        let missing = failure { _ = try PictureReaders.read("/nowhere/a.png") }
        #expect(missing?.kind == .cannotOpenInput && missing?.message.contains("/nowhere/a.png") == true)
        #expect(failure { _ = try PictureReaders.read("/tmp") }?.kind == .cannotOpenInput)
    }

    @Test(arguments: 0..<13) func truncatedAndMutatedPicturesNeverCrash(_ index: Int) throws {
        let size = Size(width: 23, height: 70)
        let bytes: [UInt8]
        if index == 12 {
            bytes = try written(try smoothPicture(.rgb888, size), as: JPEGWriter.self)
        } else {
            let (name, format) = Self.lossless[index]
            bytes = try written(try picture(format, size), as: try Writers.named(name))
        }
        for length in stride(from: 0, to: bytes.count - 1, by: max(1, bytes.count / 150)) {
            let error = failure { _ = try decode(Array(bytes.prefix(length))) }
            // A PNG or TIFF may have all its pixels before its last bytes.
            if let error { #expect([.damagedInput, .unsupportedInput, .resource].contains(error.kind)) }
            if length < bytes.count / 2 { #expect(error != nil) }
        }
        var state: UInt64 = UInt64(index) + 1
        for _ in 0..<1500 {
            var mutated = bytes
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // Mostly in the headers, where the damage is worst.
                let place = Int(state >> 33) % (state & 1 == 0 ? min(300, bytes.count) : bytes.count)
                mutated[place] = UInt8(truncatingIfNeeded: state >> 25)
            }
            if let error = failure({ _ = try decode(mutated) }) {
                #expect([.damagedInput, .unsupportedInput, .resource].contains(error.kind))
            }
        }
    }
}
