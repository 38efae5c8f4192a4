// The ring between recording threads and the log's writer: one a shard, bounded, in memory taken at the start.

import Atomics
import ISPRuntime

/// A bounded queue of events: any number of threads add, one at a time takes.
///
/// Every cell carries the number of the turn it is ready for (Dmitry Vyukov's bounded queue, 2010), so that adding is
/// one compare-and-swap without waiting: a full ring refuses. Threads that share a ring may meet in that swap, and the
/// one that loses tries the next cell.
struct EventRing {
    private struct Cell {
        /// `n` when it can take event number `n`, `n + 1` when it holds it.
        var turn: UnsafeAtomic<UInt64>.Storage
        var event: Event
    }

    /// Words of the header; each alone in its cache lines, since different threads write them.
    private enum Word {
        static let unit = AtomicWords.padding / MemoryLayout<UInt64>.stride
        static let added = 0
        static let taken = unit
        static let lost = 2 * unit
        static let all = 3 * unit
    }

    private let header: AtomicWords
    private let cells: UnsafeMutablePointer<Cell>
    private let mask: UInt64

    /// An empty ring. `capacity` is a power of two from 2 on.
    static func allocate(capacity: Int) -> EventRing {
        precondition(capacity >= 2 && capacity & (capacity - 1) == 0)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<Cell>.stride, alignment: AtomicWords.padding)
        let cells = memory.bindMemory(to: Cell.self, capacity: capacity)
        for index in 0..<capacity {
            (cells + index).initialize(to: Cell(turn: .init(UInt64(index)), event: Event(.transition)))
        }
        return EventRing(header: .allocate(Word.all), cells: cells, mask: UInt64(capacity) - 1)
    }

    func deallocate() {
        header.deallocate()
        UnsafeMutableRawPointer(cells).deallocate()
    }

    var capacity: Int { Int(mask) + 1 }

    /// Events that found the ring full, or the log ended.
    var lost: UInt64 { header.load(Word.lost) }

    /// Events in the ring; exact while nobody adds or takes.
    var backlog: UInt64 {
        let taken = header.load(Word.taken)
        let added = header.load(Word.added)
        return added > taken ? added - taken : 0
    }

    /// Counts an event that will not be in the log.
    @inline(__always)
    func lose() { header.add(Word.lost) }

    /// Adds an event, or counts it as lost when the ring is full.
    @inline(__always)
    func add(_ event: borrowing Event) {
        let added = AtomicWords.Word(at: header.start + Word.added)
        var number = added.load(ordering: .relaxed)
        while true {
            let cell = cells + Int(truncatingIfNeeded: number & mask)
            let turn = self.turn(cell).load(ordering: .acquiring)
            if turn == number {
                let (isMine, found) = added.weakCompareExchange(
                    expected: number, desired: number &+ 1, ordering: .relaxed)
                if isMine {
                    cell.pointee.event = copy event
                    self.turn(cell).store(number &+ 1, ordering: .releasing)
                    return
                }
                number = found
            } else if turn < number {
                // The cell still holds the event of a round ago.
                lose()
                return
            } else {
                number = added.load(ordering: .relaxed)
            }
        }
    }

    /// Takes the oldest event, nil when there is none or its thread is still writing it. One thread at a time.
    func take() -> Event? {
        let number = header.load(Word.taken)
        let cell = cells + Int(truncatingIfNeeded: number & mask)
        guard turn(cell).load(ordering: .acquiring) == number &+ 1 else { return nil }
        let event = cell.pointee.event
        turn(cell).store(number &+ mask &+ 1, ordering: .releasing)
        header.add(Word.taken)
        return event
    }

    @inline(__always)
    private func turn(_ cell: UnsafeMutablePointer<Cell>) -> UnsafeAtomic<UInt64> {
        // The first member of a structure is where the structure is.
        UnsafeAtomic(at: UnsafeMutableRawPointer(cell).assumingMemoryBound(to: UnsafeAtomic<UInt64>.Storage.self))
    }
}
