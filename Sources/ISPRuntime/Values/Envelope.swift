// The canonical metadata of a packet. Lives in the arena, outlives any worker.

/// What a packet asks for.
public enum CommandType: UInt8, Sendable {
    /// Develop the frame in the raw slot.
    case frame
    /// Get ready for a settings snapshot.
    case settings
    /// Whatever the job makes of `payload`.
    case custom
}

/// The canonical metadata of a packet: plain, of fixed layout, without references, so that it can lie in shared memory.
///
/// Written by the source before it publishes and by the SessionManager while it is alone with it; nobody reads it without
/// having seen the token published (acquire).
public struct Envelope: Sendable, Equatable {
    /// A number of its own in the whole runtime.
    public var packetID: UInt64 = 0
    /// The frame's number within its session, from 0, in submission order.
    public var frameID: UInt64 = 0
    /// The latest moment at which an answer is of use, in nanoseconds of the runtime's clock; `UInt64.max` for none.
    public var deadline: UInt64 = .max
    /// When the frame was captured, set by the source.
    public var captured: UInt64 = 0
    /// When it was published.
    public var submitted: UInt64 = 0
    /// When a worker started it, latest attempt.
    public var started: UInt64 = 0
    /// Free for whoever submits: a file offset, a sensor's frame counter, a pointer-sized handle.
    public var payload: UInt64 = 0
    /// The session's generation at submission.
    public var sessionEpoch: UInt32 = 0
    /// The slot's generation, as in the ticket.
    public var epoch: UInt32 = 0
    /// The settings snapshot this frame is developed with.
    public var settingsID: UInt32 = 0
    /// Index of the packet's row in the diagnostics, the slot or command number.
    public var diagnosticsIndex: UInt32 = 0
    /// The raw slot, -1 for a command.
    public var rawSlot: Int16 = -1
    /// The image slot, -1 until one was granted.
    public var imageSlot: Int16 = -1
    /// Which session.
    public var session: UInt8 = 0
    /// Frame or kind of command.
    public var command: CommandType = .frame
    /// The worker that has it or had it last, the source before.
    public var originWorker: UInt8 = 0
    /// Which attempt at it, from 0.
    public var attempt: UInt8 = 0
    /// 1 once published.
    public var published: UInt8 = 0

    /// An empty envelope.
    public init() {}
}
