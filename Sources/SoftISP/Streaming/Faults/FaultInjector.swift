// Carries a fault plan out, and keeps count.

import ISPRuntime
import Synchronization

/// Faults of a plan, as they happen. Every one is told as ``EventKind/faultInjected``.
final class FaultInjector: @unchecked Sendable {
    // Sendable: the counters are atomic, what is pending is used within its lock, the rest does not change.
    let plan: FaultPlan
    private let counts: [Counter] = FaultKind.allCases.map { _ in Counter() }
    /// Told of each.
    private let record: @Sendable (Event) -> Void
    private let lock = Lock()
    private let changed = EventCount()
    private var pending: [(due: UInt64, action: @Sendable () -> Void)] = []
    private var hasEnded = false

    private final class Counter: Sendable { let value = Atomic(0) }

    init(_ plan: FaultPlan, record: @escaping @Sendable (Event) -> Void) {
        self.plan = plan
        self.record = record
    }

    /// How long the fault lasts that strikes here, `nil` for none. Asked once for each occasion: it counts.
    func strike(
        _ kind: FaultKind, session: Int, frame: UInt64, attempt: Int = 0, holder: Holder = .none
    ) -> UInt64? {
        guard let duration = plan.strikes(kind, session: session, frame: frame, attempt: attempt) else { return nil }
        note(FaultMark(kind, duration), session: session, frame: frame, holder: holder)
        return duration
    }

    /// The fault that strikes a device here, the first of its kinds, `nil` for none.
    func strikeDevice(session: Int, frame: UInt64, attempt: Int = 0, holder: Holder) -> FaultMark? {
        for kind in [FaultKind.deviceLate, .deviceNever, .deviceDuplicate] {
            let duration = strike(kind, session: session, frame: frame, attempt: attempt, holder: holder)
            if let duration { return FaultMark(kind, duration) }
        }
        return nil
    }

    /// Counts and tells a fault.
    func note(_ mark: FaultMark, session: Int, frame: UInt64, holder: Holder = .none) {
        counts[Int(mark.kind.rawValue)].value.wrappingAdd(1, ordering: .relaxed)
        record(Event(.faultInjected, session: session, frame: frame, holder: holder, value: mark.value))
    }

    /// How often each kind has struck.
    var struck: [(kind: FaultKind, count: Int)] {
        FaultKind.allCases.map { ($0, counts[Int($0.rawValue)].value.load(ordering: .relaxed)) }
    }

    /// Does something after a time, on the injector's own thread.
    func after(_ nanoseconds: UInt64, _ action: @escaping @Sendable () -> Void) {
        lock.withLock { pending.append((MonotonicClock.now() &+ nanoseconds, action)) }
        changed.signal()
    }

    /// Starts the thread of ``after(_:_:)``.
    func start() throws(RuntimeError) { try startThread { [self] in run() } }

    /// Ends the thread; what is pending is done at once, so that nothing stays broken.
    func stop() {
        lock.withLock { hasEnded = true }
        changed.signal()
    }

    private func run() {
        while true {
            let ticket = changed.prepare()
            let now = MonotonicClock.now()
            let (due, next, ended) = lock.withLock {
                let due = pending.filter { hasEnded || $0.due <= now }
                pending.removeAll { hasEnded || $0.due <= now }
                return (due, pending.map(\.due).min() ?? .max, hasEnded)
            }
            for entry in due { entry.action() }
            if ended { return }
            if due.isEmpty { changed.wait(ticket, until: next) }
        }
    }
}
