// A video as a folder of pictures.

import ISPImaging

/// Writes every frame as a picture of its own, named by a pattern such as `out/%05d.png`, in any format of `Writers`.
///
/// Each file appears whole or not at all, and an existing one is kept unless the options allow to overwrite it. A file is
/// called by the number that the caller gives the frame, so a frame that was lost leaves its number out.
public final class NumberedPicturesWriter: VideoWriter {
    /// What the writer is called, takes and honours. The pixel formats are those of all picture writers together; the one
    /// that the pattern's extension selects may take fewer.
    public static let descriptor = WriterDescriptor(
        name: "pictures", summary: "a picture for every frame, by a pattern such as out/%05d.png", extensions: [],
        formats: PixelFormat.all, options: WriterOption.allCases)

    /// The number of pictures written.
    public private(set) var frameCount = 0
    private let stream: VideoStream
    private let options: WriterOptions
    private let pattern: NumberedName
    private let writer: any PictureWriter.Type
    private var failure: ISPError?
    private var isFinished = false

    /// Reads the pattern, and makes sure that its extension has a writer and its folder can be written to.
    /// - Throws: `ISPError(.usage)` for standard output, a path without exactly one number field and a pixel format that
    ///   the picture writer does not take; `.cannotCreateOutput` for a missing or forbidden folder.
    public init(_ stream: VideoStream, options: WriterOptions, to target: OutputTarget) throws(ISPError) {
        guard case .file(let path) = target, let pattern = try? NumberedName(path) else {
            throw ISPError(
                .usage, "'\(target)' cannot take a picture for every frame; give a pattern such as out/%05d.png")
        }
        self.stream = stream
        self.options = options
        self.pattern = pattern
        writer = try Writers.forPath(pattern.name(0))
        try Writers.check(stream.format, for: writer)
        try AtomicFile.check(.file(pattern.name(0)), overwrite: true)
    }

    /// Writes the picture's file; see `VideoWriter`.
    /// - Precondition: `number >= 0`.
    public func write(_ image: ImageBuffer, number: Int, attributes: PictureAttributes) throws(ISPError) {
        precondition(number >= 0, "a negative frame number")
        if let failure { throw failure }
        guard !isFinished else { throw ISPError(.usage, "the video is finished; open another one") }
        try stream.check(image)
        do throws(ISPError) {
            try Writers.write(image, attributes, options: options, as: writer, to: .file(pattern.name(number)))
        } catch {
            failure = error
            throw error
        }
        frameCount += 1
    }

    /// Ends the sequence; the pictures are complete already. See `VideoWriter`.
    public func finish() throws(ISPError) {
        isFinished = true
        if let failure { throw failure }
    }
}
