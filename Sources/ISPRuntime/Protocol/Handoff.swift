// Fast-forward (6-10): a failed worker's queue on its way to the SessionManager, whole or not at all.

/// One handoff: a batch record and how far it is. Each step is one swap or one critical section, so that anything may
/// happen between two of them.
package struct Handoff {
    package enum Phase: Hashable {
        /// The record is not in use.
        case unused
        /// Claims item by item (6).
        case claiming
        /// All are claimed; the SessionManager decides (7), or it is given up (9).
        case offering
        /// COMMITTED: item by item to ACCEPTED (8).
        case accepting
        /// ABORTED: item by item back to QUEUED (10) and to the Monitor.
        case rollingBack
    }

    package var phase = Phase.unused
    package var worker = 0
    package var items = ContiguousArray<ProcessItem>()
    package var position = 0
    package var since: UInt64 = 0

    /// Starts a record over.
    package mutating func begin(worker: Int, now: UInt64) {
        phase = .claiming
        self.worker = worker
        position = 0
        since = now
    }

    package mutating func end() {
        phase = .unused
        items.removeAll(keepingCapacity: true)
        position = 0
    }

    /// Claims the next item (6).
    ///
    /// - Returns: whether the item was no longer true and was left out.
    package mutating func claimNext(batch: Int, _ environment: some RuntimeEnvironment) -> Bool {
        guard position < items.count else {
            phase = .offering
            return false
        }
        let item = items[position]
        guard item.kind == .frame else {
            position += 1
            return false
        }
        let word = environment.load(item.slot)
        guard Scheduler.isQueued(item, on: .worker(worker), environment) else {
            // Answered meanwhile: drop the reference, never the slot.
            items.remove(at: position)
            environment.record(Event(.staleReference, slot: item.slot, holder: .worker(worker)))
            return true
        }
        if environment.tryMove(item.slot, .handOff, from: word, holder: .batch(batch)) != nil {
            position += 1
        } else if Scheduler.isQueued(item, on: .worker(worker), environment) {
            environment.record(Event(.tokenTransferFailed, slot: item.slot, holder: .batch(batch)))
            abort(batch: batch, environment)
        }
        return false
    }

    /// The next item of a decided batch; nil when all were dealt with, and the record is free again.
    package mutating func nextItem() -> ProcessItem? {
        guard position < items.count else {
            end()
            return nil
        }
        defer { position += 1 }
        return items[position]
    }

    /// Transition 9, unless it was committed before.
    package mutating func abort(batch: Int, _ environment: some RuntimeEnvironment) {
        _ = environment.swap(
            .decision(batch), from: BatchDecision.undecided.rawValue, to: BatchDecision.aborted.rawValue)
        followDecision(batch: batch, environment)
    }

    /// Goes on by what was decided, whoever did.
    package mutating func followDecision(batch: Int, _ environment: some RuntimeEnvironment) {
        switch BatchDecision(rawValue: environment.load(.decision(batch))) {
        case .committed:
            phase = .accepting
            position = 0
        case .aborted:
            phase = .rollingBack
            position = 0
            environment.record(Event(.handoffAborted, holder: .batch(batch), value: UInt64(items.count)))
        default: break
        }
    }
}
