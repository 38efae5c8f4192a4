// What ffmpeg makes of the videos: the same samples, and of their headers what was meant.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite(.enabled(if: FFmpeg.isPresent, "install ffmpeg to run this")) struct FFmpegTests {
    private let sizes = [Size(width: 64, height: 48), Size(width: 33, height: 17), Size(width: 1, height: 1)]

    /// What ffmpeg decodes of a video that comes through a pipe while it is written.
    private func decoded(
        _ images: [ImageBuffer], _ stream: VideoStream, as writer: any VideoWriter.Type, _ input: [String],
        pixelFormat: String
    ) throws -> [UInt8] {
        let scratch = try Scratch()
        let pipe = scratch.file("pipe")
        let output = scratch.file("out")
        #expect(mkfifo(pipe, 0o600) == 0)
        let arguments =
            input + ["-i", pipe, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", pixelFormat, output]
        let player = Thread.detached { FFmpeg.run("ffmpeg", ["-v", "error", "-nostdin"] + arguments) }
        let video = try VideoWriters.open(stream, options: WriterOptions(), as: writer, to: .file(pipe))
        for image in images { try video.write(image) }
        try video.finish()
        let (code, text) = player.wait()
        #expect(code == 0, "\(text)")
        return try contents(output)
    }

    @Test(arguments: [PixelFormat.i420, .nv12, .grey8]) func y4mComesBackExactly(_ format: PixelFormat) throws {
        for size in sizes {
            let images = [try picture(format, size), try counting(format, size), try picture(format, size)]
            // Converted to its own format nothing is scaled; NV12 is stored as I420, which nv12 is made of.
            let bytes = try decoded(
                images, try stream(format, size, range: .limited), as: Y4MWriter.self, ["-f", "yuv4mpegpipe"],
                pixelFormat: try #require(format.ffmpeg))
            #expect(bytes == images.flatMap { Array($0.bytes) }, "\(format) \(size)")
        }
    }

    @Test func rawVideoComesBackExactly() throws {
        for format in PixelFormat.all {
            guard let name = format.ffmpeg, FFmpeg.pixelFormats.contains(name) else { continue }
            // ffmpeg takes odd widths of YUYV for one sample less than V4L2 does.
            for size in sizes where format.layout != .yuyv || size.width % 2 == 0 {
                let images = [try picture(format, size), try counting(format, size)]
                let bytes = try decoded(
                    images, try stream(format, size), as: RawVideoWriter.self,
                    ["-f", "rawvideo", "-pixel_format", name, "-video_size", size.description], pixelFormat: name)
                #expect(bytes == images.flatMap { Array($0.bytes) }, "\(format) \(size)")
            }
        }
    }

    @Test(arguments: [PixelFormat.rgb888, .bgr888, .i420, .nv12, .grey8])
    func motionJPEGComesBackClosely(_ format: PixelFormat) throws {
        let size = Size(width: 64, height: 48)
        let image = try ImageBuffer(format: format, size: size)
        for i in 0..<image.bytes.count { image.bytes[i] = UInt8(60 + i * 120 / image.bytes.count) }
        let planar = format.isYCbCr
        let name = planar ? "yuvj420p" : try #require(format.ffmpeg)
        let bytes = try decoded(
            [image, image, image], try stream(format, size), as: MJPEGWriter.self, ["-f", "mjpeg"], pixelFormat: name)
        let original: [UInt8]
        if format == .nv12 {
            let chroma = image.bytes[image.planes[1].offset...]
            original =
                Array(image.bytes[..<image.planes[1].offset])
                + [0, 1].flatMap { first in
                    stride(from: chroma.startIndex + first, to: chroma.endIndex, by: 2).map { chroma[$0] }
                }
        } else {
            original = Array(image.bytes)
        }
        let expected = original + original + original
        try #require(bytes.count == expected.count)
        let squares = zip(bytes, expected).map { pow(Double($0) - Double($1), 2) }.reduce(0, +)
        let psnr = 10 * log10(255 * 255 / max(squares / Double(bytes.count), 1e-9))
        #expect(psnr > 38, "\(format): \(psnr) dB")
    }

    @Test func theHeaderSaysWhatWasMeant() throws {
        let scratch = try Scratch()
        for (format, range, expected) in [
            (PixelFormat.nv12, YCbCrRange.limited, "yuv420p,tv,left,30000/1001"),
            (.i420, .full, "yuv420p,pc,left,30000/1001"), (.grey8, .limited, "gray,pc,unspecified,30000/1001"),
        ] {
            let stream = try VideoStream(
                format: format, size: Size(width: 4, height: 4), frameRate: FrameRate(30_000, 1001), range: range)
            let path = scratch.file("\(format)-\(range).y4m")
            let video = try VideoWriters.open(stream, options: WriterOptions(), as: Y4MWriter.self, to: .file(path))
            try video.write(try picture(format, stream.size))
            try video.finish()
            let (code, text) = FFmpeg.run(
                "ffprobe",
                [
                    "-v", "error", "-show_entries", "stream=pix_fmt,color_range,chroma_location,r_frame_rate", "-of",
                    "csv=p=0", path,
                ])
            #expect(code == 0 && text.trimmingCharacters(in: .whitespacesAndNewlines) == expected, "\(text)")
        }
    }
}

/// The programs of ffmpeg, where they are installed.
enum FFmpeg {
    static let isPresent = run("ffmpeg", ["-version"]).code == 0 && run("ffprobe", ["-version"]).code == 0

    /// The pixel formats that it reads and writes.
    static let pixelFormats: Set<String> = Set(
        run("ffmpeg", ["-v", "error", "-pix_fmts"]).text.split(separator: "\n")
            .filter { $0.hasPrefix("IO") }.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })

    /// Runs a program to its end and gives all that it prints.
    static func run(_ program: String, _ arguments: [String]) -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        guard (try? process.run()) != nil else { return (127, "") }
        let text = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}
