// What the runtime tells the outside: one fixed-size value a decision. Counters, histograms and logs are made of these.

/// What happened.
public enum EventKind: UInt8, CaseIterable, Sendable {
    /// A token changed along a row of the table: `transition`, `before`, `after`.
    case transition
    /// A frame was submitted; `value` is when it was captured, 0 where its source does not say.
    case frameSubmitted
    /// A frame has its outcome: `outcome`; `value` is the time since submission.
    case frameAnswered
    /// A frame's answer was handed to the sinks in its turn; `value` is the time since submission.
    case frameDelivered
    /// A worker started a frame; `value` is the time since submission.
    case frameStarted
    /// A batch was accepted whole; `value` is the number of items.
    case handoffFastForwarded
    /// A batch was given up; `value` is the number of items.
    case handoffAborted
    /// An item went to the Monitor's waiting queue.
    case packetMovedToMonitor
    /// The SessionManager took an item from the Monitor.
    case processItemConvertedToControl
    /// A slot returned to its FIFO; `value` is its free_seq.
    case packetReturnedToFIFO
    /// A claimed slot waits for its device.
    case frameReclaimTriggered
    /// The device gave it back.
    case frameReclaimed
    /// A claim of the Monitor failed.
    case tokenTransferFailed
    /// An item was no longer true and was dropped; the slot was not touched.
    case staleReference
    /// A device answered for a generation or submission that is over.
    case lateHardwareDone
    /// A result came for a frame that has an outcome, or from an attempt that is over; its image returns void.
    case resultDiscarded
    /// A slot went into quarantine; `value` is 0 where a writer may still touch it, 1 where a device may.
    case quarantined
    /// The SessionManager was busy and took nothing.
    case managerBusy
    /// A frame was dispatched again after a failure; `value` is the attempt.
    case frameRedispatched
    /// A worker joined.
    case workerAttached
    /// A worker's heart is silent.
    case workerStalled
    /// A stalled worker moved on before its grace period was over.
    case workerRecovered
    /// A worker lost its queue; `value` is the number of items.
    case workerDetached
    /// A worker's thread is confirmed gone.
    case workerQuiescent
    /// The restart budget is spent: the worker is not replaced.
    case restartBudgetSpent
    /// A command took effect.
    case commandApplied
    /// A session began a new epoch; `value` is the epoch.
    case sessionFlushed
    /// A new settings snapshot is current; `value` is its id.
    case settingsChanged
    /// The knobs were changed.
    case knobsChanged
    /// A fault was injected on purpose; `value` says which and for how long, in the terms of whoever did it: sessions put
    /// the number of the kind into the low 8 bits and the duration in nanoseconds above.
    case faultInjected
    /// A live source's frame could not even be answered, since so many answers are outstanding already.
    case frameRefused
    /// The system refused to bind a worker to its core (`value` 0) or to give it its priority (1).
    case threadOptionRefused
    /// A payload was copied between publish and sink. Never emitted by the runtime itself; must stay at zero.
    case payloadCopied
    /// A source joined a session; `value` is what it does without a free slot: 0 waits, 1 drops the oldest frame that
    /// waits, 2 drops the new one.
    case sourceAttached

