// Portable pixmaps: a line of text and the samples.

import ISPImaging

/// Writes netpbm's binary formats: PPM (P6) for colour, PGM (P5) for grey, 8 bits, or up to 16 in big-endian order.
/// They carry no colour profile and no EXIF.
public enum PPMWriter: PictureWriter {
    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "ppm", summary: "PPM or PGM, 8 or 16 bits, without metadata", extensions: ["ppm", "pgm", "pnm"],
        formats: [.rgb888, .rgb48, .grey8, .grey16])

    /// Encodes `image`; see `PictureWriter`.
    public static func encode(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions, to file: OutputFile
    ) throws(ISPError) {
        let magic = image.format.samplesPerPixel == 3 ? "P6" : "P5"
        let header = "\(magic)\n\(image.size.width) \(image.size.height)\n\(image.format.maximum)\n"
        try file.write(Array(header.utf8))
        guard image.format.packing == .words else {
            return try file.write(UnsafeRawBufferPointer(image.bytes))
        }
        let swapped = UnsafeMutableRawBufferPointer.allocate(byteCount: image.planes[0].bytesPerRow, alignment: 64)
        defer { swapped.deallocate() }
        for y in 0..<image.size.height {
            swap(UnsafeRawBufferPointer(image.row(y)), into: swapped)
            try file.write(UnsafeRawBufferPointer(swapped))
        }
    }

    /// Turns little-endian words into big-endian ones, whatever the machine's own order.
    private static func swap(_ source: UnsafeRawBufferPointer, into destination: UnsafeMutableRawBufferPointer) {
        let from = source.assumingMemoryBound(to: UInt16.self)
        let to = destination.assumingMemoryBound(to: UInt16.self)
        for i in 0..<from.count { to[i] = from[i].byteSwapped }
    }
}
