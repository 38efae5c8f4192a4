// The reader of raw dumps: samples without a header, described by a sidecar or by the user.

import ISPImaging

/// Reads headerless samples, one frame after another; the first frame is taken.
public enum RawDumpReader: RawReader {
    /// What it is called and takes.
    public static let descriptor = ReaderDescriptor(
        name: "raw-dump", summary: "headerless sensor samples, described by NAME.json beside them or by options",
        fileExtensions: ["raw", "bin", "bayer", "data"])

    /// Whether somebody described the input: the user, or a sidecar beside a file that no other reader claims.
    public static func claims(_ input: RawInput) -> Bool { input.geometry != nil || input.sidecar != nil }

    /// Reads the first frame.
    /// - Throws: `ISPError(.usage)` where the description is incomplete, `.damagedInput` where it contradicts the file.
    public static func read(_ input: RawInput) throws(ISPError) -> RawFrame {
        let geometry = input.geometry ?? RawDumpGeometry()
        let sidecar = input.sidecar
        let format = try format(geometry, sidecar)
        guard let size = geometry.size ?? sidecar?.size else {
            throw ISPError(.usage, "the size of this raw dump is not known: give WIDTHxHEIGHT or a sidecar with it")
        }
        try RawFrame.check(size)
        let packed = format.minimumBytesPerRow(width: size.width)
        // A stride from the sidecar belongs to the sidecar's own format and size.
        let isSidecarLayout = geometry.format == nil && geometry.size == nil
        let bytesPerRow = geometry.bytesPerRow ?? (isSidecarLayout ? sidecar?.bytesPerRow : nil) ?? packed

        var metadata = try levels(geometry, sidecar, format)
        let bytes = try frameBytes(input, geometry.offset, bytesPerRow, packed, format, size, &metadata.notes)
        try sidecar?.describe(&metadata, size: size, pattern: format.cfa)
        return try RawFrame(
            format: format, size: size, bytesPerRow: bytesPerRow, bytes: bytes.bytes, owner: bytes, metadata: metadata)
    }

    private static func format(_ geometry: RawDumpGeometry, _ sidecar: Sidecar?) throws(ISPError) -> PixelFormat {
        if let format = geometry.format ?? sidecar?.format {
            guard format.isRaw else {
                throw ISPError(
                    .usage, "\(format) is not a raw format; `softisp list formats` shows the Bayer and mono ones")
            }
            if geometry.format == nil, let sidecar { _ = try packing(sidecar) }
            return format
        }
        guard let sidecar, let layout = sidecar.layout, let bits = sidecar.bitsPerSample else {
            throw ISPError(
                .usage,
                "the pixel format of this raw dump is not known: give one, or a sidecar with 'format' or 'cfa' and 'bits_per_sample'"
            )
        }
        var pattern: CFAPattern?
        if case .bayer(let order) = layout { pattern = order }
        guard let packing = try packing(sidecar),
            let format = PixelFormat.raw(pattern, bitsPerSample: bits, packing: packing)
        else {
            throw ISPError(
                .unsupportedInput,
                "no pixel format has \(bits) bits and the packing '\(sidecar.packing ?? "")'; name one with the key 'format'"
            )
        }
        return format
    }

    /// The packing in the sidecar's words; whole bytes or words where it says nothing.
    /// - Throws: `ISPError(.unsupportedInput)` for a byte order or alignment that is not read.
    private static func packing(_ sidecar: Sidecar) throws(ISPError) -> PixelFormat.Packing? {
        guard let text = sidecar.packing?.lowercased() else { return sidecar.bitsPerSample == 8 ? .bytes : .words }
        // A big-endian or left-aligned dump read as if it were not would be a picture, only a wrong one.
        for other in ["big-endian", "big endian", "msb-aligned", "msb aligned", "left-aligned"]
        where text.contains(other) {
            throw ISPError(
                .unsupportedInput, "samples that are \(other) are not read; store them little-endian in the low bits")
        }
        if text.contains("csi") || text.contains("mipi") { return .csi2 }
        if text.contains("uint16") || text == "words" { return .words }
        if text.contains("uint8") || text == "bytes" { return .bytes }
        return nil
    }

    private static func levels(
        _ geometry: RawDumpGeometry, _ sidecar: Sidecar?, _ format: PixelFormat
    ) throws(ISPError) -> FrameMetadata {
        let black = geometry.blackLevel ?? sidecar?.blackLevel
        // Levels are linear: of companded samples, on the scale of the curve's values.
        let maximum = sidecar?.linearization?.max().map(Float.init) ?? Float(format.maximum)
        let white = geometry.whiteLevel ?? sidecar?.whiteLevel ?? maximum
        var metadata = FrameMetadata(blackLevel: 0, whiteLevel: white)
        if let black {
            guard black.count == 1 || black.count == 4 else {
                throw ISPError(.usage, "\(black.count) black levels; give one, or four in the order R, Gr, Gb, B")
            }
            metadata.blackLevel = black.count == 4 ? black : Array(repeating: black[0], count: 4)
        } else {
            metadata.notes.append("no black level is given; 0 is assumed")
        }
        let range: ClosedRange<Float> = 0...maximum
        guard metadata.blackLevel.allSatisfy({ range.contains($0) && $0 < white }), range.contains(white) else {
            throw ISPError(
                geometry.blackLevel == nil && geometry.whiteLevel == nil ? .damagedInput : .usage,
                "black \(metadata.blackLevel) and white \(white) do not fit \(format): both must lie in "
                    + "0 to \(Int(maximum)), black below white")
        }
        return metadata
    }

    /// Reads one frame's bytes and notes what follows them.
    private static func frameBytes(
        _ input: RawInput, _ offset: Int, _ bytesPerRow: Int, _ packed: Int, _ format: PixelFormat, _ size: Size,
        _ notes: inout [String]
    ) throws(ISPError) -> FileBytes {
        guard bytesPerRow >= packed, bytesPerRow <= 1 << 24 else {
            throw ISPError(
                .damagedInput,
                "a stride of \(bytesPerRow) bytes cannot hold \(size.width) samples of \(format) (\(packed) bytes)")
        }
        guard (0...input.byteCount).contains(offset) else {
            throw ISPError(.usage, "a header of \(offset) bytes in a file of \(input.byteCount); give a smaller offset")
        }
        let needed = bytesPerRow * (size.height - 1) + packed
        let available = input.byteCount - offset
        guard available >= needed else {
            throw ISPError(
                .damagedInput,
                "\(available) bytes of samples, but \(size) \(format) with a stride of \(bytesPerRow) needs \(needed); "
                    + "the file is truncated or its description is wrong")
        }
        let rest = available - min(available, bytesPerRow * size.height)
        if rest >= needed {
            notes.append(
                "the file holds \(1 + (rest + bytesPerRow - packed) / (bytesPerRow * size.height)) frames; the first is read"
            )
        } else if rest > 0 {
            notes.append("\(rest) bytes after the frame are not read")
        }
        return try input.bytes(from: offset, count: needed)
    }
}
