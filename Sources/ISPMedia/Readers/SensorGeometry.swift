// Where the visible samples lie in LibRaw's buffer, and which colour the first one sees.

import CLibRaw
import ISPImaging

/// The visible part of a sensor and its mosaic.
///
/// LibRaw 0.20 moves a visible area that begins at an odd column or row inwards by one; a DNG's own ActiveArea is
/// taken instead, so that no border is lost and per-site black levels stay with their photosites.
struct SensorGeometry {
    /// The visible part, in coordinates of the stored image.
    let active: Region
    /// The CFA seen from the first visible sample; `nil` for mono.
    let pattern: CFAPattern?
    private let raw: UnsafeMutablePointer<libraw_data_t>
    /// Where LibRaw's visible area lies in this one.
    private let shift: (x: Int, y: Int)

    /// - Throws: `ISPError(.damagedInput)` where the area does not fit, `.unsupportedInput` for a mosaic that is not Bayer's.
    init(_ raw: UnsafeMutablePointer<libraw_data_t>, tags: DNGTags?) throws(ISPError) {
        let stored = Region(Size(width: Int(softisp_raw_width(raw)), height: Int(softisp_raw_height(raw))))
        let visible = Region(
            x: Int(softisp_raw_left_margin(raw)), y: Int(softisp_raw_top_margin(raw)),
            width: Int(softisp_raw_visible_width(raw)), height: Int(softisp_raw_visible_height(raw)))
        var active = visible
        if let tagged = tags?.activeArea, !tagged.isEmpty, stored.contains(tagged) { active = tagged }
        try RawFrame.check(active.size)
        guard stored.contains(active) else {
            throw ISPError(
                .damagedInput, "an active area of \(active) in a frame of \(stored.size); the file is damaged")
        }
        self.raw = raw
        self.active = active
        shift = (visible.x - active.x, visible.y - active.y)
        pattern = try Self.pattern(raw)?.cropped(columns: -shift.x, rows: -shift.y)
    }

    /// LibRaw's number (0 red, 1 and 3 green, 2 blue) of the channel at a position of the first 2x2 block.
    func channel(column: Int, row: Int) -> Int {
        guard pattern != nil else { return 0 }
        // Its description repeats every 8 rows and 2 columns; a multiple of both keeps the coordinates positive.
        let (x, y) = (column - shift.x, row - shift.y)
        return Int(libraw_COLOR(raw, Int32(((y % 8) + 8) % 8), Int32(((x % 2) + 2) % 2)))
    }

    /// The CFA of LibRaw's visible area. Eight rows are looked at, as far as its description of a mosaic reaches.
    private static func pattern(_ raw: UnsafeMutablePointer<libraw_data_t>) throws(ISPError) -> CFAPattern? {
        guard softisp_raw_filters(raw) != 0 else {
            guard softisp_raw_colors(raw) == 1 else {
                throw CameraFileReader.unsupported("a colour sensor without a known mosaic")
            }
            return nil
        }
        for pattern in CFAPattern.allCases {
            let fits = (0..<8).allSatisfy { row in
                (0..<2).allSatisfy { column in
                    let color = Int(libraw_COLOR(raw, Int32(row), Int32(column)))
                    return pattern.site(column: column, row: row).plane == (color == 3 ? 1 : color)
                }
            }
            if fits { return pattern }
        }
        throw CameraFileReader.unsupported("a colour filter array that is not Bayer's")
    }
}

/// The visible samples in LibRaw's buffer.
struct SensorSamples {
    /// From the first visible sample to the last.
    let bytes: UnsafeRawBufferPointer
    /// Distance between the starts of two rows.
    let bytesPerRow: Int
    /// The largest of them. (LibRaw's own data maximum is only known after its processing.)
    let maximum: UInt16

    /// - Precondition: the area lies in the stored frame, and LibRaw has unpacked it.
    init(_ raw: UnsafePointer<libraw_data_t>, _ active: Region) {
        let pitch = Int(softisp_raw_pitch(raw))
        bytesPerRow = pitch > 0 ? pitch : 2 * Int(softisp_raw_width(raw))
        let stride = bytesPerRow / 2
        let first = softisp_raw_samples(raw)! + active.y * stride + active.x
        bytes = UnsafeRawBufferPointer(start: first, count: bytesPerRow * (active.height - 1) + 2 * active.width)
        var largest: UInt16 = 0
        for y in 0..<active.height {
            let row = first + y * stride
            for x in 0..<active.width { largest = max(largest, row[x]) }
        }
        maximum = largest
    }
}
