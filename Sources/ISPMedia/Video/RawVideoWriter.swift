// Frames without a header, for programs that are told what comes.

import ISPImaging

/// Writes the bytes of every picture, plane after plane, in any pixel format: what `ffmpeg -f rawvideo` reads.
public final class RawVideoWriter: VideoWriter {
    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "raw", summary: "the samples alone, in any pixel format, without a header",
        extensions: RawPlanesWriter.descriptor.extensions, formats: PixelFormat.all)

    /// The number of pictures written.
    public private(set) var frameCount = 0
    private let stream: VideoStream
    private let output: VideoOutput

    /// Opens the output; see `VideoWriter`.
    public init(_ stream: VideoStream, options: WriterOptions, to target: OutputTarget) throws(ISPError) {
        self.stream = stream
        output = try VideoOutput(target, options: options)
    }

    /// Writes the next picture; see `VideoWriter`.
    public func write(_ image: ImageBuffer, number: Int, attributes: PictureAttributes) throws(ISPError) {
        try stream.check(image)
        try output.frame { file throws(ISPError) in try file.write(UnsafeRawBufferPointer(image.bytes)) }
        frameCount += 1
    }

    /// Completes the video; see `VideoWriter`.
    public func finish() throws(ISPError) { try output.finish() }
}
