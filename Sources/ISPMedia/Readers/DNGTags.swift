// The DNG tags that LibRaw does not hand out (opcodes, noise profile, mirrored orientations), read through libtiff.

import CTIFF
import ISPImaging

/// Tags of a DNG file's raw image (or, where the specification puts them there, of its first directory).
package struct DNGTags: Sendable {
    /// EXIF orientation, 1 to 8.
    package var orientation: Int?
    /// Columns and rows of the repeated CFA pattern.
    package var patternSize: Size?
    /// The visible part of the stored image.
    package var activeArea: Region?
    /// The recommended crop (DefaultCropOrigin, DefaultCropSize, rounded inwards), relative to the active area.
    package var defaultCrop: Region?
    /// CFALayout: 1 is a rectangular grid, others are staggered.
    package var layout = 1
    /// Whether samples are floating-point numbers.
    package var isFloatingPoint = false
    /// Whether the image is no mosaic any more: PhotometricInterpretation LinearRaw with several samples a pixel. (With
    /// one sample it is how monochrome cameras write.)
    package var isLinear = false
    /// The bytes of OpcodeList1 (before anything), 2 (after linearisation) and 3 (after demosaicing).
    package var opcodeLists: [[UInt8]] = [[], [], []]
    /// Pairs of scale and offset.
    package var noiseProfile: [Double] = []
    /// Whether CameraCalibration belongs to the embedded matrices (the two signatures are equal).
    package var calibrationApplies = true

    private static let photometricLinearRaw = 34892
    /// The most directories looked at, and the most bytes of a tag: far above real files, far below harm.
    private static let (maximumDirectories, maximumTagBytes) = (64, 1 << 28)

    /// Reads the tags of a DNG in memory.
    /// - Throws: `ISPError(.damagedInput)` where libtiff cannot read it.
    package init(_ file: FileBytes) throws(ISPError) {
        defer { withExtendedLifetime(file) {} }
        let bytes = file.bytes
        let memory = UnsafeMutablePointer<softisp_tiff_memory>.allocate(capacity: 1)
        defer { memory.deallocate() }
        memory.initialize(to: softisp_tiff_memory())
        memory.pointee.bytes = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        memory.pointee.count = UInt64(bytes.count)
        guard let tiff = softisp_tiff_open_memory(memory, Int64(Self.maximumTagBytes)) else {
            let message = withUnsafeBytes(of: memory.pointee.message) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            throw ISPError(.damagedInput, "its tags cannot be read (\(message)); the file is damaged")
        }
        defer { TIFFClose(tiff) }
        readCommon(tiff)
        if Self.selectRaw(tiff) { readRaw(tiff) }
    }

    /// What belongs into the first directory.
    private mutating func readCommon(_ tiff: OpaquePointer) {
        orientation = Self.word(tiff, 274).map(Int.init)
        noiseProfile = Self.array(tiff, 51041, TIFF_DOUBLE)
        let camera = Self.text(tiff, 50931)
        let profile = Self.text(tiff, 50932)
        calibrationApplies = camera == profile
    }

    /// What belongs into the raw image's directory.
    private mutating func readRaw(_ tiff: OpaquePointer) {
        orientation = orientation ?? Self.word(tiff, 274).map(Int.init)
        if let repeated = Self.numbers(tiff, 33421, 2) {
            patternSize = Size(width: Int(repeated[1]), height: Int(repeated[0]))
        }
        if let area = Self.numbers(tiff, 50829, 4)?.map({ Int($0) }) {
            activeArea = Region(x: area[1], y: area[0], width: area[3] - area[1], height: area[2] - area[0])
        }
        if let origin = Self.numbers(tiff, 50719, 2), let size = Self.numbers(tiff, 50720, 2) {
            let (x, y) = (origin[0].rounded(.up), origin[1].rounded(.up))
            defaultCrop = Region(
                x: Int(x), y: Int(y), width: Int(origin[0] + size[0] - x), height: Int(origin[1] + size[1] - y))
        }
        layout = Self.word(tiff, 50711).map(Int.init) ?? 1
        isFloatingPoint = Self.word(tiff, 339) == UInt16(SAMPLEFORMAT_IEEEFP)
        isLinear = Self.word(tiff, 262).map(Int.init) == Self.photometricLinearRaw && Self.word(tiff, 277) ?? 1 > 1
        opcodeLists = [51008, 51009, 51022].map { Self.array(tiff, $0, TIFF_UNDEFINED) }
        let own: [Double] = Self.array(tiff, 51041, TIFF_DOUBLE)
        if !own.isEmpty { noiseProfile = own }
    }

    /// Makes the directory of the raw image current: full resolution (NewSubfileType 0) and CFA or LinearRaw, the
    /// largest of several; `false` where there is none.
    private static func selectRaw(_ tiff: OpaquePointer) -> Bool {
        var best: (offset: UInt64, area: Int)?
        func consider() {
            var (kind, width, height): (UInt32, UInt32, UInt32) = (0, 0, 0)
            _ = softisp_tiff_get_u32(tiff, UInt32(TIFFTAG_SUBFILETYPE), &kind)
            let photometric = word(tiff, 262).map(Int.init)
            guard kind == 0, photometric == Int(PHOTOMETRIC_CFA) || photometric == photometricLinearRaw,
                softisp_tiff_get_u32(tiff, UInt32(TIFFTAG_IMAGEWIDTH), &width) != 0,
                softisp_tiff_get_u32(tiff, UInt32(TIFFTAG_IMAGELENGTH), &height) != 0
            else { return }
            let area = Size(width: Int(width), height: Int(height)).area ?? 0
            if area > best?.area ?? 0 { best = (TIFFCurrentDirOffset(tiff), area) }
        }
        // Offsets first: reading a SubIFD overwrites the list libtiff handed out.
        var subdirectories: [UInt64] = []
        var visited = 0
        repeat {
            consider()
            var count: UInt16 = 0
            var offsets: UnsafePointer<UInt64>?
            if softisp_tiff_get_subifds(tiff, &count, &offsets) != 0, let offsets {
                subdirectories += UnsafeBufferPointer(start: offsets, count: Int(count))
            }
            visited += 1
        } while visited < maximumDirectories && TIFFReadDirectory(tiff) != 0
        for offset in subdirectories.prefix(maximumDirectories) where TIFFSetSubDirectory(tiff, offset) != 0 {
            consider()
        }
        guard let best else { return false }
        return TIFFSetSubDirectory(tiff, best.offset) != 0
    }

    // MARK: Values

    private static func word(_ tiff: OpaquePointer, _ tag: UInt32) -> UInt16? {
        var value: UInt16 = 0
        return softisp_tiff_get_u16(tiff, tag, &value) != 0 ? value : nil
    }

    /// A tag with a fixed count of numbers from 0 to 2^31, as geometry is made of.
    private static func numbers(_ tiff: OpaquePointer, _ tag: UInt32, _ count: Int) -> [Double]? {
        var numbers = [Double](repeating: 0, count: count)
        guard softisp_tiff_get_numbers(tiff, tag, Int32(count), &numbers) != 0,
            numbers.allSatisfy({ (0...0x7fff_ffff).contains($0) })
        else { return nil }
        return numbers
    }

    /// Copies a counted tag; `Element` must be the stored type.
    private static func array<Element: BitwiseCopyable>(
        _ tiff: OpaquePointer, _ tag: UInt32, _ type: TIFFDataType
    ) -> [Element] {
        var count: UInt32 = 0
        var values: UnsafeRawPointer?
        guard softisp_tiff_get_array(tiff, tag, type, &count, &values) != 0, let values else { return [] }
        return (0..<Int(count)).map {
            values.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: Element.self)
        }
    }

    /// A text that is stored as characters or as bytes.
    private static func text(_ tiff: OpaquePointer, _ tag: UInt32) -> [UInt8] {
        let characters: [UInt8] = array(tiff, tag, TIFF_ASCII)
        let bytes: [UInt8] = characters.isEmpty ? array(tiff, tag, TIFF_BYTE) : characters
        return Array(bytes.prefix { $0 != 0 })
    }
}
