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

/// The calling thread, for ``waitUntilAsleep(_:)`` and ``waitUntilReading(_:)`` of another one.
func thisThread() -> String {
    // The link names the thread of whoever reads it.
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
}

/// Lets others run until something has happened, or so long that it never will: the test then fails by what it expects.
private func yieldUntil(_ hasHappened: () -> Bool) {
    for _ in 0..<1_000_000 {
        if hasHappened() { return }
        sched_yield()
    }
}

/// A file that the system keeps about a thread, nil where it keeps none.
private func record(_ name: String, of thread: String) -> String? {
    try? String(contentsOfFile: "/proc/\(thread)/\(name)", encoding: .utf8)
}

/// Waits until a thread sleeps in a call of the system's: until its read or its poll really waits.
func waitUntilAsleep(_ thread: String) {
    yieldUntil {
        // The state stands behind the name in parentheses: S for a sleep that signals end.
        guard let status = record("stat", of: thread) else { return true }
        return status.split(separator: ")").last?.first { $0 != " " } == "S"
    }
}

/// Waits until a thread has read something.
func waitUntilReading(_ thread: String) {
    let before = record("io", of: thread)?.prefix { $0 != "\n" }
    yieldUntil { before == nil || record("io", of: thread)?.prefix { $0 != "\n" } != before }
}

/// Waits until the reader of a pipe has taken everything.
func waitUntilTaken(_ descriptor: Int32) {
    var count: Int32 = 0
    yieldUntil { ioctl(descriptor, UInt(FIONREAD), &count) != 0 || count == 0 }
}

/// The writers that make one stream of bytes, by name.
let streamingWriters = ["y4m", "mjpeg", "raw"]
