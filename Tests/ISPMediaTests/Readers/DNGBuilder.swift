// Minimal DNG files for tests, written byte by byte so that wrong ones can be made as easily as right ones.
// The seeds of the fuzz targets (Fuzz/) are made with it too.

/// A TIFF directory entry with its value already in little-endian bytes.
struct TIFFEntry: Sendable {
    var tag: UInt16
    var type: UInt16
    var count: UInt32
    var bytes: [UInt8]

    static func bytes(_ tag: UInt16, _ values: [UInt8], type: UInt16 = 1) -> TIFFEntry {
        TIFFEntry(tag: tag, type: type, count: UInt32(values.count), bytes: values)
    }
    static func undefined(_ tag: UInt16, _ values: [UInt8]) -> TIFFEntry { bytes(tag, values, type: 7) }
    static func ascii(_ tag: UInt16, _ text: String) -> TIFFEntry { bytes(tag, Array(text.utf8) + [0], type: 2) }
    static func shorts(_ tag: UInt16, _ values: Int...) -> TIFFEntry {
        TIFFEntry(tag: tag, type: 3, count: UInt32(values.count), bytes: values.flatMap { little(UInt16($0)) })
    }
    static func longs(_ tag: UInt16, _ values: Int...) -> TIFFEntry {
        TIFFEntry(tag: tag, type: 4, count: UInt32(values.count), bytes: values.flatMap { little(UInt32($0)) })
    }
    static func rationals(_ tag: UInt16, _ values: [Double], signed: Bool = false) -> TIFFEntry {
        let bytes = values.flatMap { little(Int32(($0 * 10_000).rounded())) + little(Int32(10_000)) }
        return TIFFEntry(tag: tag, type: signed ? 10 : 5, count: UInt32(values.count), bytes: bytes)
    }
    static func doubles(_ tag: UInt16, _ values: [Double]) -> TIFFEntry {
        TIFFEntry(tag: tag, type: 12, count: UInt32(values.count), bytes: values.flatMap { little($0.bitPattern) })
    }
}

func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
func big(_ value: Double) -> [UInt8] { big(value.bitPattern) }
func big(_ value: Float) -> [UInt8] { big(value.bitPattern) }

/// A DNG with one uncompressed 16-bit image. Defaults are a sound RGGB file; every property can be made wrong.
struct DNGBuilder: Sendable {
    var width = 64
    var height = 48
    /// CFAPattern bytes: 0 red, 1 green, 2 blue.
    var cfa: [UInt8] = [0, 1, 1, 2]
    var cfaSize = (rows: 2, columns: 2)
    var cfaPlaneColors: [UInt8] = [0, 1, 2]
    var photometric = 32803
    var samplesPerPixel = 1
    var bitsPerSample = 16
    var sampleFormat: Int?
    /// The value at column x, row y of the stored image.
    var sample: @Sendable (Int, Int) -> UInt16 = { x, y in UInt16(256 + 16 * (x % 60) + y) }
    var black: [Double] = [64]
    var blackRepeat: (rows: Int, columns: Int)?
    var white: [Int] = [4000]
    /// Top, left, bottom, right.
    var activeArea: [Int]?
    var asShotNeutral: [Double]? = [0.5, 1, 0.625]
    /// Further entries of the first directory: matrices, orientation ...
    var common: [TIFFEntry] = [
        .rationals(50721, [0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.1, 0.2, 0.7], signed: true), .shorts(50778, 21),
    ]
    /// Further entries of the raw image's directory: opcodes, crop ...
    var raw: [TIFFEntry] = []
    /// Entries of the EXIF directory.
    var exif: [TIFFEntry] = []
    /// Whether the raw image lies in a SubIFD behind a thumbnail.
    var inSubIFD = false
    var isDNG = true

    static let colorMatrix = [0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.1, 0.2, 0.7]

    private var samples: [UInt8] {
        (0..<height).flatMap { y in
            (0..<(width * samplesPerPixel)).flatMap { i -> [UInt8] in
                let value = sample(i / samplesPerPixel, y)
                switch bitsPerSample {
                case 8: return [UInt8(truncatingIfNeeded: value)]
                case 32: return little(Float(value).bitPattern)
                default: return little(value)
                }
            }
        }
    }

    private func rawEntries(data: Int, count: Int) -> [TIFFEntry] {
        var entries: [TIFFEntry] = [
            .longs(254, 0), .longs(256, width), .longs(257, height),
            TIFFEntry(
                tag: 258, type: 3, count: UInt32(samplesPerPixel),
                bytes: (0..<samplesPerPixel).flatMap { _ in little(UInt16(bitsPerSample)) }),
            .shorts(259, 1), .shorts(262, photometric), .longs(273, data), .shorts(277, samplesPerPixel),
            .longs(278, height), .longs(279, count), .shorts(284, 1),
        ]
        if let sampleFormat { entries.append(.shorts(339, sampleFormat)) }
        if isDNG {
            if photometric == 32803 {
                entries += [
                    .shorts(33421, cfaSize.rows, cfaSize.columns), .bytes(33422, cfa), .bytes(50710, cfaPlaneColors),
                ]
            }
            if let blackRepeat { entries.append(.shorts(50713, blackRepeat.rows, blackRepeat.columns)) }
            entries.append(.rationals(50714, black))
            entries.append(
                TIFFEntry(tag: 50717, type: 4, count: UInt32(white.count), bytes: white.flatMap { little(UInt32($0)) }))
            if let a = activeArea { entries.append(.longs(50829, a[0], a[1], a[2], a[3])) }
        }
        return entries + raw
    }

