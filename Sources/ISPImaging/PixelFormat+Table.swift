// The table of pixel formats and the look-up by any of their names. A new format is one row here.
//
// Sources of the names: libcamera `formats.yaml`, Linux `videodev2.h`, ffmpeg `pixdesc.c`, GStreamer `video/x-bayer`
// and `video-format.h`. A `-` means the dialect has no name for it.

extension PixelFormat {
    /// Every pixel format: Bayer and mono raw formats first, then finished pictures.
    public static let all: [PixelFormat] = rawFormats + pictureFormats

    /// Finds a format by any of its names, without regard to case. Our own names win over the dialects', so that
    /// `RGB888` is always the memory order R, G, B.
    /// - Throws: `ISPError(.usage)` that lists near names.
    public static func named(_ text: String) throws(ISPError) -> PixelFormat {
        let wanted = text.lowercased()
        if let exact = all.first(where: { $0.name.lowercased() == wanted }) { return exact }
        // A fourcc's case matters ('pGAA' is GBRG, 'pgAA' is GRBG), so exact spelling goes before folded.
        if let spelled = all.first(where: { $0.dialectNames.contains(text) }) { return spelled }
        if let folded = all.first(where: { $0.dialectNames.contains { $0.lowercased() == wanted } }) { return folded }
        let near = all.map(\.name).filter { $0.lowercased().hasPrefix(wanted.prefix(3)) }
        let hint = near.isEmpty ? "" : " (near: \(near.prefix(6).joined(separator: ", ")))"
        throw ISPError(.usage, "unknown pixel format '\(text)'\(hint); `softisp list formats` shows all names")
    }

    /// The raw format with the given properties, or `nil` where no such format exists.
    public static func raw(_ cfa: CFAPattern?, bitsPerSample: Int, packing: Packing) -> PixelFormat? {
        rawFormats.first { $0.cfa == cfa && $0.bitsPerSample == bitsPerSample && $0.packing == packing }
    }

    /// 8-bit R, G, B.
    public static let rgb888 = picture("RGB888")
    /// 8-bit B, G, R.
    public static let bgr888 = picture("BGR888")
    /// 16-bit little-endian R, G, B.
    public static let rgb48 = picture("RGB48")
    /// 8-bit grey.
    public static let grey8 = rawFormats.first { $0.name == "R8" }!
    /// 16-bit little-endian grey.
    public static let grey16 = rawFormats.first { $0.name == "R16" }!

    /// 8-bit 4:2:0, a luma plane and a plane of interleaved Cb, Cr.
    public static let nv12 = picture("NV12")
    /// 8-bit 4:2:0, three planes.
    public static let i420 = picture("I420")

    private static func picture(_ name: String) -> PixelFormat { pictureFormats.first { $0.name == name }! }

    /// The names in other projects, trailing blanks of fourccs removed.
    public var dialectNames: [String] {
        [libcamera, v4l2.map { String($0.reversed().drop { $0 == " " }.reversed()) }, ffmpeg, gstreamer].compactMap(
            \.self)
    }

    // MARK: Raw

    /// Fourccs in the order RGGB, GRBG, GBRG, BGGR, mono.
    private static let fourccs: [(bits: Int, packing: Packing, codes: [String?])] = [
        (8, .bytes, ["RGGB", "GRBG", "GBRG", "BA81", "GREY"]),
        (10, .words, ["RG10", "BA10", "GB10", "BG10", "Y10 "]),
        (12, .words, ["RG12", "BA12", "GB12", "BG12", "Y12 "]),
        (14, .words, ["RG14", "GR14", "GB14", "BG14", "Y14 "]),
        (16, .words, ["RG16", "GR16", "GB16", "BYR2", "Y16 "]),
        (10, .csi2, ["pRAA", "pgAA", "pGAA", "pBAA", "Y10P"]),
        (12, .csi2, ["pRCC", "pgCC", "pGCC", "pBCC", "Y12P"]),
        (14, .csi2, ["pREE", "pgEE", "pGEE", "pBEE", "Y14P"]),
    ]

    private static let rawFormats: [PixelFormat] = fourccs.flatMap { row in
        let patterns: [CFAPattern?] = [.rggb, .grbg, .gbrg, .bggr, nil]
        return zip(patterns, row.codes).map { raw($0, row.bits, row.packing, fourcc: $1) }
    }

    private static func raw(_ cfa: CFAPattern?, _ bits: Int, _ packing: Packing, fourcc: String?) -> PixelFormat {
        let base = cfa.map { "S\($0.rawValue.uppercased())\(bits)" } ?? "R\(bits)"
        let name = packing == .csi2 ? base + "_CSI2P" : base
        var ffmpeg: String?
        var gstreamer: String?
        if packing != .csi2 {
            if let cfa {
                ffmpeg = bits == 8 ? "bayer_\(cfa.rawValue)8" : bits == 16 ? "bayer_\(cfa.rawValue)16le" : nil
                gstreamer = bits == 8 ? cfa.rawValue : "\(cfa.rawValue)\(bits)le"
            } else {
                ffmpeg = bits == 8 ? "gray" : "gray\(bits)le"
                gstreamer = bits == 8 ? "GRAY8" : bits == 16 ? "GRAY16_LE" : nil
            }
        }
        return PixelFormat(
            name: name, layout: cfa.map { .bayer($0) } ?? .mono, bitsPerSample: bits, packing: packing, libcamera: name,
            v4l2: fourcc, ffmpeg: ffmpeg, gstreamer: gstreamer)
    }

    // MARK: Pictures

    private static let pictureFormats: [PixelFormat] = [
        row("RGB888", .rgb("rgb"), .bytes, "BGR888", "RGB3", "rgb24", "RGB"),
        row("BGR888", .rgb("bgr"), .bytes, "RGB888", "BGR3", "bgr24", "BGR"),
        row("RGBX8888", .rgb("rgbx"), .bytes, "XBGR8888", "XB24", "rgb0", "RGBx"),
        row("BGRX8888", .rgb("bgrx"), .bytes, "XRGB8888", "XR24", "bgr0", "BGRx"),
        row("RGB48", .rgb("rgb"), .words, "BGR161616", nil, "rgb48le", nil),
        row("NV12", .nv12, .bytes, "NV12", "NV12", "nv12", "NV12"),
        row("I420", .i420, .bytes, "YUV420", "YU12", "yuv420p", "I420"),
        row("YUYV", .yuyv, .bytes, "YUYV", "YUYV", "yuyv422", "YUY2"),
    ]

    private static func row(
        _ name: String, _ layout: Layout, _ packing: Packing, _ libcamera: String?, _ v4l2: String?, _ ffmpeg: String?,
        _ gstreamer: String?
    ) -> PixelFormat {
        PixelFormat(
            name: name, layout: layout, bitsPerSample: packing == .bytes ? 8 : 16, packing: packing,
            libcamera: libcamera, v4l2: v4l2, ffmpeg: ffmpeg, gstreamer: gstreamer)
    }
}
