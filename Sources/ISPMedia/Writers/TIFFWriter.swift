// TIFF through libtiff, its strips compressed by ISA-L.

import CTIFF
import Foundation
import ISPImaging

/// Writes TIFF: 8 and 16 bits, colour and grey, deflate with horizontal predictor, with an EXIF directory and an ICC
/// profile; BigTIFF where the picture could pass 4 GB.
///
/// TIFF needs seeking; on a pipe the file is spooled to the temporary directory first.
public enum TIFFWriter: PictureWriter {
    /// The deflate level where none is asked for. The noise of a 16-bit photograph does not repeat, so searching for
    /// repetitions hardly pays: ISA-L's level 1 gives 77.5 % at 317 MB/s of one core, libdeflate's 77.3 % at 110 MB/s,
    /// zlib's level 6 78.5 % at 20 MB/s. ISA-L has no levels above 3; they are taken for 3.
    public static let defaultDeflateLevel = 1

    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "tiff", summary: "TIFF, 8 or 16 bits, lossless, with EXIF and colour profile",
        extensions: ["tif", "tiff"],
        formats: [.rgb48, .rgb888, .grey16, .grey8], options: [.deflateLevel, .threads])

    /// Encodes `image`; see `PictureWriter`.
    public static func encode(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions, to file: OutputFile
    ) throws(ISPError) {
        try encode(image, attributes, options: options, big: needsBigTIFF(byteCount: image.bytes.count), to: file)
    }

    package static func encode(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions, big: Bool, to file: OutputFile
    ) throws(ISPError) {
        try file.withSeekableFile { file throws(ISPError) in
            let document = try Document(file, big: big)
            let exif = try document.writeExif(ExifFields(attributes, size: image.size))
            let level = options.deflateLevel ?? defaultDeflateLevel
            try document.describe(image, attributes, exif: exif, isCompressed: level > 0)
            try document.writeStrips(TIFFStripLayout(image), level: level, threads: options.threads)
            try document.finish()
        }
    }

    /// Whether a picture of `byteCount` bytes could pass the 4 GB of classic TIFF: incompressible samples grow a little,
    /// and directories and profile come on top.
    package static func needsBigTIFF(byteCount: Int) -> Bool {
        byteCount > (1 << 32) - 1 - (1 << 24)
    }
}

/// An open TIFF and the steps of writing one.
private final class Document {
    private let tiff: OpaquePointer
    private let file: OutputFile
    private let message: UnsafeMutablePointer<CChar>

