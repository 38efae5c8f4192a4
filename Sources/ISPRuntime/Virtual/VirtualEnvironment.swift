// The world in an array: tokens and words without threads, and a clock that somebody turns. Simulations, explorations and
// replays run the protocol in it; they see every event as it happens, and who was woken.

/// Locks that only check that they are used as locks.
package final class VirtualMutex: RuntimeMutex, @unchecked Sendable {
    // Sendable: a virtual world is one thread.
    private var isLocked = false

    package init() {}

    package func lock() {
        precondition(!isLocked, "a lock is taken twice")
        isLocked = true
    }

    package func unlock() {
        precondition(isLocked)
        isLocked = false
    }
}

/// The environment of one thread and a clock that it turns itself.
package final class VirtualEnvironment: RuntimeEnvironment {
    package private(set) var raw: ContiguousArray<TokenWord>
    package private(set) var image: ContiguousArray<TokenWord>
    package private(set) var decisions: ContiguousArray<UInt64>
    package private(set) var caches: ContiguousArray<UInt64>
    package private(set) var returned: ContiguousArray<UInt64>
    package private(set) var detachedSources: ContiguousArray<UInt64>
    package var hearts: ContiguousArray<UInt64>
    private let envelopes: UnsafeMutablePointer<Envelope>
    private let slots: Int
    /// Now, in nanoseconds.
    package var clock: UInt64 = 0
    package let epochMask: UInt32
    package let recordsTransitions: Bool
    /// Sees every event as it happens.
    package var onEvent: ((Event) -> Void)?
    /// Called before every access to a token: a test lets something else happen in between.
    package var beforeAccess: (() -> Void)?
    /// Parties that were woken; who plays them takes them out.
    package var woken = Wake()
    /// Workers that were woken one by one.
    package var wokenWorkers = HolderSet()

    /// A world whose slots are all free.
    ///
    /// - Parameter recordsTransitions: whether every change of a token is an event.
    package init(_ configuration: RuntimeConfiguration, recordsTransitions: Bool = true) {
        raw = ContiguousArray(repeating: TokenWord(state: .free), count: configuration.rawSlots)
        image = ContiguousArray(repeating: TokenWord(state: .free), count: configuration.imageSlots)
        decisions = ContiguousArray(repeating: 0, count: Holder.maximumBatches)
        caches = ContiguousArray(repeating: 0, count: configuration.cores)
        // A source for each session; some more where tests let one session have several.
        let sources = max(4, configuration.sessions)
        returned = ContiguousArray(repeating: 0, count: sources)
        detachedSources = ContiguousArray(repeating: 0, count: sources)
        hearts = ContiguousArray(repeating: 0, count: Holder.maximumWorkers)
        slots = configuration.rawSlots
        envelopes = .allocate(capacity: slots)
        envelopes.initialize(repeating: Envelope(), count: slots)
        epochMask = configuration.epochMask
        self.recordsTransitions = recordsTransitions
    }

    /// A copy, from which other steps can be taken.
    package init(copying other: VirtualEnvironment) {
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
        recordsTransitions = other.recordsTransitions
        woken = other.woken
        wokenWorkers = other.wokenWorkers
    }

    deinit {
        envelopes.deinitialize(count: slots)
        envelopes.deallocate()
    }

    package func load(_ slot: SlotID) -> TokenWord {
        beforeAccess?()
        return slot.pool == .raw ? raw[slot.index] : image[slot.index]
    }

    package func swap(_ slot: SlotID, from expected: TokenWord, to desired: TokenWord) -> Bool {
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

    package func load(_ cell: Cell) -> UInt64 {
        switch cell {
        case .decision(let index): decisions[index]
        case .cache(let index): caches[index]
        case .returned(let index): returned[index]
        case .detachedSource(let index): detachedSources[index]
        case .heart(let index): hearts[index]
        }
    }

    package func swap(_ cell: Cell, from expected: UInt64, to desired: UInt64) -> Bool {
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

    package func envelope(_ slot: Int) -> UnsafeMutablePointer<Envelope> { envelopes + slot }
    package func now() -> UInt64 { clock }
    package func wake(_ parties: Wake) { woken.formUnion(parties) }
    package func wake(worker: Int) { wokenWorkers.insert(.worker(worker)) }
    package func makeMutex() -> VirtualMutex { VirtualMutex() }

    package func record(_ event: borrowing Event) {
        guard let onEvent else { return }
        var timed = copy event
        timed.time = clock
        onEvent(timed)
    }
}
