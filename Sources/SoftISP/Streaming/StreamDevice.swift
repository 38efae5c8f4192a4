// A device of the machine: a thread that uses slots as DMA does, and answers by FRAME_HW_DONE. The synthetic camera delivers
// through one; injected device faults go through one too.

import ISPRuntime

/// How a device deals with one request.
struct DeviceBehaviour: Sendable {
    /// When it answers, in nanoseconds of the runtime's clock.
    var due: UInt64
    /// Whether it answers at all.
    var isLost = false
    /// Whether it answers twice.
    var isTwice = false

    /// Answers once, when it is `due`, unless a fault strikes.
    init(due: UInt64, _ fault: FaultMark?) {
        self.due = due
        switch fault?.kind {
        case .deviceLate: self.due &+= fault?.duration ?? 0
        case .deviceNever: isLost = true
        case .deviceDuplicate: isTwice = true
        default: break
        }
    }
}

/// A device with a thread of its own. Until it answers or is reset it may touch what it was given.
final class StreamDevice: @unchecked Sendable {
    // Sendable: the queue is used within its lock only; what the work touches is the device's by the token.
    private struct Request {
        let ticket: AllocTicket
        let behaviour: DeviceBehaviour
        let work: () -> Void
    }

    private let lock = Lock()
    private let changed = EventCount()
    private var queue: [Request] = []
    private var isOff = false
    private let done: @Sendable (AllocTicket) -> Void

    /// Starts its thread.
    ///
    /// - Parameter done: FRAME_HW_DONE, called from that thread.
    init(_ done: @escaping @Sendable (AllocTicket) -> Void) throws(RuntimeError) {
        self.done = done
        try startThread { [self] in run() }
    }

    /// Asks it to do `work` on a submitted slot and to answer.
    func ask(_ ticket: AllocTicket, _ behaviour: DeviceBehaviour, _ work: @escaping () -> Void = {}) {
        lock.withLock { queue.append(Request(ticket: ticket, behaviour: behaviour, work: work)) }
        changed.signal()
    }

    /// Resets it: when this returns it touches nothing it was asked for before.
    func reset() { lock.withLock { queue.removeAll() } }

    /// Ends its thread soon.
    func turnOff() {
        lock.withLock { isOff = true }
        changed.signal()
    }

    private func run() {
        while true {
            let ticket = changed.prepare()
            let now = MonotonicClock.now()
            // Work and the look at the queue are one step against a reset.
            let (finished, next, off) = lock.withLock { () -> ([Request], UInt64, Bool) in
                let isFinished = { (request: Request) in request.behaviour.due <= now && !request.behaviour.isLost }
                let finished = queue.filter(isFinished)
                for request in finished { request.work() }
                queue.removeAll(where: isFinished)
                let waiting = queue.lazy.filter { !$0.behaviour.isLost }
                return (finished, waiting.map(\.behaviour.due).min() ?? .max, isOff)
            }
            for request in finished {
                done(request.ticket)
                if request.behaviour.isTwice { done(request.ticket) }
            }
            if off { return }
            if finished.isEmpty { changed.wait(ticket, until: next) }
        }
    }
}
