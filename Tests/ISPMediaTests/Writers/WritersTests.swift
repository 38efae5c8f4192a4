// The table of writers: looking up, refusing, and the promises all writers share.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct WritersTests {
    @Test func extensionsPickTheWriter() throws {
        let expected = [
            "a.jpg": "jpeg", "a.JPEG": "jpeg", "dir.png/b.Png": "png", "a.tif": "tiff", "a.b.tiff": "tiff",
            "a.ppm": "ppm", "a.pgm": "ppm", "a.raw": "raw", "a.yuv": "raw",
        ]
        for (path, name) in expected { #expect(try Writers.forPath(path).descriptor.name == name) }
    }

    @Test(arguments: ["a.xyz", "a", "dir.png/a", ".png", "a.", "-"]) func otherPathsAreRefused(_ path: String) {
        let error = failure { _ = try Writers.forPath(path) }
        #expect(error?.kind == .usage)
        #expect(error?.message.contains("jpeg, png, tiff, ppm, raw") == true)
    }

    @Test func namesPickTheWriter() throws {
        for writer in Writers.all { #expect(try Writers.named(writer.descriptor.name.uppercased()) == writer) }
        let error = failure { _ = try Writers.named("gif") }
        #expect(error == ISPError(.usage, "unknown writer 'gif'; the writers are jpeg, png, tiff, ppm, raw"))
    }

    @Test func noNameOrExtensionIsTakenTwice() {
        let descriptors = Writers.all.map { $0.descriptor }
        #expect(Set(descriptors.map(\.name)).count == descriptors.count)
        let extensions = descriptors.flatMap(\.extensions)
        #expect(Set(extensions).count == extensions.count)
        for descriptor in descriptors {
            #expect(!descriptor.formats.isEmpty && !descriptor.summary.isEmpty)
            #expect(Set(descriptor.formats).count == descriptor.formats.count)
        }
    }

    @Test func everyPairOfFormatAndWriterWritesOrSaysWhatToDo() throws {
        for writer in Writers.all {
            for format in PixelFormat.all {
                let scratch = try Scratch()
                let image = try ImageBuffer(format: format, size: Size(width: 19, height: 17))
                let target = OutputTarget.file(scratch.file("a"))
                let error = failure {
                    try Writers.write(image, fullAttributes, options: WriterOptions(), as: writer, to: target)
                }
                if writer.descriptor.formats.contains(format) {
                    #expect(error == nil, "\(writer.descriptor.name) \(format)")
                    #expect(scratch.names == ["a"])
                } else {
                    #expect(error?.kind == .usage)
                    #expect(error?.message.contains(writer.descriptor.formats[0].name) == true)
                    #expect(scratch.names.isEmpty)
                }
            }
        }
    }

    @Test func aSixteenBitJPEGIsRefusedWithAdvice() {
        let error = failure { try Writers.check(.rgb48, for: JPEGWriter.self) }
        #expect(
            error?.message == "the jpeg writer does not take RGB48 pixels; render RGB888, BGR888, R8, "
                + "or write RGB48 as png, tiff, ppm, raw")
    }

    @Test func optionsOutOfRangeAreRefused() throws {
        let image = try ImageBuffer(format: .rgb888, size: Size(width: 16, height: 16))
        let changes: [(inout WriterOptions) -> Void] = [
            { $0.quality = 0 }, { $0.quality = 101 }, { $0.deflateLevel = -1 }, { $0.deflateLevel = 10 },
            { $0.threads = 0 },
        ]
        for change in changes {
            var options = WriterOptions()
            change(&options)
            let scratch = try Scratch()
            let error = failure {
                try Writers.write(
                    image, fullAttributes, options: options, as: PNGWriter.self, to: .file(scratch.file("a.png")))
            }
            #expect(error?.kind == .usage)
            #expect(error?.message.contains("must be") == true)
            #expect(scratch.names.isEmpty)
        }
    }

    @Test func equalPicturesAreEqualFiles() throws {
        func files() throws -> [[UInt8]] {
            try Writers.all.map { writer in
                try written(try picture(writer.descriptor.formats[0], Size(width: 50, height: 70)), as: writer)
            }
        }
        // Formats store seconds: the second round is made in another one.
        let second = time(nil)
        let first = try files()
        while time(nil) == second {}
        let equal = try files() == first
        #expect(equal)
    }

    @Test func subsamplingFollowsTheQuality() {
        var options = WriterOptions()
        #expect(options.quality == 92 && options.effectiveSubsampling == .full)
        options.quality = 89
        #expect(options.effectiveSubsampling == .half)
        options.subsampling = .halfWidth
        #expect(options.effectiveSubsampling == .halfWidth)
    }
}
