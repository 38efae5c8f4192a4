// JPEG through libjpeg-turbo, with EXIF and an ICC profile.

import CTurboJPEG
import ISPImaging

/// Writes baseline JPEG: 8 bits, EXIF in APP1 and the colour profile in APP2, right after SOI.
public enum JPEGWriter: PictureWriter {
    /// libjpeg's limit of width and height, in pixels.
    public static let maximumSide = 65_500

    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "jpeg", summary: "JPEG, 8 bits, with EXIF and colour profile", extensions: ["jpg", "jpeg", "jpe"],
        formats: [.rgb888, .bgr888, .grey8], options: [.quality, .subsampling])

    /// Encodes `image`; see `PictureWriter`.
    public static func encode(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions, to file: OutputFile
    ) throws(ISPError) {
        guard max(image.size.width, image.size.height) <= maximumSide else {
            throw ISPError(
                .resource,
                "JPEG holds \(maximumSide) pixels a side, the picture is \(image.size); crop it, or write TIFF")
        }
        var header: [UInt8] = [0xff, 0xd8]
        header += JPEGSegments.exif(try ExifBlock.bytes(ExifFields(attributes, size: image.size)))
        header += try JPEGSegments.icc(try ICCProfile.of(image, attributes))

        guard let compressor = tjInitCompress() else {
            throw ISPError(.resource, "not enough memory for the JPEG encoder")
        }
        defer { tjDestroy(compressor) }
        var bytes: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        defer { tjFree(bytes) }
        // The accurate transform: the fast one saves a few per cent of the time and costs visible quality from about 90.
        let status = tjCompress2(
            compressor, image.bytes.baseAddress, Int32(image.size.width), Int32(image.planes[0].bytesPerRow),
            Int32(image.size.height), Int32(pixelFormat(image.format).rawValue), &bytes, &count,
            Int32(subsampling(image.format, options).rawValue), Int32(options.quality), TJFLAG_ACCURATEDCT)
        guard status == 0, let bytes else {
            throw ISPError(.resource, "JPEG encoding failed: \(String(cString: tjGetErrorStr2(compressor)))")
        }
        let jpeg = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        try file.write(header)
        try file.write(UnsafeRawBufferPointer(rebasing: jpeg[JPEGSegments.replacedPrefix(of: jpeg)...]))
    }

    /// TurboJPEG's name of an interleaved or grey format.
    static func pixelFormat(_ format: PixelFormat) -> TJPF {
        switch format {
        case .rgb888: TJPF_RGB
        case .bgr888: TJPF_BGR
        default: TJPF_GRAY
        }
    }

    /// How much chroma is kept: the options say it of RGB, the format itself of YCbCr.
    static func subsampling(_ format: PixelFormat, _ options: WriterOptions) -> TJSAMP {
        guard format != .grey8 else { return TJSAMP_GRAY }
        guard !format.isYCbCr else { return TJSAMP_420 }
        return switch options.effectiveSubsampling {
        case .full: TJSAMP_444
        case .halfWidth: TJSAMP_422
        case .half: TJSAMP_420
        }
    }
}
