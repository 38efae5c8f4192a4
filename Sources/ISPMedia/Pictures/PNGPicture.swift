// PNG through libspng.

import CSPNG
import ISPImaging

enum PNGPicture {
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ISPError) -> ImageBuffer {
        guard let context = spng_ctx_new(0) else { throw ISPError(.resource, "not enough memory for the PNG decoder") }
        defer { spng_ctx_free(context) }
        let side = UInt32(RawFrame.maximumSide)
        try check(spng_set_image_limits(context, side, side))
        // Colour profiles and texts are not wanted, but are read past.
        try check(spng_set_chunk_limits(context, 1 << 26, 1 << 27))
        try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
        var header = spng_ihdr()
        try check(spng_get_ihdr(context, &header))
        let (width, height) = (Int(header.width), Int(header.height))
        let isGrey = header.color_type == UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue)
        let isWide = header.bit_depth == 16

        switch (isGrey, isWide) {
        case (true, false): return try decode(context, .grey8, width, height, as: SPNG_FMT_G8)
        case (true, true): return try decode(context, .grey16, width, height, as: SPNG_FMT_PNG)
        case (false, false): return try decode(context, .rgb888, width, height, as: SPNG_FMT_RGB8)
        case (false, true): return try decodeWideColor(context, width, height)
        }
    }

    private static func decode(
        _ context: OpaquePointer, _ format: PixelFormat, _ width: Int, _ height: Int, as layout: spng_format
    ) throws(ISPError) -> ImageBuffer {
        let image = try PictureReaders.allocate(format, width: width, height: height)
        let layout = Int32(layout.rawValue)
        var size = 0
        try check(spng_decoded_image_size(context, layout, &size))
        guard size == image.bytes.count else { throw ISPError(.damagedInput, "the PNG header contradicts itself") }
        try check(spng_decode_image(context, image.bytes.baseAddress, size, layout, 0))
        return image
    }

    /// 16-bit colour comes with transparency, which is dropped.
    private static func decodeWideColor(
        _ context: OpaquePointer, _ width: Int, _ height: Int
    ) throws(ISPError) -> ImageBuffer {
        let image = try PictureReaders.allocate(.rgb48, width: width, height: height)
        let layout = Int32(SPNG_FMT_RGBA16.rawValue)
        var size = 0
        try check(spng_decoded_image_size(context, layout, &size))
        guard size == width * height * 8 else { throw ISPError(.damagedInput, "the PNG header contradicts itself") }
        let memory = AlignedMemory(byteCount: size)
        try check(spng_decode_image(context, memory.bytes.baseAddress, size, layout, 0))
        let (source, target) = (
            memory.bytes.bindMemory(to: UInt16.self), image.bytes.bindMemory(to: UInt16.self)
        )
        for i in 0..<(width * height) {
            for c in 0..<3 { target[3 * i + c] = source[4 * i + c].littleEndian }
        }
        return withExtendedLifetime(memory) { image }
    }

    private static func check(_ status: Int32) throws(ISPError) {
        guard status != 0 else { return }
        throw ISPError(.damagedInput, "the PNG picture is damaged: \(String(cString: spng_strerror(status)))")
    }
}
