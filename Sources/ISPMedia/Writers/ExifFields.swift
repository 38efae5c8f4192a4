// What EXIF says of a picture, in EXIF's own terms. ExifBlock.swift stores it for JPEG and PNG, TIFFWriter.swift for TIFF.

import Foundation
import ISPImaging

/// The EXIF fields of a picture (CIPA DC-008, Exif 2.32), checked and ready to store; `nil` fields are left out.
package struct ExifFields: Hashable {
    /// The version of the standard, tag 0x9000.
    static let version = "0232"

    let make: String?
    let model: String?
    let lens: String?
    let software: String?
    /// `YYYY:MM:DD HH:MM:SS`.
    let dateTime: String?
    /// Photographic sensitivity; its tag holds 16 bits, and 65535 stands for "that or more".
    let iso: UInt16?
    /// Seconds.
    let exposureTime: Double?
    let aperture: Double?
    /// Millimetres.
    let focalLength: Double?
    /// 1 is sRGB; 65535, "uncalibrated", sends readers to the ICC profile.
    let colorSpace: UInt16
    let size: Size

    package init(_ attributes: PictureAttributes, size: Size) {
        let capture = attributes.capture
        make = Self.text(capture.make)
        model = Self.text(capture.model)
        lens = Self.text(capture.lens)
        software = Self.text(attributes.software)
        dateTime = Self.text(capture.dateTime).flatMap { Self.isDate($0) ? $0 : nil }
        iso = Self.positive(capture.iso).map { UInt16(min(max($0.rounded(), 1), 65_535)) }
        exposureTime = Self.positive(capture.exposureTime)
        aperture = Self.positive(capture.aperture)
        focalLength = Self.positive(capture.focalLength)
        colorSpace = attributes.colorSpace == .srgb && attributes.transfer == .srgb ? 1 : 65_535
        self.size = size
    }

    /// Text from a camera file may be anything: without control characters (EXIF text ends at NUL) and within a length
    /// that keeps the whole block far below a JPEG segment's 64 KB.
    private static func text(_ text: String?) -> String? {
        guard let text else { return nil }
        let kept = String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(200).map(Character.init))
        let trimmed = kept.trimmingCharacters(in: .whitespaces)
        return trimmed.isEmpty ? nil : trimmed
    }

    private static func positive(_ value: Double?) -> Double? {
        guard let value, value > 0, Rational(value).map({ $0.numerator > 0 }) == true else { return nil }
        return value
    }

    private static func isDate(_ text: String) -> Bool {
        let pattern = Array("dddd:dd:dd dd:dd:dd".utf8)
        guard text.utf8.count == pattern.count else { return false }
        return zip(text.utf8, pattern).allSatisfy { character, wanted in
            wanted == UInt8(ascii: "d") ? (48...57).contains(character) : character == wanted
        }
    }
}
