// A finished picture in memory, ready for a writer or a sink.

/// A picture: a pixel format, a size, and the memory of its planes.
///
/// Threads fill disjoint parts of it through `bytes` and nobody writes it once the run that fills it has returned. Where
/// the memory is somebody else's, its owner decides when it may be written again. `@unchecked Sendable` is true because
/// the class itself never changes after `init`; the owner is only kept, never called.
public final class ImageBuffer: @unchecked Sendable {
    /// How the samples are stored.
    public let format: PixelFormat
    /// Columns and rows.
    public let size: Size
    /// The planes, rows without padding.
    public let planes: [PlaneLayout]
    /// The bytes of all planes; they go with this object.
    public let bytes: UnsafeMutableRawBufferPointer
    private let owner: AnyObject

    /// The number of bytes that a picture takes: its planes one after another, rows without padding.
    /// - Throws: `ISPError(.resource)` where a side is not positive or the picture has 2^40 pixels or more.
    public static func byteCount(format: PixelFormat, size: Size) throws(ISPError) -> Int {
        try check(size)
        return format.planes(of: size).last!.end
    }

    /// Allocates a zeroed picture.
    /// - Throws: `ISPError(.resource)` where a side is not positive or the picture has 2^40 pixels or more.
    public init(format: PixelFormat, size: Size) throws(ISPError) {
        try Self.check(size)
        self.format = format
        self.size = size
        planes = format.planes(of: size)
        let memory = AlignedMemory(byteCount: planes.last!.end)
        bytes = memory.bytes
        owner = memory
    }

    /// Makes a picture of memory that `owner` keeps, without a copy: a slot of an arena, a mapped file. What is in it
    /// stays.
    /// - Parameters:
    ///   - format: how the samples are stored.
    ///   - size: columns and rows.
    ///   - bytes: at least `byteCount(format:size:)` bytes, of any alignment; the picture is at their start.
    ///   - owner: kept as long as the picture is.
    /// - Throws: `ISPError(.resource)` where the memory is too small for the picture, or as `init(format:size:)`.
    public init(
        format: PixelFormat, size: Size, bytes: UnsafeMutableRawBufferPointer, owner: AnyObject
    ) throws(ISPError) {
        try Self.check(size)
        let planes = format.planes(of: size)
        let needed = planes.last!.end
        guard bytes.count >= needed else {
            throw ISPError(
                .resource, "\(bytes.count) bytes of memory for \(size) \(format), which takes \(needed); give it more")
        }
        self.format = format
        self.size = size
        self.planes = planes
        self.bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<needed])
        self.owner = owner
    }

    private static func check(_ size: Size) throws(ISPError) {
        guard size.width > 0, let area = size.area, area > 0, area < 1 << 40 else {
            throw ISPError(.resource, "a picture of \(size) pixels is too large or empty; choose another size")
        }
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
