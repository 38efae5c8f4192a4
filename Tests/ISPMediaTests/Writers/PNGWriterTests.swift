// PNG files, as libspng's decoder, libexif and Little CMS read them.

import CSPNG
import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct PNGWriterTests {
    private struct Decoded {
        var size: Size
        var depth: Int
        var samples: [Int]
        var exif: [UInt8]
        var profile: [UInt8]
    }

    private func decode(_ png: [UInt8]) throws -> Decoded {
        try png.withUnsafeBytes { try decode($0) }
    }

    private func decode(_ png: UnsafeRawBufferPointer) throws -> Decoded {
        let context = try #require(spng_ctx_new(0))
        defer { spng_ctx_free(context) }
        try #require(spng_set_png_buffer(context, png.baseAddress, png.count) == 0)
        spng_set_crc_action(context, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_ERROR.rawValue))
        var header = spng_ihdr()
        try #require(spng_get_ihdr(context, &header) == 0)
        var count = 0
        let format = Int32(SPNG_FMT_RAW.rawValue)  // As stored: big-endian.
        try #require(spng_decoded_image_size(context, format, &count) == 0)
        var bytes = [UInt8](repeating: 0, count: count)
        try #require(spng_decode_image(context, &bytes, count, format, 0) == 0)
        var exif = spng_exif()
        try #require(spng_get_exif(context, &exif) == 0)
        var profile = spng_iccp()
        try #require(spng_get_iccp(context, &profile) == 0)
        return Decoded(
            size: Size(width: Int(header.width), height: Int(header.height)), depth: Int(header.bit_depth),
            samples: header.bit_depth == 8
                ? bytes.map(Int.init)
                : stride(from: 0, to: count, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) },
            exif: UnsafeRawBufferPointer(start: exif.data, count: exif.length).map(\.self),
            profile: UnsafeRawBufferPointer(start: profile.profile, count: profile.profile_len).map(\.self))
    }

    @Test(arguments: PNGWriter.descriptor.formats) func everySampleSurvives(_ format: PixelFormat) throws {
        for size in oddSizes {
            for level in [nil, 0, 1, 9] {
                let image = try picture(format, size)
                var options = WriterOptions()
                options.deflateLevel = level
                let decoded = try decode(try written(image, fullAttributes, options, as: PNGWriter.self))
                #expect(decoded.size == size && decoded.depth == format.bitsPerSample)
                #expect(decoded.samples == image.samples, "\(format) \(size) level \(level ?? -1)")
            }
        }
    }

    @Test func exifAndProfileComeBack() throws {
        let size = Size(width: 31, height: 17)
        var attributes = fullAttributes
        let colour = try decode(try written(try picture(.rgb48, size), attributes, as: PNGWriter.self))
        try ParsedExif(colour.exif).expectFull(size)
        #expect(colour.profile == (try ICCProfile.rgb(.srgb, .srgb)))
        (attributes.colorSpace, attributes.transfer) = (.rec2020, .linear)
        let linear = try decode(try written(try picture(.rgb48, size), attributes, as: PNGWriter.self))
        #expect(linear.profile == (try ICCProfile.rgb(.rec2020, .linear)))
        let grey = try decode(try written(try picture(.grey16, size), attributes, as: PNGWriter.self))
        #expect(grey.profile == (try ICCProfile.grey(.linear)))
    }
}
