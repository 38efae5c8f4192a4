// Taking a free slot and giving it back: from a core's cache, from the FIFO, and from a mutex and a deque.

import ISPRuntime

/// Allocation and return of raw slots.
enum Pools {
    private static let group = "pool"
    private static let repeats = 40

    static func all() throws -> [Measurement] {
        let cached = try CachedPool()
        let fifo = try StrictPool()
        let deque = Deque.full(StrictPool.slots)
        return [
            Measurement(rows: [
                Row(group: group, name: "allocate from a core's cache", aim: 10)
            ]) { [try cached.allocate(repeats)] },
            Measurement(rows: [
                Row(group: group, name: "allocate from the FIFO"),
                Row(group: group, name: "release to the FIFO", aim: 60),
                Row(group: group, name: "FIFO operations", unit: "M/s"),
            ]) {
                let (allocate, release) = try fifo.cycle(repeats)
                return [allocate, release, 2_000 / (allocate + release)]
            },
            Measurement(rows: [
                Row(group: group, name: "allocate, mutex and deque"),
                Row(group: group, name: "release, mutex and deque"),
                Row(group: group, name: "operations, mutex and deque", unit: "M/s"),
            ]) {
                let (allocate, release) = try cycle(deque, repeats)
                return [allocate, release, 2_000 / (allocate + release)]
            },
        ]
    }

    private static func core(_ configuration: RuntimeConfiguration) throws -> RuntimeCore<LiveEnvironment> {
        try configuration.validate()
        return RuntimeCore(configuration, try LiveEnvironment(configuration, recorder: nil))
    }

    /// Many cores with a full cache each, so that one span of time holds many allocations and nothing else.
    private final class CachedPool {
        private static let cores = 15
        private let core: RuntimeCore<LiveEnvironment>

        init() throws {
            var configuration = RuntimeConfiguration()
            configuration.rawSlots = 255
            configuration.cores = Self.cores
            configuration.cacheSize = CoreCache.capacity
            core = try Pools.core(configuration)
        }

        func allocate(_ repeats: Int) throws -> Double {
            var sum = 0.0
            let cached = Self.cores * CoreCache.capacity
            var taken: [Int] = []
            taken.reserveCapacity(Self.cores + cached)
            for _ in 0..<repeats {
                // The first allocation of a core comes from the FIFO and fills its cache.
                for position in 0..<Self.cores {
                    taken.append(try required(core.allocate(source: .source(0), core: position), "no slot is free"))
                }
                let before = taken.count
                sum += Clocks.eachShort(cached) {
                    for _ in 0..<CoreCache.capacity {
                        for position in 0..<Self.cores {
                            if let slot = core.allocate(source: .source(0), core: position) { taken.append(slot) }
                        }
                    }
                }
                try check(taken.count == before + cached, "the caches had \(taken.count - before) slots")
                for position in 0..<Self.cores {
                    try check(core.environment.load(.cache(position)) == 0, "a cache kept a slot")
                }
                for slot in taken { try check(core.cancel(slot, source: .source(0)), "slot \(slot) was not ours") }
                try check(Set(taken).count == taken.count, "a slot was given twice")
                taken.removeAll(keepingCapacity: true)
            }
            return sum / Double(repeats)
        }
    }

    /// Strict mode: every slot comes from the FIFO.
    private final class StrictPool {
        static let slots = 255
        private let core: RuntimeCore<LiveEnvironment>

        init() throws {
            var configuration = RuntimeConfiguration()
            configuration.rawSlots = Self.slots
            core = try Pools.core(configuration)
        }

        func cycle(_ repeats: Int) throws -> (allocate: Double, release: Double) {
            var (allocate, release) = (0.0, 0.0)
            var taken: [Int] = []
            taken.reserveCapacity(Self.slots)
            for _ in 0..<repeats {
                allocate += Clocks.eachShort(Self.slots) {
                    for _ in 0..<Self.slots {
                        if let slot = core.allocate(source: .source(0), core: 0) { taken.append(slot) }
                    }
                }
                try check(taken.count == Self.slots, "the FIFO gave \(taken.count) slots")
                var returned = 0
                release += Clocks.eachShort(Self.slots) {
                    for slot in taken where core.cancel(slot, source: .source(0)) { returned += 1 }
                }
                try check(returned == Self.slots, "only \(returned) slots came back")
                taken.removeAll(keepingCapacity: true)
            }
            return (allocate / Double(repeats), release / Double(repeats))
        }
    }

    /// The same with a mutex and a deque.
    private static func cycle(_ deque: Deque, _ repeats: Int) throws -> (allocate: Double, release: Double) {
        var (allocate, release) = (0.0, 0.0)
        var taken: [Int] = []
        taken.reserveCapacity(StrictPool.slots)
        for _ in 0..<repeats {
            allocate += Clocks.eachShort(StrictPool.slots) {
                for _ in 0..<StrictPool.slots { if let slot = deque.popFirst() { taken.append(slot) } }
            }
            try check(taken.count == StrictPool.slots, "the deque gave \(taken.count) slots")
            release += Clocks.eachShort(StrictPool.slots) { for slot in taken { deque.append(slot) } }
            taken.removeAll(keepingCapacity: true)
        }
        return (allocate / Double(repeats), release / Double(repeats))
    }
}
