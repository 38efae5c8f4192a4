// PNG through libspng, with EXIF and an ICC profile.

import CSPNG
import ISPImaging

/// Writes PNG, 8 and 16 bits, colour and grey, with eXIf and iCCP chunks.
///
/// Without a deflate level it takes what suits photographs: the Average filter and zlib's run-length strategy. Their noise
/// holds no repetitions to look for, so this is both faster and smaller than any level of the usual search (measured:
/// 41 MB in 0.8 s against 43 MB in 1.4 s at level 1). A level asks for the search, with the Paeth filter: smaller for
/// drawings and charts.
public enum PNGWriter: PictureWriter {
    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "png", summary: "PNG, 8 or 16 bits, lossless, with EXIF and colour profile", extensions: ["png"],
        formats: [.rgb888, .rgb48, .grey8, .grey16], options: [.deflateLevel])

    /// Encodes `image`; see `PictureWriter`.
    public static func encode(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions, to file: OutputFile
    ) throws(ISPError) {
        guard let context = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else {
            throw ISPError(.resource, "not enough memory for the PNG encoder")
        }
        defer { spng_ctx_free(context) }
        let encoder = Encoder(context: context, file: file)
        try encoder.check(spng_set_png_stream(context, writeCallback, Unmanaged.passUnretained(file).toOpaque()))
        try encoder.configure(level: options.deflateLevel)
        try encoder.describe(image)

        // libspng borrows the chunks' bytes until the context goes.
        var exif = try ExifBlock.bytes(ExifFields(attributes, size: image.size)).map { CChar(bitPattern: $0) }
        var profile = try ICCProfile.of(image, attributes).map { CChar(bitPattern: $0) }
        try exif.withUnsafeMutableBufferPointer { exif throws(ISPError) in
            try profile.withUnsafeMutableBufferPointer { profile throws(ISPError) in
                try encoder.attach(exif: exif, profile: profile)
                try encoder.encode(image)
            }
        }
    }
}

/// libspng's way to write; the failure stays in the file, see `Encoder.check`.
private func writeCallback(
    _ context: OpaquePointer?, _ user: UnsafeMutableRawPointer?, _ source: UnsafeMutableRawPointer?, _ count: Int
) -> Int32 {
    guard let user, let source else { return Int32(SPNG_IO_ERROR.rawValue) }
    do throws(ISPError) {
        let file = Unmanaged<OutputFile>.fromOpaque(user).takeUnretainedValue()
        try file.write(UnsafeRawBufferPointer(start: source, count: count))
        return 0
    } catch {
        return Int32(SPNG_IO_ERROR.rawValue)
    }
}

/// The steps of encoding with one libspng context.
private struct Encoder {
    let context: OpaquePointer
    let file: OutputFile

    /// The file's own failure where there is one (the callback cannot throw), else libspng's.
    func check(_ status: Int32) throws(ISPError) {
        guard status != 0 else { return }
        throw file.failure ?? ISPError(.resource, "PNG encoding failed: \(String(cString: spng_strerror(status)))")
    }

    /// Sets filter and compression. One fixed filter: choosing among all for every row doubles the time for 1 %.
    func configure(level: Int?) throws(ISPError) {
        // zlib's numbers for its strategies (zlib.h).
        let (filteredStrategy, runLengthStrategy): (Int32, Int32) = (1, 3)
        let filter =
            switch level {
            case nil: SPNG_FILTER_CHOICE_AVG
            case 0: SPNG_FILTER_CHOICE_NONE
            default: SPNG_FILTER_CHOICE_PAETH
            }
        let strategy = level == nil ? runLengthStrategy : filteredStrategy
        try check(spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, Int32(level ?? 1)))
        try check(spng_set_option(context, SPNG_IMG_COMPRESSION_STRATEGY, strategy))
        try check(spng_set_option(context, SPNG_FILTER_CHOICE, Int32(filter.rawValue)))
    }

    func describe(_ image: ImageBuffer) throws(ISPError) {
        var header = spng_ihdr()
        header.width = UInt32(image.size.width)
        header.height = UInt32(image.size.height)
        header.bit_depth = UInt8(image.format.bitsPerSample)
        let isGrey = image.format.samplesPerPixel == 1
        header.color_type = UInt8((isGrey ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR).rawValue)
        try check(spng_set_ihdr(context, &header))
    }

    func attach(
        exif: UnsafeMutableBufferPointer<CChar>, profile: UnsafeMutableBufferPointer<CChar>
    ) throws(ISPError) {
        var chunk = spng_exif(length: exif.count, data: exif.baseAddress)
        try check(spng_set_exif(context, &chunk))
        var icc = spng_iccp()
        withUnsafeMutableBytes(of: &icc.profile_name) { $0.copyBytes(from: "ICC profile".utf8) }
        icc.profile_len = profile.count
        icc.profile = profile.baseAddress
        try check(spng_set_iccp(context, &icc))
    }

    /// Row by row, so that no second picture lies in memory; libspng turns 16-bit samples to PNG's big-endian order.
    func encode(_ image: ImageBuffer) throws(ISPError) {
        let flags = SPNG_ENCODE_PROGRESSIVE.rawValue | SPNG_ENCODE_FINALIZE.rawValue
        try check(spng_encode_image(context, nil, 0, Int32(SPNG_FMT_PNG.rawValue), Int32(flags)))
        for y in 0..<image.size.height {
            let row = image.row(y)
            let status = spng_encode_row(context, row.baseAddress, row.count)
            if y == image.size.height - 1, status == Int32(SPNG_EOI.rawValue) { break }
            try check(status)
        }
    }
}
