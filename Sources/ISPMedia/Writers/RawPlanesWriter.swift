// The samples as they lie in memory.

import ISPImaging

/// Writes the bytes of any picture, plane after plane, without a header: what `ffmpeg -f rawvideo` reads.
public enum RawPlanesWriter: PictureWriter {
    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "raw", summary: "the samples alone, in any pixel format, without a header",
        extensions: ["raw", "bin", "rgb", "bgr", "gray", "yuv", "nv12", "i420", "yuyv"], formats: PixelFormat.all)

    /// Encodes `image`; see `PictureWriter`.
    public static func encode(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions, to file: OutputFile
    ) throws(ISPError) {
        try file.write(UnsafeRawBufferPointer(image.bytes))
    }
}
