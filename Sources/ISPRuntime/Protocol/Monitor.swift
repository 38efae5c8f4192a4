// The Monitor: takes what fast-forward could not, claims it from failed parties, and waits for devices and stuck writers.
// A pure state machine behind a lock of its own, which is taken before the Scheduler's and the SessionManager's.

/// What the Monitor knows of a slot: at most one entry a slot, so its tables are as large as the pools.
package struct MonitorEntry: Hashable {
    package enum Phase: Hashable {
        case none
        /// To be claimed (11, 11b).
        case claim
        /// MONITOR: to be given to the SessionManager (12) or to wait for its device (13).
        case claimed
        /// HW_WAIT.
        case hardwareWait
        /// QUARANTINE(writer).
        case writer
        /// QUARANTINE(device).
        case device
    }

    package var phase = Phase.none
    package var epoch: UInt32 = 0
    package var attempt = 0
    /// Failed claims.
    package var retries = 0
    /// When it came, or when its present phase began.
    package var since: UInt64 = 0
    /// Not before this.
    package var nextTry: UInt64 = 0
}

/// A use of a slot by a device.
package struct HardwareUse: Hashable {
    /// Which device, -1 for none.
    package var device = -1
    package var epoch: UInt32 = 0
    package var sequence = 0
    /// Whether the call that submitted it has returned: a reset that began later ends it for certain.
    package var isReturned = false
}

