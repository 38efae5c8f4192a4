// How the frames of a raw dump lie in their bytes, once the user and the sidecar have had their say.

import ISPImaging

/// A raw dump's format, size and stride with nothing left open: a header, then frames one after another.
public struct RawDumpLayout: Hashable, Sendable, CustomStringConvertible {
    /// How the samples are stored, and their CFA phase.
    public let format: PixelFormat
    /// Columns and rows.
    public let size: Size
    /// Distance between the starts of two rows, in bytes.
    public let bytesPerRow: Int
    /// Bytes of header in front of the first frame.
    public let offset: Int

    /// Distance between the starts of two frames, in bytes.
    public var bytesPerFrame: Int { bytesPerRow * size.height }
    /// Bytes from a frame's first sample to its last: the padding of the last row may be missing at the end of a file.
    public var minimumBytesPerFrame: Int {
        bytesPerRow * (size.height - 1) + format.minimumBytesPerRow(width: size.width)
    }
    /// Size, format and stride in words.
    public var description: String { "\(size) \(format) with a stride of \(bytesPerRow)" }

    /// Takes what `geometry` says, and the rest from the sidecar.
    /// - Throws: `ISPError(.usage)` where format or size are said by neither, or a format is none of raw samples;
    ///   `.unsupportedInput` for a byte order or packing that is not read; `.damagedInput` for sizes and strides that
    ///   cannot be.
    public init(_ geometry: RawDumpGeometry, _ sidecar: Sidecar? = nil) throws(ISPError) {
        format = try Self.format(geometry, sidecar)
        guard let size = geometry.size ?? sidecar?.size else {
            throw ISPError(.usage, "the size of this raw dump is not known: give WIDTHxHEIGHT or a sidecar with it")
        }
        try RawFrame.check(size)
        self.size = size
        let packed = format.minimumBytesPerRow(width: size.width)
        // A stride from the sidecar belongs to the sidecar's own format and size.
        let isSidecarLayout = geometry.format == nil && geometry.size == nil
        bytesPerRow = geometry.bytesPerRow ?? (isSidecarLayout ? sidecar?.bytesPerRow : nil) ?? packed
        guard bytesPerRow >= packed, bytesPerRow <= 1 << 24 else {
            throw ISPError(
                .damagedInput,
                "a stride of \(bytesPerRow) bytes cannot hold \(size.width) samples of \(format) (\(packed) bytes)")
        }
        offset = geometry.offset
        guard offset >= 0 else { throw ISPError(.usage, "a header of \(offset) bytes; give an offset of 0 or more") }
    }

    /// Frames of a known format without a header; the caller made sure of the values.
    init(format: PixelFormat, size: Size, bytesPerRow: Int) {
        self.format = format
        self.size = size
        self.bytesPerRow = bytesPerRow
        offset = 0
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
}
