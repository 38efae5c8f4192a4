// JPEG files, as TurboJPEG, libexif and Little CMS read them.

import CLCMS
import CTurboJPEG
import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct JPEGWriterTests {
    /// The application segments between SOI and the first other marker.
    private func segments(_ jpeg: [UInt8]) throws -> [(marker: UInt8, payload: [UInt8])] {
        #expect(jpeg.starts(with: [0xff, 0xd8]))
        var found: [(UInt8, [UInt8])] = []
        var at = 2
        while jpeg[at] == 0xff, (0xe0...0xef).contains(jpeg[at + 1]) {
            let length = Int(jpeg[at + 2]) << 8 | Int(jpeg[at + 3])
            found.append((jpeg[at + 1], Array(jpeg[(at + 4)..<(at + 2 + length)])))
            at += 2 + length
        }
        return found
    }

    private func decode(_ jpeg: [UInt8], as format: TJPF) throws -> (size: Size, sampling: Int32, bytes: [UInt8]) {
        let decoder = try #require(tjInitDecompress())
        defer { tjDestroy(decoder) }
        var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        try #require(
            tjDecompressHeader3(decoder, jpeg, UInt(jpeg.count), &width, &height, &sampling, &space) == 0)
        let channels = format == TJPF_GRAY ? 1 : 3
        var bytes = [UInt8](repeating: 0, count: Int(width) * Int(height) * channels)
        try #require(
            tjDecompress2(
                decoder, jpeg, UInt(jpeg.count), &bytes, width, 0, height, Int32(format.rawValue), TJFLAG_ACCURATEDCT)
                == 0)
        return (Size(width: Int(width), height: Int(height)), sampling, bytes)
    }

    @Test(arguments: [(PixelFormat.rgb888, TJPF_RGB), (.bgr888, TJPF_BGR), (.grey8, TJPF_GRAY)])
    func picturesComeBackClosely(_ format: PixelFormat, _ decoded: TJPF) throws {
        for size in oddSizes {
            let image = try smoothPicture(format, size)
            var options = WriterOptions()
            options.quality = 98
            let (decodedSize, _, bytes) = try decode(
                try written(image, fullAttributes, options, as: JPEGWriter.self), as: decoded)
            #expect(decodedSize == size)
            let worst = zip(bytes, image.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
            #expect(worst <= 4, "\(format) \(size): \(worst)")
        }
    }

    @Test func qualityAndSubsamplingAreHonoured() throws {
        let image = try picture(.rgb888, Size(width: 200, height: 100))
        var sizes: [Int] = []
        for quality in [1, 50, 89, 90, 100] {
            var options = WriterOptions()
            options.quality = quality
            let jpeg = try written(image, fullAttributes, options, as: JPEGWriter.self)
            sizes.append(jpeg.count)
            let sampling = try decode(jpeg, as: TJPF_RGB).sampling
            #expect(sampling == Int32((quality >= 90 ? TJSAMP_444 : TJSAMP_420).rawValue))
        }
        #expect(sizes == sizes.sorted())
        for (choice, expected) in zip(ChromaSubsampling.allCases, [TJSAMP_444, TJSAMP_422, TJSAMP_420]) {
            var options = WriterOptions()
            options.subsampling = choice
            let sampling = try decode(try written(image, fullAttributes, options, as: JPEGWriter.self), as: TJPF_RGB)
                .sampling
            #expect(sampling == Int32(expected.rawValue))
        }
        let grey = try written(try picture(.grey8, Size(width: 20, height: 20)), as: JPEGWriter.self)
        #expect(try decode(grey, as: TJPF_GRAY).sampling == Int32(TJSAMP_GRAY.rawValue))
    }

    @Test func exifComesFirstThenTheProfileAndNoJFIF() throws {
        let size = Size(width: 40, height: 30)
        let found = try segments(try written(try picture(.rgb888, size), as: JPEGWriter.self))
        #expect(found.map(\.marker) == [0xe1, 0xe2])
        #expect(found[0].payload.starts(with: Array("Exif\0\0".utf8)))
        try ParsedExif(Array(found[0].payload.dropFirst(6))).expectFull(size)
        #expect(found[1].payload.starts(with: Array("ICC_PROFILE\0".utf8) + [1, 1]))
        #expect(Array(found[1].payload.dropFirst(14)) == (try ICCProfile.rgb(.srgb, .srgb)))
    }

    @Test func greyPicturesHaveAGreyProfile() throws {
        let found = try segments(try written(try picture(.grey8, Size(width: 9, height: 9)), as: JPEGWriter.self))
        #expect(Array(found[1].payload.dropFirst(14)) == (try ICCProfile.grey(.srgb)))
    }

    @Test(arguments: [0, 1, 65_519, 65_520, 200_000]) func longProfilesAreCutIntoSegments(_ count: Int) throws {
        let profile = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let jpeg = [0xff, 0xd8] + (try JPEGSegments.icc(profile)) + [0xff, 0xdb]
        let found = try segments(jpeg)
        #expect(found.count == max(1, (count + 65_518) / 65_519))
        for (i, segment) in found.enumerated() {
            #expect(segment.payload.starts(with: Array("ICC_PROFILE\0".utf8) + [UInt8(i + 1), UInt8(found.count)]))
        }
        #expect(found.flatMap { $0.payload.dropFirst(14) } == profile)
    }

    @Test func aProfileBeyondAllSegmentsIsRefused() {
        let error = failure { _ = try JPEGSegments.icc([UInt8](repeating: 0, count: 255 * 65_519 + 1)) }
        #expect(error?.kind == .resource)
    }

    @Test func picturesTooLargeForJPEGAreRefused() throws {
        let image = try ImageBuffer(format: .grey8, size: Size(width: 65_501, height: 1))
        let scratch = try Scratch()
        let error = failure {
            try Writers.write(
                image, fullAttributes, options: WriterOptions(), as: JPEGWriter.self, to: .file(scratch.file("a.jpg")))
        }
        #expect(error?.kind == .resource)
        #expect(error?.message.contains("TIFF") == true)
        #expect(scratch.names.isEmpty)
    }
}
