// The table of picture writers, and the one way to write a picture.
//
// A new writer is one file with a type that conforms to `PictureWriter` and one line in `Writers.all`.

import ISPImaging

/// The picture writers.
public enum Writers {
    /// Every writer, in the order in which lists show them.
    public static let all: [any PictureWriter.Type] = [
        JPEGWriter.self,
        PNGWriter.self,
        TIFFWriter.self,
        PPMWriter.self,
        RawPlanesWriter.self,
    ]

    /// The largest width and height in pixels that every format's fields hold (PNG's are 31 bits wide).
    public static let maximumSide = Int(Int32.max)

    /// The writer that the extension of `path` selects, without regard to case.
    /// - Throws: `ISPError(.usage)` that lists the known extensions.
    public static func forPath(_ path: String) throws(ISPError) -> any PictureWriter.Type {
        let known = all.flatMap { $0.descriptor.extensions }
        let wanted = try fileExtension(of: path, known: known, advice: nameAdvice)
        guard let writer = all.first(where: { $0.descriptor.extensions.contains(wanted) }) else {
            throw unknownExtension(wanted, known: known, advice: nameAdvice)
        }
        return writer
    }

    /// The extension of `path` in lower case, without the dot.
    /// - Throws: `ISPError(.usage)` where it has none, with the known ones and the advice.
    static func fileExtension(of path: String, known: [String], advice: String) throws(ISPError) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard name != "-" else {
            throw ISPError(.usage, "standard output has no extension to tell the file format; \(advice)")
        }
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
            throw ISPError(
                .usage, "'\(path)' has no extension to tell the file format; use one of \(list(known)), or \(advice)")
        }
        return name[name.index(after: dot)...].lowercased()
    }

    /// The refusal of an extension that no writer has.
    static func unknownExtension(_ wanted: String, known: [String], advice: String) -> ISPError {
        ISPError(.usage, "no writer for '.\(wanted)' files; use one of \(list(known)), or \(advice)")
    }

    private static func list(_ extensions: [String]) -> String {
        extensions.map { "." + $0 }.joined(separator: ", ")
    }

    /// The writer of a name, without regard to case.
    /// - Throws: `ISPError(.usage)` that lists the names.
    public static func named(_ name: String) throws(ISPError) -> any PictureWriter.Type {
        let wanted = name.lowercased()
        guard let writer = all.first(where: { $0.descriptor.name == wanted }) else {
            throw ISPError(.usage, "unknown writer '\(name)'; the writers are \(names)")
        }
        return writer
    }

    /// Writes a picture: the file appears whole under its name, or not at all.
    ///
    /// - Parameters:
    ///   - image: the picture, in one of the writer's pixel formats.
    ///   - attributes: what the file says about it.
    ///   - options: how to write; see `WriterOptions`.
    ///   - writer: the file format, from `forPath(_:)` or `named(_:)`.
    ///   - target: where to; existing files are kept unless `options.overwrite`.
    /// - Throws: `ISPError(.usage)` for options out of range or a pixel format the writer does not take,
    ///   `.cannotCreateOutput` where the file cannot be made, `.inputOutput` for a full disk or a closed pipe,
    ///   `.resource` for a picture too large for the file format.
    public static func write(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions,
        as writer: any PictureWriter.Type, to target: OutputTarget
    ) throws(ISPError) {
        try options.check()
        try check(image.format, for: writer)
        guard max(image.size.width, image.size.height) <= maximumSide else {
            throw ISPError(.resource, "a picture of \(image.size) pixels is too large for any file format; crop it")
        }
        try AtomicFile.write(to: target, overwrite: options.overwrite, synchronize: options.synchronize) {
            file throws(ISPError) in
            try writer.encode(image, attributes, options: options, to: file)
        }
    }

    /// Refuses a pixel format that a writer does not take; for callers that want to know before they render.
    /// - Throws: `ISPError(.usage)` that names the formats it takes and the writers that take this one.
    public static func check(_ format: PixelFormat, for writer: any PictureWriter.Type) throws(ISPError) {
        let descriptor = writer.descriptor
        guard !descriptor.formats.contains(format) else { return }
        let others = all.map { $0.descriptor }.filter { $0.formats.contains(format) }.map(\.name)
        throw ISPError(
            .usage,
            "the \(descriptor.name) writer does not take \(format) pixels; render "
                + descriptor.formats.map(\.name).joined(separator: ", ")
                + (others.isEmpty ? "" : ", or write \(format) as \(others.joined(separator: ", "))"))
    }

    private static var names: String { all.map { $0.descriptor.name }.joined(separator: ", ") }
    private static var nameAdvice: String { "name the writer (\(names))" }
}
