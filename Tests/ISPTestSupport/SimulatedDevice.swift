// A device without hardware: a thread of its own that writes into slots as DMA would, and answers as well or badly as it is
// told.

import ISPRuntime

/// What happens to one submission.
public struct DeviceBehaviour: Sendable {
    /// How long the device takes, in nanoseconds.
    public var latency: UInt64
    /// Whether it ever answers.
    public var isLost: Bool
    /// How many times it answers beyond the first.
    public var duplicates: Int

    /// A device that answers once.
    public init(latency: UInt64 = 0, isLost: Bool = false, duplicates: Int = 0) {
        self.latency = latency
        self.isLost = isLost
        self.duplicates = duplicates
    }
}

/// A capture device or accelerator. Writes a word over and over into the memory it was given, and may go on doing so until the
/// moment it answers or is reset, as DMA does.
public final class SimulatedDevice: @unchecked Sendable {
    // Sendable: used within its lock only; the memory it writes is its own by the token.
    private struct Work {
        let ticket: AllocTicket
        let memory: UnsafeMutableRawBufferPointer
        let word: UInt64
        let due: UInt64
        let behaviour: DeviceBehaviour
    }

    private let lock = Lock()
    private let changed = EventCount()
    private var queue: [Work] = []
    private var isOff = false
    private var hasEnded = false
    private var answers = 0
    private let done: @Sendable (AllocTicket) -> Void

    /// Starts the device's thread.
    ///
    /// - Parameter done: FRAME_HW_DONE, called from that thread.
    public init(_ done: @escaping @Sendable (AllocTicket) -> Void) throws {
        self.done = done
        try startThread { [self] in run() }
    }

    /// Asks the device to fill `memory` with `word`. The slot must have been submitted (transition 3) before.
    public func fill(
        _ memory: UnsafeMutableRawBufferPointer, with word: UInt64, _ ticket: AllocTicket, _ behaviour: DeviceBehaviour
    ) {
        let due = MonotonicClock.now() &+ behaviour.latency
        lock.withLock {
            queue.append(Work(ticket: ticket, memory: memory, word: word, due: due, behaviour: behaviour))
        }
        changed.signal()
    }

    /// Resets the device: whatever it was asked for, it does not touch any more when this returns.
    ///
    /// - Returns: how many submissions were cut off.
    @discardableResult
    public func reset() -> Int {
        lock.withLock {
            defer { queue.removeAll() }
            return queue.count
        }
    }

    /// How many times it answered.
    public var answered: Int { lock.withLock { answers } }

    /// Ends the thread.
    public func turnOff() {
        lock.withLock { isOff = true }
        changed.signal()
        while true {
            let ticket = changed.prepare()
            if lock.withLock({ hasEnded }) { return }
            changed.wait(ticket)
        }
    }

    private func run() {
        while true {
            let ticket = changed.prepare()
            let now = MonotonicClock.now()
            // Writing and the look at the queue are one step against a reset.
            let (finished, next, off) = lock.withLock { () -> ([Work], UInt64, Bool) in
                for work in queue {
                    let words = work.memory.bindMemory(to: UInt64.self)
                    for index in words.indices { words[index] = work.word }
                }
                let finished = queue.filter { $0.due <= now && !$0.behaviour.isLost }
                queue.removeAll { $0.due <= now && !$0.behaviour.isLost }
                return (finished, queue.lazy.filter { !$0.behaviour.isLost }.map(\.due).min() ?? .max, isOff)
            }
            for work in finished {
                for _ in 0...work.behaviour.duplicates {
                    lock.withLock { answers += 1 }
                    done(work.ticket)
                }
            }
            if off {
                lock.withLock { hasEnded = true }
                changed.signal()
                return
            }
            if finished.isEmpty { changed.wait(ticket, until: next) }
        }
    }
}
