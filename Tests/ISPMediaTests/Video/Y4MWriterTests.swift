// YUV4MPEG2, byte for byte.

import ISPImaging
import ISPMedia
import Testing

@Suite struct Y4MWriterTests {
    private func header(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func i420IsWrittenAsItIs() throws {
        let size = Size(width: 4, height: 2)
        let images = [try counting(.i420, size), try counting(.i420, size, from: 100)]
        let bytes = try filmed(images, try stream(.i420, size, range: .limited), as: Y4MWriter.self)
        var expected = header("YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420mpeg2 XCOLORRANGE=LIMITED\nFRAME\n")
        expected += [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
        expected += header("FRAME\n") + [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111]
        #expect(bytes == expected)
    }

    @Test func nv12IsTakenApart() throws {
        let size = Size(width: 4, height: 4)
        let bytes = try filmed([try counting(.nv12, size)], try stream(.nv12, size), as: Y4MWriter.self)
        #expect(
            bytes == header("YUV4MPEG2 W4 H4 F25:1 Ip A1:1 C420mpeg2 XCOLORRANGE=FULL\nFRAME\n")
                + Array(0..<16) + [16, 18, 20, 22, 17, 19, 21, 23])
    }

    @Test func oddSizesHaveTheirLastChromaSample() throws {
        let size = Size(width: 3, height: 1)
        #expect(
            try filmed([try counting(.nv12, size)], try stream(.nv12, size), as: Y4MWriter.self)
                == header("YUV4MPEG2 W3 H1 F25:1 Ip A1:1 C420mpeg2 XCOLORRANGE=FULL\nFRAME\n")
                + [0, 1, 2, 3, 5, 4, 6])
        for size in oddSizes {
            // The same picture, stored both ways.
            let interleaved = try picture(.nv12, size)
            let planar = try ImageBuffer(format: .i420, size: size)
            for i in 0..<interleaved.planes[0].end { planar.bytes[i] = interleaved.bytes[i] }
            for y in 0..<interleaved.planes[1].rows {
                let row = interleaved.row(y, plane: 1)
                for x in 0..<(row.count / 2) {
                    planar.row(y, plane: 1)[x] = row[2 * x]
                    planar.row(y, plane: 2)[x] = row[2 * x + 1]
                }
            }
            #expect(
                try filmed([interleaved, interleaved], try stream(.nv12, size), as: Y4MWriter.self)
                    == filmed([planar, planar], try stream(.i420, size), as: Y4MWriter.self), "\(size)")
        }
    }

    @Test func greyIsMonoAndUsesAllCodes() throws {
        let size = Size(width: 3, height: 2)
        let limited = try stream(.grey8, size, range: .limited)
        #expect(
            try filmed([try counting(.grey8, size)], limited, as: Y4MWriter.self)
                == header("YUV4MPEG2 W3 H2 F25:1 Ip A1:1 Cmono XCOLORRANGE=FULL\nFRAME\n") + Array(0..<6))
    }

    @Test func theFrameRateIsAFraction() throws {
        let size = Size(width: 1, height: 1)
        let stream = try VideoStream(format: .grey8, size: size, frameRate: FrameRate("30000/1001"))
        let bytes = try filmed([], stream, as: Y4MWriter.self)
        #expect(bytes == header("YUV4MPEG2 W1 H1 F30000:1001 Ip A1:1 Cmono XCOLORRANGE=FULL\n"))
    }
}
