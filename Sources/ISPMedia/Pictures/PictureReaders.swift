// Finished pictures as input: for comparison, and as scenes of the synthetic camera.

import ISPImaging

/// Reads PNG, JPEG, TIFF and binary PPM or PGM pictures of 8 and 16 bits.
///
/// What a picture says of its colours is not read: codes come as they are stored. Transparency is dropped.
public enum PictureReaders {
    /// The most pixels of a picture, 268 million.
    public static let maximumPixels = 1 << 28

    /// Reads a picture.
    /// - Parameter path: a file; its kind is told from its first bytes.
    /// - Returns: RGB or grey, 8 or 16 bits.
    /// - Throws: `ISPError(.cannotOpenInput)`, `.unsupportedInput` for other kinds of files, `.damagedInput`, `.resource`.
    public static func read(_ path: String) throws(ISPError) -> ImageBuffer {
        do throws(ISPError) {
            guard case .regular(let count) = try FileBytes.kind(of: path) else {
                throw ISPError(.cannotOpenInput, "is not a regular file")
            }
            return try decode(try FileBytes(path: path, offset: 0, count: count))
        } catch { throw error.about(path) }
    }

    /// Decodes a picture in memory; see `read`.
    public static func decode(_ bytes: [UInt8]) throws(ISPError) -> ImageBuffer { try decode(FileBytes(bytes)) }

    private static func decode(_ file: FileBytes) throws(ISPError) -> ImageBuffer {
        try withExtendedLifetime(file) { () throws(ISPError) in
            let bytes = file.bytes
            let head = Array(bytes.prefix(4))
            if head.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return try PNGPicture.decode(bytes) }
            if head.starts(with: [0xff, 0xd8, 0xff]) { return try JPEGPicture.decode(bytes) }
            if head.starts(with: [0x49, 0x49]) || head.starts(with: [0x4d, 0x4d]) {
                return try TIFFPicture.decode(bytes)
            }
            if head.starts(with: [0x50, 0x35]) || head.starts(with: [0x50, 0x36]) {
                return try NetpbmPicture.decode(bytes)
            }
            throw ISPError(
                .unsupportedInput, "is no picture that is read here; convert it to PNG, JPEG, TIFF or binary PPM")
        }
    }

    /// An empty picture of a stated size, refused where the size is absurd.
    static func allocate(_ format: PixelFormat, width: Int, height: Int) throws(ISPError) -> ImageBuffer {
        guard width > 0, height > 0 else { throw ISPError(.damagedInput, "a picture of \(width)x\(height) pixels") }
        guard width <= RawFrame.maximumSide, height <= RawFrame.maximumSide, width * height <= maximumPixels else {
            throw ISPError(
                .resource,
                "a picture of \(width)x\(height) pixels; \(RawFrame.maximumSide) a side and \(maximumPixels) in all are read"
            )
        }
        return try ImageBuffer(format: format, size: Size(width: width, height: height))
    }
}
