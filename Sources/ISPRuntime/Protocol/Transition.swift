// The transition table: every way in which a token may change. There is no other.
//
// Production code makes the next word from a row and swaps it in; the exhaustive test, the trace validator and the
// documents read the same rows.

/// One row of the transition table. Batch decisions (7 and 9 of the contract) are not here: they change no token.
public enum Transition: UInt8, CaseIterable, Sendable {
    case allocate, cancel, publish
    case start, startImage
    case join, leave
    case submitHardware, hardwareDone
    case complete, completeImage
    case drop
    case handOff, acceptHandoff, rollBackHandoff
    case claim, giveUp
    case quarantineWriter
    case convert
    case waitForHardware, reclaim, quarantineDevice
    case releaseWriter, releaseDevice
    case `return`
    case redispatch
}

extension Transition {
    /// A row as data: a guard and an effect on the word.
    public struct Row: Sendable {
        /// The number in the contract.
        public let number: StaticString
        /// The pools it applies to.
        public let pools: PoolSet
        /// The states it may start from.
        public let from: StateSet
        /// The state it leads to, nil when the state stays.
        public let to: SlotState?
        /// What hw may be before.
        public let hardware: HardwareSet
        /// What hw is after.
        public var hardwareAfter = HardwareEffect.same
        /// How many leases there must be before.
        public var leases = LeaseGuard.any
        /// Change of the number of leases.
        public var leaseChange = 0
        /// Who holds the slot after.
        public var holder = HolderEffect.same
        /// What becomes of the attempt.
        public var attempt = AttemptEffect.same
        /// Whether a new generation of the slot begins; hw, hw_seq, holder and attempt start again with it.
        public var endsGeneration = false
        /// Who does it, in words for the documents.
        public let by: StaticString
    }

    /// Pools a row applies to.
    public enum PoolSet: Sendable {
        case raw, image, both
        /// Whether `pool` is among them.
        @inline(__always)
        public func contains(_ pool: Pool) -> Bool {
            switch self {
            case .raw: pool == .raw
            case .image: pool == .image
            case .both: true
            }
        }
    }

    /// A set of states as bits.
    public struct StateSet: Sendable {
        package let bits: UInt16
        /// The states listed. Not an array literal: that would be made anew, on the heap, for every transfer.
        @inline(__always)
        init(_ a: SlotState, _ b: SlotState? = nil, _ c: SlotState? = nil, _ d: SlotState? = nil) {
            bits = Self.bit(a) | Self.bit(b) | Self.bit(c) | Self.bit(d)
        }
        @inline(__always)
        private init(bits: UInt16) { self.bits = bits }
        /// The states of both.
        @inline(__always)
        static func | (a: StateSet, b: StateSet) -> StateSet { StateSet(bits: a.bits | b.bits) }
        @inline(__always)
        private static func bit(_ state: SlotState?) -> UInt16 { state.map { 1 << UInt16($0.rawValue) } ?? 0 }
        /// Whether `state` is among them.
        @inline(__always)
        public func contains(_ state: SlotState) -> Bool { bits >> UInt16(state.rawValue) & 1 != 0 }
    }

    /// What hw may be before.
    public enum HardwareSet: Sendable {
        case none, idle, inUse, any
        /// Whether `hardware` is allowed. Idle is none or done.
        @inline(__always)
        public func contains(_ hardware: HardwareState) -> Bool {
            switch self {
            case .none: hardware == .none
            case .idle: hardware != .inUse
            case .inUse: hardware == .inUse
            case .any: true
            }
        }
    }

    /// What hw is after.
    public enum HardwareEffect: Sendable {
        case same
        /// In use, with the next hw_seq.
        case submitted
        case done
    }

    /// How many leases there must be before.
    public enum LeaseGuard: Sendable {
        case any, zero, one, some
        /// Whether `count` satisfies it.
        @inline(__always)
        public func allows(_ count: Int) -> Bool {
            switch self {
            case .any: true
            case .zero: count == 0
            case .one: count == 1
            case .some: count > 0
            }
        }
    }

    /// Who holds the slot after.
    public enum HolderEffect: Sendable {
        case same, nobody
        /// The party the caller names.
        case given
    }

    /// What becomes of the attempt.
    public enum AttemptEffect: Sendable {
        case same, next
        /// The attempt the caller names.
        case given
    }

