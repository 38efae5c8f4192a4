// What a file tells about the picture beside its samples.

import ISPImaging

/// Colour and circumstances of a finished picture, for ICC profiles and EXIF.
///
/// The orientation is missing on purpose: the pipeline delivers upright pictures, and writers say so (EXIF value 1).
public struct PictureAttributes: Hashable, Sendable {
    /// The primaries of the samples.
    public var colorSpace: RGBColorSpace
    /// The coding of linear light in the samples.
    public var transfer: TransferFunction
    /// Camera, lens and exposure.
    public var capture: CaptureInfo
    /// The program that made the picture, with its version; `nil` writes none.
    public var software: String?

    /// Creates attributes; without arguments, those of a plain sRGB picture.
    public init(
        colorSpace: RGBColorSpace = .srgb, transfer: TransferFunction = .srgb, capture: CaptureInfo = CaptureInfo(),
        software: String? = nil
    ) {
        self.colorSpace = colorSpace
        self.transfer = transfer
        self.capture = capture
        self.software = software
    }
}
