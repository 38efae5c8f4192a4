// What is the same for every frame of a video.

import ISPImaging

/// The pictures of a video: all of one format and size, so many a second.
public struct VideoStream: Hashable, Sendable {
    /// How the samples of every picture are stored.
    public let format: PixelFormat
    /// Columns and rows of every picture.
    public let size: Size
    /// How often a picture comes.
    public let frameRate: FrameRate
    /// Which codes luma and chroma use; meaningless for other formats than YCbCr.
    public let range: YCbCrRange
    /// The luma weights; meaningless for other formats than YCbCr.
    public let standard: YCbCrStandard
    /// Bytes of a picture: its planes one after another, rows without padding.
    public let bytesPerPicture: Int

    /// Describes a video. Range and weights default to those of the pipeline's settings.
    /// - Throws: `ISPError(.resource)` where no picture can have the size.
    public init(
        format: PixelFormat, size: Size, frameRate: FrameRate, range: YCbCrRange = .limited,
        standard: YCbCrStandard = .bt709
    ) throws(ISPError) {
        bytesPerPicture = try ImageBuffer.byteCount(format: format, size: size)
        self.format = format
        self.size = size
        self.frameRate = frameRate
        self.range = range
        self.standard = standard
    }

    /// Refuses a picture that is none of this video's.
    /// - Throws: `ISPError(.usage)` that names both formats and sizes.
    public func check(_ image: ImageBuffer) throws(ISPError) {
        guard image.format == format, image.size == size else {
            throw ISPError(
                .usage,
                "a picture of \(image.size) \(image.format) in a video of \(size) \(format); "
                    + "give pictures of one size and pixel format, or write another video")
        }
    }
}
