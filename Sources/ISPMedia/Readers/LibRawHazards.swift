// Inputs that must not reach LibRaw, because releases in use are known to run wild on them.

import Foundation

/// Known faults of LibRaw that a look at the bytes avoids.
enum LibRawHazards {
    /// Whether a TIFF directory entry of the file may be a CFAPattern of 36 bytes.
    ///
    /// LibRaw 0.20.2, as Debian 12 compiles it, writes past its 6x6 table without end where such an entry stands beside a
    /// CFARepeatPatternDim other than 6x6. A sound file with 36 of them is an X-Trans DNG, which is refused anyway.
    /// Bytes of image data look like such an entry by chance once in 2^48.
    static func hasSixBySixPattern(_ file: FileBytes) -> Bool {
        defer { withExtendedLifetime(file) {} }
        // Tag 33422, a type of two bytes, count 36, in both byte orders.
        return contains(file.bytes, [0x8e, 0x82], [36, 0, 0, 0]) || contains(file.bytes, [0x82, 0x8e], [0, 0, 0, 36])
    }

    /// Whether `tag`, two bytes of anything and `count` follow each other somewhere.
    private static func contains(_ bytes: UnsafeRawBufferPointer, _ tag: [UInt8], _ count: [UInt8]) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        var place = 0
        while bytes.count - place >= 8, let found = memchr(start + place, Int32(tag[0]), bytes.count - place - 7) {
            place = UnsafeRawPointer(found) - start
            if bytes[place + 1] == tag[1], bytes[(place + 4)..<(place + 8)].elementsEqual(count) { return true }
            place += 1
        }
        return false
    }
}
