// The kernels by name. A new one is a file of its own and a line here.

/// What a kernel says of itself.
public struct KernelDescriptor: Hashable, Sendable {
    /// The name, as in `softisp list plan`.
    public let name: String
    /// What it takes and what it gives.
    public let takes, gives: String
    /// What it does, one line.
    public let summary: String

    init(_ name: String, _ summary: String, takes: String, gives: String) {
        (self.name, self.summary, self.takes, self.gives) = (name, summary, takes, gives)
    }
}

/// The table of kernels.
public enum KernelTable {
    /// All kernels, in the order of the pipeline.
    public static let all: [KernelDescriptor] = [
        KernelDescriptor(
            "unpack", "clamps samples to their depth, moves them to the top of 16 bits, parts even and odd columns",
            takes: "raw bytes of every format", gives: "16-bit samples"),
        KernelDescriptor(
            "outlier", "finds photosites that may be defective: above or below all but one of eight neighbours",
            takes: "16-bit samples", gives: "candidates"),
        KernelDescriptor(
            "bin", "joins photosites of one colour: half of the columns, half of the rows", takes: "16-bit samples",
            gives: "16-bit samples"),
        KernelDescriptor(
            "green", "evens out the two greens where the picture is smooth", takes: "16-bit samples",
            gives: "16-bit samples"),
        KernelDescriptor(
            "gain", "black level, shading, balance and gain in one product, highlights limited",
            takes: "16-bit samples", gives: "linear mosaic"),
        KernelDescriptor(
            "bilinear", "mean of the nearest samples of each colour", takes: "linear mosaic", gives: "linear colours"),
        KernelDescriptor(
            "malvar", "gradient-corrected 5x5 filters in difference form", takes: "linear mosaic",
            gives: "linear colours"),
        KernelDescriptor(
            "matrix", "identity plus the rest of a 3x3 matrix", takes: "linear colours", gives: "linear colours"),
        KernelDescriptor(
            "tone", "any rising curve as sixteen parabolas looked up by byte shuffle", takes: "linear colours",
            gives: "display colours"),
        KernelDescriptor(
            "tone, keeping hue",
            "the curve on the largest and the smallest channel, the middle one at its place between",
            takes: "linear colours", gives: "display colours"),
        KernelDescriptor(
            "saturation", "mix of each channel with luma", takes: "display colours", gives: "display colours"),
        KernelDescriptor(
            "luma", "luma, and colour differences of every second column", takes: "display colours",
            gives: "display luma, chroma"),
        KernelDescriptor(
            "sharpen", "Gaussian, detail, its gain above the noise, limited overshoot", takes: "display luma",
            gives: "display luma"),
        KernelDescriptor(
            "block chroma", "a sigma filter on the chroma of 2x2 pixels", takes: "display luma, chroma",
            gives: "display chroma"),
        KernelDescriptor(
            "round, interleave", "8-bit codes in the order of the pixel format", takes: "display colours",
            gives: "RGB888 and its likes"),
        KernelDescriptor(
            "video", "8-bit codes of full or limited range", takes: "display luma, chroma", gives: "NV12, I420, YUYV"),
    ]
}
