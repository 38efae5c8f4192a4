// A video writer as a sink.

import ISPImaging
import ISPMedia
import ISPRuntime

/// Writes the pictures of a stream as a video. Frames without a picture are left out.
public final class VideoSink: FrameSink, @unchecked Sendable {
    // Sendable: used by the sink's thread only.
    private let writer: any VideoWriter
    private let capture: CaptureInfo

    /// Opens the output.
    ///
    /// - Parameters:
    ///   - session: whose pictures are written.
    ///   - format: the file format.
    ///   - target: where to.
    ///   - options: how to write.
    /// - Throws: `ISPError` as `VideoWriters.open`.
    public init(
        _ session: Session, as format: any VideoWriter.Type, to target: OutputTarget, options: WriterOptions
    ) throws(ISPError) {
        let settings = session.settings
        let stream = try VideoStream(
            format: session.pixelFormat, size: session.pictureSize, frameRate: try FrameRate(session.frameRate),
            range: settings.range, standard: settings.ycbcr)
        writer = try VideoWriters.open(stream, options: options, as: format, to: target)
        capture = session.captureInfo
    }

    /// Writes the picture, if there is one.
    /// - Throws: `ISPError` as the writer.
    public func take(_ result: FrameResult) throws(ISPError) {
        guard let picture = result.picture else { return }
        let attributes = PictureAttributes(
            colorSpace: result.settings.colorSpace, transfer: result.settings.transfer, capture: capture,
            software: "SoftISP")
        // Files are numbered from 1, as those of `develop`.
        try writer.write(picture, number: Int(clamping: result.frame) + 1, attributes: attributes)
    }

    /// Completes the video.
    /// - Throws: `ISPError` as the writer.
    public func finish() throws(ISPError) { try writer.finish() }
}

extension FrameRate {
    /// The rate with the smallest terms within a millionth of a number.
    /// - Throws: `ISPError(.usage)` for a number that is no rate.
    init(_ framesPerSecond: Double) throws(ISPError) {
        guard framesPerSecond.isFinite, (0.001...1_000_000).contains(framesPerSecond) else {
            throw ISPError(.usage, "a frame rate of \(framesPerSecond); use 0.001 to 1000000")
        }
        for denominator in [1, 1001, 10, 100, 1000] {
            let numerator = (framesPerSecond * Double(denominator)).rounded()
            if numerator >= 1, abs(numerator / Double(denominator) - framesPerSecond) <= framesPerSecond * 1e-6 {
                try self.init(Int(numerator), denominator)
                return
            }
        }
        try self.init(max(1, Int((framesPerSecond * 1000).rounded())), 1000)
    }
}
