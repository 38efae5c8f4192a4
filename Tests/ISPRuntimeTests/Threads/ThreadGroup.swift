// Threads that a test starts together and waits for.

import ISPRuntime

/// Runs functions on threads of their own and waits for all of them.
final class ThreadGroup: Sendable {
    private let count = Counter()
    private let changed = EventCount()

    func start(_ body: @escaping @Sendable () -> Void) throws {
        count.add(1)
        try startThread { [self] in
            body()
            count.add(-1)
            changed.signal()
        }
    }

    func wait() {
        while true {
            let ticket = changed.prepare()
            if count.value == 0 { return }
            changed.wait(ticket)
        }
    }
}

/// A number several threads change.
final class Counter: @unchecked Sendable {
    // Sendable: used within its lock only.
    private let lock = Lock()
    private var number = 0

    var value: Int { lock.withLock { number } }

    @discardableResult
    func add(_ change: Int) -> Int {
        lock.withLock {
            number += change
            return number
        }
    }
}

/// A door that threads wait at until it is opened.
final class Gate: Sendable {
    private let opened = Counter()
    private let changed = EventCount()
    private let arrived = Counter()
    private let arrivals = EventCount()

    /// Waits until the gate is opened.
    func pass() {
        arrived.add(1)
        arrivals.signal()
        while true {
            let ticket = changed.prepare()
            if opened.value > 0 { return }
            changed.wait(ticket)
        }
    }

    func open() {
        opened.add(1)
        changed.signal()
    }

    /// Waits until so many threads have come to the gate.
    func waitForArrivals(_ count: Int) {
        while true {
            let ticket = arrivals.prepare()
            if arrived.value >= count { return }
            arrivals.wait(ticket)
        }
    }
}
