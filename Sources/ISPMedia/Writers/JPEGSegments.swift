// JPEG marker segments for metadata (ITU-T T.81, B.2.4.6).

import ISPImaging

/// Builds application segments and finds the place for them.
package enum JPEGSegments {
    /// The most bytes a segment carries: its 16-bit length counts itself.
    package static let capacity = 65_533

    /// An APP1 segment with EXIF; `exif` starts with the TIFF header.
    /// - Precondition: it fits one segment.
    package static func exif(_ exif: [UInt8]) -> [UInt8] {
        segment(0xe1, ExifBlock.jpegIdentifier + exif)
    }

    /// APP2 segments with an ICC profile, cut into as many as needed (ICC.1:2010, Annex B.4).
    /// - Throws: `ISPError(.resource)` for a profile of more than 255 segments (16.7 MB).
    package static func icc(_ profile: [UInt8]) throws(ISPError) -> [UInt8] {
        let identifier = Array("ICC_PROFILE\0".utf8)
        let room = capacity - identifier.count - 2
        let count = max(1, (profile.count + room - 1) / room)
        guard count <= 255 else {
            throw ISPError(.resource, "a colour profile of \(profile.count) bytes does not fit into a JPEG file")
        }
        return (0..<count).flatMap { i in
            let part = profile[(i * room)..<min((i + 1) * room, profile.count)]
            return segment(0xe2, identifier + [UInt8(i + 1), UInt8(count)] + part)
        }
    }

    /// The number of bytes at the start of an encoded JPEG that metadata replaces: SOI, and the JFIF APP0 where there is
    /// one. EXIF and JFIF both demand the first place; like cameras, we give it to EXIF and do without JFIF.
    package static func replacedPrefix(of jpeg: UnsafeRawBufferPointer) -> Int {
        guard jpeg.count >= 6, jpeg[2] == 0xff, jpeg[3] == 0xe0 else { return 2 }
        return 4 + Int(jpeg[4]) << 8 + Int(jpeg[5])
    }

    private static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
        precondition(payload.count <= capacity, "segment too long")
        let length = payload.count + 2
        return [0xff, marker, UInt8(length >> 8), UInt8(length & 0xff)] + payload
    }
}
