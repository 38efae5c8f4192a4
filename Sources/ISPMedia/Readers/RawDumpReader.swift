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
        var (layout, metadata) = try describe(input.geometry ?? RawDumpGeometry(), input.sidecar)
        try check(input, layout, &metadata.notes)
        let bytes = try input.bytes(from: layout.offset, count: layout.minimumBytesPerFrame)
        return try RawFrame(
            format: layout.format, size: layout.size, bytesPerRow: layout.bytesPerRow, bytes: bytes.bytes, owner: bytes,
            metadata: metadata)
    }

    /// What is said about a dump, without a look at its samples.
    /// - Throws: as `read(_:)`, for the description alone.
    static func describe(
        _ geometry: RawDumpGeometry, _ sidecar: Sidecar?
    ) throws(ISPError) -> (layout: RawDumpLayout, metadata: FrameMetadata) {
        let layout = try RawDumpLayout(geometry, sidecar)
        var metadata = try levels(geometry, sidecar, layout.format)
        try sidecar?.describe(&metadata, size: layout.size, pattern: layout.format.cfa)
        return (layout, metadata)
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

    /// Refuses an input that does not hold a frame of its description, and notes what follows the first one.
    /// - Throws: `ISPError(.usage)` for a header longer than the input, `.damagedInput` for too few samples.
    static func check(_ input: RawInput, _ layout: RawDumpLayout, _ notes: inout [String]) throws(ISPError) {
        guard layout.offset <= input.byteCount else {
            throw ISPError(
                .usage, "a header of \(layout.offset) bytes in a file of \(input.byteCount); give a smaller offset")
        }
        let needed = layout.minimumBytesPerFrame
        let available = input.byteCount - layout.offset
        guard available >= needed else {
            throw ISPError(
                .damagedInput,
                "\(available) bytes of samples, but \(layout) needs \(needed); "
                    + "the file is truncated or its description is wrong")
        }
        let rest = available - min(available, layout.bytesPerFrame)
        if rest >= needed {
            let frames = 1 + (rest + layout.bytesPerFrame - needed) / layout.bytesPerFrame
            notes.append("the file holds \(frames) frames; the first is read")
        } else if rest > 0 {
            notes.append("\(rest) bytes after the frame are not read")
        }
    }
}
