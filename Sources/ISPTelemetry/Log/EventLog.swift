// The event log: what happened, one JSON object a line, in the order of time.

import Atomics
import ISPRuntime

/// Writes every event to a file descriptor, as the lines of ``EventLine``.
///
/// Recording threads put events into bounded rings, one a shard, and never wait: when a ring is full, the event is
/// counted as lost. Whoever drains the log moves events from the rings to the descriptor: the owner with ``drain(waiting:)``,
/// or a thread of its own, ``EventLogWriter``.
///
/// Lines are in the order of time within what one drain finds. An event that is recorded while a drain is under way can
/// come one drain later, behind a slightly younger one; readers that need the exact order sort by `t_ns`.
///
/// When writing fails, the log ends: the error is thrown once and stays in ``state``, later events count as lost, and
/// nobody who records notices. At every moment when nobody records or drains, recorded = ``written`` + ``lost`` +
/// ``waiting``. Reading these, and ``state``, takes its turn with a drain that is under way; recording does not.
public final class EventLog: EventRecorder {
    /// Where a log stands.
    public enum State: Equatable, Sendable {
        /// It takes events.
        case open
        /// It was closed.
        case closed
        /// Writing failed.
        case failed(EventLogError)
    }

    /// Whether transitions are wanted.
    public let recordsTransitions: Bool

    private let rings: EventRings
    private let isOpen = ManagedAtomic(true)
    private let drainer: LogMutex<LogDrainer>

    /// A log that writes to a descriptor, which stays its owner's: it is neither made non-blocking nor closed.
    ///
    /// - Parameters:
    ///   - descriptor: a file, a pipe, a socket. Best without other writers.
    ///   - shards: 1 to 1024, best the number of recording threads. A thread's shard number is taken modulo this.
    ///   - capacity: events a shard holds between two drains, rounded up to a power of two; each takes 72 bytes.
    ///   - recordsTransitions: whether every single transition is logged.
    public init(descriptor: Int32, shards: Int, capacity: Int = 4096, recordsTransitions: Bool = false) {
        precondition((1...1024).contains(shards), "an event log with \(shards) shards; use 1 to 1024")
        precondition((1...1 << 24).contains(capacity), "an event log for \(capacity) events a shard; use 1 to 16777216")
        self.recordsTransitions = recordsTransitions
        var rounded = 2
        while rounded < capacity { rounded *= 2 }
        rings = EventRings(count: shards, capacity: rounded)
        drainer = LogMutex(LogDrainer(DescriptorWriter(descriptor: descriptor), rings))
    }

    /// Puts one event into the ring of its shard. O(1), without waiting.
    public func record(_ event: borrowing Event, shard: Int) {
        let ring = rings[shardIndex(shard, of: rings.count)]
        if isOpen.load(ordering: .relaxed) { ring.add(event) } else { ring.lose() }
    }

    /// Writes what the rings hold.
    ///
    /// - Parameter milliseconds: how long the descriptor may take nothing. What it has not taken by then is kept for the
    ///   next drain, and while it is, the rings fill up.
    /// - Returns: whether everything that was found is written.
    /// - Throws: ``EventLogError/write(_:)`` when writing fails, once; the log has ended then.
    @discardableResult
    public func drain(waiting milliseconds: Int = 1000) throws(EventLogError) -> Bool {
        try drainer.withLock { (drainer) throws(EventLogError) in
            guard drainer.state == .open else { return true }
            return try drain(&drainer, milliseconds)
        }
    }

    /// Writes what is left and takes no more events. Safe to call again.
    ///
    /// - Parameter milliseconds: how long the descriptor may take nothing; what it has not taken by then is lost.
    /// - Throws: ``EventLogError/write(_:)`` when writing fails, once.
    public func close(waiting milliseconds: Int = 1000) throws(EventLogError) {
        try drainer.withLock { (drainer) throws(EventLogError) in
            guard drainer.state == .open else { return }
            isOpen.store(false, ordering: .relaxed)
            // Twice: what the descriptor did not take before, then what came into the rings meanwhile.
            if try drain(&drainer, milliseconds) { _ = try drain(&drainer, milliseconds) }
            drainer.end(.closed)
        }
    }

    /// Whether the log takes events, and if not, why.
    public var state: State { drainer.withLock { $0.state } }

    /// Events that are in the log, whole lines.
    public var written: UInt64 { drainer.withLock { $0.written } }

    /// Events that are not in the log and never will be: a ring was full, or the log had ended.
    public var lost: UInt64 {
        drainer.withLock { drainer in
            let refused = rings.all.reduce(drainer.lost) { $0 &+ $1.lost }
            // Who was about to record when the log ended may have left an event behind.
            return drainer.state == .open ? refused : refused &+ rings.backlog
        }
    }

    /// Events that are in the rings or on their way to the descriptor.
    public var waiting: UInt64 {
        drainer.withLock { $0.state == .open ? rings.backlog &+ $0.inHand : 0 }
    }

    private func drain(_ drainer: inout LogDrainer, _ milliseconds: Int) throws(EventLogError) -> Bool {
        do {
            return try drainer.drain(waiting: Int32(clamping: max(0, milliseconds)))
        } catch {
            isOpen.store(false, ordering: .relaxed)
            drainer.end(.failed(error))
            throw error
        }
    }
}
