// The reader of finished pictures: what a picture is compared with, and what a synthetic camera looks at.

import ISPImaging

/// Reads PNG and binary PPM and PGM; the content decides, not the name.
public enum PictureReader {
    /// The largest file read, in bytes.
    public static let maximumBytes = 1 << 31

    /// Reads a picture.
    /// - Parameter path: a file; `-` is standard input.
    /// - Throws: `ISPError` with the path in front: `.cannotOpenInput`, `.inputOutput` where reading fails,
    ///   `.unsupportedInput` for any other kind of file, `.damagedInput` for a truncated or contradictory one, `.resource`
    ///   for one that is too large.
    public static func read(_ path: String) throws(ISPError) -> Picture {
        do throws(ISPError) {
            return try decode(try bytes(of: path))
        } catch {
            throw error.about(path == "-" ? "standard input" : path)
        }
    }

    /// Decodes the bytes of a picture file.
    /// - Throws: as `read`, without a name in front.
    public static func decode(_ bytes: [UInt8]) throws(ISPError) -> Picture {
        guard !bytes.isEmpty else { throw ISPError(.damagedInput, "the file is empty (0 bytes)") }
        return try bytes.withUnsafeBufferPointer { buffer throws(ISPError) in
            let bytes = UnsafeRawBufferPointer(buffer)
            if PNGDecoder.claims(bytes) { return try PNGDecoder.decode(bytes) }
            if PPMDecoder.claims(bytes) { return try PPMDecoder.decode(bytes) }
            let name = FileSignature.find(bytes.prefix(FileSignature.length)).map { "this is \($0.name), which" }
            throw ISPError(
                .unsupportedInput,
                "\(name ?? "this kind of file") is not read as a picture; give a PNG, or a binary PPM or PGM file")
        }
    }

    private static func bytes(of path: String) throws(ISPError) -> [UInt8] {
        if path == "-" { return try FileBytes.stream(0, limit: RawSource.maximumStreamBytes) }
        switch try FileBytes.kind(of: path) {
        case .directory: throw ISPError(.cannotOpenInput, "this is a directory; give a file in it")
        case .stream: return try FileBytes.stream(path: path, limit: RawSource.maximumStreamBytes)
        case .regular(let count):
            guard count <= maximumBytes else {
                throw ISPError(.resource, "\(count) bytes; at most \(maximumBytes) are read as a picture")
            }
            return try FileBytes(path: path, offset: 0, count: count).array
        }
    }
}
