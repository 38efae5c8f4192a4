// All rings of a log.

/// One ring a shard, in memory that lives as long as this does.
final class EventRings: @unchecked Sendable {
    // Sendable although rings are pointers: adding is atomic, and taking is the drainer's, within its lock.

    let all: [EventRing]
    private let start: UnsafeMutablePointer<EventRing>

    init(count: Int, capacity: Int) {
        all = (0..<count).map { _ in EventRing.allocate(capacity: capacity) }
        start = .allocate(capacity: count)
        start.initialize(from: all, count: count)
    }

    deinit {
        for ring in all { ring.deallocate() }
        start.deallocate()
    }

    @inline(__always)
    var count: Int { all.count }

    /// A ring by number, `0 ..< count`, without the checks and counts of an array.
    @inline(__always)
    subscript(index: Int) -> EventRing { start[index] }

    /// Events in all rings.
    var backlog: UInt64 { all.reduce(0) { $0 &+ $1.backlog } }
}
