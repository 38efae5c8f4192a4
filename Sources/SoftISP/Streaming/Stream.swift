// What workers, sources and sinks of one stream share: the slots as frames and pictures, and the settings.

import ISPImaging
import ISPPlan
import ISPRuntime
import ISPStages
import ISPTuning

/// One stream of frames with everything that does not change while it runs.
final class Stream: @unchecked Sendable {
    // Sendable: `frames` has one entry a raw slot, written by who has the slot by its token before it is published and read
    // afterwards; the other tables are within the lock.
    let source: any FrameSource
    /// Layout of a raw frame.
    let rawFormat: PixelFormat
    let rawSize: Size
    let bytesPerRow: Int
    /// Layout of a picture.
    let format: PixelFormat
    let size: Size
    /// Into how many slices a frame is cut.
    let slices: Int
    private let lock = Lock()
    private var frames: UnsafeMutableBufferPointer<SourceFrame?>
    private var images: [ImageBuffer] = []
    private var arena: SlotArena?
    private var snapshots: [UInt32: DevelopSettings] = [:]
    private var latest: UInt32 = 0
    private var firstFailure: ISPError?
    private var shared: [SharedPipeline] = []

    /// A pipeline made for one frame, for whoever makes another slice of it.
    private struct SharedPipeline {
        var slot: Int
        var epoch: UInt32
        var settings: UInt32
        var pipeline: Pipeline
    }

    /// How many settings snapshots are remembered: more than frames can be under way.
    private static let remembered = 1024

    /// - Throws: `ISPError` where settings, frame and pixel format do not go together.
    init(
        _ source: any FrameSource, settings: DevelopSettings, format: PixelFormat, slices: Int
    ) throws(ISPError) {
        self.source = source
        self.slices = slices
        let first = source.first
        (rawFormat, rawSize, bytesPerRow) = (first.format, first.size, first.bytesPerRow)
        let (locked, pack) = try Self.decide(settings, by: first, format)
        self.format = pack.format
        size = pack.outputSize
        frames = .allocate(capacity: CoreCache.maximumSlots)
        frames.initialize(repeating: nil)
        snapshots[0] = locked
    }

    deinit {
        frames.deinitialize()
        frames.deallocate()
    }

    /// Bytes of a raw slot.
    var rawBytes: Int { bytesPerRow * rawSize.height }

    /// Sees the slots of an arena as pictures.
    func use(_ arena: SlotArena) throws(ISPError) {
        var images: [ImageBuffer] = []
        for slot in 0..<arena.imageSlots {
            images.append(try ImageBuffer(format: format, size: size, bytes: arena.payload(.image(slot)), owner: arena))
        }
        self.arena = arena
        self.images = images
    }

    // MARK: Frames

    /// Notes what is known of the frame in a slot; before it is published.
    func describe(_ slot: Int, _ frame: SourceFrame) { frames[slot] = frame }

    /// The frame in a published slot.
    func frame(_ slot: Int, _ bytes: UnsafeRawBufferPointer) throws(ISPError) -> (RawFrame, calibration: Int) {
        guard let described = frames[slot], let arena else { preconditionFailure("a frame nobody described") }
        let frame = try RawFrame(
            format: rawFormat, size: rawSize, bytesPerRow: bytesPerRow, bytes: bytes, owner: arena,
            metadata: described.metadata)
        return (frame, described.calibration)
    }

    /// The picture that a worker makes in a slot.
    func image(_ slot: Int) -> ImageBuffer { images[slot] }

    // MARK: Settings

    /// Adds a snapshot. What is automatic in it is decided by the first frame, as at the start.
    ///
    /// - Returns: its number, upwards from 1.
    /// - Throws: `ISPError(.usage)` where the picture would have another size or pixel format.
    func add(_ settings: DevelopSettings) throws(ISPError) -> UInt32 {
        let (locked, pack) = try Self.decide(settings, by: source.first, format)
        guard pack.outputSize == size, pack.format == format else {
            throw ISPError(
                .usage,
                "the pictures would become \(pack.outputSize) \(pack.format) instead of \(size) \(format): crop, "
                    + "size and orientation stay as they are while a stream runs")
        }
        return lock.withLock {
            latest += 1
            snapshots[latest] = locked
            snapshots[latest &- UInt32(Self.remembered)] = nil
            return latest
        }
    }

    /// Settings with what is automatic decided by a frame, and how its picture is stored then.
    private static func decide(
        _ settings: DevelopSettings, by frame: RawFrame, _ format: PixelFormat
    ) throws(ISPError) -> (DevelopSettings, Pack) {
        let locked = try SequenceLock().settings(for: settings, frame: frame, format: format)
        return (locked, try Development(of: frame, settings: locked, format: format).pipeline.pack)
    }

    /// The settings of a snapshot.
    func settings(_ number: UInt32) -> DevelopSettings {
        guard let settings = lock.withLock({ snapshots[number] }) else { preconditionFailure("settings nobody made") }
        return settings
    }

    // MARK: Pipelines

    /// The pipeline another worker made for the same frame, if it is there yet.
    func sharedPipeline(_ slot: Int, epoch: UInt32, settings: UInt32) -> Pipeline? {
        lock.withLock {
            shared.first { $0.slot == slot && $0.epoch == epoch && $0.settings == settings }?.pipeline
        }
    }

    /// Leaves a pipeline for whoever makes another slice.
    func share(_ pipeline: Pipeline, _ slot: Int, epoch: UInt32, settings: UInt32) {
        let entry = SharedPipeline(slot: slot, epoch: epoch, settings: settings, pipeline: pipeline)
        lock.withLock {
            shared.removeAll { $0.slot == slot }
            shared.append(entry)
        }
    }

    // MARK: Failures

    /// Keeps the first failure of a frame, for who asks why.
    func note(_ error: ISPError) { lock.withLock { if firstFailure == nil { firstFailure = error } } }

    /// The first failure of a frame.
    var failure: ISPError? { lock.withLock { firstFailure } }
}
