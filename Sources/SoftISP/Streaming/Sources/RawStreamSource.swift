// Raw frames one after another on standard input, in a pipe or in a long file.

import ISPImaging
import ISPMedia

/// A stream of raw frames of one geometry.
public final class RawStreamSource: FrameSource, @unchecked Sendable {
    // Sendable: the reader is used by one thread at a time, and interrupted from any.
    /// What it is called in messages.
    public let name: String
    /// The first frame.
    public let first: RawFrame
    /// Frames a second, where that is known.
    public let frameRate: Double?
    /// Always false: it waits until there is room.
    public let isLive = false
    /// Not known before its end.
    public let count: Int? = nil

    private let reader: RawStreamReader
    /// The first frame was read to be looked at, and is delivered yet.
    private var isFirst = true

    /// Opens the stream and waits for its first frame.
    ///
    /// - Parameters:
    ///   - path: a file, a named pipe, or `-` for standard input.
    ///   - geometry: format, size, levels.
    ///   - frameRate: at which they were recorded, where that is known.
    /// - Throws: `ISPError`; `.damagedInput` where the stream ends before its first frame.
    public init(_ path: String, geometry: RawDumpGeometry, frameRate: Double? = nil) throws(ISPError) {
        reader = try RawStreamReader(path, geometry: geometry)
        name = reader.name
        self.frameRate = frameRate
        let memory = AlignedMemory(byteCount: reader.layout.bytesPerFrame)
        guard try reader.read(into: memory.bytes) else {
            throw ISPError(.damagedInput, "\(reader.name): there is no frame in it; it must hold at least one")
        }
        first = try RawFrame(
            format: reader.layout.format, size: reader.layout.size, bytesPerRow: reader.layout.bytesPerRow,
            bytes: UnsafeRawBufferPointer(memory.bytes), owner: memory, metadata: reader.metadata)
    }

    /// Delivers the next frame; see `FrameSource`.
    public func next(into memory: UnsafeMutableRawBufferPointer) throws(ISPError) -> SourceFrame? {
        if isFirst {
            isFirst = false
            first.copySamples(into: memory)
        } else if try !reader.read(into: memory) {
            return nil
        }
        return SourceFrame(metadata: reader.metadata, calibration: 0)
    }

    /// Passes the next frame by.
    public func skip() throws(ISPError) {
        let memory = AlignedMemory(byteCount: reader.layout.bytesPerFrame)
        _ = try next(into: memory.bytes)
    }

    /// Ends it soon.
    public func interrupt() { reader.interruption.interrupt() }
}
