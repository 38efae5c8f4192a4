// Motion JPEG, as TurboJPEG reads each of its pictures.

import CTurboJPEG
import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct MJPEGWriterTests {
    /// The pictures of a Motion JPEG stream: entropy-coded bytes hold no EOI marker, so each ends at the first.
    private func pictures(_ video: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var start = 0
        for i in stride(from: 1, to: video.count, by: 1) where video[i - 1] == 0xff && video[i] == 0xd9 {
            found.append(Array(video[start...i]))
            start = i + 1
        }
        #expect(start == video.count)
        return found
    }

    /// Planes of a 4:2:0 JPEG, upsampled by nothing.
    private func planes(_ jpeg: [UInt8], _ size: Size) throws -> [[UInt8]] {
        let decoder = try #require(tjInitDecompress())
        defer { tjDestroy(decoder) }
        let samp = Int32(TJSAMP_420.rawValue)
        let sizes = (0..<3).map {
            (
                Int(tjPlaneWidth(Int32($0), Int32(size.width), samp)),
                Int(tjPlaneHeight(Int32($0), Int32(size.height), samp))
            )
        }
        let memory = sizes.map { UnsafeMutablePointer<UInt8>.allocate(capacity: $0.0 * $0.1) }
        defer { memory.forEach { $0.deallocate() } }
        var pointers: [UnsafeMutablePointer<UInt8>?] = memory
        try #require(
            tjDecompressToYUVPlanes(
                decoder, jpeg, UInt(jpeg.count), &pointers, 0, nil, 0, TJFLAG_ACCURATEDCT) == 0)
        return (0..<3).map { i in
            let wanted =
                i == 0 ? (size.width, size.height) : ((size.width + 1) / 2, (size.height + 1) / 2)
            return (0..<wanted.1).flatMap { y in (0..<wanted.0).map { memory[i][y * sizes[i].0 + $0] } }
        }
    }

    private func smoothPlanes(_ format: PixelFormat, _ size: Size) throws -> (ImageBuffer, planes: [[UInt8]]) {
        let image = try ImageBuffer(format: format, size: size)
        let chroma = Size(width: (size.width + 1) / 2, height: (size.height + 1) / 2)
        let planes = [size, chroma, chroma].enumerated().map { i, size in
            (0..<size.height).flatMap { y in (0..<size.width).map { UInt8(min(255, 40 + 50 * i + $0 / 2 + y / 3)) } }
        }
        for (i, value) in planes[0].enumerated() { image.bytes[i] = value }
        for c in 0..<2 {
            for (i, value) in planes[1 + c].enumerated() {
                let index =
                    format == .nv12 ? image.planes[1].offset + 2 * i + c : image.planes[1 + c].offset + i
                image.bytes[index] = value
            }
        }
        return (image, planes)
    }

    @Test(arguments: [PixelFormat.i420, .nv12]) func planesComeBackClosely(_ format: PixelFormat) throws {
        for size in oddSizes {
            let (image, expected) = try smoothPlanes(format, size)
            var options = WriterOptions()
            options.quality = 98
            let video = pictures(try filmed([image, image], try stream(format, size), options, as: MJPEGWriter.self))
            #expect(video.count == 2 && video[0] == video[1])
            for (found, wanted) in zip(try planes(video[0], size), expected) {
                let worst = zip(found, wanted).map { abs(Int($0) - Int($1)) }.max() ?? 0
                #expect(found.count == wanted.count && worst <= 4, "\(format) \(size): \(worst)")
            }
        }
    }

    @Test func bothLayoutsOf420MakeTheSameJPEG() throws {
        for size in oddSizes {
            let planar = try filmed([try smoothPlanes(.i420, size).0], try stream(.i420, size), as: MJPEGWriter.self)
            let interleaved = try filmed(
                [try smoothPlanes(.nv12, size).0], try stream(.nv12, size), as: MJPEGWriter.self)
            #expect(planar == interleaved, "\(size)")
        }
    }

    @Test(arguments: [PixelFormat.rgb888, .bgr888, .grey8]) func interleavedPicturesComeBackClosely(
        _ format: PixelFormat
    ) throws {
        for size in oddSizes {
            let image = try smoothPicture(format, size)
            var options = WriterOptions()
            options.quality = 98
            let video = pictures(try filmed([image, image], try stream(format, size), options, as: MJPEGWriter.self))
            #expect(video.count == 2)
            let decoded = try PictureReaders.decode(video[1])
            #expect(decoded.size == size)
            for y in 0..<size.height {
                for x in 0..<size.width {
                    for channel in 0..<format.samplesPerPixel {
                        let stored = format == .bgr888 ? 2 - channel : channel
                        let error = abs(
                            decoded.sample(x: x, y: y, channel: channel) - image.sample(x: x, y: y, channel: stored))
                        if error > 4 { Issue.record("\(format) \(size) at \(x), \(y): \(error)") }
                    }
                }
            }
        }
    }

    @Test func theWorstPictureFitsItsMemory() throws {
        var generator = SeededGenerator(state: 1)
        for format in [PixelFormat.rgb888, .i420, .grey8] {
            for size in [Size(width: 1, height: 1), Size(width: 65, height: 33), Size(width: 16, height: 200)] {
                let image = try ImageBuffer(format: format, size: size)
                for i in 0..<image.bytes.count { image.bytes[i] = Bool.random(using: &generator) ? 255 : 0 }
                var options = WriterOptions()
                (options.quality, options.subsampling) = (100, .full)
                #expect(
                    try filmed([image], try stream(format, size), options, as: MJPEGWriter.self).starts(with: [
                        0xff, 0xd8,
                    ]))
            }
        }
    }

    @Test func qualityIsHonoured() throws {
        let size = Size(width: 64, height: 64)
        let image = try picture(.i420, size)
        let sizes = try [10, 50, 95].map { quality in
            var options = WriterOptions()
            options.quality = quality
            return try filmed([image], try stream(.i420, size), options, as: MJPEGWriter.self).count
        }
        #expect(sizes[0] < sizes[1] && sizes[1] < sizes[2])
    }

    @Test func codesThatJPEGDoesNotHoldAreRefused() throws {
        let scratch = try Scratch()
        let size = Size(width: 16, height: 16)
        for (range, standard) in [(YCbCrRange.limited, YCbCrStandard.bt601), (.full, .bt709), (.limited, .bt709)] {
            for format in [PixelFormat.i420, .nv12, .rgb888] {
                let stream = try VideoStream(
                    format: format, size: size, frameRate: FrameRate(25), range: range, standard: standard)
                let error = failure {
                    _ = try VideoWriters.open(
                        stream, options: WriterOptions(), as: MJPEGWriter.self, to: .file(scratch.file("\(UUID())")))
                }
                if format == .rgb888 {
                    #expect(error == nil)
                } else {
                    #expect(
                        error?.kind == .usage && error?.message.contains("`range: full` and `ycbcr: bt601`") == true)
                }
            }
        }
    }

    @Test func picturesTooLargeForJPEGAreRefused() throws {
        let scratch = try Scratch()
        let error = failure {
            _ = try VideoWriters.open(
                try stream(.grey8, Size(width: 65_501, height: 1)), options: WriterOptions(), as: MJPEGWriter.self,
                to: .file(scratch.file("a")))
        }
        #expect(error?.kind == .resource && scratch.names.isEmpty)
    }
}
