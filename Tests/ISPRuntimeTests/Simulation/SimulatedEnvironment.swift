// The world in an array: tokens and words without threads, a clock that tests turn, and every event checked as it happens.

import ISPRuntime

/// Locks that only check that they are used as locks.
final class SimulatedMutex: RuntimeMutex, @unchecked Sendable {
    // Sendable: a simulation is one thread.
    private var isLocked = false

    func lock() {
        precondition(!isLocked, "a lock is taken twice")
        isLocked = true
    }

    func unlock() {
        precondition(isLocked)
        isLocked = false
    }
}

/// The environment of simulations and explorations.
final class SimulatedEnvironment: RuntimeEnvironment {
    private(set) var raw: ContiguousArray<TokenWord>
    private(set) var image: ContiguousArray<TokenWord>
    private(set) var decisions: ContiguousArray<UInt64>
    private(set) var caches: ContiguousArray<UInt64>
    private(set) var returned: ContiguousArray<UInt64>
    private(set) var detachedSources: ContiguousArray<UInt64>
    var hearts: ContiguousArray<UInt64>
    private let envelopes: UnsafeMutablePointer<Envelope>
    private let slots: Int
    var clock: UInt64 = 0
    let epochMask: UInt32
    let recordsTransitions = true
    /// Sees every event as it happens.
    var onEvent: ((Event) -> Void)?
    /// Called before every access to a token: a test lets something else happen in between.
    var beforeAccess: (() -> Void)?

    init(_ configuration: RuntimeConfiguration) {
        raw = ContiguousArray(repeating: TokenWord(state: .free), count: configuration.rawSlots)
        image = ContiguousArray(repeating: TokenWord(state: .free), count: configuration.imageSlots)
        decisions = ContiguousArray(repeating: 0, count: Holder.maximumBatches)
        caches = ContiguousArray(repeating: 0, count: configuration.cores)
        returned = ContiguousArray(repeating: 0, count: 4)
        detachedSources = ContiguousArray(repeating: 0, count: 4)
        hearts = ContiguousArray(repeating: 0, count: Holder.maximumWorkers)
        slots = configuration.rawSlots
        envelopes = .allocate(capacity: slots)
        envelopes.initialize(repeating: Envelope(), count: slots)
        epochMask = configuration.epochMask
    }

    init(copying other: SimulatedEnvironment) {
        raw = other.raw
        image = other.image
        decisions = other.decisions
        caches = other.caches
        returned = other.returned
        detachedSources = other.detachedSources
        hearts = other.hearts
        slots = other.slots
        envelopes = .allocate(capacity: slots)
        envelopes.initialize(from: other.envelopes, count: slots)
        clock = other.clock
        epochMask = other.epochMask
    }

    deinit {
        envelopes.deinitialize(count: slots)
        envelopes.deallocate()
    }

    func load(_ slot: SlotID) -> TokenWord {
        beforeAccess?()
        return slot.pool == .raw ? raw[slot.index] : image[slot.index]
    }

    func swap(_ slot: SlotID, from expected: TokenWord, to desired: TokenWord) -> Bool {
        beforeAccess?()
        switch slot.pool {
        case .raw:
            if raw[slot.index] != expected { return false }
            raw[slot.index] = desired
        case .image:
            if image[slot.index] != expected { return false }
            image[slot.index] = desired
        }
        return true
    }

    func load(_ cell: Cell) -> UInt64 {
        switch cell {
        case .decision(let index): decisions[index]
        case .cache(let index): caches[index]
        case .returned(let index): returned[index]
        case .detachedSource(let index): detachedSources[index]
        case .heart(let index): hearts[index]
        }
    }

    func swap(_ cell: Cell, from expected: UInt64, to desired: UInt64) -> Bool {
        if load(cell) != expected { return false }
        switch cell {
        case .decision(let index): decisions[index] = desired
        case .cache(let index): caches[index] = desired
        case .returned(let index): returned[index] = desired
        case .detachedSource(let index): detachedSources[index] = desired
        case .heart(let index): hearts[index] = desired
        }
        return true
    }

    func envelope(_ slot: Int) -> UnsafeMutablePointer<Envelope> { envelopes + slot }
    func now() -> UInt64 { clock }
    func wake(_ parties: Wake) {}
    func makeMutex() -> SimulatedMutex { SimulatedMutex() }

    func record(_ event: borrowing Event) { onEvent?(copy event) }
}
