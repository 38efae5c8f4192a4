// A deterministic scheduler for real threads over the production protocol code: only the thread that holds the baton runs,
// and it may lose it before every access to a token, every auxiliary word and every lock. After folly's
// DeterministicSchedule, CHESS (Musuvathi et al. 2008: bounded preemptions) and Rust's loom and shuttle.

import ISPRuntime

/// Decides which thread runs.
final class Baton: @unchecked Sendable {
    // Sendable: every use is within the lock, or by the thread that holds the baton.
    private let lock = Lock()
    private let changed = Condition()
    private var running = -1
    private var isDone: [Bool]
    private var blockedOn: [ObjectIdentifier?]
    private var holders: [ObjectIdentifier: Int] = [:]
    /// At which points whom the baton goes to, in order.
    private let plan: [Preemption]
    private var nextPreemption = 0
    /// Points passed so far.
    private(set) var points = 0
    /// Which other threads could have run at each point.
    private(set) var choices: [[Int]] = []
    /// Threads waiting for each other's locks.
    private(set) var isDeadlocked = false

    init(threads: Int, plan: [Preemption]) {
        isDone = Array(repeating: false, count: threads)
        blockedOn = Array(repeating: nil, count: threads)
        self.plan = plan
    }

    private var runnable: [Int] { isDone.indices.filter { !isDone[$0] && blockedOn[$0] == nil } }

    /// Lets the first thread run.
    func begin() {
        lock.withLock {
            running = 0
            changed.broadcast()
        }
    }

    /// A thread waits for its first turn.
    func enter(_ thread: Int) {
        lock.lock()
        while running != thread { changed.wait(lock, until: .max) }
        lock.unlock()
    }

    /// A thread's program is over.
    func leave(_ thread: Int) {
        lock.withLock {
            isDone[thread] = true
            pass(to: runnable.first)
        }
    }

    /// A point at which the thread may lose the baton.
    func point(_ thread: Int) {
        lock.lock()
        let others = runnable.filter { $0 != thread }
        choices.append(others)
        let here = points
        points += 1
        if nextPreemption < plan.count, plan[nextPreemption].point == here {
            let target = plan[nextPreemption].thread
            nextPreemption += 1
            if others.contains(target) { pass(to: target) }
        }
        while running != thread { changed.wait(lock, until: .max) }
        lock.unlock()
    }

    func acquire(_ mutex: ObjectIdentifier, _ thread: Int) {
        point(thread)
        lock.lock()
        while holders[mutex] != nil {
            blockedOn[thread] = mutex
            pass(to: runnable.first)
            while running != thread, !isDeadlocked { changed.wait(lock, until: .max) }
            if isDeadlocked { break }
        }
        holders[mutex] = thread
        lock.unlock()
    }

    func release(_ mutex: ObjectIdentifier, _ thread: Int) {
        lock.withLock {
            holders[mutex] = nil
            for other in blockedOn.indices where blockedOn[other] == mutex { blockedOn[other] = nil }
        }
        point(thread)
    }

    private func pass(to thread: Int?) {
        if let thread {
            running = thread
        } else if isDone.contains(false) {
            isDeadlocked = true
        }
        changed.broadcast()
    }
}

/// One forced change of the running thread.
struct Preemption: Hashable, CustomStringConvertible {
    let point: Int
    let thread: Int
    var description: String { "\(point)->\(thread)" }
}

/// A lock that knows the baton.
final class BatonMutex: RuntimeMutex, @unchecked Sendable {
    // Sendable: the baton's.
    private let environment: BatonEnvironment

    init(_ environment: BatonEnvironment) { self.environment = environment }

    func lock() {
        guard let (baton, thread) = environment.current else { return }
        baton.acquire(ObjectIdentifier(self), thread)
        environment.thread = thread
    }

    func unlock() {
        guard let (baton, thread) = environment.current else { return }
        baton.release(ObjectIdentifier(self), thread)
        environment.thread = thread
    }
}

/// The simulated world, with points before every access.
final class BatonEnvironment: RuntimeEnvironment, @unchecked Sendable {
    // Sendable: one thread at a time has the baton.
    let world: VirtualEnvironment
    /// Set while threads run; outside of that there is one thread.
    var baton: Baton?
    /// Which thread has the baton: set by it when it gets it.
    var thread = 0

    init(_ configuration: RuntimeConfiguration) { world = VirtualEnvironment(configuration) }

    var current: (Baton, Int)? { baton.map { ($0, thread) } }

    private func point() {
        guard let baton else { return }
        let me = thread
        baton.point(me)
        thread = me
    }

    func load(_ slot: SlotID) -> TokenWord {
        point()
        return world.load(slot)
    }

    func swap(_ slot: SlotID, from expected: TokenWord, to desired: TokenWord) -> Bool {
        point()
        return world.swap(slot, from: expected, to: desired)
    }

    func load(_ cell: Cell) -> UInt64 {
        point()
        return world.load(cell)
    }

    func swap(_ cell: Cell, from expected: UInt64, to desired: UInt64) -> Bool {
        point()
        return world.swap(cell, from: expected, to: desired)
    }

    func envelope(_ slot: Int) -> UnsafeMutablePointer<Envelope> { world.envelope(slot) }
    func now() -> UInt64 { world.now() }
    func record(_ event: borrowing Event) { world.record(event) }
    var recordsTransitions: Bool { true }
    func wake(_ parties: Wake) {}
    var epochMask: UInt32 { world.epochMask }
    func makeMutex() -> BatonMutex { BatonMutex(self) }
}
