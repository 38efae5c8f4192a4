// The table of video writers, and the promises that all of them share.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct VideoWritersTests {
    private static let names = VideoWriters.all.map { $0.descriptor.name }
    private let size = Size(width: 6, height: 4)

    @Test func pathsPickTheWriter() throws {
        let expected = [
            "a.y4m": "y4m", "dir.mjpeg/a.Y4M": "y4m", "a.mjpeg": "mjpeg", "a.mjpg": "mjpeg", "a.raw": "raw",
            "a.yuv": "raw",
            "a.nv12": "raw", "out/%05d.png": "pictures", "%d.raw": "pictures",
        ]
        for (path, name) in expected { #expect(try VideoWriters.forPath(path).descriptor.name == name, "\(path)") }
    }

    @Test(arguments: ["a.mp4", "a", ".y4m", "a.", "-", "a.png", "%d%d.png"]) func otherPathsAreRefused(_ path: String) {
        let error = failure { _ = try VideoWriters.forPath(path) }
        #expect(error?.kind == .usage)
        #expect(error?.message.contains("y4m, mjpeg, raw, pictures, null") == true, "\(error?.message ?? "none")")
        #expect(error?.message.contains("out/%05d.png") == true)
    }

    @Test func namesPickTheWriter() throws {
        for writer in VideoWriters.all {
            #expect(try VideoWriters.named(writer.descriptor.name.uppercased()) == writer)
        }
        #expect(
            failure { _ = try VideoWriters.named("mp4") }
                == ISPError(
                    .usage, "unknown video writer 'mp4'; the video writers are y4m, mjpeg, raw, pictures, null"))
    }

    @Test func noNameOrExtensionIsTakenTwice() {
        let descriptors = VideoWriters.all.map { $0.descriptor }
        let extensions = descriptors.flatMap(\.extensions)
        #expect(Set(descriptors.map(\.name)).count == descriptors.count)
        #expect(Set(extensions).count == extensions.count)
        for descriptor in descriptors { #expect(!descriptor.formats.isEmpty && !descriptor.summary.isEmpty) }
    }

    @Test func everyPairOfFormatAndWriterWritesOrSaysWhatToDo() throws {
        for writer in VideoWriters.all {
            for format in PixelFormat.all {
                let scratch = try Scratch()
                // Raw planes hold every format; the other picture writers are tested by themselves.
                let target = OutputTarget.file(scratch.file(writer == NumberedPicturesWriter.self ? "%d.raw" : "a"))
                let error = failure {
                    let video = try VideoWriters.open(
                        try stream(format, size), options: WriterOptions(), as: writer, to: target)
                    try video.write(try picture(format, size))
                    try video.finish()
                }
                if writer.descriptor.formats.contains(format) {
                    #expect(error == nil, "\(writer.descriptor.name) \(format)")
                } else {
                    #expect(error?.kind == .usage)
                    #expect(error?.message.contains(writer.descriptor.formats[0].name) == true)
                    #expect(error?.message.contains("raw, pictures, null") == true)
                    #expect(scratch.names.isEmpty)
                }
            }
        }
    }

    @Test(arguments: names) func picturesOfAnotherKindAndLateOnesAreRefused(_ name: String) throws {
        let scratch = try Scratch()
        let target = OutputTarget.file(scratch.file(name == "pictures" ? "%d.pgm" : "a"))
        let video = try VideoWriters.open(
            try stream(.grey8, size), options: WriterOptions(), as: try VideoWriters.named(name), to: target)
        #expect(failure { try video.write(try picture(.grey8, size.transposed)) }?.kind == .usage)
        #expect(failure { try video.write(try picture(.rgb888, size)) }?.kind == .usage)
        try video.write(try picture(.grey8, size))
        try video.finish()
        try video.finish()
        let late = failure { try video.write(try picture(.grey8, size)) }
        #expect(late?.kind == .usage && late?.message.contains("finished") == true)
        #expect(video.frameCount == 1)
    }

    @Test func optionsOutOfRangeAreRefused() throws {
        let scratch = try Scratch()
        var options = WriterOptions()
        options.quality = 101
        let error = failure {
            _ = try VideoWriters.open(
                try stream(.grey8, size), options: options, as: MJPEGWriter.self, to: .file(scratch.file("a")))
        }
        #expect(error?.kind == .usage && scratch.names.isEmpty)
    }

    @Test func rawVideoIsTheBytesOfAllPictures() throws {
        for format in PixelFormat.all {
            for size in oddSizes {
                let images = [try picture(format, size), try counting(format, size, from: 7)]
                let bytes = try filmed(images, try stream(format, size), as: RawVideoWriter.self)
                #expect(bytes == images.flatMap { Array($0.bytes) }, "\(format) \(size)")
            }
        }
    }

    @Test func nothingIsWrittenByTheNullWriter() throws {
        let scratch = try Scratch()
        let video = try VideoWriters.open(
            try stream(.nv12, size), options: WriterOptions(), as: NullVideoWriter.self, to: .file(scratch.file("a")))
        for _ in 0..<3 { try video.write(try picture(.nv12, size)) }
        try video.finish()
        #expect(video.frameCount == 3 && scratch.names.isEmpty)
    }
}
