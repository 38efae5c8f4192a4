// The one item type of every queue.

/// What stands in a queue: a frame or a command. A reference, not an owner: whether it still holds is decided by the
/// token (frames) or the command table, so a stale item is dropped without harm to the slot.
public struct ProcessItem: Hashable, Sendable {
    /// Frame or command.
    public enum Kind: UInt8, Sendable {
        /// The frame in raw slot `index`.
        case frame
        /// The command `index` of the command table.
        case command
    }

    /// Frame or command.
    public var kind: Kind
    /// Raw slot or command number.
    public var index: Int16
    /// Which session.
    public var session: UInt8
    /// The attempt this item is about.
    public var attempt: UInt8
    /// The generation of the slot or of the command's row.
    public var epoch: UInt32
    /// Place in the runtime's submission order; queues are sorted by it.
    public var order: UInt64

    /// An item from its parts.
    public init(kind: Kind, index: Int, session: Int, attempt: Int, epoch: UInt32, order: UInt64) {
        self.kind = kind
        self.index = Int16(index)
        self.session = UInt8(session)
        self.attempt = UInt8(attempt)
        self.epoch = epoch
        self.order = order
    }

    /// The raw slot of a frame.
    public var slot: SlotID { .raw(Int(index)) }
}
