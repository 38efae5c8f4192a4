// A source that tells how many of its frames were taken.

import ISPImaging
import SoftISP
import Synchronization

/// Another source's frames, with word of each as it is taken.
final class CountedSource: FrameSource {
    private let source: any FrameSource
    private let number = Atomic<Int>(0)
    private let taken: AsyncStream<Int>.Continuation

    /// A source and the numbers of frames that were taken from it: 1, 2, 3 ...
    static func counting(_ source: any FrameSource) -> (taken: AsyncStream<Int>, source: CountedSource) {
        let (taken, continuation) = AsyncStream<Int>.makeStream()
        return (taken, CountedSource(source, continuation))
    }

    private init(_ source: any FrameSource, _ taken: AsyncStream<Int>.Continuation) {
        self.source = source
        self.taken = taken
    }

    var name: String { source.name }
    var first: RawFrame { source.first }
    var frameRate: Double? { source.frameRate }
    var isLive: Bool { source.isLive }
    var count: Int? { source.count }

    func next(into memory: UnsafeMutableRawBufferPointer) throws(ISPError) -> SourceFrame? {
        defer { taken.yield(number.add(1, ordering: .relaxed).newValue) }
        return try source.next(into: memory)
    }

    func skip() throws(ISPError) { try source.skip() }
    func interrupt() { source.interrupt() }
}
