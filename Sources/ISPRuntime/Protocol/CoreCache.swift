// A core's cache of free raw slots: up to eight slot numbers in one word, so that taking one is one swap and draining
// the cache of another core is one swap too.

/// The value of a core's cache: slot numbers plus one, a byte each, the next to be taken lowest; 0 is empty.
///
/// Filled and drained within the SessionManager's lock, popped by anybody without it.
package struct CoreCache: Hashable {
    package var word: UInt64

    /// How many slots fit.
    package static let capacity = 8
    /// Slot numbers must be below this to fit a byte.
    package static let maximumSlots = 255

    package init(word: UInt64 = 0) { self.word = word }

    package var isEmpty: Bool { word == 0 }
    package var count: Int { (64 - word.leadingZeroBitCount + 7) / 8 }
    package var isFull: Bool { word >> 56 != 0 }

    /// Takes the slot that came in first.
    @inline(__always)
    package mutating func popFirst() -> Int? {
        if word == 0 { return nil }
        let slot = Int(word & 0xff) - 1
        word >>= 8
        return slot
    }

    /// Adds a slot behind the others; there must be room.
    package mutating func append(_ slot: Int) {
        precondition(!isFull && slot < Self.maximumSlots)
        word |= UInt64(slot + 1) << UInt64(8 * count)
    }
}
