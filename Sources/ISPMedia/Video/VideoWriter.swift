// What a video writer is. The table of all of them is VideoWriters.swift.

import ISPImaging

/// Writes the finished pictures of a video, one after another: the last station of a frame.
///
/// A writer is opened for a `VideoStream`, takes pictures, and is finished. It is used by one thread at a time, and waits
/// where the disk or the reader of a pipe is slow. After a failure every call throws that failure again; a writer that is
/// dropped without `finish()` closes its file, and what was written stays.
public protocol VideoWriter: AnyObject, SendableMetatype {
    /// What the writer is called, takes and honours.
    static var descriptor: WriterDescriptor { get }

    /// Opens the output and writes what stands in front of the first picture.
    ///
    /// Call `VideoWriters.open` instead: it checks the pixel format and the options first.
    /// - Parameters:
    ///   - stream: what is the same for every picture.
    ///   - options: quality, whether to overwrite and so on; see the descriptor for those that make a difference.
    ///   - target: standard output, or a path; of a named pipe this waits for the reader.
    /// - Throws: `ISPError(.cannotCreateOutput)`, `.inputOutput` for a full disk or a closed pipe, `.usage` for a stream
    ///   that the file format cannot hold, `.resource` for pictures too large for it.
    init(_ stream: VideoStream, options: WriterOptions, to target: OutputTarget) throws(ISPError)

    /// The number of pictures written.
    var frameCount: Int { get }

    /// Writes the next picture; it has reached the system when this returns.
    ///
    /// - Parameters:
    ///   - image: of the stream's size and pixel format; not needed any more when this returns.
    ///   - number: the frame's number, 0 or more, for files that are called by it. Streams have no place for numbers: a
    ///     frame that is left out makes them shorter.
    ///   - attributes: what the picture's file says about it, where each has a file.
    /// - Throws: `ISPError(.inputOutput)` for a full disk or a closed pipe, `.usage` for a picture of another size or
    ///   format and after `finish()`, `.cannotCreateOutput` where each picture has a file, `.resource`.
    func write(_ image: ImageBuffer, number: Int, attributes: PictureAttributes) throws(ISPError)

    /// Completes and closes the output. A second call does nothing.
    /// - Throws: `ISPError(.inputOutput)` where the system lost bytes that it had taken.
    func finish() throws(ISPError)
}

extension VideoWriter {
    /// Writes the next picture; numbers count from 1.
    /// - Throws: as `write(_:number:attributes:)`.
    public func write(_ image: ImageBuffer) throws(ISPError) {
        try write(image, number: frameCount + 1, attributes: PictureAttributes())
    }
}
