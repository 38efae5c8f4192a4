// What the video tests share: streams, and the bytes of a written video.

import Foundation
import ISPImaging
import ISPMedia
import Testing

/// A stream of 25 pictures a second. YCbCr is what JPEG holds too, so that every writer takes it.
func stream(_ format: PixelFormat, _ size: Size, range: YCbCrRange = .full) throws -> VideoStream {
    try VideoStream(format: format, size: size, frameRate: FrameRate(25), range: range, standard: .bt601)
}

/// The bytes of a file.
func contents(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

/// The bytes that a writer makes of pictures.
func filmed(
    _ images: [ImageBuffer], _ stream: VideoStream, _ options: WriterOptions = WriterOptions(),
    as writer: any VideoWriter.Type
) throws -> [UInt8] {
    let scratch = try Scratch()
    let video = try VideoWriters.open(stream, options: options, as: writer, to: .file(scratch.file("video")))
    for image in images { try video.write(image) }
    try video.finish()
    #expect(video.frameCount == images.count)
    return try contents(scratch.file("video"))
}

/// A picture whose bytes count up from `first`.
func counting(_ format: PixelFormat, _ size: Size, from first: UInt8 = 0) throws -> ImageBuffer {
    let image = try ImageBuffer(format: format, size: size)
    for i in 0..<image.bytes.count { image.bytes[i] = first &+ UInt8(truncatingIfNeeded: i) }
    return image
}

/// The writers that make one stream of bytes, by name.
let streamingWriters = ["y4m", "mjpeg", "raw"]
