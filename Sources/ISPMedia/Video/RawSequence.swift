// Raw files as the frames of one stream: a numbered pattern, a folder or a list, all of one size and pixel format.

import ISPImaging

/// A list of raw files that a pipeline takes as frames of one stream, by number.
///
/// The first file decides size and pixel format when the sequence is opened; a file that differs is refused when it is
/// read. A raw dump's samples are read straight into the caller's memory; a camera file is decoded and copied once.
/// Immutable: any thread may read any frame.
public struct RawSequence: Sendable {
    /// The files in their order.
    public let items: [InputItem]
    /// How every frame lies in the caller's memory: with the first dump's stride, or without padding for camera files.
    public let layout: RawDumpLayout
    /// What is known about the first frame.
    public let metadata: FrameMetadata
    private let dump: RawDumpGeometry?

    /// The number of frames.
    public var count: Int { items.count }

    /// Expands arguments as `InputList` does and opens the sequence.
    /// - Parameters:
    ///   - arguments: numbered patterns (`frame%05d.raw`), folders and files.
    ///   - dump: makes every file a raw dump of this geometry; what it leaves open comes from each file's sidecar.
    /// - Throws: as `InputList.expand` and `init(_:dump:)` of items.
    public init(_ arguments: [String], dump: RawDumpGeometry? = nil) throws(ISPError) {
        try self.init(InputList.expand(arguments, dump: dump), dump: dump)
    }

    /// Opens a sequence: reads the description of its first frame (of a camera file, all of it).
    /// - Throws: `ISPError(.usage)` for an empty list and for standard input and pipes, and what reading the first frame throws.
    public init(_ items: [InputItem], dump: RawDumpGeometry? = nil) throws(ISPError) {
        guard let first = items.first else { throw ISPError(.usage, "a sequence of no frames; name at least one file") }
        guard !items.contains(where: { $0.source == .file("-") }) else {
            throw ISPError(.usage, "standard input is no file of a sequence; read it as a stream of frames instead")
        }
        for case .file(let path) in items.lazy.map(\.source) {
            guard case .stream? = try? FileBytes.kind(of: path) else { continue }
            throw ISPError(.usage, "\(path): is no file of a sequence; read it as a stream of frames instead")
        }
        self.items = items
        self.dump = dump
        do throws(ISPError) {
            let input = try RawInput(first.source, geometry: dump)
            let reader = try Readers.reader(of: input)
            if reader == RawDumpReader.self {
                let description = try RawDumpReader.describe(input.geometry ?? RawDumpGeometry(), input.sidecar)
                var metadata = description.metadata
                try RawDumpReader.check(input, description.layout, &metadata.notes)
                // In memory there is no header.
                layout = RawDumpLayout(
                    format: description.layout.format, size: description.layout.size,
                    bytesPerRow: description.layout.bytesPerRow)
                self.metadata = metadata
            } else {
                let frame = try reader.read(input)
                layout = RawDumpLayout(
                    format: frame.format, size: frame.size,
                    bytesPerRow: frame.format.minimumBytesPerRow(width: frame.size.width))
                metadata = frame.metadata
            }
        } catch { throw error.about(first.source.name) }
    }

    /// Reads a frame.
    ///
    /// - Parameters:
    ///   - index: which one, from 0.
    ///   - buffer: takes the samples, with the stride of `layout`; padding may stay as it was.
    /// - Returns: what is known about the frame.
    /// - Throws: `ISPError` with the file's name in front: `.damagedInput` where size or pixel format are not the first
    ///   frame's, and what `Readers.read` throws.
    /// - Precondition: the frame exists, and `buffer` has room for `layout.bytesPerFrame` bytes.
    public func read(
        _ index: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ISPError) -> FrameMetadata {
        precondition(items.indices.contains(index), "no such frame")
        precondition(buffer.count >= layout.bytesPerFrame, "no room for a frame")
        let source = items[index].source
        do throws(ISPError) {
            let input = try RawInput(source, geometry: dump)
            let reader = try Readers.reader(of: input)
            guard reader == RawDumpReader.self else { return try copy(try reader.read(input), into: buffer) }
            var (found, metadata) = try RawDumpReader.describe(input.geometry ?? RawDumpGeometry(), input.sidecar)
            try check(found.format, found.size)
            guard found.bytesPerRow == layout.bytesPerRow else {
                return try copy(try RawDumpReader.read(input), into: buffer)
            }
            try RawDumpReader.check(input, found, &metadata.notes)
            try input.read(
                from: found.offset,
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<found.minimumBytesPerFrame]))
            return metadata
        } catch { throw error.about(source.name) }
    }

    private func check(_ format: PixelFormat, _ size: Size) throws(ISPError) {
        guard format == layout.format, size == layout.size else {
            throw ISPError(
                .damagedInput,
                "\(size) \(format), but the sequence began with \(layout.size) \(layout.format) in "
                    + "\(items[0].source.name); give files of one size and pixel format")
        }
    }

    /// Copies the rows of a decoded frame, or of a dump with another stride.
    private func copy(_ frame: RawFrame, into buffer: UnsafeMutableRawBufferPointer) throws(ISPError) -> FrameMetadata {
        try check(frame.format, frame.size)
        let row = frame.format.minimumBytesPerRow(width: frame.size.width)
        frame.withBytes { bytes in
            for y in 0..<frame.size.height {
                let start = y * frame.bytesPerRow
                UnsafeMutableRawBufferPointer(rebasing: buffer[(y * layout.bytesPerRow)...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + row)]))
            }
        }
        return frame.metadata
    }
}
