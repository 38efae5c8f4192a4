// JPEG through libjpeg-turbo.

import CTurboJPEG
import ISPImaging

enum JPEGPicture {
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ISPError) -> ImageBuffer {
        guard let decoder = tjInitDecompress() else {
            throw ISPError(.resource, "not enough memory for the JPEG decoder")
        }
        defer { tjDestroy(decoder) }
        /// A truncated file is a mere warning to the decoder; here it is an error.
        func check(_ status: Int32) throws(ISPError) {
            guard status != 0 else { return }
            let reason = String(cString: tjGetErrorStr2(decoder))
            throw ISPError(.damagedInput, "the JPEG picture is damaged: \(reason)")
        }
        let source = bytes.bindMemory(to: UInt8.self).baseAddress
        var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        try check(tjDecompressHeader3(decoder, source, UInt(bytes.count), &width, &height, &sampling, &space))
        let isGrey = space == Int32(TJCS_GRAY.rawValue)
        let image = try PictureReaders.allocate(isGrey ? .grey8 : .rgb888, width: Int(width), height: Int(height))
        let layout = isGrey ? TJPF_GRAY : TJPF_RGB
        try check(
            tjDecompress2(
                decoder, source, UInt(bytes.count), image.bytes.bindMemory(to: UInt8.self).baseAddress, width,
                Int32(image.planes[0].bytesPerRow), height, Int32(layout.rawValue), TJFLAG_ACCURATEDCT))
        return image
    }
}