    /// The row: guard and effect.
    @inline(__always)
    public var row: Row {
        switch self {
        case .allocate:
            Row(
                number: "1", pools: .raw, from: StateSet(.free), to: .alloc, hardware: .none, leases: .zero,
                leaseChange: 1,
                holder: .given, by: "Allocator, for a source; pop and swap are one step")
        case .cancel:
            Row(
                number: "1c", pools: .raw, from: StateSet(.alloc), to: .accepted, hardware: .idle, leases: .one,
                leaseChange: -1,
                holder: .nobody, by: "source: end of stream, capture error")
        case .publish:
            Row(
                number: "2", pools: .raw, from: StateSet(.alloc), to: .queued, hardware: .idle, leases: .one,
                leaseChange: -1,
                holder: .given, by: "source; the Scheduler chose the worker in the same step")
        case .start:
            Row(
                number: "2b", pools: .raw, from: StateSet(.queued), to: .running, hardware: .idle, leaseChange: 1,
                by: "start grant: an attached worker, an unanswered frame")
        case .startImage:
            Row(
                number: "2b", pools: .image, from: StateSet(.free), to: .running, hardware: .none, leases: .zero,
                leaseChange: 1,
                holder: .given, attempt: .given, by: "start grant, the same critical section")
        case .join:
            Row(
                number: "2c", pools: .both, from: StateSet(.running, .accepted), to: nil, hardware: .any,
                leaseChange: 1,
                by: "SessionManager: a slice worker or a sink joins, by name")
        case .leave:
            Row(
                number: "2c", pools: .both,
                from: StateSet(.queued, .running, .handoff, .accepted)
                    | StateSet(.monitor, .hardwareWait, .quarantineWriter, .quarantineDevice),
                to: nil, hardware: .any, leases: .some, leaseChange: -1,
                by: "SessionManager: a lease ends; a dead worker's only after its attempt was claimed")
        case .submitHardware:
            Row(
                number: "3", pools: .both, from: StateSet(.alloc, .running), to: nil, hardware: .idle,
                hardwareAfter: .submitted,
                leases: .some, by: "holder, before the device is asked")
        case .hardwareDone:
            Row(
                number: "4", pools: .both, from: StateSet(.alloc, .running, .monitor, .quarantineWriter), to: nil,
                hardware: .inUse,
                hardwareAfter: .done, by: "device callback, only if epoch and hw_seq match")
        case .complete:
            Row(
                number: "5", pools: .raw, from: StateSet(.running), to: .accepted, hardware: .idle, leases: .some,
                leaseChange: -1,
                holder: .nobody, by: "last slice worker, in the SessionManager's lock, after the image's word")
        case .completeImage:
            Row(
                number: "5", pools: .image, from: StateSet(.running), to: .accepted, hardware: .idle, leases: .one,
                holder: .nobody, by: "the same step; the writer's lease becomes the delivery lease")
        case .drop:
            Row(
                number: "5b", pools: .raw, from: StateSet(.queued), to: .accepted, hardware: .idle, holder: .nobody,
                by: "SessionManager: back-pressure, deadline, flush, stop")
        case .handOff:
            Row(
                number: "6", pools: .raw, from: StateSet(.queued), to: .handoff, hardware: .idle, holder: .given,
                by: "Scheduler, item by item, worker detached")
        case .acceptHandoff:
            Row(
                number: "8", pools: .raw, from: StateSet(.handoff), to: .accepted, hardware: .idle, holder: .nobody,
                by: "Scheduler, or whoever sees the batch COMMITTED")
        case .rollBackHandoff:
            Row(
                number: "10", pools: .raw, from: StateSet(.handoff), to: .queued, hardware: .idle, holder: .given,
                by: "Scheduler, batch ABORTED: a swap on the exact word, never a plain store")
        case .claim:
            Row(
                number: "11", pools: .raw, from: StateSet(.queued, .running), to: .monitor, hardware: .any,
                by: "Monitor, from a detached worker")
        case .giveUp:
            Row(
                number: "11", pools: .both, from: StateSet(.running, .alloc), to: .monitor, hardware: .any,
                leases: .some,
                leaseChange: -1, by: "a holder that gives up on its device")
        case .quarantineWriter:
            Row(
                number: "11b", pools: .both, from: StateSet(.running, .alloc), to: .quarantineWriter, hardware: .any,
                by: "Monitor: an image of a detached worker, a raw slot of a detached source")
        case .convert:
            Row(
                number: "12", pools: .both, from: StateSet(.monitor), to: .accepted, hardware: .idle, holder: .nobody,
                by: "Monitor, after accept said yes")
        case .waitForHardware:
            Row(
                number: "13", pools: .both, from: StateSet(.monitor), to: .hardwareWait, hardware: .inUse,
                by: "Monitor, conditioned on hw in use: no lost wake-up")
        case .reclaim:
            Row(
                number: "14", pools: .both, from: StateSet(.hardwareWait), to: .monitor, hardware: .inUse,
                hardwareAfter: .done,
                by: "FRAME_HW_DONE, in the same swap as 4")
        case .quarantineDevice:
            Row(
                number: "15", pools: .both, from: StateSet(.hardwareWait), to: .quarantineDevice, hardware: .inUse,
                by: "Monitor, at ESCALATION_TIMEOUT")
        case .releaseWriter:
            Row(
                number: "16", pools: .both, from: StateSet(.quarantineWriter), to: .monitor, hardware: .any,
                leases: .zero,
                by: "Monitor: whoever could write is confirmed quiescent")
        case .releaseDevice:
            Row(
                number: "16", pools: .both, from: StateSet(.quarantineDevice), to: .monitor, hardware: .inUse,
                hardwareAfter: .done,
                by: "a matching FRAME_HW_DONE, or a reset that began after the submission had returned")
        case .return:
            Row(
                number: "17", pools: .both, from: StateSet(.accepted), to: .free, hardware: .idle, leases: .zero,
                endsGeneration: true, by: "SessionManager, one critical section with the append to the FIFO")
        case .redispatch:
            Row(
                number: "18", pools: .raw, from: StateSet(.accepted), to: .queued, hardware: .idle, holder: .given,
                attempt: .next,
                by: "SessionManager, within attempt budget and deadline")
        }
    }

