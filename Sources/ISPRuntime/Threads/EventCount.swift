// Where parties park when there is nothing for them: waking costs one atomic increment while nobody is parked.

import Synchronization

/// An event count: look at its number, look for work, wait until the number changes. A wake-up between the two looks is
/// not lost.
package final class EventCount: Sendable {
    private let number = Atomic<UInt64>(0)
    private let parked = Atomic<Int>(0)
    private let lock = Lock()
    private let condition = Condition()

    /// Nobody is parked.
    package init() {}

    /// The number to wait on; taken *before* looking for work.
    package func prepare() -> UInt64 { number.load(ordering: .sequentiallyConsistent) }

    /// Waits until the number is not `ticket` any more, or until `deadline`.
    ///
    /// - Returns: false when the deadline came first.
    @discardableResult
    package func wait(_ ticket: UInt64, until deadline: UInt64 = .max) -> Bool {
        parked.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { parked.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        return lock.withLock {
            while number.load(ordering: .sequentiallyConsistent) == ticket {
                if deadline != .max, MonotonicClock.now() >= deadline { return false }
                condition.wait(lock, until: deadline)
            }
            return true
        }
    }

    /// Wakes whoever is parked.
    package func signal() {
        number.wrappingAdd(1, ordering: .sequentiallyConsistent)
        guard parked.load(ordering: .sequentiallyConsistent) > 0 else { return }
        // Whoever is between its look at the number and its wait has the lock.
        lock.lock()
        lock.unlock()
        condition.broadcast()
    }
}
