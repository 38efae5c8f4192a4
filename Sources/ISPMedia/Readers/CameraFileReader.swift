// The reader of camera files (DNG, CinemaDNG, CR2, NEF, ARW ...) through LibRaw, which delivers sensor samples and
// metadata and does nothing else: no scaling, no demosaicing.

import CLibRaw
import ISPImaging

/// Reads what LibRaw can decode to one channel a photosite: Bayer and monochrome sensors.
public enum CameraFileReader: RawReader {
    /// What it is called and takes.
    public static let descriptor = ReaderDescriptor(
        name: "camera", summary: "camera raw files and CinemaDNG, through LibRaw",
        fileExtensions: [
            "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf", "raf", "rw2", "rwl", "orf", "pef", "srw",
            "3fr", "fff", "iiq", "mef", "mos", "mrw", "erf", "kdc", "dcr", "dcs", "x3f", "gpr", "ari",
        ])

    /// The most samples a byte of a sound file can stand for: a lossily coded black frame reaches about 100.
    private static let maximumSamplesPerByte = 256

    /// Whether the first bytes are a camera file's. Some formats have none, so an extension counts where nothing else
    /// describes the input; a dump's `.raw` never does, for LibRaw would take it for any camera's whose size it has.
    public static func claims(_ input: RawInput) -> Bool {
        if input.isDescribedDump { return false }
        if let signature = input.signature { return signature.kind == .camera }
        return input.sidecar == nil && descriptor.fileExtensions.contains(input.fileExtension)
    }

    /// Decodes the file. The frame borrows LibRaw's own buffer.
    /// - Throws: `ISPError(.unsupportedInput)` that names the kind of sensor or file which is not supported,
    ///   `.damagedInput` for truncated or damaged data, `.resource` where it is too large.
    public static func read(_ input: RawInput) throws(ISPError) -> RawFrame {
        guard input.byteCount <= RawInput.maximumBytes else {
            throw ISPError(.resource, "\(input.byteCount) bytes; camera files up to \(RawInput.maximumBytes) bytes are read")
        }
        let image = try LibRawImage(try input.bytes(from: 0, count: input.byteCount))
        var notes: [String] = []
        try refuseSensors(image.raw)
        let tags = try dngTags(image, &notes)
        try check(image.raw, byteCount: input.byteCount)
        try image.unpack()
        try refuseContents(image.raw)

        let active = try activeArea(image.raw)
        let pattern = try pattern(image.raw)
        let samples = Samples(image.raw, active)
        var metadata = try CameraMetadata(raw: image.raw, tags: tags, pattern: pattern, active: active).frame
        metadata.notes = notes + metadata.notes
        tags?.apply(to: &metadata, active: active, pattern: pattern)
        try input.sidecar?.correct(&metadata, size: active.size, pattern: pattern)
        return try RawFrame(
            format: format(pattern, white: metadata.whiteLevel, maximum: samples.maximum), size: active.size,
            bytesPerRow: samples.bytesPerRow, bytes: samples.bytes, owner: image, metadata: metadata)
    }

    // MARK: Refusals by name

    private static func unsupported(_ what: String) -> ISPError {
        ISPError(.unsupportedInput, "\(what) is not supported; Bayer and monochrome sensor data is")
    }

    /// What is known before anything is decoded.
    private static func refuseSensors(_ raw: UnsafePointer<libraw_data_t>) throws(ISPError) {
        if softisp_raw_is_foveon(raw) != 0 { throw unsupported("a Foveon sensor (three layers, no mosaic)") }
        switch softisp_raw_filters(raw) {
        case 9: throw unsupported("an X-Trans sensor (6x6 colour filter array)")
        case 1: throw unsupported("a Leaf Catchlight sensor (16x16 colour filter array)")
        default: break
        }
        let letters = softisp_raw_color_letters(raw).map { String(cString: $0) } ?? ""
        if softisp_raw_colors(raw) == 4 || (softisp_raw_filters(raw) != 0 && !letters.hasPrefix("RGB")) {
            throw unsupported("a colour filter array with the colours \(letters) (CYGM, RGBE and other four-colour filters)")
        }
    }

