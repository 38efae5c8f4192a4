// What the user says about a headerless dump of samples, instead of or over what its sidecar says.

import ISPImaging

/// Format, size and levels of a raw dump as given on the command line; a value left `nil` comes from the sidecar.
public struct RawDumpGeometry: Hashable, Sendable {
    /// How the samples are stored, and their CFA phase.
    public var format: PixelFormat?
    /// Columns and rows.
    public var size: Size?
    /// Distance between the starts of two rows, in bytes; rows without padding where neither this nor a sidecar says it.
    public var bytesPerRow: Int?
    /// Black at R, Gr, Gb, B (four numbers) or everywhere (one), in sample units.
    public var blackLevel: [Float]?
    /// White, in sample units.
    public var whiteLevel: Float?
    /// Bytes of header in front of the samples.
    public var offset: Int

    /// Creates a geometry.
    public init(
        format: PixelFormat? = nil, size: Size? = nil, bytesPerRow: Int? = nil, blackLevel: [Float]? = nil,
        whiteLevel: Float? = nil, offset: Int = 0
    ) {
        self.format = format
        self.size = size
        self.bytesPerRow = bytesPerRow
        self.blackLevel = blackLevel
        self.whiteLevel = whiteLevel
        self.offset = offset
    }
}
