// How the SessionManager takes back what failed workers had: whole batches from the Scheduler (7), single items from the
// Monitor (12); and what it decides about them (18, or an answer).

/// What the SessionManager says to items it is offered.
package enum AcceptResult: Hashable {
    /// Taken; the items are the SessionManager's.
    case accepted
    /// Not now. Whoever offers keeps them.
    case busy
    /// The batch was aborted meanwhile.
    case aborted
    /// One of them was taken before: no second effect.
    case duplicate
}

extension SessionManager {
    /// Transition 7: takes a batch whole or not at all. The swap of the decision is the linearisation point; nothing is
    /// appended before every check has passed, and the checks can not fail afterwards.
    package mutating func accept(
        batch: Int, _ items: ContiguousArray<ProcessItem>, _ environment: some RuntimeEnvironment
    ) -> AcceptResult {
        guard !isBusy, control.count + items.count <= control.capacity else {
            environment.record(Event(.managerBusy, holder: .batch(batch)))
            return .busy
        }
        for item in items where item.kind == .frame {
            let key = raw[Int(item.index)].handover
            if key.contains(epoch: item.epoch, attempt: Int(item.attempt)) { return .duplicate }
        }
        guard
            environment.swap(
                .decision(batch), from: BatchDecision.undecided.rawValue, to: BatchDecision.committed.rawValue)
        else { return .aborted }
        for item in items {
            switch item.kind {
            case .frame:
                let isFirst = raw[Int(item.index)].handover.insert(epoch: item.epoch, attempt: Int(item.attempt))
                precondition(isFirst, "an item stands twice in a batch")
                raw[Int(item.index)].awaitsDecision = true
            case .command:
                commands.takeBack(Int(item.index))
            }
            control.append(item)
        }
        environment.record(Event(.handoffFastForwarded, holder: .batch(batch), value: UInt64(items.count)))
        environment.wake(.supervisor)
        return .accepted
    }

    /// Transition 12: takes one slot from the Monitor. An image slot, and a raw slot nobody published, only return; a
    /// frame gets an item in the control queue.
    package mutating func convert(_ slot: SlotID, _ environment: some RuntimeEnvironment) -> AcceptResult {
        let word = environment.load(slot)
        revokeQuiescent(slot, environment)
        if slot.pool == .raw, raw[slot.index].isPublished {
            guard !isBusy, !control.isFull else {
                environment.record(Event(.managerBusy, slot: slot))
                return .busy
            }
            guard environment.move(slot, .convert, where: { $0.state == .monitor }) != nil else { return .aborted }
            let isFirst = raw[slot.index].handover.insert(epoch: word.epoch, attempt: word.attempt)
            abandonWork(slot.index)
            wakeStarved(environment)
            raw[slot.index].awaitsDecision = true
            if isFirst {
                control.append(
                    ProcessItem(
                        kind: .frame, index: slot.index, session: Int(raw[slot.index].session), attempt: word.attempt,
                        epoch: word.epoch, order: raw[slot.index].order))
            }
            counts.converted += 1
            environment.record(Event(.processItemConvertedToControl, slot: slot))
            environment.wake(.supervisor)
            return isFirst ? .accepted : .duplicate
        }
        if slot.pool == .raw { raw[slot.index].source = word.holder }
        guard environment.move(slot, .convert, where: { $0.state == .monitor }) != nil else { return .aborted }
        counts.converted += 1
        environment.record(Event(.processItemConvertedToControl, slot: slot))
        returnIfDone(slot, environment)
        return .accepted
    }

    /// The attempt is over: its image slot, wherever it is, no longer counts in the session's share.
    private mutating func abandonWork(_ index: Int) {
        if raw[index].work.image >= 0 { leaveShare(Int(raw[index].work.image)) }
        let slices = raw[index].work.slices
        raw[index].work = FrameWork()
        raw[index].work.slices = slices
    }

    /// Decides the oldest item of the control queue: dispatches it again (18) or answers it. The caller holds the
    /// Scheduler's lock too.
    ///
    /// - Returns: false when there is nothing to decide now.
    package mutating func decide(_ scheduler: inout Scheduler, _ environment: some RuntimeEnvironment) -> Bool {
        guard let item = control.first else { return false }
        let isDecided =
            item.kind == .frame
            ? decideFrame(item, &scheduler, environment) : decideCommand(item, &scheduler, environment)
        if isDecided { _ = control.popFirst() }
        return isDecided
    }

    private mutating func decideFrame(
        _ item: ProcessItem, _ scheduler: inout Scheduler, _ environment: some RuntimeEnvironment
    ) -> Bool {
        let slot = Int(item.index)
        let word = environment.load(item.slot)
        if word.state == .handoff {
            // The batch is committed, or this item would not be here; whoever comes first finishes it.
            _ = environment.move(item.slot, .acceptHandoff, where: { $0.holder == word.holder })
        }
        let reason: DropReason?
        if isAnswered(raw[slot]) {
            reason = nil
        } else if word.attempt + 1 >= knobs.attemptBudget || word.attempt == TokenWord.maximumAttempt {
            reason = .attempts
        } else if sessions[Int(item.session)][raw[slot].frame].deadline <= environment.now() {
            reason = .deadline
        } else if let worker = scheduler.choose() {
            redispatch(item, to: worker, &scheduler, environment)
            return true
        } else if scheduler.expectsWorkers {
            return false
        } else {
            reason = .noWorker
        }
        raw[slot].awaitsDecision = false
        if let reason { answer(Int(item.session), raw[slot].frame, .dropped(reason), image: nil, environment) }
        returnRaw(slot, environment)
        return true
    }

    /// Transition 18. The payload is immutable, so a stuck reader of an earlier attempt does no harm.
    private mutating func redispatch(
        _ item: ProcessItem, to worker: Int, _ scheduler: inout Scheduler, _ environment: some RuntimeEnvironment
    ) {
        let slot = Int(item.index)
        raw[slot].awaitsDecision = false
        // Between attempts nobody but the SessionManager has the slot: the envelope is its own to change.
        environment.envelope(slot).pointee.attempt = item.attempt + 1
        environment.envelope(slot).pointee.imageSlot = -1
        guard let after = environment.move(item.slot, .redispatch, holder: .worker(worker)) else {
            preconditionFailure("\(item.slot) awaits a decision but is \(environment.load(item.slot))")
        }
        var next = item
        next.attempt = UInt8(after.attempt)
        scheduler.enqueue(next, worker: worker, environment)
        counts.redispatched += 1
        environment.record(
            Event(
                .frameRedispatched, session: Int(item.session), frame: raw[slot].frame, holder: .worker(worker),
                value: UInt64(after.attempt)))
        environment.wake(worker: worker)
    }

    private mutating func decideCommand(
        _ item: ProcessItem, _ scheduler: inout Scheduler, _ environment: some RuntimeEnvironment
    ) -> Bool {
        let row = commands[Int(item.index)]
        // Settings are a worker's own: its successor was told the latest when it joined.
        if row.command.type == .settings {
            commands.release(Int(item.index))
            return true
        }
        // A command that no worker survives ends like a frame that none does.
        if row.attempt >= knobs.attemptBudget {
            commands.release(Int(item.index))
            return true
        }
        guard let worker = scheduler.choose() else {
            if scheduler.expectsWorkers { return false }
            commands.release(Int(item.index))
            return true
        }
        commands.queue(Int(item.index), worker: .worker(worker))
        scheduler.enqueue(commands.item(Int(item.index)), worker: worker, environment)
        environment.wake(worker: worker)
        return true
    }
}