    /// What the tags of a DNG tell and LibRaw does not, or not reliably.
    private static func dngTags(_ image: LibRawImage, _ notes: inout [String]) throws(ISPError) -> DNGTags? {
        guard softisp_raw_dng_version(image.raw) != 0, let file = image.file else { return nil }
        let tags: DNGTags
        do throws(ISPError) { tags = try DNGTags(file.bytes) } catch {
            notes.append("gain map, noise profile and orientation tag are not known: \(error.message)")
            return nil
        }
        if tags.isFloatingPoint { throw unsupported("a floating-point DNG") }
        if tags.isLinear { throw unsupported("a linear DNG (already demosaiced)") }
        if tags.layout != 1 { throw unsupported("a staggered colour filter array (CFALayout \(tags.layout))") }
        switch tags.patternSize.map({ ($0.width, $0.height) }) {
        case nil, (2, 2)?, (1, 1)?: return tags
        case (4, 4)?: throw unsupported("a Quad Bayer sensor (4x4 colour filter array)")
        case (6, 6)?: throw unsupported("an X-Trans sensor (6x6 colour filter array)")
        case let (width, height)?: throw unsupported("a \(width)x\(height) colour filter array")
        }
    }

    /// What only decoding tells.
    private static func refuseContents(_ raw: UnsafePointer<libraw_data_t>) throws(ISPError) {
        if softisp_raw_is_float(raw) != 0 { throw unsupported("floating-point sensor data") }
        if softisp_raw_fuji_width(raw) != 0 { throw unsupported("a Super CCD sensor (mosaic turned by 45 degrees)") }
        if softisp_raw_samples(raw) == nil {
            throw softisp_raw_is_multichannel(raw) != 0
                ? unsupported("a file whose pixels have all colours already (linear DNG, sRAW, pixel shift)")
                : ISPError(.damagedInput, "the file holds no sensor data; it is damaged or not a raw file")
        }
    }

    // MARK: Geometry

    /// Refuses absurd sizes before memory is spent on them.
    private static func check(_ raw: UnsafePointer<libraw_data_t>, byteCount: Int) throws(ISPError) {
        let stored = Size(width: Int(softisp_raw_width(raw)), height: Int(softisp_raw_height(raw)))
        try RawFrame.check(stored)
        guard stored.width * stored.height / maximumSamplesPerByte <= byteCount else {
            throw ISPError(.damagedInput, "\(stored) samples in \(byteCount) bytes cannot be; the file is damaged")
        }
    }

    /// The visible part of the sensor.
    private static func activeArea(_ raw: UnsafePointer<libraw_data_t>) throws(ISPError) -> Region {
        let stored = Region(Size(width: Int(softisp_raw_width(raw)), height: Int(softisp_raw_height(raw))))
        let active = Region(
            x: Int(softisp_raw_left_margin(raw)), y: Int(softisp_raw_top_margin(raw)),
            width: Int(softisp_raw_visible_width(raw)), height: Int(softisp_raw_visible_height(raw)))
        try RawFrame.check(active.size)
        guard stored.contains(active) else {
            throw ISPError(.damagedInput, "an active area of \(active) in a frame of \(stored.size); the file is damaged")
        }
        return active
    }

    /// The CFA seen from the first visible sample; `nil` for mono. Eight rows are looked at, which is as far as LibRaw's
    /// own description of a mosaic reaches.
    private static func pattern(_ raw: UnsafeMutablePointer<libraw_data_t>) throws(ISPError) -> CFAPattern? {
        guard softisp_raw_filters(raw) != 0 else {
            guard softisp_raw_colors(raw) == 1 else { throw unsupported("a colour sensor without a known mosaic") }
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
        throw unsupported("a colour filter array that is not Bayer's")
    }

    /// The shallowest word format that cuts neither white nor any sample.
    private static func format(_ pattern: CFAPattern?, white: Float, maximum: UInt16) -> PixelFormat {
        let needed = max(Int(white.rounded(.up)), Int(maximum))
        let bits = [10, 12, 14].first { needed < 1 << $0 } ?? 16
        return PixelFormat.raw(pattern, bitsPerSample: bits, packing: .words)!
    }
}

/// The visible samples in LibRaw's buffer.
private struct Samples {
    let bytes: UnsafeRawBufferPointer
    let bytesPerRow: Int
    /// The largest of them. (LibRaw's own data maximum is only known after its processing.)
    let maximum: UInt16

    /// - Precondition: the area lies in the stored frame, and LibRaw has unpacked it.
    init(_ raw: UnsafePointer<libraw_data_t>, _ active: Region) {
        let pitch = Int(softisp_raw_pitch(raw))
        bytesPerRow = pitch > 0 ? pitch : 2 * Int(softisp_raw_width(raw))
        let stride = bytesPerRow / 2
        let first = softisp_raw_samples(raw)! + active.y * stride + active.x
        bytes = UnsafeRawBufferPointer(
            start: first, count: bytesPerRow * (active.height - 1) + 2 * active.width)
        var largest: UInt16 = 0
        for y in 0..<active.height {
            let row = first + y * stride
            for x in 0..<active.width { largest = max(largest, row[x]) }
        }
        maximum = largest
    }
}
