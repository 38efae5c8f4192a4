// EXIF as libexif reads it back from what the writers embed.

import CExif
import Foundation
import ISPImaging
import ISPMedia
import Testing

/// A parsed EXIF block.
final class ParsedExif {
    private let data: UnsafeMutablePointer<ExifData>

    /// Parses a block that starts with a TIFF header.
    init(_ tiff: [UInt8]) throws {
        let block = Array("Exif\0\0".utf8) + tiff
        data = try #require(exif_data_new_from_data(block, UInt32(block.count)))
    }

    deinit { exif_data_unref(data) }

    /// The value as libexif shows it to a person; `nil` where the tag is missing.
    subscript(_ tag: ExifTag) -> String? {
        let contents = [data.pointee.ifd.0, data.pointee.ifd.2]
        for content in contents {
            guard let entry = exif_content_get_entry(content, tag) else { continue }
            var text = [CChar](repeating: 0, count: 300)
            exif_entry_get_value(entry, &text, 300)
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return nil
    }

    /// The stored fraction of a tag.
    func rational(_ tag: ExifTag) throws -> (UInt32, UInt32) {
        let entry = try #require(exif_content_get_entry(data.pointee.ifd.2, tag))
        let value = exif_get_rational(entry.pointee.data, exif_data_get_byte_order(data))
        return (value.numerator, value.denominator)
    }

    /// The stored 16-bit number of a tag.
    func short(_ tag: ExifTag) throws -> UInt16 {
        let entry = try #require(
            exif_content_get_entry(data.pointee.ifd.0, tag) ?? exif_content_get_entry(data.pointee.ifd.2, tag))
        return exif_get_short(entry.pointee.data, exif_data_get_byte_order(data))
    }

    /// What every block from `fullAttributes` must say.
    func expectFull(_ size: Size) throws {
        #expect(self[EXIF_TAG_MAKE] == "Maker")
        #expect(self[EXIF_TAG_MODEL] == "Model 5")
        #expect(self[EXIF_TAG_LENS_MODEL] == "35mm f/1.8")
        #expect(self[EXIF_TAG_SOFTWARE] == "SoftISP test")
        #expect(self[EXIF_TAG_DATE_TIME] == "2024:02:29 23:59:58")
        #expect(self[EXIF_TAG_DATE_TIME_ORIGINAL] == "2024:02:29 23:59:58")
        #expect(self[EXIF_TAG_PIXEL_X_DIMENSION] == "\(size.width)")
        #expect(self[EXIF_TAG_PIXEL_Y_DIMENSION] == "\(size.height)")
        #expect(try short(EXIF_TAG_ORIENTATION) == 1)
        #expect(try short(EXIF_TAG_COLOR_SPACE) == 1)
        #expect(try short(EXIF_TAG_ISO_SPEED_RATINGS) == 400)
        #expect(try rational(EXIF_TAG_EXPOSURE_TIME) == (1, 60))
        #expect(try rational(EXIF_TAG_FNUMBER) == (28, 5))
        #expect(try rational(EXIF_TAG_FOCAL_LENGTH) == (71, 2))
    }
}

@Suite struct ExifTests {
    private func parsed(_ change: (inout PictureAttributes) -> Void = { _ in }) throws -> ParsedExif {
        var attributes = fullAttributes
        change(&attributes)
        return try ParsedExif(try ExifBlock.bytes(ExifFields(attributes, size: Size(width: 300, height: 200))))
    }

    @Test func everyFieldComesBack() throws { try parsed().expectFull(Size(width: 300, height: 200)) }

    @Test func unknownFieldsAreLeftOut() throws {
        let exif = try parsed { $0 = PictureAttributes() }
        for tag in [
            EXIF_TAG_MAKE, EXIF_TAG_MODEL, EXIF_TAG_SOFTWARE, EXIF_TAG_DATE_TIME, EXIF_TAG_EXPOSURE_TIME,
            EXIF_TAG_FNUMBER, EXIF_TAG_ISO_SPEED_RATINGS, EXIF_TAG_FOCAL_LENGTH, EXIF_TAG_LENS_MODEL,
        ] {
            #expect(exif[tag] == nil)
        }
        #expect(try exif.short(EXIF_TAG_ORIENTATION) == 1)
    }

    @Test func onlySRGBClaimsToBeSRGB() throws {
        for space in RGBColorSpace.allCases {
            for transfer in TransferFunction.allCases {
                let exif = try parsed { ($0.colorSpace, $0.transfer) = (space, transfer) }
                #expect(try exif.short(EXIF_TAG_COLOR_SPACE) == (space == .srgb && transfer == .srgb ? 1 : 65_535))
            }
        }
    }

    @Test func nonsenseFromCamerasDoesNotReachTheFile() throws {
        let exif = try parsed {
            $0.capture.make = "A\0B\n"
            $0.capture.model = "  "
            $0.capture.lens = String(repeating: "é", count: 70_000)
            $0.capture.dateTime = "yesterday"
            $0.capture.iso = .infinity
            $0.capture.exposureTime = -1
            $0.capture.aperture = .nan
            $0.capture.focalLength = 1e30
        }
        #expect(exif[EXIF_TAG_MAKE] == "AB")
        #expect(exif[EXIF_TAG_LENS_MODEL]?.count ?? 0 <= 200)
        for tag in [
            EXIF_TAG_MODEL, EXIF_TAG_DATE_TIME, EXIF_TAG_ISO_SPEED_RATINGS, EXIF_TAG_EXPOSURE_TIME, EXIF_TAG_FNUMBER,
            EXIF_TAG_FOCAL_LENGTH,
        ] {
            #expect(exif[tag] == nil)
        }
        #expect(try parsed { $0.capture.iso = 409_600 }.short(EXIF_TAG_ISO_SPEED_RATINGS) == 65_535)
    }

    @Test func fractionsAreTheOnesPhotographersKnow() {
        let cases: [(Double, UInt32, UInt32)] = [
            (Double(Float(1.0 / 8000)), 1, 8000), (Double(Float(1.0 / 3)), 1, 3), (30, 30, 1),
            (Double(Float(5.6)), 28, 5),
            (Double(Float(0.002197802198)), 1, 455), (0, 0, 1), (4_294_967_295, 4_294_967_295, 1),
        ]
        for (value, numerator, denominator) in cases {
            let fraction = Rational(value)
            #expect(fraction?.numerator == numerator && fraction?.denominator == denominator, "\(value)")
        }
        for value in [-1, .nan, .infinity, 1e10] { #expect(Rational(value) == nil) }
        for i in 1...2000 {
            let value = pow(1.013, Double(i - 1000))
            guard let fraction = Rational(value) else { continue }
            #expect(
                abs(Double(fraction.numerator) / Double(fraction.denominator) - value) <= max(2e-6 * value, 1.0 / 4e9))
        }
    }
}
