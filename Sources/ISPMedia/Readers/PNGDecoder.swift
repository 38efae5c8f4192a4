// PNG through libspng, to plain samples.

import CSPNG
import ISPImaging

/// Decodes PNG of every colour type and depth. Depths below 8 become 8, palettes become colour, transparency is dropped.
enum PNGDecoder {
    /// Deflate cannot shrink by more than this (zlib's technical notes: 1032 to 1), so a larger picture is not in the file.
    private static let largestRatio = 1040

    /// Whether the bytes begin as a PNG file does.
    static func claims(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    }

    /// - Throws: `ISPError(.damagedInput)`, or `.resource` for a picture that is too large.
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ISPError) -> Picture {
        guard let context = spng_ctx_new(0) else {
            throw ISPError(.resource, "not enough memory for the PNG decoder")
        }
        defer { spng_ctx_free(context) }
        // A broken comment is no reason to refuse a picture; a broken picture is.
        try check(spng_set_crc_action(context, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_DISCARD.rawValue)))
        // What lies beside the picture is kept small.
        try check(spng_set_chunk_limits(context, 1 << 24, 1 << 26))
        try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
        var header = spng_ihdr()
        try check(spng_get_ihdr(context, &header))
        let size = Size(width: Int(header.width), height: Int(header.height))
        try Picture.check(size)

        let layout = Layout(header)
        var count = 0
        try check(spng_decoded_image_size(context, layout.format, &count))
        // The stored depth may be as low as one bit, the decoded one is at least 8.
        guard count / (largestRatio * 8 * 3) <= bytes.count else {
            throw ISPError(.damagedInput, "\(bytes.count) bytes cannot hold \(size) pixels; the file is truncated")
        }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        defer { memory.deallocate() }
        try check(spng_decode_image(context, memory.baseAddress, count, layout.format, 0))
        return Picture(size, layout.channels, layout.bits, layout.samples(UnsafeRawBufferPointer(memory), size))
    }

    /// libspng's status as an error.
    private static func check(_ status: Int32) throws(ISPError) {
        guard status != 0 else { return }
        let kind: ISPError.Kind = status == Int32(SPNG_EMEM.rawValue) ? .resource : .damagedInput
        throw ISPError(
            kind, "not a sound PNG file (\(String(cString: spng_strerror(status)))); it is damaged or truncated")
    }

    /// How libspng hands the samples over, and which of them are kept.
    private struct Layout {
        /// libspng's format.
        let format: Int32
        /// Samples a pixel, as handed over and as kept.
        let stored, channels: Int
        /// 8 or 16.
        let bits: Int

        init(_ header: spng_ihdr) {
            let asStored = Int32(SPNG_FMT_PNG.rawValue)
            bits = header.bit_depth == 16 ? 16 : 8
            switch UInt32(header.color_type) {
            case UInt32(SPNG_COLOR_TYPE_GRAYSCALE.rawValue):
                (format, stored, channels) = (bits == 16 ? asStored : Int32(SPNG_FMT_G8.rawValue), 1, 1)
            case UInt32(SPNG_COLOR_TYPE_GRAYSCALE_ALPHA.rawValue): (format, stored, channels) = (asStored, 2, 1)
            case UInt32(SPNG_COLOR_TYPE_TRUECOLOR_ALPHA.rawValue): (format, stored, channels) = (asStored, 4, 3)
            case UInt32(SPNG_COLOR_TYPE_INDEXED.rawValue):
                (format, stored, channels) = (Int32(SPNG_FMT_RGB8.rawValue), 3, 3)
            default: (format, stored, channels) = (asStored, 3, 3)
            }
        }

        func samples(_ bytes: UnsafeRawBufferPointer, _ size: Size) -> [UInt16] {
            let pixels = size.width * size.height
            return [UInt16](unsafeUninitializedCapacity: pixels * channels) { buffer, count in
                for pixel in 0..<pixels {
                    for channel in 0..<channels {
                        let from = pixel * stored + channel
                        // libspng has turned words to the machine's order already.
                        buffer[pixel * channels + channel] =
                            bits == 16
                            ? bytes.loadUnaligned(fromByteOffset: 2 * from, as: UInt16.self) : UInt16(bytes[from])
                    }
                }
                count = pixels * channels
            }
        }
    }
}
