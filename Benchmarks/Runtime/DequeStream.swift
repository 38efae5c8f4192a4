// A stream through mutexes and deques: no tokens, no recovery, no order.

import ISPRuntime

/// The same parties as in ``RuntimeStream``, with a blocking queue between any two.
enum DequeStream {
    /// What the threads share. A slot's envelope is whoever's turn it is: the queues hand it on.
    private final class Queues: @unchecked Sendable {
        // Sendable: an envelope is used by the thread that has its slot's number, and queues are locked.
        static let slots = RuntimeConfiguration().rawSlots
        let freeRaw = Deque.full(slots)
        let freeImages = Deque.full(slots + 2)
        let queue = Deque(capacity: slots)
        let inbox = Deque(capacity: slots + 2)
        let envelopes: UnsafeMutablePointer<Envelope>

        init() {
            envelopes = .allocate(capacity: Self.slots)
            envelopes.initialize(repeating: Envelope(), count: Self.slots)
        }

        deinit { envelopes.deallocate() }
    }

    static func run(workers: Int, rate: Rate, frames: Int) throws -> StreamResult {
        let total = Pace.warmUp + frames
        let latencies = Latencies(total)
        let queues = Queues()
        for _ in 0..<workers { try startThread { work(queues, latencies) } }
        let end = SinkEnd()
        try startThread { end.end(received: receive(total, from: queues)) }

        var pace = Pace(rate)
        for frame in 0..<total {
            pace.wait(frame)
            let slot = try required(queues.freeRaw.waitFirst(), "no slot for frame \(frame)")
            var envelope = Envelope()
            envelope.frameID = UInt64(frame)
            envelope.captured = MonotonicClock.now()
            envelope.submitted = MonotonicClock.now()
            queues.envelopes[slot] = envelope
            queues.queue.append(slot)
        }
        let (received, last, used) = end.wait()
        queues.queue.close()
        try check(received == total, "\(received) of \(total) pictures came")
        return StreamResult(
            latencies: try latencies.all(from: Pace.warmUp), span: last - pace.start, used: used - pace.usedBefore)
    }

    private static func work(_ queues: Queues, _ latencies: Latencies) {
        while let slot = queues.queue.waitFirst(), let image = queues.freeImages.waitFirst() {
            queues.envelopes[slot].started = MonotonicClock.now()
            queues.envelopes[slot].imageSlot = Int16(image)
            latencies.note(queues.envelopes[slot].frameID, since: queues.envelopes[slot].captured)
            queues.freeRaw.append(slot)
            queues.inbox.append(image)
        }
    }

    private static func receive(_ total: Int, from queues: Queues) -> Int {
        for frame in 0..<total {
            guard let image = queues.inbox.waitFirst() else { return frame }
            queues.freeImages.append(image)
        }
        return total
    }
}
