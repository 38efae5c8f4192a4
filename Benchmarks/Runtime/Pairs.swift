// Two threads that do the same thing at the same time.

import Atomics
import ISPRuntime

/// Runs `body` on two threads at once.
///
/// - Parameter body: gets 0 or 1, and does `count` equal things.
/// - Returns: time for one of all the things done, in nanoseconds; NaN when the system never let both threads run together,
///   as when there is one processor or others are busy: one after the other they would not meet, and look fast. And how
///   often it was tried: each thread did `count` things so many times.
func eachOfTwoThreads(
    _ count: Int, _ body: @escaping @Sendable (_ thread: Int) -> Void
) throws -> (each: Double, tries: Int) {
    let tries = 10
    for tried in 1...tries {
        let pair = Pair()
        try startThread { pair.run(1, body) }
        pair.run(0, body)
        pair.wait()
        if pair.overlap >= 0.9 { return (Double(pair.span) / Double(2 * count), tried) }
    }
    return (.nan, tries)
}

/// Two threads that meet at the start by spinning, so that both are on a processor, and note when they ran.
private final class Pair: Sendable {
    private let arrived = ManagedAtomic(0)
    private let ended = ManagedAtomic(0)
    private let starts = [ManagedAtomic<UInt64>(0), ManagedAtomic<UInt64>(0)]
    private let ends = [ManagedAtomic<UInt64>(0), ManagedAtomic<UInt64>(0)]
    private let changed = EventCount()

    func run(_ thread: Int, _ body: (Int) -> Void) {
        arrived.wrappingIncrement(ordering: .acquiringAndReleasing)
        while arrived.load(ordering: .acquiring) < 2 {}
        starts[thread].store(MonotonicClock.now(), ordering: .relaxed)
        body(thread)
        ends[thread].store(MonotonicClock.now(), ordering: .relaxed)
        ended.wrappingIncrement(ordering: .acquiringAndReleasing)
        changed.signal()
    }

    /// Waits for both.
    func wait() {
        while true {
            let ticket = changed.prepare()
            if ended.load(ordering: .acquiring) == 2 { return }
            changed.wait(ticket)
        }
    }

    private func moments(_ words: [ManagedAtomic<UInt64>]) -> (earlier: UInt64, later: UInt64) {
        let values = words.map { $0.load(ordering: .acquiring) }
        return (min(values[0], values[1]), max(values[0], values[1]))
    }

    /// From the first start to the last end.
    var span: UInt64 { moments(ends).later - moments(starts).earlier }

    /// Which part of it both ran.
    var overlap: Double {
        let (start, end) = (moments(starts).later, moments(ends).earlier)
        return end > start ? Double(end - start) / Double(span) : 0
    }
}
