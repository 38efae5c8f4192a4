// Motion JPEG: one JPEG after another, the cheapest compressed video there is.

import CTurboJPEG
import Foundation
import ISPImaging

/// Writes baseline JPEGs one after another, as `ffmpeg -f mjpeg` reads them.
///
/// RGB pictures are subsampled as `JPEGWriter` does it. I420 and NV12 are compressed as they are, 4:2:0; JFIF knows full
/// range and BT.601's weights only and has no word for others, so streams of other codes are refused rather than shown in
/// wrong colours. JFIF also places chroma half-way between two columns while the pack stage places it at the even ones:
/// colours of such a video lie a quarter of a chroma sample off, which RGB pictures avoid.
public final class MJPEGWriter: VideoWriter {
    /// What the writer is called, takes and honours.
    public static let descriptor = WriterDescriptor(
        name: "mjpeg", summary: "Motion JPEG, 8 bits, one JPEG after another", extensions: ["mjpeg", "mjpg"],
        formats: [.rgb888, .bgr888, .i420, .nv12, .grey8], options: [.quality, .subsampling])

    /// The number of pictures written.
    public private(set) var frameCount = 0
    private let stream: VideoStream
    private let quality: Int32
    private let subsampling: TJSAMP
    private let output: VideoOutput
    private let encoder: JPEGEncoder

    /// Opens the output; see `VideoWriter`.
    /// - Throws: also `ISPError(.usage)` for YCbCr of limited range or with BT.709's weights, `.resource` for pictures
    ///   beyond JPEG's limit and where memory runs out.
    public init(_ stream: VideoStream, options: WriterOptions, to target: OutputTarget) throws(ISPError) {
        guard max(stream.size.width, stream.size.height) <= JPEGWriter.maximumSide else {
            throw ISPError(
                .resource,
                "JPEG holds \(JPEGWriter.maximumSide) pixels a side, the pictures are \(stream.size); make them smaller"
            )
        }
        guard !stream.format.isYCbCr || (stream.range == .full && stream.standard == .bt601) else {
            throw ISPError(
                .usage,
                "JPEG holds YCbCr of full range with BT.601's weights, not \(stream.range) \(stream.standard); "
                    + "set `range: full` and `ycbcr: bt601`, or render RGB888")
        }
        self.stream = stream
        quality = Int32(options.quality)
        subsampling = JPEGWriter.subsampling(stream.format, options)
        encoder = try JPEGEncoder(stream, subsampling)
        output = try VideoOutput(target, options: options)
    }

    /// Compresses and writes the next picture; see `VideoWriter`.
    public func write(_ image: ImageBuffer, number: Int, attributes: PictureAttributes) throws(ISPError) {
        try stream.check(image)
        let jpeg = try encoder.encode(image, subsampling, quality)
        try output.frame { file throws(ISPError) in try file.write(jpeg) }
        frameCount += 1
    }

    /// Completes the video; see `VideoWriter`.
    public func finish() throws(ISPError) { try output.finish() }
}

/// A TurboJPEG compressor with memory for its result and for planes it cannot take as they are, made once for all frames.
private final class JPEGEncoder {
    private let compressor: tjhandle
    private let result: UnsafeMutableRawBufferPointer
    /// Cb and Cr of NV12, in planes.
    private let chroma: AlignedMemory?
    /// Luma of an odd size, with its last column and row doubled: TurboJPEG reads whole chroma samples' worth of it.
    private let luma: AlignedMemory?
    private let evenSize: Size

    init(_ stream: VideoStream, _ subsampling: TJSAMP) throws(ISPError) {
        let count = tjBufSize(Int32(stream.size.width), Int32(stream.size.height), Int32(subsampling.rawValue))
        guard let compressor = tjInitCompress() else { throw Self.outOfMemory }
        guard count > 0, count < UInt(Int.max), let memory = malloc(Int(count)) else {
            tjDestroy(compressor)
            throw Self.outOfMemory
        }
        self.compressor = compressor
        result = UnsafeMutableRawBufferPointer(start: memory, count: Int(count))
        evenSize = Size(width: (stream.size.width + 1) & ~1, height: (stream.size.height + 1) & ~1)
        let isNV12 = stream.format.layout == .nv12
        chroma = isNV12 ? AlignedMemory(byteCount: evenSize.width * evenSize.height / 2) : nil
        let isPadded = stream.format.isYCbCr && evenSize != stream.size
        luma = isPadded ? AlignedMemory(byteCount: evenSize.width * evenSize.height) : nil
    }

