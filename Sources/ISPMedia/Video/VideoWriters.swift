// The table of video writers, and the one way to open one.
//
// A new writer is one file with a type that conforms to `VideoWriter` and one line in `VideoWriters.all`.

import ISPImaging

/// The video writers.
public enum VideoWriters {
    /// Every writer, in the order in which lists show them.
    public static let all: [any VideoWriter.Type] = [
        Y4MWriter.self,
        MJPEGWriter.self,
        RawVideoWriter.self,
        NumberedPicturesWriter.self,
        NullVideoWriter.self,
    ]

    /// The writer for `path`: numbered pictures where it has a number field (`out/%05d.png`), else the one that its
    /// extension selects, without regard to case.
    /// - Throws: `ISPError(.usage)` that lists the known extensions.
    public static func forPath(_ path: String) throws(ISPError) -> any VideoWriter.Type {
        if (try? NumberedName(path)) != nil { return NumberedPicturesWriter.self }
        let advice = "a pattern such as out/%05d.png for pictures, or name the writer (\(names))"
        let known = all.flatMap { $0.descriptor.extensions }
        let wanted = try Writers.fileExtension(of: path, known: known, advice: advice)
        guard let writer = all.first(where: { $0.descriptor.extensions.contains(wanted) }) else {
            throw Writers.unknownExtension(wanted, known: known, advice: advice)
        }
        return writer
    }

    /// The writer of a name, without regard to case.
    /// - Throws: `ISPError(.usage)` that lists the names.
    public static func named(_ name: String) throws(ISPError) -> any VideoWriter.Type {
        let wanted = name.lowercased()
        guard let writer = all.first(where: { $0.descriptor.name == wanted }) else {
            throw ISPError(.usage, "unknown video writer '\(name)'; the video writers are \(names)")
        }
        return writer
    }

    /// Opens a video.
    ///
    /// - Parameters:
    ///   - stream: what is the same for every picture, in one of the writer's pixel formats.
    ///   - options: how to write; an existing file is kept unless `options.overwrite`.
    ///   - writer: the file format, from `forPath(_:)` or `named(_:)`.
    ///   - target: where to.
    /// - Throws: `ISPError(.usage)` for options out of range and streams that the writer does not take, and as the
    ///   writer's `init`.
    public static func open(
        _ stream: VideoStream, options: WriterOptions, as writer: any VideoWriter.Type, to target: OutputTarget
    ) throws(ISPError) -> any VideoWriter {
        try options.check()
        try check(stream.format, for: writer)
        return try writer.init(stream, options: options, to: target)
    }

    /// Refuses a pixel format that a writer does not take; for callers that want to know before they render.
    /// - Throws: `ISPError(.usage)` that names the formats it takes and the writers that take this one.
    public static func check(_ format: PixelFormat, for writer: any VideoWriter.Type) throws(ISPError) {
        let descriptor = writer.descriptor
        guard !descriptor.formats.contains(format) else { return }
        let others = all.map { $0.descriptor }.filter { $0.formats.contains(format) }.map(\.name)
        throw ISPError(
            .usage,
            "the \(descriptor.name) video writer does not take \(format) pixels; render "
                + descriptor.formats.map(\.name).joined(separator: ", ")
                + (others.isEmpty ? "" : ", or write \(format) as \(others.joined(separator: ", "))"))
    }

    private static var names: String { all.map { $0.descriptor.name }.joined(separator: ", ") }
}
