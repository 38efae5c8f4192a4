// Commands under way: what a token is to a frame, a row of this table is to a command. Behind the SessionManager's lock.

/// What a command asks for.
public struct Command: Hashable, Sendable {
    /// Settings or custom.
    public var type: CommandType
    /// Which session it belongs to.
    public var session: Int
    /// The settings snapshot to get ready for.
    public var settings: UInt32
    /// For custom commands, whatever the job makes of it.
    public var payload: UInt64

    /// A command from its parts.
    public init(type: CommandType, session: Int, settings: UInt32 = 0, payload: UInt64 = 0) {
        self.type = type
        self.session = session
        self.settings = settings
        self.payload = payload
    }
}

/// The commands that were submitted and took no effect yet; each takes effect once.
package struct CommandTable {
    package struct Row: Hashable {
        package var state = State.free
        package var command = Command(type: .custom, session: 0)
        package var order: UInt64 = 0
        package var attempt = 0
        /// The row's generation, so that a late completion does not end its successor.
        package var epoch: UInt32 = 0
    }

    package enum State: Hashable {
        case free
        case queued(Holder)
        case running(Holder)
        case control
    }

    package private(set) var rows: ContiguousArray<Row>

    package init(capacity: Int) { rows = ContiguousArray(repeating: Row(), count: capacity) }

    package subscript(index: Int) -> Row { rows[index] }

    /// Rows in use.
    package var count: Int { rows.reduce(0) { $0 + ($1.state == .free ? 0 : 1) } }

    /// Takes a row, nil when all are in use.
    package mutating func add(_ command: Command, order: UInt64, worker: Holder) -> ProcessItem? {
        guard let index = rows.firstIndex(where: { $0.state == .free }) else { return nil }
        rows[index].state = .queued(worker)
        rows[index].command = command
        rows[index].order = order
        rows[index].attempt = 0
        return item(index)
    }

    package func item(_ index: Int) -> ProcessItem {
        let row = rows[index]
        return ProcessItem(
            kind: .command, index: index, session: row.command.session, attempt: row.attempt, epoch: row.epoch,
            order: row.order)
    }

    /// Whether `item` still is what the row says.
    package func isCurrent(_ item: ProcessItem) -> Bool {
        let row = rows[Int(item.index)]
        return row.state != .free && row.epoch == item.epoch && row.attempt == Int(item.attempt)
    }

    /// The worker starts a queued command.
    package mutating func start(_ item: ProcessItem, worker: Holder) -> Bool {
        guard isCurrent(item), rows[Int(item.index)].state == .queued(worker) else { return false }
        rows[Int(item.index)].state = .running(worker)
        return true
    }

    /// The command took effect; false when another attempt answers for it.
    package mutating func finish(_ item: ProcessItem, worker: Holder) -> Bool {
        guard isCurrent(item), rows[Int(item.index)].state == .running(worker) else { return false }
        release(Int(item.index))
        return true
    }

    /// Takes a failed worker's command for a decision; the attempt it was in is over.
    package mutating func takeBack(_ index: Int) {
        rows[index].state = .control
        rows[index].attempt += 1
    }

    package mutating func queue(_ index: Int, worker: Holder) { rows[index].state = .queued(worker) }

    package mutating func release(_ index: Int) {
        rows[index].state = .free
        rows[index].epoch &+= 1
    }
}
