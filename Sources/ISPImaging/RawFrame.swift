// A raw frame as a reader delivers it: sensor samples in memory plus what is known about them.

/// One frame of sensor samples with its metadata.
///
/// The samples stay where the reader put them (a decoder's buffer, a file's bytes); the frame keeps their owner alive
/// and nobody writes them after the frame exists, which is why `@unchecked Sendable` is true.
public struct RawFrame: @unchecked Sendable {
    /// The largest width or height accepted, in pixels; beyond it a size is taken for damage.
    public static let maximumSide = 65_535
    /// The smallest width and height a pipeline takes, in pixels.
    public static let minimumSide = 16

    /// How the samples are stored, and the CFA phase of the first one.
    public let format: PixelFormat
    /// Columns and rows.
    public let size: Size
    /// Distance between the starts of two rows.
    public let bytesPerRow: Int
    /// What is known about the frame.
    public var metadata: FrameMetadata

    private let bytes: UnsafeRawBufferPointer
    private let owner: AnyObject

    /// Wraps samples that `owner` keeps in memory.
    /// - Throws: `ISPError(.damagedInput)` where size, stride and byte count contradict each other.
    public init(
        format: PixelFormat, size: Size, bytesPerRow: Int, bytes: UnsafeRawBufferPointer, owner: AnyObject,
        metadata: FrameMetadata
    ) throws(ISPError) {
        try Self.check(size)
        guard format.isRaw else { throw ISPError(.usage, "\(format) is not a raw format; use a Bayer or mono format") }
        let row = format.minimumBytesPerRow(width: size.width)
        guard bytesPerRow >= row, bytesPerRow <= 1 << 24 else {
            throw ISPError(
                .damagedInput,
                "a stride of \(bytesPerRow) bytes cannot hold \(size.width) samples of \(format) (\(row) bytes)")
        }
        let needed = bytesPerRow * (size.height - 1) + row
        guard bytes.count >= needed else {
            throw ISPError(
                .damagedInput,
                "\(bytes.count) bytes of samples, but \(size) \(format) with a stride of \(bytesPerRow) needs \(needed); "
                    + "the file is truncated or the size is wrong")
        }
        self.format = format
        self.size = size
        self.bytesPerRow = bytesPerRow
        self.bytes = bytes
        self.owner = owner
        self.metadata = metadata
    }

    /// Copies samples, one word each, into a frame of its own; samples above the bit depth stay as they are (unpacking
    /// clamps them).
    public init(words: [UInt16], format: PixelFormat, size: Size, metadata: FrameMetadata) throws(ISPError) {
        guard format.packing == .words else {
            throw ISPError(.usage, "\(format) is not a 16-bit word format")
        }
        let memory = AlignedMemory(byteCount: words.count * 2)
        words.withUnsafeBytes { memory.bytes.copyMemory(from: $0) }
        try self.init(
            format: format, size: size, bytesPerRow: size.width * 2,
            bytes: UnsafeRawBufferPointer(start: memory.bytes.baseAddress, count: words.count * 2), owner: memory,
            metadata: metadata)
    }

    /// Refuses sizes no sensor has.
    public static func check(_ size: Size) throws(ISPError) {
        let sides = minimumSide...maximumSide
        guard sides.contains(size.width), sides.contains(size.height) else {
            throw ISPError(
                .damagedInput, "a frame of \(size) pixels; width and height must be \(minimumSide) to \(maximumSide)")
        }
    }

    /// Unpacks columns of a row; see `RawPacking.unpack`.
    /// - Precondition: `y` and `columns` lie in the frame.
    public func unpackRow(_ y: Int, columns: Range<Int>, into destination: UnsafeMutablePointer<UInt16>) {
        precondition(y >= 0 && y < size.height && columns.lowerBound >= 0 && columns.upperBound <= size.width)
        let row = UnsafeRawBufferPointer(rebasing: bytes[(y * bytesPerRow)..<min(bytes.count, (y + 1) * bytesPerRow)])
        RawPacking.unpack(row, format, columns: columns, into: destination)
    }

    /// Runs `body` with the stored bytes of the whole frame.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }
}
