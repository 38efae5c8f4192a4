// A moment that several threads wait for.

import ISPRuntime
import Synchronization

/// Closed at first, then open for good.
final class Latch: Sendable {
    private let isOpen = Atomic(false)
    private let changed = EventCount()

    func open() {
        isOpen.store(true, ordering: .releasing)
        changed.signal()
    }

    /// Waits until it is open.
    ///
    /// - Returns: false when `deadline`, in nanoseconds of ``MonotonicClock``, came first.
    func wait(until deadline: UInt64) -> Bool {
        while true {
            let ticket = changed.prepare()
            if isOpen.load(ordering: .acquiring) { return true }
            if !changed.wait(ticket, until: deadline) { return false }
        }
    }
}