    init(_ file: OutputFile, big: Bool) throws(ISPError) {
        let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(SOFTISP_TIFF_MESSAGE_SIZE))
        message.initialize(repeating: 0, count: Int(SOFTISP_TIFF_MESSAGE_SIZE))
        let user = Unmanaged.passUnretained(file).toOpaque()
        // Little-endian whatever the machine, as the samples are.
        let tiff = softisp_tiff_create(
            big ? "wl8" : "wl", user, message, readCallback, writeCallback, seekCallback, { _ in 0 }, sizeCallback)
        guard let tiff else {
            defer { message.deallocate() }
            throw file.failure ?? ISPError(.resource, "the TIFF encoder cannot start: \(String(cString: message))")
        }
        self.tiff = tiff
        self.file = file
        self.message = message
    }

    deinit {
        // After a failure this tries to write the directory once more, to a file that refuses and is thrown away.
        TIFFClose(tiff)
        message.deallocate()
    }

    /// The file's own failure where there is one (callbacks cannot throw), else libtiff's message.
    private func check(_ succeeded: Bool) throws(ISPError) {
        guard !succeeded else { return }
        throw file.failure ?? ISPError(.resource, "TIFF encoding failed: \(String(cString: message))")
    }

    /// Writes the EXIF directory and returns its offset. It comes first, so that the main directory can point to it
    /// without being written twice.
    func writeExif(_ fields: ExifFields) throws(ISPError) -> UInt64 {
        try check(TIFFCreateEXIFDirectory(tiff) == 0)
        try check(softisp_tiff_set_text(tiff, UInt32(EXIFTAG_EXIFVERSION), ExifFields.version) == 1)
        try real(EXIFTAG_EXPOSURETIME, fields.exposureTime)
        try real(EXIFTAG_FNUMBER, fields.aperture)
        try real(EXIFTAG_FOCALLENGTH, fields.focalLength)
        if let iso = fields.iso {
            try check(softisp_tiff_set_shorts(tiff, UInt32(EXIFTAG_ISOSPEEDRATINGS), 1, [iso]) == 1)
        }
        try text(EXIFTAG_DATETIMEORIGINAL, fields.dateTime)
        try text(EXIFTAG_DATETIMEDIGITIZED, fields.dateTime)
        try text(EXIFTAG_LENSMODEL, fields.lens)
        try short(EXIFTAG_COLORSPACE, fields.colorSpace)
        try long(EXIFTAG_PIXELXDIMENSION, UInt32(fields.size.width))
        try long(EXIFTAG_PIXELYDIMENSION, UInt32(fields.size.height))
        var offset: UInt64 = 0
        try check(TIFFWriteCustomDirectory(tiff, &offset) == 1)
        TIFFFreeDirectory(tiff)
        try check(TIFFCreateDirectory(tiff) == 0)
        return offset
    }

    func describe(
        _ image: ImageBuffer, _ attributes: PictureAttributes, exif: UInt64, isCompressed: Bool
    ) throws(ISPError) {
        let channels = image.format.samplesPerPixel
        try long(TIFFTAG_IMAGEWIDTH, UInt32(image.size.width))
        try long(TIFFTAG_IMAGELENGTH, UInt32(image.size.height))
        try short(TIFFTAG_BITSPERSAMPLE, UInt16(image.format.bitsPerSample))
        try short(TIFFTAG_SAMPLESPERPIXEL, UInt16(channels))
        try short(TIFFTAG_PHOTOMETRIC, UInt16(channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK))
        try short(TIFFTAG_PLANARCONFIG, UInt16(PLANARCONFIG_CONTIG))
        try long(TIFFTAG_ROWSPERSTRIP, UInt32(min(TIFFStripLayout.rowsPerStrip, image.size.height)))
        try short(TIFFTAG_COMPRESSION, UInt16(isCompressed ? COMPRESSION_ADOBE_DEFLATE : COMPRESSION_NONE))
        if isCompressed { try short(TIFFTAG_PREDICTOR, UInt16(PREDICTOR_HORIZONTAL)) }
        try short(TIFFTAG_ORIENTATION, UInt16(Orientation.up.rawValue))
        // Baseline TIFF demands a resolution; 72 dpi stands for "unknown", as in EXIF.
        try real(TIFFTAG_XRESOLUTION, 72)
        try real(TIFFTAG_YRESOLUTION, 72)
        try short(TIFFTAG_RESOLUTIONUNIT, UInt16(RESUNIT_INCH))
        let fields = ExifFields(attributes, size: image.size)
        try text(TIFFTAG_MAKE, fields.make)
        try text(TIFFTAG_MODEL, fields.model)
        try text(TIFFTAG_SOFTWARE, fields.software)
        try text(TIFFTAG_DATETIME, fields.dateTime)
        try check(softisp_tiff_set_offset(tiff, UInt32(TIFFTAG_EXIFIFD), exif) == 1)
        let profile = try ICCProfile.of(image, attributes)
        try check(softisp_tiff_set_bytes(tiff, UInt32(TIFFTAG_ICCPROFILE), UInt32(profile.count), profile) == 1)
    }

    func writeStrips(_ layout: TIFFStripLayout, level: Int, threads: Int) throws(ISPError) {
        guard level > 0 else {
            for strip in 0..<layout.count {
                try write(strip, UnsafeMutableRawBufferPointer(mutating: layout.bytes(strip)))
            }
            return
        }
        let compressor = try TIFFStripCompressor(layout, level: level, threads: threads)
        try compressor.forEach { strip, bytes throws(ISPError) in try write(strip, bytes) }
    }

    func finish() throws(ISPError) {
        try check(TIFFWriteDirectory(tiff) == 1)
        try file.flush()
    }

    private func write(_ strip: Int, _ bytes: UnsafeMutableRawBufferPointer) throws(ISPError) {
        try check(TIFFWriteRawStrip(tiff, UInt32(strip), bytes.baseAddress, tmsize_t(bytes.count)) == bytes.count)
    }

    private func short(_ tag: Int32, _ value: UInt16) throws(ISPError) {
        try check(softisp_tiff_set_short(tiff, UInt32(tag), value) == 1)
    }

    private func long(_ tag: Int32, _ value: UInt32) throws(ISPError) {
        try check(softisp_tiff_set_long(tiff, UInt32(tag), value) == 1)
    }

    private func real(_ tag: Int32, _ value: Double?) throws(ISPError) {
        guard let value else { return }
        try check(softisp_tiff_set_real(tiff, UInt32(tag), value) == 1)
    }

    private func text(_ tag: Int32, _ value: String?) throws(ISPError) {
        guard let value else { return }
        try check(softisp_tiff_set_text(tiff, UInt32(tag), value) == 1)
    }
}

// libtiff's file functions over an OutputFile. Failures stay in the file, see `Document.check`.

private func file(_ user: UnsafeMutableRawPointer?) -> OutputFile {
    Unmanaged<OutputFile>.fromOpaque(user!).takeUnretainedValue()
}

private let readCallback: TIFFReadWriteProc = { user, bytes, count in
    let buffer = UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
    do throws(ISPError) { return tmsize_t(try file(user).read(into: buffer)) } catch { return -1 }
}

private let writeCallback: TIFFReadWriteProc = { user, bytes, count in
    do throws(ISPError) {
        try file(user).write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        return count
    } catch { return -1 }
}

private let seekCallback: TIFFSeekProc = { user, offset, whence in
    let file = file(user)
    do throws(ISPError) {
        let base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.position : try file.size()
        try file.seek(to: base + Int(Int64(bitPattern: offset)))
        return UInt64(file.position)
    } catch { return .max }
}

private let sizeCallback: TIFFSizeProc = { user in
    do throws(ISPError) { return UInt64(try file(user).size()) } catch { return 0 }
}
