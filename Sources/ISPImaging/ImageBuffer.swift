// A finished picture in memory, ready for a writer or a sink.

/// A picture: a pixel format, a size, and the memory of its planes.
///
/// Threads fill disjoint parts of it through `bytes` and nobody writes it once the run that fills it has returned.
public final class ImageBuffer: Sendable {
    /// How the samples are stored.
    public let format: PixelFormat
    /// Columns and rows.
    public let size: Size
    /// The planes, rows without padding.
    public let planes: [PlaneLayout]
    private let memory: AlignedMemory
    private let byteCount: Int

    /// Allocates a zeroed picture.
    /// - Throws: `ISPError(.resource)` where the size overflows.
    public init(format: PixelFormat, size: Size) throws(ISPError) {
        guard let area = size.area, area > 0, area < 1 << 40 else {
            throw ISPError(.resource, "a picture of \(size) pixels is too large")
        }
        self.format = format
        self.size = size
        planes = format.planes(of: size)
        byteCount = planes.last!.end
        memory = AlignedMemory(byteCount: byteCount)
    }

    /// The bytes of all planes.
    public var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: memory.bytes.baseAddress, count: byteCount)
    }

    /// The bytes of one row of a plane.
    /// - Precondition: the plane and the row exist.
    public func row(_ y: Int, plane: Int = 0) -> UnsafeMutableRawBufferPointer {
        let layout = planes[plane]
        precondition(y >= 0 && y < layout.rows, "row outside the picture")
        let start = layout.offset + y * layout.bytesPerRow
        return UnsafeMutableRawBufferPointer(rebasing: bytes[start..<(start + layout.bytesPerRow)])
    }

    /// A sample of an interleaved or raw picture with whole-byte packing; for tests and set-up.
    public func sample(x: Int, y: Int, channel: Int) -> Int {
        let index = x * format.samplesPerPixel + channel
        let row = row(y)
        return format.packing == .bytes
            ? Int(row[index]) : Int(UInt16(littleEndian: row.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
    }
}
