// What a video is: rates, sizes, and pictures that belong to it.

import ISPImaging
import ISPMedia
import Testing

@Suite struct VideoStreamTests {
    @Test func frameRatesAreFractionsInLowestTerms() throws {
        let cases = [
            ("30", 30, 1), ("30000/1001", 30_000, 1001), ("30000:1001", 30_000, 1001), ("50/2", 25, 1),
            ("29.97", 2997, 100),
            ("0.5", 1, 2), ("2147483647", 2_147_483_647, 1),
        ]
        for (text, numerator, denominator) in cases {
            let rate = try FrameRate(text)
            #expect(rate.numerator == numerator && rate.denominator == denominator, "\(text)")
        }
        #expect(try FrameRate(60, 2).description == "30" && FrameRate(30_000, 1001).description == "30000/1001")
        #expect(abs(try FrameRate(30_000, 1001).framesPerSecond - 29.970_03) < 1e-5)
    }

    @Test(arguments: [
        "", "0", "-1", "0/1", "1/0", "-5/1", "a", "1/2/3", "/", "30/", "nan", "inf", "1e99", "2147483648",
        "0.0000000001",
    ])
    func otherRatesAreRefused(_ text: String) {
        let error = failure { _ = try FrameRate(text) }
        #expect(error?.kind == .usage && error?.message.contains("30000/1001") == true, "\(error?.message ?? "none")")
    }

    @Test func sizesOfNoPictureAreRefused() {
        let error = failure { _ = try stream(.nv12, Size(width: 0, height: 4)) }
        #expect(error?.kind == .resource)
    }

    @Test func aPictureOfAnotherKindIsRefused() throws {
        let size = Size(width: 4, height: 2)
        let stream = try stream(.nv12, size)
        #expect(stream.bytesPerPicture == 12)
        try stream.check(try ImageBuffer(format: .nv12, size: size))
        let error = failure { try stream.check(try ImageBuffer(format: .i420, size: size)) }
        #expect(error?.kind == .usage)
        #expect(error?.message.hasPrefix("a picture of 4x2 I420 in a video of 4x2 NV12;") == true)
        #expect(failure { try stream.check(try ImageBuffer(format: .nv12, size: size.transposed)) }?.kind == .usage)
    }
}
