// What names one use of a slot from outside: the ticket a device answers with.

/// What a late signal must match exactly: the slot's generation and the number of the submission.
///
/// The session epoch is carried for the log. It is not compared: a device that finishes after a flush has still
/// finished, and the slot could never return if its answer were refused.
public struct AllocTicket: Hashable, Sendable {
    /// The session's epoch when the device was asked.
    public var sessionEpoch: UInt32
    /// Which slot.
    public var slot: SlotID
    /// The slot's generation.
    public var epoch: UInt32
    /// Which submission of that generation.
    public var hardwareSequence: Int

    /// A ticket from its parts.
    public init(sessionEpoch: UInt32, slot: SlotID, epoch: UInt32, hardwareSequence: Int) {
        self.sessionEpoch = sessionEpoch
        self.slot = slot
        self.epoch = epoch
        self.hardwareSequence = hardwareSequence
    }
}

/// The idempotency key of handing a slot's frame to the SessionManager: (ticket, attempt), kept as the one that was applied
/// last. Exact, and O(capacity): an older ticket or attempt can not come back as the current one.
package struct HandoverKey: Hashable, Sendable {
    private var epoch: UInt32 = 0
    private var attempt = -1

    /// No hand-over yet.
    package init() {}

    /// Whether this generation and attempt was handed over.
    package func contains(epoch: UInt32, attempt: Int) -> Bool { self.epoch == epoch && self.attempt == attempt }

    /// Notes a hand-over; says whether it is the first of this generation and attempt.
    package mutating func insert(epoch: UInt32, attempt: Int) -> Bool {
        if contains(epoch: epoch, attempt: attempt) { return false }
        self.epoch = epoch
        self.attempt = attempt
        return true
    }
}
