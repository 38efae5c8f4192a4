// What happens when in a virtual run.

/// Something that happens at a moment.
enum Occasion {
    /// A source looks whether it can go on.
    case source(Int)
    /// A worker has come to the end of a strip, or has waited long enough.
    case worker(Int)
    /// A device answers a request.
    case deviceAnswers(Int)
    /// A device that never answered is reset.
    case reset(device: Int)
    /// A sink goes on.
    case sink(Int)
    /// The SessionManager takes items again.
    case managerIsFree
}

/// Occasions in the order of time; of one moment, in the order in which they were added. A binary heap: O(log n).
struct Agenda {
    private struct Entry {
        let due: UInt64
        let order: UInt64
        let occasion: Occasion

        func isBefore(_ other: Entry) -> Bool { (due, order) < (other.due, other.order) }
    }

    private var heap: [Entry] = []
    private var added: UInt64 = 0

    /// When the next occasion is, `UInt64.max` for never.
    var nextDue: UInt64 { heap.first?.due ?? .max }

    mutating func add(_ occasion: Occasion, at due: UInt64) {
        heap.append(Entry(due: due, order: added, occasion: occasion))
        added += 1
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The next occasion that is due, `nil` for none.
    mutating func next(at now: UInt64) -> Occasion? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].isBefore(heap[least]) { least = child }
            }
            if least == parent { return first.occasion }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
