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
            throw ISPError(
                .resource, "\(input.byteCount) bytes; camera files up to \(RawInput.maximumBytes) bytes are read")
        }
        let file = try input.bytes(from: 0, count: input.byteCount)
        let image = try open(file)
        var notes: [String] = []
        try refuseSensors(image.raw)
        let tags = softisp_raw_dng_version(image.raw) != 0 ? try dngTags(file, &notes) : nil
        try check(image.raw, byteCount: input.byteCount)
        try image.unpack()
        try refuseContents(image.raw)

        let sensor = try SensorGeometry(image.raw, tags: tags)
        let samples = SensorSamples(image.raw, sensor.active)
        var metadata = try CameraMetadata(raw: image.raw, tags: tags, sensor: sensor).frame
        metadata.notes = notes + metadata.notes
        tags?.apply(to: &metadata, active: sensor.active, pattern: sensor.pattern)
        try input.sidecar?.correct(&metadata, size: sensor.active.size, pattern: sensor.pattern)
        return try RawFrame(
            format: format(sensor.pattern, white: metadata.whiteLevel, maximum: samples.maximum),
            size: sensor.active.size, bytesPerRow: samples.bytesPerRow, bytes: samples.bytes, owner: image,
            metadata: metadata)
    }

    /// Opens a file in LibRaw. Of a DNG that it does not know, the tags tell what it is.
    private static func open(_ file: FileBytes) throws(ISPError) -> LibRawImage {
        if LibRawHazards.hasSixBySixPattern(file) { throw unsupported("an X-Trans sensor (6x6 colour filter array)") }
        do throws(ISPError) { return try LibRawImage(file) } catch {
            if error.kind == .unsupportedInput, let tags = try? DNGTags(file) { try refuseKinds(tags) }
            throw error
        }
    }

    // MARK: Refusals by name

    static func unsupported(_ what: String) -> ISPError {
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
            throw unsupported(
                "a colour filter array with the colours \(letters) (CYGM, RGBE and other four-colour filters)")
        }
    }

    /// The tags of a DNG; a file whose tags libtiff cannot read is read without them.
    private static func dngTags(_ file: FileBytes, _ notes: inout [String]) throws(ISPError) -> DNGTags? {
        let tags: DNGTags
        do throws(ISPError) { tags = try DNGTags(file) } catch {
            notes.append("gain map, noise profile and orientation tag are not known: \(error.message)")
            return nil
        }
        try refuseKinds(tags)
        return tags
    }

    /// What the tags of a DNG tell and LibRaw does not, or not reliably.
    private static func refuseKinds(_ tags: DNGTags) throws(ISPError) {
        if tags.isFloatingPoint { throw unsupported("a floating-point DNG") }
        if tags.isLinear { throw unsupported("a linear DNG (already demosaiced)") }
        if tags.layout != 1 { throw unsupported("a staggered colour filter array (CFALayout \(tags.layout))") }
        switch tags.patternSize.map({ ($0.width, $0.height) }) {
        case nil, (2, 2)?, (1, 1)?: return
        case (4, 4)?: throw unsupported("a Quad Bayer sensor (4x4 colour filter array)")
        case (6, 6)?: throw unsupported("an X-Trans sensor (6x6 colour filter array)")
        case (let width, let height)?: throw unsupported("a \(width)x\(height) colour filter array")
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

    /// The shallowest word format that cuts neither white nor any sample.
    private static func format(_ pattern: CFAPattern?, white: Float, maximum: UInt16) -> PixelFormat {
        let needed = max(Int(white.rounded(.up)), Int(maximum))
        let bits = [10, 12, 14].first { needed < 1 << $0 } ?? 16
        return PixelFormat.raw(pattern, bitsPerSample: bits, packing: .words)!
    }
}
