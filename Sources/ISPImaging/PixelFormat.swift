// What a pixel format is. The table of all of them, with every dialect of their names, is PixelFormat+Table.swift.

/// A memory layout of samples: one row of `PixelFormat.all`.
///
/// Names of RGB formats follow the order of bytes in memory (`RGB888` is R, G, B at rising addresses). DRM and
/// libcamera name the same layout the other way round (`BGR888`); their names are in `libcamera`.
public struct PixelFormat: Hashable, Sendable, CustomStringConvertible {
    /// How the samples make up a picture.
    public enum Layout: Hashable, Sendable {
        /// One sample a pixel through a Bayer colour filter array.
        case bayer(CFAPattern)
        /// One sample a pixel, no filter.
        case mono
        /// Interleaved samples in the given order; `x` is a padding sample.
        case rgb(String)
        /// 4:2:0, a luma plane and a plane of interleaved Cb, Cr.
        case nv12
        /// 4:2:0, three planes: luma, Cb, Cr.
        case i420
        /// 4:2:2, one plane: Y0 Cb Y1 Cr.
        case yuyv
    }

    /// How a sample is stored.
    public enum Packing: String, Hashable, Sendable {
        /// One byte a sample.
        case bytes
        /// One 16-bit little-endian word a sample, value in the low bits.
        case words
        /// MIPI CSI-2: the high bytes of a group of samples, then their low bits.
        case csi2
    }

    /// The name used here: libcamera's for raw formats, the memory order for RGB.
    public let name: String
    /// How the samples make up a picture.
    public let layout: Layout
    /// The number of significant bits of a sample, 8 to 16.
    public let bitsPerSample: Int
    /// How a sample is stored.
    public let packing: Packing
    /// libcamera's (DRM's) name.
    public let libcamera: String?
    /// The V4L2 fourcc, trailing blanks included.
    public let v4l2: String?
    /// ffmpeg's `pix_fmt`.
    public let ffmpeg: String?
    /// GStreamer's `format`.
    public let gstreamer: String?

    /// The largest value a sample can have.
    public var maximum: Int { (1 << bitsPerSample) - 1 }

    /// Whether the format carries sensor samples (Bayer or mono) rather than a finished picture.
    public var isRaw: Bool {
        switch layout {
        case .bayer, .mono: true
        default: false
        }
    }

    /// Whether the format carries luma and colour differences.
    public var isYCbCr: Bool {
        switch layout {
        case .nv12, .i420, .yuyv: true
        default: false
        }
    }

    /// The colour filter array, or `nil` where there is none.
    public var cfa: CFAPattern? {
        if case .bayer(let pattern) = layout { return pattern }
        return nil
    }

    /// Samples a pixel of an interleaved or raw format; 1 for planar ones (of the luma plane).
    public var samplesPerPixel: Int {
        if case .rgb(let order) = layout { return order.count }
        return 1
    }

    /// The name.
    public var description: String { name }

    /// The smallest number of bytes that hold a row of `width` pixels of the first plane.
    ///
    /// CSI-2 groups are stored whole: 4 samples in 5 bytes (10 bits), 2 in 3 (12 bits), 4 in 7 (14 bits). YUYV pairs too.
    public func minimumBytesPerRow(width: Int) -> Int {
        switch (layout, packing) {
        case (.yuyv, _): return (width + 1) / 2 * 4
        case (_, .bytes): return width * samplesPerPixel
        case (_, .words): return width * samplesPerPixel * 2
        case (_, .csi2):
            let group = csi2Group
            return (width + group.samples - 1) / group.samples * group.bytes
        }
    }

    /// Samples and bytes of one CSI-2 group of this bit depth.
    var csi2Group: (samples: Int, bytes: Int) {
        switch bitsPerSample {
        case 10: (4, 5)
        case 12: (2, 3)
        default: (4, 7)
        }
    }

    /// The planes of a picture of `size` whose rows are stored without padding.
    public func planes(of size: Size) -> [PlaneLayout] {
        let row = minimumBytesPerRow(width: size.width)
        let first = PlaneLayout(offset: 0, bytesPerRow: row, rows: size.height)
        let halfWidth = (size.width + 1) / 2
        let halfHeight = (size.height + 1) / 2
        switch layout {
        case .nv12:
            return [first, PlaneLayout(offset: first.end, bytesPerRow: 2 * halfWidth, rows: halfHeight)]
        case .i420:
            let cb = PlaneLayout(offset: first.end, bytesPerRow: halfWidth, rows: halfHeight)
            return [first, cb, PlaneLayout(offset: cb.end, bytesPerRow: halfWidth, rows: halfHeight)]
        default:
            return [first]
        }
    }
}

/// Where one plane of a picture lies in its memory.
public struct PlaneLayout: Hashable, Sendable {
    /// Bytes from the start of the picture to the plane's first row.
    public let offset: Int
    /// Distance between the starts of two rows, in bytes.
    public let bytesPerRow: Int
    /// The number of rows.
    public let rows: Int

    /// Creates a plane layout.
    public init(offset: Int, bytesPerRow: Int, rows: Int) {
        self.offset = offset
        self.bytesPerRow = bytesPerRow
        self.rows = rows
    }

    /// The first byte after the plane.
    public var end: Int { offset + bytesPerRow * rows }
}
