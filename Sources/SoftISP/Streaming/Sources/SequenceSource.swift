// Raw files as a source: a numbered pattern, a folder, a list.

import ISPImaging
import ISPMedia
import Synchronization

/// The files of a sequence, one frame each.
public final class SequenceSource: FrameSource {
    /// What it is called in messages.
    public let name: String
    /// The first frame.
    public let first: RawFrame
    /// Frames a second, where that is known.
    public let frameRate: Double?
    /// Always false: it waits until there is room.
    public let isLive = false
    /// How many frames there are.
    public let count: Int?

    private let sequence: RawSequence
    private let state: Mutex<State>

    private struct State {
        var position = 0
        var calibration = 0
        var metadata: FrameMetadata
        var isInterrupted = false
    }

    /// Opens the sequence and reads its first frame.
    ///
    /// - Parameters:
    ///   - arguments: patterns, folders and files, as `softisp develop` takes them.
    ///   - dump: makes every file a raw dump of this geometry.
    ///   - frameRate: at which they were recorded, where that is known.
    /// - Throws: `ISPError` where files are missing or damaged.
    public init(_ arguments: [String], dump: RawDumpGeometry? = nil, frameRate: Double? = nil) throws(ISPError) {
        sequence = try RawSequence(arguments, dump: dump)
        count = sequence.count
        name = arguments.joined(separator: " ")
        self.frameRate = frameRate
        let memory = AlignedMemory(byteCount: sequence.layout.bytesPerFrame)
        let metadata = try sequence.read(0, into: memory.bytes)
        first = try RawFrame(
            format: sequence.layout.format, size: sequence.layout.size, bytesPerRow: sequence.layout.bytesPerRow,
            bytes: UnsafeRawBufferPointer(memory.bytes), owner: memory, metadata: metadata)
        state = Mutex(State(metadata: metadata))
    }

    /// Delivers the next frame; see `FrameSource`.
    public func next(into memory: UnsafeMutableRawBufferPointer) throws(ISPError) -> SourceFrame? {
        let index = state.withLock { state -> Int? in
            guard !state.isInterrupted, state.position < sequence.count else { return nil }
            defer { state.position += 1 }
            return state.position
        }
        guard let index else { return nil }
        // The first was read to be looked at: a camera file takes long to decode.
        guard index > 0 else {
            first.copySamples(into: memory)
            return SourceFrame(metadata: first.metadata, calibration: 0)
        }
        let metadata = try sequence.read(index, into: memory)
        return state.withLock { state in
            if state.metadata != metadata {
                state.metadata = metadata
                state.calibration += 1
            }
            return SourceFrame(metadata: metadata, calibration: state.calibration)
        }
    }

    /// Passes the next frame by.
    public func skip() { state.withLock { $0.position += 1 } }

    /// Ends it soon.
    public func interrupt() { state.withLock { $0.isInterrupted = true } }
}
