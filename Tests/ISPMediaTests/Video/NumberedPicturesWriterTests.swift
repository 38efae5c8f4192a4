// A picture for every frame, called by its number.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct NumberedPicturesWriterTests {
    private let size = Size(width: 20, height: 17)

    private func open(
        _ path: String, _ format: PixelFormat = .rgb888, overwrite: Bool = false
    ) throws -> any VideoWriter {
        var options = WriterOptions()
        options.overwrite = overwrite
        return try VideoWriters.open(
            try stream(format, size), options: options, as: try VideoWriters.forPath(path), to: .file(path))
    }

    @Test func framesAreCalledByTheirNumbers() throws {
        let scratch = try Scratch()
        let video = try open(scratch.file("f%04d.png"))
        let image = try picture(.rgb888, size)
        for number in [0, 1, 3, 12_345] { try video.write(image, number: number, attributes: fullAttributes) }
        try video.finish()
        #expect(scratch.names == ["f0000.png", "f0001.png", "f0003.png", "f12345.png"])
        #expect(video.frameCount == 4)
        let alone = try written(image, as: PNGWriter.self)
        for name in scratch.names { #expect(try contents(scratch.file(name)) == alone) }
    }

    @Test func withoutNumbersTheyCountFromOne() throws {
        let scratch = try Scratch()
        let video = try open(scratch.file("50%%_%d.ppm"))
        for _ in 0..<3 { try video.write(try picture(.rgb888, size)) }
        #expect(scratch.names == ["50%_1.ppm", "50%_2.ppm", "50%_3.ppm"])
    }

    @Test func existingPicturesAreKeptUnlessTheyMayBeOverwritten() throws {
        let scratch = try Scratch()
        try Data([1]).write(to: URL(fileURLWithPath: scratch.file("2.ppm")))
        let video = try open(scratch.file("%d.ppm"))
        try video.write(try picture(.rgb888, size))
        let error = failure { try video.write(try picture(.rgb888, size)) }
        #expect(error?.kind == .cannotCreateOutput && error?.message.contains("--overwrite") == true)
        #expect(try contents(scratch.file("2.ppm")) == [1])
        #expect(failure { try video.write(try picture(.rgb888, size)) } == error, "the failure stays")
        #expect(failure { try video.finish() } == error)
        #expect(video.frameCount == 1)

        let second = try open(scratch.file("%d.ppm"), overwrite: true)
        for _ in 0..<2 { try second.write(try picture(.rgb888, size)) }
        #expect(try contents(scratch.file("2.ppm")) == contents(scratch.file("1.ppm")))
    }

    @Test func whatCannotBeIsRefusedWhenItIsOpened() throws {
        let scratch = try Scratch()
        let writer = NumberedPicturesWriter.self
        let stream = try stream(.nv12, size)
        let cases: [(OutputTarget, ISPError.Kind, String)] = [
            (.standardOutput, .usage, "out/%05d.png"), (.file("a.png"), .usage, "out/%05d.png"),
            (.file("%d%d.png"), .usage, "out/%05d.png"), (.file("%x.png"), .usage, "out/%05d.png"),
            (.file(scratch.file("%d.mp4")), .usage, "no writer for '.mp4'"),
            (.file(scratch.file("%d.png")), .usage, "does not take NV12"),
            (.file(scratch.file("missing/%d.nv12")), .cannotCreateOutput, "does not exist"),
        ]
        for (target, kind, advice) in cases {
            let error = failure {
                _ = try VideoWriters.open(stream, options: WriterOptions(), as: writer, to: target)
            }
            #expect(error?.kind == kind && error?.message.contains(advice) == true, "\(error?.message ?? "none")")
        }
        #expect(scratch.names.isEmpty)
    }
}
