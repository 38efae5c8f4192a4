// How a stream is carried: workers, slots, time limits, knobs.

import ISPImaging
import ISPRuntime

/// Everything about sessions but their sources and settings. `nil` is what suits the rest.
public struct SessionOptions: Sendable {
    /// Threads that develop.
    public var workers = 2
    /// Into how many slices a frame is cut, for several workers to share; 1 gives each worker whole frames.
    public var slices = 1
    /// Raw slots of each session.
    public var rawSlots: Int?
    /// Image slots of each session.
    public var imageSlots: Int?
    /// Workers that may be stuck at once without holding others up.
    public var toleratedStuckWorkers: Int?
    /// Workers that are replaced within ``restartWindow``.
    public var restartBudget = 8
    /// The window of the restart budget, in nanoseconds.
    public var restartWindow: UInt64 = 10_000_000_000
    /// The operational knobs.
    public var knobs = Knobs()
    /// How frames are developed.
    public var execution = ExecutionChoice.automatic
    /// The pixel format of the pictures.
    public var pixelFormat = PixelFormat.rgb888
    /// Whether a file source delivers at its frame rate instead of as fast as there is room.
    public var isRealtime = false
    /// Frames a second, where the source does not know.
    public var rate: Double?
    /// After how many frames to end.
    public var frames: Int?
    /// After how long to end, in nanoseconds.
    public var duration: UInt64?
    /// The time a frame has from its capture to its answer, in nanoseconds; later it is answered as dropped.
    public var deadline: UInt64?
    /// What a live source does when no slot is free.
    public var livePolicy = SourcePort.Policy.newestWins
    /// Cores and priority of the workers.
    public var threads = ThreadOptions()
    /// Whether the slots are asked for in huge pages.
    public var hugePages = false
    /// Faults to inject.
    public var faults = FaultPlan()

    /// What suits most: two workers, whole frames, no limits.
    public init() {}

    /// Frames a second where neither source nor option says.
    public static let usualRate = 30.0

    /// The runtime for some streams.
    /// - Parameter isLossless: whether all sources wait: then no frame is dropped for what goes wrong with the workers.
    func configuration(rawBytes: Int, imageBytes: Int, sessions: Int, isLossless: Bool) -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        configuration.workers = workers
        configuration.sessions = sessions
        let stuck = toleratedStuckWorkers ?? min(workers, 4)
        configuration.toleratedStuckWorkers = stuck
        // Two frames for each worker, one to fill, and some that wait for their turn behind a frame that is made again.
        let raw = rawSlots ?? max(8, 2 * workers + 4)
        configuration.rawSlots = raw * sessions
        configuration.imageSlots = (imageSlots ?? raw + workers) * sessions + stuck
        configuration.rawBytes = rawBytes
        configuration.imageBytes = imageBytes
        configuration.restartBudget = restartBudget
        configuration.restartWindow = restartWindow
        configuration.answerWindow = max(configuration.answerWindow, configuration.rawSlots)
        configuration.hugePages = hugePages
        configuration.knobs = knobs
        if isLossless, knobs.dropThreshold == nil {
            configuration.knobs.dropThreshold = configuration.rawSlots + configuration.imageSlots
        }
        return configuration
    }
}

extension RuntimeError {
    /// The same for callers of the imaging rooms.
    var asISPError: ISPError {
        switch self {
        case .invalidKnob, .invalidConfiguration: ISPError(.usage, description)
        case .system: ISPError(.resource, description)
        case .stopped: ISPError(.usage, description)
        }
    }
}
