// The synthetic camera as a live source: frames made beforehand, played round and round at the camera's rate.

import ISPImaging
import ISPSynthetic
import Synchronization

/// A synthetic camera that delivers frames.
public final class SyntheticSource: FrameSource {
    /// What it is called in messages.
    public let name: String
    /// The first frame.
    public let first: RawFrame
    /// Frames a second, where that is known.
    public let frameRate: Double?
    /// Whether frames come at the camera's rate.
    public let isLive: Bool
    /// How many frames there are.
    public let count: Int?

    private let frames: [RawFrame]
    private let position = Atomic(0)
    private let isInterrupted = Atomic(false)

    /// Makes the frames and readies the camera.
    ///
    /// - Parameters:
    ///   - sequence: camera, scene and what happens in it.
    ///   - distinct: how many frames are made; after them the first follows again.
    ///   - count: how many are delivered, `nil` for no end.
    ///   - isLive: whether they come at the sequence's frame rate, or as fast as they are taken.
    ///   - threads: on how many the frames are made.
    /// - Throws: `ISPError` as ``SyntheticSequence/prerender(count:threads:)``.
    public init(
        _ sequence: SyntheticSequence, distinct: Int, count: Int? = nil, isLive: Bool = true, threads: Int = 1
    ) throws(ISPError) {
        frames = try sequence.prerender(count: min(distinct, count ?? distinct), threads: threads)
        first = frames[0]
        frameRate = sequence.model.frameRate
        self.count = count
        self.isLive = isLive
        name = "synthetic camera"
    }

    /// Delivers the next frame; see `FrameSource`.
    public func next(into memory: UnsafeMutableRawBufferPointer) throws(ISPError) -> SourceFrame? {
        let index = position.wrappingAdd(1, ordering: .relaxed).oldValue
        if let count, index >= count { return nil }
        if isInterrupted.load(ordering: .relaxed) { return nil }
        let frame = frames[index % frames.count]
        frame.copySamples(into: memory)
        return SourceFrame(metadata: frame.metadata, calibration: 0)
    }

    /// Passes the next frame by.
    public func skip() { position.wrappingAdd(1, ordering: .relaxed) }

    /// Ends it soon.
    public func interrupt() { isInterrupted.store(true, ordering: .relaxed) }
}