    /// The name in the event log; the founding names to the letter.
    public var name: String {
        switch self {
        case .transition: "TRANSITION"
        case .frameSubmitted: "FRAME_SUBMITTED"
        case .frameAnswered: "FRAME_ANSWERED"
        case .frameDelivered: "FRAME_DELIVERED"
        case .frameStarted: "FRAME_STARTED"
        case .handoffFastForwarded: "HANDOFF_FAST_FORWARDED"
        case .handoffAborted: "HANDOFF_ABORTED"
        case .packetMovedToMonitor: "PACKET_MOVED_TO_MONITOR"
        case .processItemConvertedToControl: "PROCESSITEM_CONVERTED_TO_CONTROL"
        case .packetReturnedToFIFO: "PACKET_RETURNED_TO_FIFO"
        case .frameReclaimTriggered: "FRAME_RECLAIM_TRIGGERED"
        case .frameReclaimed: "FRAME_RECLAIMED"
        case .tokenTransferFailed: "TOKEN_TRANSFER_FAILED"
        case .staleReference: "STALE_REF"
        case .lateHardwareDone: "LATE_HW_DONE"
        case .resultDiscarded: "RESULT_DISCARDED"
        case .quarantined: "QUARANTINED"
        case .managerBusy: "MANAGER_BUSY"
        case .frameRedispatched: "FRAME_REDISPATCHED"
        case .workerAttached: "WORKER_ATTACHED"
        case .workerStalled: "WORKER_STALLED"
        case .workerRecovered: "WORKER_RECOVERED"
        case .workerDetached: "WORKER_DETACHED"
        case .workerQuiescent: "WORKER_QUIESCENT"
        case .restartBudgetSpent: "RESTART_BUDGET_SPENT"
        case .commandApplied: "COMMAND_APPLIED"
        case .sessionFlushed: "SESSION_FLUSHED"
        case .settingsChanged: "SETTINGS_CHANGED"
        case .knobsChanged: "KNOBS_CHANGED"
        case .faultInjected: "FAULT_INJECTED"
        case .frameRefused: "FRAME_REFUSED"
        case .threadOptionRefused: "THREAD_OPTION_REFUSED"
        case .payloadCopied: "PAYLOAD_COPIED"
        case .sourceAttached: "SOURCE_ATTACHED"
        }
    }
}

/// One event: plain, of fixed size, no references. Fields that a kind does not use are zero or -1.
public struct Event: Sendable, Equatable {
    /// What happened.
    public var kind: EventKind
    /// When, in nanoseconds of the runtime's clock.
    public var time: UInt64 = 0
    /// Who did it or whom it concerns.
    public var holder: Holder = .none
    /// The slot's pool.
    public var pool: Pool = .raw
    /// The slot's number, -1 for none.
    public var slot: Int16 = -1
    /// Which session, 255 for none.
    public var session: UInt8 = 255
    /// The frame's number in its session.
    public var frame: UInt64 = 0
    /// How a frame ended.
    public var outcome: Outcome?
    /// The row of a transition.
    public var transition: Transition?
    /// The word before a transition.
    public var before: UInt64 = 0
    /// The word after a transition.
    public var after: UInt64 = 0
    /// What the kind says.
    public var value: UInt64 = 0

    /// An event of a kind.
    @inline(__always)
    public init(_ kind: EventKind) { self.kind = kind }

    /// An event about a slot.
    @inline(__always)
    public init(_ kind: EventKind, slot: SlotID, holder: Holder = .none, value: UInt64 = 0) {
        self.kind = kind
        self.pool = slot.pool
        self.slot = Int16(truncatingIfNeeded: slot.index)
        self.holder = holder
        self.value = value
    }

    /// An event about a frame.
    @inline(__always)
    public init(_ kind: EventKind, session: Int, frame: UInt64, holder: Holder = .none, value: UInt64 = 0) {
        self.kind = kind
        self.session = UInt8(truncatingIfNeeded: session)
        self.frame = frame
        self.holder = holder
        self.value = value
    }

    /// An event about a party.
    @inline(__always)
    public init(_ kind: EventKind, holder: Holder, value: UInt64 = 0) {
        self.kind = kind
        self.holder = holder
        self.value = value
    }
}

/// Takes events. Called from every thread of the runtime, sometimes within its locks: it must not block, must not call
/// back, and must not allocate.
public protocol EventRecorder: AnyObject, Sendable {
    /// Whether every single transition is wanted (kind ``EventKind/transition``); they are many.
    var recordsTransitions: Bool { get }
    /// Takes one event. `shard` tells threads apart: calls with different shards come from different threads.
    func record(_ event: borrowing Event, shard: Int)
}
