// Frames that go nowhere, for measurements and dry runs.

import ISPImaging

/// Takes any picture, writes nothing and counts.
public final class NullVideoWriter: VideoWriter {
    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "null", summary: "nothing: frames are counted and dropped", extensions: [], formats: PixelFormat.all)

    /// The number of pictures taken.
    public private(set) var frameCount = 0
    private let stream: VideoStream
    private var isFinished = false

    /// Opens nothing; the target is not touched.
    public init(_ stream: VideoStream, options: WriterOptions, to target: OutputTarget) throws(ISPError) {
        self.stream = stream
    }

    /// Counts the picture; see `VideoWriter`.
    public func write(_ image: ImageBuffer, number: Int, attributes: PictureAttributes) throws(ISPError) {
        guard !isFinished else { throw ISPError(.usage, "the video is finished; open another one") }
        try stream.check(image)
        frameCount += 1
    }

    /// Ends the counting; see `VideoWriter`.
    public func finish() throws(ISPError) { isFinished = true }
}
