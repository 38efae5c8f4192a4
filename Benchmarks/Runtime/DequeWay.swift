// The way of a frame as one would write it without tokens: mutexes and deques.

import ISPRuntime

/// The same parties with a mutex and a deque between any two: same envelope, same clock reads, no tokens, no recovery, no
/// order among several workers.
final class DequeWay {
    private let freeRaw: Deque
    private let freeImages: Deque
    private let queue: Deque
    private let inbox: Deque
    private let envelopes: UnsafeMutablePointer<Envelope>
    private let finished: UnsafeMutablePointer<Int>
    private let depth: Int
    private var carried: UInt64 = 0
    private var published: UInt64 = 0

    init(depth: Int) {
        let configuration = RuntimeConfiguration()
        self.depth = depth
        freeRaw = .full(configuration.rawSlots)
        freeImages = .full(configuration.rawSlots + 2)
        queue = Deque(capacity: configuration.rawSlots)
        inbox = Deque(capacity: configuration.rawSlots + 2)
        envelopes = .allocate(capacity: configuration.rawSlots)
        envelopes.initialize(repeating: Envelope(), count: configuration.rawSlots)
        finished = .allocate(capacity: configuration.rawSlots + 2)
        finished.initialize(repeating: -1, count: configuration.rawSlots + 2)
    }

    deinit {
        envelopes.deallocate()
        finished.deallocate()
    }

    func carry(_ frames: Int) throws -> Double {
        let rounds = frames / depth
        let first = carried
        let each = try Clocks.each(rounds * depth) {
            for _ in 0..<rounds {
                for _ in 0..<depth { try publish() }
                for _ in 0..<depth { try develop() }
                for _ in 0..<depth { try receive() }
            }
        }
        try check(carried == first + UInt64(rounds * depth), "\(carried - first) frames were handed over")
        return each
    }

    private func publish() throws {
        let slot = try required(freeRaw.popFirst(), "no slot is free")
        var envelope = Envelope()
        envelope.frameID = published
        envelope.submitted = MonotonicClock.now()
        envelope.rawSlot = Int16(slot)
        envelopes[slot] = envelope
        published += 1
        queue.append(slot)
    }

    private func develop() throws {
        let slot = try required(queue.popFirst(), "no frame to start")
        let image = try required(freeImages.popFirst(), "no image slot")
        envelopes[slot].imageSlot = Int16(image)
        envelopes[slot].started = MonotonicClock.now()
        finished[image] = Int(envelopes[slot].frameID)
        freeRaw.append(slot)
        inbox.append(image)
    }

    private func receive() throws {
        let image = try required(inbox.popFirst(), "no answer")
        try check(finished[image] == Int(carried), "frame \(carried) came as \(finished[image])")
        freeImages.append(image)
        carried += 1
    }
}
