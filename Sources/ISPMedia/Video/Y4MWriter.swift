// YUV4MPEG2: uncompressed video with a header in plain text, which encoders and players read from a pipe.

import ISPImaging

/// Writes YUV4MPEG2 (`.y4m`): size, frame rate, chroma siting and range in the header, then planes.
///
/// NV12 becomes I420 on the way. Sides of 4:2:0 may be odd, chroma planes are rounded up. The header has no place for the
/// luma weights: players take BT.709 or BT.601 by their own rules, so tell them where it matters (`ffmpeg -i video.y4m
/// -vf setparams=colorspace=bt709`).
public final class Y4MWriter: VideoWriter {
    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "y4m", summary: "YUV4MPEG2, uncompressed 4:2:0 or grey, for encoders and players", extensions: ["y4m"],
        formats: [.i420, .nv12, .grey8])

    /// The number of pictures written.
    public private(set) var frameCount = 0
    private let stream: VideoStream
    private let output: VideoOutput
    /// One row of one chroma plane.
    private let scratch: UnsafeMutableBufferPointer<UInt8>

    /// Opens the output and writes the header; see `VideoWriter`.
    public init(_ stream: VideoStream, options: WriterOptions, to target: OutputTarget) throws(ISPError) {
        self.stream = stream
        output = try VideoOutput(target, options: options)
        scratch = .allocate(capacity: (stream.size.width + 1) / 2)
        try output.frame { file throws(ISPError) in try file.write(Array(Self.header(stream).utf8)) }
    }

    deinit { scratch.deallocate() }

    private static let frameHeader = Array("FRAME\n".utf8)

    /// The header's line. `C420mpeg2` is 4:2:0 with chroma at the even columns and half-way between two rows ("left"), as
    /// the pack stage places it; plain `C420` and `C420jpeg` put it half-way between two columns as well, and `C420paldv`
    /// on a row. Grey pictures use all codes. `XCOLORRANGE` is ffmpeg's word; others skip what begins with X.
    private static func header(_ stream: VideoStream) -> String {
        let isGrey = stream.format == .grey8
        let isFull = isGrey || stream.range == .full
        return "YUV4MPEG2 W\(stream.size.width) H\(stream.size.height)"
            + " F\(stream.frameRate.numerator):\(stream.frameRate.denominator) Ip A1:1"
            + " C\(isGrey ? "mono" : "420mpeg2") XCOLORRANGE=\(isFull ? "FULL" : "LIMITED")\n"
    }

    /// Writes the next picture; see `VideoWriter`.
    public func write(_ image: ImageBuffer, number: Int, attributes: PictureAttributes) throws(ISPError) {
        try stream.check(image)
        try output.frame { file throws(ISPError) in
            try file.write(Self.frameHeader)
            guard image.format.layout == .nv12 else { return try file.write(UnsafeRawBufferPointer(image.bytes)) }
            try file.write(UnsafeRawBufferPointer(rebasing: image.bytes[..<image.planes[0].end]))
            for first in 0...1 { try writeChroma(image, first, to: file) }
        }
        frameCount += 1
    }

    /// Completes the video; see `VideoWriter`.
    public func finish() throws(ISPError) { try output.finish() }

    private func writeChroma(_ image: ImageBuffer, _ first: Int, to file: OutputFile) throws(ISPError) {
        for y in 0..<image.planes[1].rows {
            ChromaRows.deinterleave(
                image.row(y, plane: 1), first: first, into: scratch.baseAddress!, count: scratch.count)
            try file.write(UnsafeRawBufferPointer(scratch))
        }
    }
}
