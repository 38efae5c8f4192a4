// EXIF as a block of bytes, through libexif: APP1 of JPEG, eXIf of PNG.

import CExif
import ISPImaging

/// Builds EXIF blocks.
package enum ExifBlock {
    /// The six bytes that introduce EXIF in JPEG and are absent in PNG.
    static let jpegIdentifier = Array("Exif\0\0".utf8)

    /// The EXIF of a picture as a little TIFF file ("II*\0" ...), little-endian; the same bytes on every run.
    /// - Throws: `ISPError(.resource)` where memory runs out.
    package static func bytes(_ fields: ExifFields) throws(ISPError) -> [UInt8] {
        guard let block = Block() else { throw outOfMemory }
        block.ascii(EXIF_IFD_0, EXIF_TAG_MAKE, fields.make)
        block.ascii(EXIF_IFD_0, EXIF_TAG_MODEL, fields.model)
        block.short(EXIF_IFD_0, EXIF_TAG_ORIENTATION, UInt16(Orientation.up.rawValue))
        // The standard demands a resolution; 72 dpi is its word for "unknown".
        block.rational(EXIF_IFD_0, EXIF_TAG_X_RESOLUTION, 72)
        block.rational(EXIF_IFD_0, EXIF_TAG_Y_RESOLUTION, 72)
        block.short(EXIF_IFD_0, EXIF_TAG_RESOLUTION_UNIT, 2)
        block.ascii(EXIF_IFD_0, EXIF_TAG_SOFTWARE, fields.software)
        block.ascii(EXIF_IFD_0, EXIF_TAG_DATE_TIME, fields.dateTime)

        block.rational(EXIF_IFD_EXIF, EXIF_TAG_EXPOSURE_TIME, fields.exposureTime)
        block.rational(EXIF_IFD_EXIF, EXIF_TAG_FNUMBER, fields.aperture)
        block.short(EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS, fields.iso)
        block.undefined(EXIF_IFD_EXIF, EXIF_TAG_EXIF_VERSION, Array(ExifFields.version.utf8))
        block.ascii(EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, fields.dateTime)
        block.ascii(EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_DIGITIZED, fields.dateTime)
        block.rational(EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH, fields.focalLength)
        block.short(EXIF_IFD_EXIF, EXIF_TAG_COLOR_SPACE, fields.colorSpace)
        block.long(EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, UInt32(fields.size.width))
        block.long(EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION, UInt32(fields.size.height))
        block.ascii(EXIF_IFD_EXIF, EXIF_TAG_LENS_MODEL, fields.lens)
        guard let bytes = block.saved else { throw outOfMemory }
        return bytes
    }

    private static var outOfMemory: ISPError { ISPError(.resource, "not enough memory for the EXIF data") }
}

/// A libexif block under construction. A failed allocation leaves the entry out and is reported by `saved`.
private final class Block {
    private let data: UnsafeMutablePointer<ExifData>
    private let memory: OpaquePointer
    private var isComplete = true

    init?() {
        guard let memory = exif_mem_new_default() else { return nil }
        guard let data = exif_data_new_mem(memory) else {
            exif_mem_unref(memory)
            return nil
        }
        self.memory = memory
        self.data = data
        exif_data_set_byte_order(data, EXIF_BYTE_ORDER_INTEL)
    }

    deinit {
        exif_data_unref(data)
        exif_mem_unref(memory)
    }

    func ascii(_ ifd: ExifIfd, _ tag: ExifTag, _ text: String?) {
        guard let text else { return }
        let bytes = Array(text.utf8) + [0]
        add(ifd, tag, EXIF_FORMAT_ASCII, components: bytes.count, byteCount: bytes.count) { destination in
            for (i, byte) in bytes.enumerated() { destination[i] = byte }
        }
    }

    func undefined(_ ifd: ExifIfd, _ tag: ExifTag, _ bytes: [UInt8]) {
        add(ifd, tag, EXIF_FORMAT_UNDEFINED, components: bytes.count, byteCount: bytes.count) { destination in
            for (i, byte) in bytes.enumerated() { destination[i] = byte }
        }
    }

    func short(_ ifd: ExifIfd, _ tag: ExifTag, _ value: UInt16?) {
        guard let value else { return }
        add(ifd, tag, EXIF_FORMAT_SHORT, components: 1, byteCount: 2) {
            exif_set_short($0, EXIF_BYTE_ORDER_INTEL, value)
        }
    }

    func long(_ ifd: ExifIfd, _ tag: ExifTag, _ value: UInt32) {
        add(ifd, tag, EXIF_FORMAT_LONG, components: 1, byteCount: 4) {
            exif_set_long($0, EXIF_BYTE_ORDER_INTEL, value)
        }
    }

    func rational(_ ifd: ExifIfd, _ tag: ExifTag, _ value: Double?) {
        guard let value, let fraction = Rational(value) else { return }
        add(ifd, tag, EXIF_FORMAT_RATIONAL, components: 1, byteCount: 8) {
            let stored = ExifRational(numerator: fraction.numerator, denominator: fraction.denominator)
            exif_set_rational($0, EXIF_BYTE_ORDER_INTEL, stored)
        }
    }

    /// The finished block without the JPEG identifier; `nil` where an allocation failed.
    var saved: [UInt8]? {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count: UInt32 = 0
        exif_data_save_data(data, &bytes, &count)
        guard isComplete, let bytes else { return nil }
        defer { exif_mem_free(memory, bytes) }
        let all = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
        return Array(all.dropFirst(ExifBlock.jpegIdentifier.count))
    }

    private func add(
        _ ifd: ExifIfd, _ tag: ExifTag, _ format: ExifFormat, components: Int, byteCount: Int,
        _ fill: (UnsafeMutablePointer<UInt8>) -> Void
    ) {
        guard let entry = exif_entry_new_mem(memory) else { return isComplete = false }
        defer { exif_entry_unref(entry) }
        guard let bytes = exif_mem_alloc(memory, ExifLong(byteCount)) else { return isComplete = false }
        let destination = bytes.assumingMemoryBound(to: UInt8.self)
        fill(destination)
        entry.pointee.tag = tag
        entry.pointee.format = format
        entry.pointee.components = UInt(components)
        entry.pointee.data = destination
        entry.pointee.size = UInt32(byteCount)
        exif_content_add_entry(content(ifd), entry)
    }

    private func content(_ ifd: ExifIfd) -> UnsafeMutablePointer<ExifContent>? {
        ifd == EXIF_IFD_0 ? data.pointee.ifd.0 : data.pointee.ifd.2
    }
}
