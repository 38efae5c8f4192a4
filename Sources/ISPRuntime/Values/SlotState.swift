// The states of a slot and of the hardware that may use it: two fields of a token.

/// Where a slot is. The owner follows from the state: FREE is the Allocator's, ALLOC a source's, QUEUED and RUNNING a
/// worker's, HANDOFF a batch's, ACCEPTED the SessionManager's, the rest the Monitor's.
public enum SlotState: UInt8, CaseIterable, Sendable {
    /// In the pool's FIFO or in a core's cache.
    case free
    /// A source fills it.
    case alloc
    /// Published; in a worker's queue, nobody has started.
    case queued
    /// A worker reads it (raw) or writes it (image).
    case running
    /// Claimed by a batch that hands a failed worker's queue over.
    case handoff
    /// The SessionManager's: answered, or waiting for a decision.
    case accepted
    /// The Monitor's: claimed from a failed party.
    case monitor
    /// The Monitor's, and a device still uses it.
    case hardwareWait
    /// A stuck party may still write it.
    case quarantineWriter
    /// A device that never answered may still use it.
    case quarantineDevice

    /// The name in the contract and in event logs.
    public var name: String {
        switch self {
        case .free: "FREE"
        case .alloc: "ALLOC"
        case .queued: "QUEUED"
        case .running: "RUNNING"
        case .handoff: "HANDOFF"
        case .accepted: "ACCEPTED"
        case .monitor: "MONITOR"
        case .hardwareWait: "HW_WAIT"
        case .quarantineWriter: "QUARANTINE(writer)"
        case .quarantineDevice: "QUARANTINE(device)"
        }
    }
}

/// Whether a device uses a slot.
public enum HardwareState: UInt8, CaseIterable, Sendable {
    /// No device was asked in this epoch.
    case none
    /// Submitted, and no FRAME_HW_DONE yet.
    case inUse
    /// The last submission is done.
    case done
}

/// The two kinds of slots: a frame's input, and a result.
public enum Pool: UInt8, CaseIterable, Sendable {
    /// A frame's input, completed when the frame has an outcome.
    case raw
    /// A result, completed when every sink is through with it.
    case image
}

/// One slot of one pool.
public struct SlotID: Hashable, Sendable, CustomStringConvertible {
    /// Which pool.
    public let pool: Pool
    /// Which slot of it, from 0.
    public let index: Int

    /// A slot by pool and number.
    @inline(__always)
    public init(_ pool: Pool, _ index: Int) {
        self.pool = pool
        self.index = index
    }

    /// A raw slot.
    @inline(__always)
    public static func raw(_ index: Int) -> SlotID { SlotID(.raw, index) }
    /// An image slot.
    @inline(__always)
    public static func image(_ index: Int) -> SlotID { SlotID(.image, index) }

    /// As it appears in event logs: `raw3`.
    public var description: String { "\(pool)\(index)" }
}
