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
    /// The settings at the start.
    let firstSettings: DevelopSettings
    /// Into how many slices a frame is cut.
    let slices: Int
    /// Whether the first settings are carried out by a real-time plan.
    let isRealTime: Bool
    private let lock = Lock()
    private var frames: UnsafeMutableBufferPointer<SourceFrame?>
    private var images: [ImageBuffer] = []
    private var arena: SlotArena?
    private var snapshots: [UInt32: DevelopSettings] = [:]
    private var latest: UInt32 = 0
    private var firstFailure: ISPError?
    private var shared: [SharedExecution] = []
    private let choice: ExecutionChoice

    /// Executions remembered for other workers: more than frames that are in work at once.
    private static let sharedExecutions = 80

    /// How many settings snapshots are remembered: more than frames can be under way.
    private static let remembered = 1024

    /// - Throws: `ISPError` where settings, frame and pixel format do not go together.
    init(
        _ source: any FrameSource, settings: DevelopSettings, format: PixelFormat, slices: Int,
        execution: ExecutionChoice = .automatic
    ) throws(ISPError) {
        self.source = source
        self.slices = slices
        choice = execution
        let first = source.first
        (rawFormat, rawSize, bytesPerRow) = (first.format, first.size, first.bytesPerRow)
        let (locked, pipeline) = try Self.decide(settings, by: first, format)
        self.format = pipeline.pack.format
        size = pipeline.pack.outputSize
        // Also says at the start whether there is a plan, where one is wanted.
        let execution = try Execution(pipeline, execution, format: first.format, size: first.size)
        if case .realTime = execution { isRealTime = true } else { isRealTime = false }
        frames = .allocate(capacity: CoreCache.maximumSlots)
        frames.initialize(repeating: nil)
        snapshots[0] = locked
        firstSettings = locked
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
        let (locked, pipeline) = try Self.decide(settings, by: source.first, format)
        _ = try execution(of: pipeline)
        let pack = pipeline.pack
        guard pack.outputSize == size, pack.format == format else {
            throw ISPError(
                .usage,
                "the pictures would become \(pack.outputSize) \(pack.format) instead of \(size) \(format): binning, "
                    + "crop, size and orientation stay as they are while a stream runs")
        }
        return lock.withLock {
            latest += 1
            snapshots[latest] = locked
            snapshots[latest &- UInt32(Self.remembered)] = nil
            return latest
        }
    }

    /// Settings with what is automatic decided by a frame, and its pipeline then.
    private static func decide(
        _ settings: DevelopSettings, by frame: RawFrame, _ format: PixelFormat
    ) throws(ISPError) -> (DevelopSettings, Pipeline) {
        let locked = try SequenceLock().settings(for: settings, frame: frame, format: format)
        return (locked, try Development(of: frame, settings: locked, format: format).pipeline)
    }

    /// The settings of a snapshot.
    /// - Throws: `ISPError(.usage)` where so many came after it that it is forgotten: its frame was under way for long.
    func settings(_ number: UInt32) throws(ISPError) -> DevelopSettings {
        guard let settings = lock.withLock({ snapshots[number] }) else {
            throw ISPError(
                .usage,
                "the settings changed more than \(Self.remembered) times while a frame was under way; change them less often"
            )
        }
        return settings
    }

    /// The settings of an answered frame; of one that was under way for so long that its snapshot is forgotten, the
    /// oldest one that is not.
    func answeredSettings(_ number: UInt32) -> DevelopSettings {
        lock.withLock { snapshots[number] ?? snapshots.min { $0.key < $1.key }?.value } ?? firstSettings
    }

    // MARK: Executions

    /// How a pipeline is carried out.
    /// - Throws: `ISPError(.usage)` where a real-time plan is wanted and there is none.
    func execution(of pipeline: Pipeline) throws(ISPError) -> Execution {
        try Execution(pipeline, choice, format: rawFormat, size: rawSize)
    }

    /// The execution another worker made, if it is there yet.
    func sharedExecution(_ key: SharedExecution.Key, settings: UInt32) -> Execution? {
        lock.withLock { shared.first { $0.key == key && $0.settings == settings }?.execution }
    }

    /// Leaves an execution for other workers.
    func share(_ entry: SharedExecution) {
        lock.withLock {
            shared.removeAll { $0.key == entry.key && $0.settings == entry.settings }
            shared.append(entry)
            if shared.count > Self.sharedExecutions { shared.removeFirst() }
        }
    }

    // MARK: Failures

    /// Keeps the first failure of a frame, for who asks why.
    func note(_ error: ISPError) { lock.withLock { if firstFailure == nil { firstFailure = error } } }

    /// The first failure of a frame.
    var failure: ISPError? { lock.withLock { firstFailure } }
}

/// An execution that one worker made and others can use.
struct SharedExecution: Sendable {
    /// What it serves.
    enum Key: Hashable, Sendable {
        /// Every frame with the same metadata.
        case calibration(Int)
        /// The frame in a raw slot.
        case slot(Int, epoch: UInt32)
    }

    let key: Key
    let settings: UInt32
    let execution: Execution
}
