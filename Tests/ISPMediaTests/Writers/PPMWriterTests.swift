// PPM, PGM and headerless files hold exactly the samples.

import ISPImaging
import ISPMedia
import Testing

@Suite struct PPMWriterTests {
    @Test(arguments: PPMWriter.descriptor.formats) func everySampleSurvives(_ format: PixelFormat) throws {
        for size in oddSizes {
            let image = try picture(format, size)
            let bytes = try written(image, as: PPMWriter.self)
            let magic = format.samplesPerPixel == 3 ? "P6" : "P5"
            let header = Array("\(magic)\n\(size.width) \(size.height)\n\(format.maximum)\n".utf8)
            #expect(bytes.starts(with: header))
            let body = bytes.dropFirst(header.count)
            let samples: [Int] =
                format.packing == .bytes
                ? body.map(Int.init)
                : stride(from: body.startIndex, to: body.endIndex, by: 2).map { Int(body[$0]) << 8 | Int(body[$0 + 1]) }
            #expect(samples == image.samples, "\(format) \(size)")
        }
    }

    @Test func rawFilesAreTheBytesOfAllPlanes() throws {
        for format in PixelFormat.all {
            for size in oddSizes {
                let image = try picture(format, size)
                #expect(try written(image, as: RawPlanesWriter.self) == Array(image.bytes), "\(format) \(size)")
            }
        }
    }
}
