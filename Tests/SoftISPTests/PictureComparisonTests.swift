// Figures of comparisons against values worked out elsewhere.

import Foundation
import ISPImaging
import SoftISP
import Testing

@Suite struct PictureComparisonTests {
    /// Two pictures of a formula, 40 x 30.
    func pictures(_ format: PixelFormat) throws -> (ImageBuffer, ImageBuffer) {
        let images = [
            try ImageBuffer(format: format, size: Size(width: 40, height: 30)),
            try ImageBuffer(format: format, size: Size(width: 40, height: 30)),
        ]
        for (k, image) in images.enumerated() {
            for y in 0..<30 {
                for x in 0..<40 {
                    for c in 0..<format.samplesPerPixel {
                        let value = (x * 5 + y * 3 + c * 40 + (k == 1 ? (x * 7 + y * 11 + c * 5) % 23 : 0)) % 256
                        image.row(y)[x * format.samplesPerPixel + c] = UInt8(value)
                    }
                }
            }
        }
        return (images[0], images[1])
    }

    /// scikit-image 0.26.0: `structural_similarity(a, b, channel_axis=-1, data_range=255, gaussian_weights=True, sigma=1.5,
    /// use_sample_covariance=False)` of the same pictures, and NumPy for the PSNR.
    @Test func figuresAreThoseOfScikitImage() throws {
        let (a, b) = try pictures(.rgb888)
        let color = try PictureComparison(a, b, in: Region(a.size))
        #expect(abs(color.psnr - 14.024694) < 1e-4)
        #expect(abs(color.ssim! - 0.6520499) < 1e-5)
        let (g, h) = try pictures(.grey8)
        let grey = try PictureComparison(g, h, in: Region(g.size))
        #expect(abs(grey.psnr - 16.491722) < 1e-4)
        #expect(abs(grey.ssim! - 0.7814794) < 1e-5)
    }

    @Test func equalPicturesAreEqual() throws {
        let (a, _) = try pictures(.rgb888)
        let same = try PictureComparison(a, a, in: Region(a.size))
        #expect(same.psnr == .infinity && abs(same.ssim! - 1) < 1e-12 && same.meanDifference == 0)
        #expect(try PictureComparison(a, a, in: Region(x: 0, y: 0, width: 10, height: 30)).ssim == nil)
    }

    @Test func picturesOfDifferentShapeAreRefused() throws {
        let (a, _) = try pictures(.rgb888)
        let (g, _) = try pictures(.grey8)
        #expect(throws: ISPError.self) { try PictureComparison(a, g, in: Region(a.size)) }
    }
}