/// The Monitor's state.
package struct Monitor {
    package var raw: ContiguousArray<MonitorEntry>
    package var image: ContiguousArray<MonitorEntry>
    package var rawUse: ContiguousArray<HardwareUse>
    package var imageUse: ContiguousArray<HardwareUse>
    package var handoffs: ContiguousArray<Handoff>
    package var knobs: Knobs
    package var counts = MonitorCounts()
    private let dropThreshold: Int

    package init(_ configuration: RuntimeConfiguration) {
        raw = ContiguousArray(repeating: MonitorEntry(), count: configuration.rawSlots)
        image = ContiguousArray(repeating: MonitorEntry(), count: configuration.imageSlots)
        rawUse = ContiguousArray(repeating: HardwareUse(), count: configuration.rawSlots)
        imageUse = ContiguousArray(repeating: HardwareUse(), count: configuration.imageSlots)
        handoffs = ContiguousArray(
            (0..<min(Holder.maximumBatches, 2 * configuration.workers)).map { _ in
                var handoff = Handoff()
                handoff.items.reserveCapacity(2 * configuration.rawSlots + 2 * configuration.commands)
                return handoff
            })
        knobs = configuration.knobs
        dropThreshold = max(1, configuration.rawSlots / 2)
    }

    package subscript(slot: SlotID) -> MonitorEntry {
        get { slot.pool == .raw ? raw[slot.index] : image[slot.index] }
        set {
            switch slot.pool {
            case .raw: raw[slot.index] = newValue
            case .image: image[slot.index] = newValue
            }
        }
    }

    package subscript(use slot: SlotID) -> HardwareUse {
        get { slot.pool == .raw ? rawUse[slot.index] : imageUse[slot.index] }
        set {
            switch slot.pool {
            case .raw: rawUse[slot.index] = newValue
            case .image: imageUse[slot.index] = newValue
            }
        }
    }

    /// waitingq_depth: slots that are to be claimed or given to the SessionManager.
    package var waitingDepth: Int {
        count { $0 == .claim || $0 == .claimed }
    }

    /// Whether a device holds a slot beyond ESCALATION_TIMEOUT, or stuck workers hold more image slots than is tolerated.
    package func isDegraded(tolerating stuck: Int) -> Bool {
        count { $0 == .device } > 0 || image.reduce(0) { $0 + ($1.phase == .writer ? 1 : 0) } > stuck
    }

    package func count(_ isCounted: (MonitorEntry.Phase) -> Bool) -> Int {
        raw.reduce(0) { $0 + (isCounted($1.phase) ? 1 : 0) } + image.reduce(0) { $0 + (isCounted($1.phase) ? 1 : 0) }
    }

    /// Takes a reference to a slot of a failed party.
    ///
    /// - Parameter phase: `claim`, or `claimed` when the slot is in MONITOR or QUARANTINE already.
    package mutating func add(
        _ slot: SlotID, epoch: UInt32, attempt: Int, phase: MonitorEntry.Phase, _ environment: some RuntimeEnvironment
    ) {
        let existing = self[slot]
        if existing.phase == .claim {
            if existing.epoch == epoch, existing.attempt == attempt, phase == .claim { return }
            // One of the two is overtaken, and which came last does not say which: a batch that is rolled back late brings
            // references to frames that were answered long ago.
            noteStale(slot, environment)
            let word = environment.load(slot)
            guard word.epoch == epoch, word.attempt == attempt else {
                counts.moved += 1
                environment.record(Event(.packetMovedToMonitor, slot: slot))
                return
            }
        } else if existing.phase != .none {
            return
        }
        let now = environment.now()
        self[slot] = MonitorEntry(phase: phase, epoch: epoch, attempt: attempt, since: now, nextTry: now)
        counts.moved += 1
        environment.record(Event(.packetMovedToMonitor, slot: slot))
        environment.wake(.supervisor)
    }

    private mutating func noteQuarantine(
        _ slot: SlotID, _ holder: Holder, _ environment: some RuntimeEnvironment
    ) {
        counts.quarantined += 1
        environment.record(Event(.quarantined, slot: slot, holder: holder))
    }

    private mutating func noteStale(_ slot: SlotID, _ environment: some RuntimeEnvironment) {
        counts.stale += 1
        environment.record(Event(.staleReference, slot: slot))
    }

    /// Does what is due about one slot: one swap, or one critical section of the SessionManager.
    ///
    /// - Returns: whether anything changed.
    package mutating func step(
        _ slot: SlotID, _ manager: (_ body: (inout SessionManager) -> AcceptResult) -> AcceptResult,
        _ environment: some RuntimeEnvironment
    ) -> Bool {
        let entry = self[slot]
        let now = environment.now()
        guard entry.phase != .none, entry.nextTry <= now else { return false }
        switch entry.phase {
        case .none: return false
        case .claim: return claim(slot, entry, environment)
        case .claimed: return settle(slot, entry, manager, environment)
        case .hardwareWait:
            if environment.load(slot).state == .monitor {
                return enter(slot, .claimed, now)
            }
            guard now &- entry.since >= knobs.escalationTimeout,
                environment.move(slot, .quarantineDevice) != nil
            else { return false }
            environment.record(Event(.quarantined, slot: slot, value: 1))
            _ = enter(slot, .device, now)
            if slot.pool == .raw {
                _ = manager {
                    if $0.raw[slot.index].isPublished, !$0.isAnswered($0.raw[slot.index]) {
                        $0.dropFrame(
                            Int($0.raw[slot.index].session), $0.raw[slot.index].frame, .device, environment)
                    }
                    return .accepted
                }
            }
            return true
        case .device:
            return environment.load(slot).state == .monitor && enter(slot, .claimed, now)
        case .writer:
            _ = manager {
                $0.revokeQuiescent(slot, environment)
                return .accepted
            }
            guard environment.move(slot, .releaseWriter) != nil else { return false }
            counts.released += 1
            return enter(slot, .claimed, now)
        }
    }

    private mutating func enter(_ slot: SlotID, _ phase: MonitorEntry.Phase, _ now: UInt64) -> Bool {
        self[slot].phase = phase
        self[slot].since = now
        self[slot].nextTry = now
        self[slot].retries = 0
        return true
    }

    /// Transitions 11 and 11b: one attempt at the exact word.
    private mutating func claim(
        _ slot: SlotID, _ entry: MonitorEntry, _ environment: some RuntimeEnvironment
    ) -> Bool {
        let word = environment.load(slot)
        let transition: Transition?
        if word.epoch != entry.epoch || word.attempt != entry.attempt {
            transition = nil
        } else {
            switch (word.state, slot.pool) {
            case (.queued, .raw), (.running, .raw): transition = .claim
            case (.running, .image), (.alloc, .raw): transition = .quarantineWriter
            case (.handoff, .raw):
                // A batch has it; if that is given up, it comes back to QUEUED.
                rearm(slot, environment)
                return false
            default: transition = nil
            }
        }
        guard let transition else {
            noteStale(slot, environment)
            self[slot] = MonitorEntry()
            return true
        }
        if let after = environment.tryMove(slot, transition, from: word) {
            let isWriter = after.state == .quarantineWriter
            if isWriter { noteQuarantine(slot, word.holder, environment) }
            return enter(slot, isWriter ? .writer : .claimed, environment.now())
        }
        counts.transferFailures += 1
        environment.record(Event(.tokenTransferFailed, slot: slot, holder: word.holder))
        rearm(slot, environment)
        return false
    }

    /// Tries again after the next back-off, the longest one from CANCEL_RETRY_COUNT on.
    private mutating func rearm(_ slot: SlotID, _ environment: some RuntimeEnvironment) {
        self[slot].nextTry = environment.now() &+ knobs.backoff(self[slot].retries)
        self[slot].retries += 1
    }

    /// Transitions 12 and 13 of a slot in MONITOR.
    private mutating func settle(
        _ slot: SlotID, _ entry: MonitorEntry,
        _ manager: (_ body: (inout SessionManager) -> AcceptResult) -> AcceptResult,
        _ environment: some RuntimeEnvironment
    ) -> Bool {
        let word = environment.load(slot)
        if word.state == .quarantineWriter {
            // Given up by one slice worker while others may still write.
            noteQuarantine(slot, word.holder, environment)
            return enter(slot, .writer, environment.now())
        }
        if word.hardware == .inUse {
            // Conditioned on hw in use by the row: if the device is done meanwhile, the swap fails and 12 is due.
            guard environment.move(slot, .waitForHardware) != nil else { return true }
            counts.triggered += 1
            environment.record(Event(.frameReclaimTriggered, slot: slot))
            return enter(slot, .hardwareWait, environment.now())
        }
        switch manager({ $0.convert(slot, environment) }) {
        case .accepted, .duplicate:
            counts.converted += 1
            self[slot] = MonitorEntry()
            return true
        case .busy, .aborted:
            rearm(slot, environment)
            return false
        }
    }

    /// FRAME_HW_DONE for a slot that waits for it (14, 16).
    package mutating func reclaim(
        _ slot: SlotID, isCurrent: (TokenWord) -> Bool, _ environment: some RuntimeEnvironment
    ) -> Bool {
        let transition: Transition = environment.load(slot).state == .quarantineDevice ? .releaseDevice : .reclaim
        guard environment.move(slot, transition, where: isCurrent) != nil else { return false }
        counts.reclaimed += 1
        environment.record(Event(.frameReclaimed, slot: slot))
        environment.wake(.supervisor)
        return true
    }

    /// The oldest raw slot whose frame may be dropped because DROP_THRESHOLD is reached.
    package func dropCandidate(_ manager: SessionManager, _ environment: some RuntimeEnvironment) -> Int? {
        guard waitingDepth >= knobs.dropThreshold ?? dropThreshold else { return nil }
        var oldest: Int?
        for index in raw.indices where raw[index].phase == .claim || raw[index].phase == .claimed {
            let word = environment.load(.raw(index))
            guard word.epoch == raw[index].epoch, word.attempt == raw[index].attempt, word.hardware != .inUse,
                manager.raw[index].isPublished,
                !manager.isAnswered(manager.raw[index])
            else { continue }
            if let other = oldest, raw[other].since <= raw[index].since { continue }
            oldest = index
        }
        return oldest
    }

    /// When the next entry is due, `UInt64.max` for never.
    package func nextDue() -> UInt64 {
        var earliest = UInt64.max
        for entry in raw { earliest = min(earliest, due(entry)) }
        for entry in image { earliest = min(earliest, due(entry)) }
        return earliest
    }

    private func due(_ entry: MonitorEntry) -> UInt64 {
        switch entry.phase {
        case .none, .writer, .device: .max
        case .claim, .claimed: entry.nextTry
        case .hardwareWait: entry.since &+ knobs.escalationTimeout
        }
    }
}

/// What the Monitor has counted, for the conservation laws: exact, under its lock.
package struct MonitorCounts: Hashable {
    package var detached: UInt64 = 0
    package var fastForwarded: UInt64 = 0
    package var fromHandoff: UInt64 = 0
    package var staleInHandoff: UInt64 = 0
    package var moved: UInt64 = 0
    package var stale: UInt64 = 0
    package var converted: UInt64 = 0
    package var triggered: UInt64 = 0
    package var reclaimed: UInt64 = 0
    package var quarantined: UInt64 = 0
    package var released: UInt64 = 0
    package var transferFailures: UInt64 = 0
}
