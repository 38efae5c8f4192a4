// The authoritative FIFO of a pool: in which order its slots are used again.

/// A pool's global FIFO. Lives in the SessionManager, behind its lock: the number a slot gets and its place in the
/// queue are given in one critical section (I4).
package struct FreeList {
    private var slots: Ring<Entry>
    /// The number the next returned slot gets.
    package private(set) var nextSequence: UInt64 = 0
    /// The number the next taken slot has.
    package private(set) var nextTaken: UInt64 = 0

    /// A free slot and its free_seq.
    package struct Entry {
        package let slot: Int16
        package let sequence: UInt64
    }

    /// All `capacity` slots, in order.
    package init(capacity: Int) {
        slots = Ring(capacity: capacity)
        for slot in 0..<capacity { append(slot) }
    }

    package var count: Int { slots.count }

    /// Appends a slot and numbers it.
    ///
    /// - Returns: its free_seq.
    @discardableResult
    package mutating func append(_ slot: Int) -> UInt64 {
        let sequence = nextSequence
        slots.append(Entry(slot: Int16(slot), sequence: sequence))
        nextSequence += 1
        return sequence
    }

    /// Takes the slot that has been free for longest.
    package mutating func popFirst() -> Entry? {
        guard let entry = slots.popFirst() else { return nil }
        precondition(entry.sequence == nextTaken, "free_seq \(entry.sequence) was taken where \(nextTaken) was due")
        nextTaken += 1
        return entry
    }

    /// The slots in order, for snapshots.
    package var order: [Int] { (0..<slots.count).map { Int(slots[$0].slot) } }
}