    private var commonEntries: [TIFFEntry] {
        var entries: [TIFFEntry] = [.ascii(271, "Maker"), .ascii(272, "Model X")]
        if isDNG {
            entries += [.bytes(50706, [1, 4, 0, 0]), .ascii(50708, "Maker Model X")]
            if let asShotNeutral { entries.append(.rationals(50728, asShotNeutral)) }
        }
        return entries + common
    }

    /// The file.
    func bytes() -> [UInt8] {
        let data = samples
        var file: [UInt8] = Array("II*\0".utf8) + little(UInt32(0)) + data
        if file.count % 2 == 1 { file.append(0) }
        func append(_ entries: [TIFFEntry]) -> Int {
            // One of each tag: a later entry replaces an earlier one.
            var unique: [UInt16: TIFFEntry] = [:]
            for entry in entries { unique[entry.tag] = entry }
            let sorted = unique.values.sorted { $0.tag < $1.tag }
            let start = file.count
            var extra = start + 2 + 12 * sorted.count + 4
            var directory = little(UInt16(sorted.count))
            var values: [UInt8] = []
            for entry in sorted {
                directory += little(entry.tag) + little(entry.type) + little(entry.count)
                if entry.bytes.count <= 4 {
                    directory += entry.bytes + Array(repeating: 0, count: 4 - entry.bytes.count)
                } else {
                    directory += little(UInt32(extra))
                    let padded = entry.bytes + Array(repeating: 0, count: entry.bytes.count % 2)
                    values += padded
                    extra += padded.count
                }
            }
            file += directory + little(UInt32(0)) + values
            return start
        }
        let exifPointer: [TIFFEntry] = exif.isEmpty ? [] : [.longs(34665, append(exif))]
        let first: Int
        if inSubIFD {
            let raw = append(rawEntries(data: 8, count: data.count))
            first = append(
                commonEntries + exifPointer + [
                    .longs(254, 1), .longs(256, 16), .longs(257, 16), .shorts(258, 8, 8, 8), .shorts(259, 1),
                    .shorts(262, 2),
                    .longs(273, 8), .shorts(277, 3), .longs(278, 16), .longs(279, 768), .shorts(284, 1),
                    .longs(330, raw),
                ])
        } else {
            first = append(rawEntries(data: 8, count: data.count) + commonEntries + exifPointer)
        }
        file.replaceSubrange(4..<8, with: little(UInt32(first)))
        return file
    }
}

/// Bytes of DNG opcode lists.
enum Opcodes {
    static func list(_ opcodes: [[UInt8]]) -> [UInt8] { big(UInt32(opcodes.count)) + opcodes.flatMap { $0 } }

    static func opcode(_ id: UInt32, optional: Bool = true, _ parameters: [UInt8]) -> [UInt8] {
        big(id) + big(UInt32(0x0103_0000)) + big(UInt32(optional ? 1 : 0)) + big(UInt32(parameters.count)) + parameters
    }

    static func gainMap(
        top: UInt32 = 0, left: UInt32 = 0, bottom: UInt32 = 48, right: UInt32 = 64, pitch: UInt32 = 2, rows: UInt32 = 2,
        columns: UInt32 = 3, planes: UInt32 = 1, gains: [Float]
    ) -> [UInt8] {
        var p: [UInt8] = []
        for word in [top, left, bottom, right, 0, 1, pitch, pitch, rows, columns] { p += big(word) }
        for number in [1 / Double(max(rows, 2) - 1), 1 / Double(max(columns, 2) - 1), 0, 0] { p += big(number) }
        p += big(planes)
        return opcode(9, p + gains.flatMap { big($0) })
    }

    static func warp(_ planes: [[Double]], center: (x: Double, y: Double) = (0.5, 0.5)) -> [UInt8] {
        opcode(1, big(UInt32(planes.count)) + (planes.flatMap { $0 } + [center.x, center.y]).flatMap { big($0) })
    }

    static func badPixels(points: [(row: UInt32, column: UInt32)], rectangles: [[UInt32]] = []) -> [UInt8] {
        var p = big(UInt32(0)) + big(UInt32(points.count)) + big(UInt32(rectangles.count))
        for point in points { p += big(point.row) + big(point.column) }
        for rectangle in rectangles { p += rectangle.flatMap { big($0) } }
        return opcode(5, p)
    }
}
