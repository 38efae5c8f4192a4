// The SessionManager: the authority over frames, answers, leases and the reuse of slots. A pure state machine: no thread,
// no clock of its own; every method is one critical section of its lock.

/// The SessionManager's state.
///
/// It owns the global FIFOs (``FreeList``), the sessions with their frames in submission order, the named leases, the
/// control queue of items that need a decision, and the command table. Other files extend it, in the order of a frame:
/// Publish, Start, Finish, Answer, Leases; and Accept for what failed workers had.
package struct SessionManager {
    package let configuration: RuntimeConfiguration
    package var knobs: Knobs
    package var rawFree: FreeList
    package var imageFree: FreeList
    package var raw: ContiguousArray<RawRecord>
    package var image: ContiguousArray<ImageRecord>
    package var sessions: ContiguousArray<SessionRecord>
    package var sinks: ContiguousArray<SinkRecord>
    /// Items that were taken from a failed worker and need a decision: dispatch again or answer.
    package var control: Ring<ProcessItem>
    package var commands: CommandTable
    /// Place of the next packet in the runtime's submission order.
    package var nextOrder: UInt64 = 0
    /// Takes no items from Scheduler or Monitor for the moment.
    package var isBusy = false
    /// Parties that are confirmed not to touch anything any more.
    package var quiescent = HolderSet()
    package var counts = ManagerCounts()
    /// Whether a worker parked though it has a frame, for want of an image slot it may take.
    package var isStarved = false

    package init(_ configuration: RuntimeConfiguration) {
        self.configuration = configuration
        knobs = configuration.knobs
        rawFree = FreeList(capacity: configuration.rawSlots)
        imageFree = FreeList(capacity: configuration.imageSlots)
        raw = ContiguousArray(repeating: RawRecord(), count: configuration.rawSlots)
        image = ContiguousArray(repeating: ImageRecord(), count: configuration.imageSlots)
        sessions = ContiguousArray(
            (0..<configuration.sessions).map { _ in SessionRecord(window: configuration.answerWindow) })
        // A picture and a run of gaps before it, for every picture a sink can hold, and some answers one by one.
        sinks = ContiguousArray(
            (0..<Holder.maximumSinks).map { _ in
                SinkRecord(capacity: Self.separateAnswers + 2 * configuration.imageSlots + 1)
            })
        control = Ring(capacity: configuration.rawSlots + configuration.commandRows)
        commands = CommandTable(capacity: configuration.commandRows)
    }

    /// How many answers without a picture wait for a sink one by one before runs of them are put together.
    package static let separateAnswers = 16

    /// Image slots each session may hold, whether the others are open or not: what is held can not follow a share that
    /// changes. A share of its own keeps a session whose sink is stuck from starving the others; what stuck workers may
    /// hold is set aside first.
    package var imageShare: Int {
        (configuration.imageSlots - configuration.toleratedStuckWorkers) / configuration.sessions
    }

    /// Opens a session; nil when all are in use.
    package mutating func openSession() -> Int? {
        guard let index = sessions.firstIndex(where: { !$0.isOpen && $0.images == 0 }) else { return nil }
        sessions[index].isOpen = true
        sessions[index].isStopping = false
        sessions[index].epoch &+= 1
        sessions[index].serial += 1
        sessions[index].settings = 0
        // Frames of an earlier session here, if a stuck worker still has one, are of an earlier epoch.
        sessions[index].nextFrame = 0
        sessions[index].nextDelivery = 0
        return index
    }

    /// Opens a sink of a session: it receives every answer from now on. Nil when all are in use.
    package mutating func openSink(session: Int) -> Holder? {
        guard let index = sinks.firstIndex(where: { !$0.isOpen && $0.held == 0 }) else { return nil }
        sinks[index].isOpen = true
        sinks[index].session = UInt8(session)
        sinks[index].hasEnded = false
        sinks[index].inbox.removeAll()
        sessions[session].sinks.insert(.sink(index))
        quiescent.remove(.sink(index))
        return .sink(index)
    }

    package mutating func takeOrder() -> UInt64 {
        defer { nextOrder += 1 }
        return nextOrder
    }

    /// Whether the frame in a raw slot has an outcome, or belongs to an old session epoch.
    package func isAnswered(_ record: RawRecord) -> Bool {
        let session = sessions[Int(record.session)]
        guard session.epoch == record.sessionEpoch, record.frame >= session.nextDelivery else { return true }
        return session[record.frame].outcome != nil
    }
}

/// What the SessionManager has counted, for the conservation laws: exact, under its lock.
package struct ManagerCounts: Hashable {
    package var submitted: UInt64 = 0
    package var done: UInt64 = 0
    package var error: UInt64 = 0
    package var dropped = [UInt64](repeating: 0, count: DropReason.allCases.count)
    package var delivered: UInt64 = 0
    package var converted: UInt64 = 0
    package var redispatched: UInt64 = 0
}
