// FIFO fidelity (I4): strict mode reuses slots in exactly the order in which they were returned; with caches of k slots on
// C cores at most (C-1)k earlier-freed slots are overtaken by any one allocation.

import ISPRuntime
import ISPTestSupport
import Testing

@Suite struct FIFOTests {
    /// Allocates and returns at random from several cores, and says how many slots each allocation overtook.
    private func overtaken(cores: Int, cacheSize: Int, seed: UInt64) throws -> Int {
        var configuration = RuntimeConfiguration()
        configuration.rawSlots = 16
        configuration.cores = cores
        configuration.cacheSize = cacheSize
        try configuration.validate()
        let environment = VirtualEnvironment(configuration)
        // Slots by when they became free.
        var free = Array(0..<configuration.rawSlots)
        environment.onEvent = { event in
            if event.kind == .packetReturnedToFIFO, event.pool == .raw { free.append(Int(event.slot)) }
        }
        let core = RuntimeCore(configuration, environment)
        var random = SeededGenerator(seed: seed)
        var held: [Int] = []
        var worst = 0
        for _ in 0..<2_000 {
            if held.isEmpty || !free.isEmpty && Bool.random(using: &random) {
                let slot = try #require(
                    core.allocate(source: .source(0), core: Int.random(in: 0..<cores, using: &random)))
                let place = try #require(free.firstIndex(of: slot))
                worst = max(worst, place)
                free.remove(at: place)
                held.append(slot)
            } else {
                let slot = held.remove(at: Int.random(in: 0..<held.count, using: &random))
                #expect(core.cancel(slot, source: .source(0)))
            }
        }
        return worst
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func strictModeOvertakesNobody(seed: UInt64) throws {
        #expect(try overtaken(cores: 1, cacheSize: 0, seed: seed) == 0)
        #expect(try overtaken(cores: 4, cacheSize: 0, seed: seed) == 0)
    }

    @Test(arguments: [1, 2, 4], [1, 2]) func cachesOvertakeNoMoreThanTheyHold(cores: Int, size: Int) throws {
        for seed in 0..<20 as Range<UInt64> {
            #expect(try overtaken(cores: cores, cacheSize: size, seed: seed) <= (cores - 1) * size)
        }
    }

    @Test func everyFreeSlotIsFoundWhereverItIs() throws {
        var configuration = RuntimeConfiguration()
        configuration.rawSlots = 16
        configuration.cores = 4
        configuration.cacheSize = 2
        let core = RuntimeCore(configuration, VirtualEnvironment(configuration))
        // Every core fills its cache.
        let first = try (0..<4).map { try #require(core.allocate(source: .source(0), core: $0)) }
        // One core takes all there is, the others' caches included.
        let rest = (0..<12).compactMap { _ in core.allocate(source: .source(0), core: 0) }
        #expect(Set(first + rest).count == 16)
        #expect(core.allocate(source: .source(0), core: 1) == nil)
        #expect(core.snapshot().residues.isZero)
    }

    @Test func freeSequenceNumbersAreConsecutive() throws {
        var list = FreeList(capacity: 4)
        let taken = [list.popFirst(), list.popFirst(), list.popFirst()].compactMap { $0 }
        #expect(taken.map(\.sequence) == [0, 1, 2])
        let returned = [2, 0].map { list.append($0) }
        #expect(returned == [4, 5])
        #expect(list.order == [3, 2, 0])
        let rest = (0..<4).compactMap { _ in list.popFirst() }
        #expect(rest.map(\.sequence) == [3, 4, 5])
    }

    @Test func aCacheGivesBackInTheOrderItTook() {
        var cache = CoreCache()
        for slot in [0, 254, 7, 3, 1, 2, 5, 4] { cache.append(slot) }
        #expect(cache.isFull && cache.count == 8)
        let taken = (0..<9).map { _ in cache.popFirst() }
        #expect(taken == [0, 254, 7, 3, 1, 2, 5, 4, nil])
        #expect(cache.isEmpty)
    }
}
