// What the SessionManager keeps of a session: its frames in submission order, and its sinks.

/// A session as its user sees it: an ordered sequence of frames and their answers.
package struct SessionRecord {
    package var isOpen = false
    /// No more frames are taken; what is under way is answered.
    package var isStopping = false
    /// Which session under this number it is: an old handle is not taken for a new one's.
    package var serial: UInt64 = 0
    /// The generation: flush, reconfiguration and hot-unplug begin a new one.
    package var epoch: UInt32 = 0
    /// The number of the next frame.
    package var nextFrame: UInt64 = 0
    /// The oldest frame that was not delivered: the oldest unanswered one, since answers are delivered at once when it
    /// is their turn.
    package var nextDelivery: UInt64 = 0
    /// The settings snapshot new frames are developed with.
    package var settings: UInt32 = 0
    /// Image slots that frames and sinks of this session hold.
    package var images = 0
    /// Its frames, by number modulo the window.
    package var frames: ContiguousArray<FrameRecord>
    /// Its sinks.
    package var sinks = HolderSet()

    package init(window: Int) {
        frames = ContiguousArray(repeating: FrameRecord(), count: window)
    }

    /// How many frames are submitted and not delivered.
    package var outstanding: Int { Int(nextFrame - nextDelivery) }

    package func place(_ frame: UInt64) -> Int { Int(frame % UInt64(frames.count)) }

    package subscript(frame: UInt64) -> FrameRecord {
        get { frames[place(frame)] }
        set { frames[place(frame)] = newValue }
    }
}

/// A frame on its way.
package struct FrameRecord: Hashable {
    /// How it ended, nil while it is on its way.
    package var outcome: Outcome?
    /// Its raw slot while it is unanswered, -1 for a frame dropped without one.
    package var rawSlot: Int16 = -1
    /// Its picture, -1 for none.
    package var imageSlot: Int16 = -1
    package var settings: UInt32 = 0
    package var attempt: UInt8 = 0
    package var sessionEpoch: UInt32 = 0
    package var order: UInt64 = 0
    package var captured: UInt64 = 0
    package var submitted: UInt64 = 0
    package var deadline: UInt64 = .max
    package var finished: UInt64 = 0
}

/// What the SessionManager keeps of a raw slot.
package struct RawRecord: Hashable {
    /// Whether a frame was published in the slot's present generation.
    package var isPublished = false
    /// ACCEPTED without an outcome: an item about it is in the control queue.
    package var awaitsDecision = false
    package var session: UInt8 = 0
    package var sessionEpoch: UInt32 = 0
    package var frame: UInt64 = 0
    package var order: UInt64 = 0
    package var settings: UInt32 = 0
    /// Who filled it.
    package var source: Holder = .none
    /// Workers that may still read it, by name.
    package var readers = HolderSet()
    /// The present attempt's work.
    package var work = FrameWork()
    package var handover = HandoverKey()
}

/// One attempt at a frame: its image slot and its slices.
package struct FrameWork: Hashable {
    /// The image slot, -1 before the start grant.
    package var image: Int16 = -1
    /// Into how many slices the frame is cut.
    package var slices: UInt16 = 1
    /// The next slice nobody has taken.
    package var nextSlice: UInt16 = 0
    /// A slice failed: no further ones are given out, the frame ends with an error.
    package var failed = false
}

/// What the SessionManager keeps of an image slot.
package struct ImageRecord: Hashable {
    /// Workers that may still write it, then sinks that hold it, by name.
    package var leases = HolderSet()
    /// The session whose share it counts in, -1 for none.
    package var session: Int16 = -1
    /// The raw slot whose present attempt writes it, -1 for none.
    package var raw: Int16 = -1
}

/// What the SessionManager keeps of a sink.
package struct SinkRecord {
    package var isOpen = false
    /// Its session was closed: nothing comes any more.
    package var hasEnded = false
    package var session: UInt8 = 0
    package var inbox: Ring<Delivery>
    /// Pictures it holds.
    package var held = 0

    package init(capacity: Int) { inbox = Ring(capacity: capacity) }
}

/// What a sink receives, in submission order: a frame's answer, or a run of frames without a picture.
public struct Delivery: Hashable, Sendable {
    /// Which session.
    public var session: Int
    /// The frame's number, the first of a run.
    public var frame: UInt64
    /// How many frames: 1, or more when answers without a picture were put together because the sink was slow.
    public var count: UInt64
    /// How the frame ended; of a run the last one that ended with an error, or else the last one.
    public var outcome: Outcome
    /// The slot of its picture, held for this sink until it is released; nil without a picture.
    public var image: Int?
    /// The settings it was developed with.
    public var settings: UInt32
    /// Which attempt succeeded.
    public var attempt: Int
    /// The session's generation.
    public var sessionEpoch: UInt32
    /// When it was captured, submitted and answered, in nanoseconds.
    public var captured: UInt64
    /// When it was submitted.
    public var submitted: UInt64
    /// When it was answered.
    public var finished: UInt64
}
