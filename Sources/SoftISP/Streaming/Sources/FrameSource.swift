// Where the raw frames of a stream come from.

import ISPImaging

/// A stream of raw frames of one size and pixel format.
///
/// Used by one thread, but for ``interrupt()``. A new source is one file with a type that conforms to this.
public protocol FrameSource: AnyObject, Sendable {
    /// What it is called in messages.
    var name: String { get }
    /// The first frame. What is automatic is decided by it; it is not taken from the stream by looking at it.
    var first: RawFrame { get }
    /// Frames a second: at which a live source delivers, and at which others were recorded, where that is known.
    var frameRate: Double? { get }
    /// Whether frames come when they come, as from a camera. The others wait until there is room for one more.
    var isLive: Bool { get }
    /// How many frames there are, `nil` where that shows at their end.
    var count: Int? { get }

    /// Fills `memory` with the next frame, in the layout of ``first``; waits for it where it has to.
    ///
    /// - Parameter memory: `first.storedByteCount` bytes or more.
    /// - Returns: what is known about the frame, `nil` at the end of the stream.
    /// - Throws: `ISPError` where the frame cannot be read; the stream is over then.
    func next(into memory: UnsafeMutableRawBufferPointer) throws(ISPError) -> SourceFrame?

    /// Passes the next frame by.
    func skip() throws(ISPError)

    /// Makes a ``next(into:)`` that waits return `nil` soon. Called from any thread.
    func interrupt()
}

/// What a source says about a frame.
public struct SourceFrame: Sendable {
    /// What is known about it.
    public var metadata: FrameMetadata
    /// Frames with the same number here have the same metadata, as far as the picture depends on it.
    public var calibration: Int

    /// A frame's description.
    public init(metadata: FrameMetadata, calibration: Int) {
        self.metadata = metadata
        self.calibration = calibration
    }
}

extension RawFrame {
    /// Bytes of all rows, the padding of the last one included.
    public var storedByteCount: Int { bytesPerRow * size.height }

    /// Copies the stored rows, as a source delivers them.
    /// - Precondition: `memory` has room for them.
    func copySamples(into memory: UnsafeMutableRawBufferPointer) {
        withBytes { memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(storedByteCount))) }
    }
}