    /// The word after this transition, nil when the row's guard refuses `word`.
    ///
    /// - Parameters:
    ///   - pool: the pool of the slot.
    ///   - word: the value before.
    ///   - holder: who holds it after, where the row says `given`.
    ///   - attempt: the attempt after, where the row says `given`.
    ///   - epochMask: the bits of the epoch that count; all but in wrap tests.
    @inline(__always)
    public func next(
        _ pool: Pool, _ word: TokenWord, holder: Holder = .none, attempt: Int = 0, epochMask: UInt32 = .max
    ) -> TokenWord? {
        let row = row
        guard row.pools.contains(pool), row.from.contains(word.state), row.hardware.contains(word.hardware),
            row.leases.allows(word.leases)
        else { return nil }
        var bits = word.bits
        if let to = row.to { bits = bits & ~0xf | UInt64(to.rawValue) }
        switch row.hardwareAfter {
        case .same: break
        case .submitted:
            if word.hardwareSequence == TokenWord.maximumHardwareSequence { return nil }
            bits = (bits & ~0x30 | UInt64(HardwareState.inUse.rawValue) << 4) + 0x40
        case .done: bits = bits & ~0x30 | UInt64(HardwareState.done.rawValue) << 4
        }
        switch row.holder {
        case .same: break
        case .nobody: bits &= ~0xff000
        case .given: bits = bits & ~0xff000 | UInt64(holder.rawValue) << 12
        }
        switch row.attempt {
        case .same: break
        case .given: bits = bits & ~0xf0_0000 | UInt64(attempt & TokenWord.maximumAttempt) << 20
        case .next:
            if word.attempt == TokenWord.maximumAttempt { return nil }
            bits += 1 << 20
        }
        if row.leaseChange > 0 {
            if word.leases == TokenWord.maximumLeases { return nil }
            bits += 1 << 24
        } else if row.leaseChange < 0 {
            bits -= 1 << 24
        }
        if row.endsGeneration {
            bits = UInt64(SlotState.free.rawValue) | UInt64((word.epoch &+ 1) & epochMask) << 32
        }
        return TokenWord(bits: bits)
    }

    /// Whether this transition can lead from `before` to `after`: the row read backwards, for checks and traces.
    public func permits(_ pool: Pool, from before: TokenWord, to after: TokenWord, epochMask: UInt32 = .max) -> Bool {
        next(pool, before, holder: after.holder, attempt: after.attempt, epochMask: epochMask) == after
    }
}