    deinit {
        tjDestroy(compressor)
        free(result.baseAddress)
    }

    /// The JPEG of a picture, good until the next one.
    func encode(_ image: ImageBuffer, _ subsampling: TJSAMP, _ quality: Int32) throws(ISPError)
        -> UnsafeRawBufferPointer
    {
        var bytes: UnsafeMutablePointer<UInt8>? = result.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var count = UInt(result.count)
        let (width, height) = (Int32(image.size.width), Int32(image.size.height))
        // The accurate transform, as for pictures; memory is never grown: `tjBufSize` is what the worst picture takes.
        let flags = TJFLAG_ACCURATEDCT | TJFLAG_NOREALLOC
        let status: Int32
        if image.format.isYCbCr {
            status = withPlanes(of: image) { planes, strides in
                tjCompressFromYUVPlanes(
                    compressor, planes, width, strides, height, Int32(subsampling.rawValue), &bytes, &count, quality,
                    flags)
            }
        } else {
            status = tjCompress2(
                compressor, image.bytes.baseAddress, width, Int32(image.planes[0].bytesPerRow), height,
                Int32(JPEGWriter.pixelFormat(image.format).rawValue), &bytes, &count, Int32(subsampling.rawValue),
                quality, flags)
        }
        guard status == 0, count <= result.count else {
            throw ISPError(.resource, "JPEG encoding failed: \(String(cString: tjGetErrorStr2(compressor)))")
        }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(result)[..<Int(count)])
    }

    private static var outOfMemory: ISPError {
        ISPError(.resource, "not enough memory for the JPEG encoder; make the pictures smaller")
    }

    private typealias Plane = UnsafePointer<UInt8>

    /// Calls `body` with three planes and their strides.
    private func withPlanes(
        of image: ImageBuffer, _ body: (UnsafeMutablePointer<Plane?>, UnsafePointer<Int32>) -> Int32
    ) -> Int32 {
        let first = evenLuma(of: image)
        let chromaWidth = evenSize.width / 2
        let (second, third) = chromaPlanes(of: image)
        return withUnsafeTemporaryAllocation(of: Plane?.self, capacity: 3) { planes in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3) { strides in
                _ = planes.initialize(from: [first.plane, second, third])
                _ = strides.initialize(from: [Int32(first.stride), Int32(chromaWidth), Int32(chromaWidth)])
                return body(planes.baseAddress!, strides.baseAddress!)
            }
        }
    }

    private func chromaPlanes(of image: ImageBuffer) -> (cb: Plane, cr: Plane) {
        let rows = evenSize.height / 2
        let width = evenSize.width / 2
        guard let chroma else {
            let bytes = image.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
            return (Plane(bytes + image.planes[1].offset), Plane(bytes + image.planes[2].offset))
        }
        let planes = chroma.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        for y in 0..<rows {
            for first in 0...1 {
                ChromaRows.deinterleave(
                    image.row(y, plane: 1), first: first, into: planes + (first * rows + y) * width, count: width)
            }
        }
        return (Plane(planes), Plane(planes + rows * width))
    }

    private func evenLuma(of image: ImageBuffer) -> (plane: Plane, stride: Int) {
        guard let luma else {
            return (Plane(image.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)), image.size.width)
        }
        let target = luma.bytes.baseAddress!
        for y in 0..<evenSize.height {
            let row = image.row(min(y, image.size.height - 1))
            let copy = target + y * evenSize.width
            copy.copyMemory(from: row.baseAddress!, byteCount: row.count)
            if row.count < evenSize.width {
                copy.storeBytes(of: row[row.count - 1], toByteOffset: row.count, as: UInt8.self)
            }
        }
        return (Plane(target.assumingMemoryBound(to: UInt8.self)), evenSize.width)
    }
}
