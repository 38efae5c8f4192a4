// What one would write without tokens, recovery or order: a mutex and a deque.

import ISPRuntime

/// A queue of slot numbers on a ring array, behind a pthread mutex.
final class Deque: @unchecked Sendable {
    // Sendable: the state is used within the lock only.
    private let lock = Lock()
    private let condition = Condition()
    /// Behind a pointer, where no access is checked at run time: what the runtime is compared with shall be lean.
    private let state: UnsafeMutablePointer<State>

    private struct State {
        let ring: UnsafeMutableBufferPointer<Int>
        var head = 0
        var count = 0
        var waiting = 0
        var isClosed = false

        mutating func popFirst() -> Int? {
            guard count > 0 else { return nil }
            let number = ring[head]
            head += 1
            if head == ring.count { head = 0 }
            count -= 1
            return number
        }
    }

    /// An empty queue for at most `capacity` numbers.
    init(capacity: Int) {
        let ring = UnsafeMutableBufferPointer<Int>.allocate(capacity: capacity)
        ring.initialize(repeating: 0)
        state = .allocate(capacity: 1)
        state.initialize(to: State(ring: ring))
    }

    deinit {
        state.pointee.ring.deallocate()
        state.deallocate()
    }

    /// A queue of all numbers below `capacity`.
    static func full(_ capacity: Int) -> Deque {
        let deque = Deque(capacity: capacity)
        for number in 0..<capacity { deque.append(number) }
        return deque
    }

    /// Adds a number, and wakes whoever waits.
    func append(_ number: Int) {
        lock.lock()
        precondition(state.pointee.count < state.pointee.ring.count, "a deque overflowed")
        var place = state.pointee.head + state.pointee.count
        if place >= state.pointee.ring.count { place -= state.pointee.ring.count }
        state.pointee.ring[place] = number
        state.pointee.count += 1
        let isAwaited = state.pointee.waiting > 0
        lock.unlock()
        if isAwaited { condition.broadcast() }
    }

    /// Takes the first number, nil when there is none.
    func popFirst() -> Int? {
        lock.lock()
        defer { lock.unlock() }
        return state.pointee.popFirst()
    }

    /// Waits for the first number; nil when the queue is closed and empty.
    func waitFirst() -> Int? {
        lock.lock()
        defer { lock.unlock() }
        while state.pointee.count == 0 {
            if state.pointee.isClosed { return nil }
            state.pointee.waiting += 1
            condition.wait(lock, until: .max)
            state.pointee.waiting -= 1
        }
        return state.pointee.popFirst()
    }

    /// Lets whoever waits go, once the queue is empty.
    func close() {
        lock.lock()
        state.pointee.isClosed = true
        lock.unlock()
        condition.broadcast()
    }
}
