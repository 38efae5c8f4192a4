// What the protocol needs of the world: tokens, time, a place to tell what happened, and locks. The production runtime
// gives it real atomics and threads; tests give it words in an array, a clock they turn, and every interleaving.

/// The world as the protocol sees it.
public protocol RuntimeEnvironment {
    /// Mutual exclusion of one of the three state machines.
    associatedtype Mutex: RuntimeMutex

    /// The value of a slot's token (acquire).
    func load(_ slot: SlotID) -> TokenWord
    /// Swaps a slot's token when it has exactly the value `expected` (acquire and release); says whether it did.
    func swap(_ slot: SlotID, from expected: TokenWord, to desired: TokenWord) -> Bool
    /// The value of an auxiliary word (acquire).
    func load(_ cell: Cell) -> UInt64
    /// Swaps an auxiliary word when it has exactly the value `expected`; says whether it did.
    func swap(_ cell: Cell, from expected: UInt64, to desired: UInt64) -> Bool
    /// The envelope of a raw slot. Only its owner by the token may write it, and nobody may read it unpublished.
    func envelope(_ slot: Int) -> UnsafeMutablePointer<Envelope>
    /// Now, in nanoseconds.
    func now() -> UInt64
    /// Tells what happened.
    func record(_ event: borrowing Event)
    /// Whether single transitions are wanted.
    var recordsTransitions: Bool { get }
    /// Tells parked parties that there may be something for them.
    func wake(_ parties: Wake)
    /// Tells one parked worker that there is something for it.
    func wake(worker: Int)
    /// The bits of the epoch that count.
    var epochMask: UInt32 { get }
    /// A new mutex.
    func makeMutex() -> Mutex
}

/// A mutual exclusion lock.
public protocol RuntimeMutex: Sendable {
    /// Waits for the lock and takes it.
    func lock()
    /// Gives it back.
    func unlock()
}

/// An auxiliary word beside the tokens.
public enum Cell: Hashable, Sendable {
    /// The ``BatchDecision`` of a batch record.
    case decision(Int)
    /// The free raw slots a core keeps at hand, see `CoreCache`.
    case cache(Int)
    /// How many raw slots of a source have come back.
    case returned(Int)
    /// 1 once a source was detached: it gets no more slots.
    case detachedSource(Int)
    /// A worker's heart: counts its beats.
    case heart(Int)
}

/// How a batch was decided.
public enum BatchDecision: UInt64, Sendable {
    case undecided, committed, aborted
}

/// Who may have something to do.
public struct Wake: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Workers: a frame was queued, or an image slot became free.
    public static let workers = Wake(rawValue: 1)
    /// Sources: a raw slot became free.
    public static let sources = Wake(rawValue: 2)
    /// Sinks: something was delivered.
    public static let sinks = Wake(rawValue: 4)
    /// The supervisor: something must be decided.
    public static let supervisor = Wake(rawValue: 8)
    /// Whoever waits for frames to be answered.
    public static let answers = Wake(rawValue: 16)
}

extension RuntimeEnvironment {
    /// Tells all of them, unless the environment can tell them apart.
    public func wake(worker: Int) { wake(.workers) }

    /// Takes `slot` along a row of the table if the row's guard and `isStillTrue` allow it, however often the word
    /// changes meanwhile for other reasons.
    ///
    /// - Returns: the word after, or nil when it was not possible.
    @inline(__always)
    package func move(
        _ slot: SlotID, _ transition: Transition, holder: Holder = .none, attempt: Int = 0,
        where isStillTrue: (TokenWord) -> Bool = { _ in true }
    ) -> TokenWord? {
        while true {
            let before = load(slot)
            guard isStillTrue(before),
                let after = transition.next(
                    slot.pool, before, holder: holder, attempt: attempt, epochMask: epochMask)
            else { return nil }
            if swap(slot, from: before, to: after) {
                note(slot, transition, before, after)
                return after
            }
        }
    }

    /// Like ``move(_:_:holder:attempt:where:)``, but tries once only: for claims, whose failures count.
    @inline(__always)
    package func tryMove(_ slot: SlotID, _ transition: Transition, from before: TokenWord, holder: Holder = .none)
        -> TokenWord?
    {
        guard let after = transition.next(slot.pool, before, holder: holder, epochMask: epochMask),
            swap(slot, from: before, to: after)
        else { return nil }
        note(slot, transition, before, after)
        return after
    }

    @inline(__always)
    private func note(_ slot: SlotID, _ transition: Transition, _ before: TokenWord, _ after: TokenWord) {
        guard recordsTransitions else { return }
        var event = Event(.transition, slot: slot)
        event.transition = transition
        event.before = before.bits
        event.after = after.bits
        record(event)
    }
}
