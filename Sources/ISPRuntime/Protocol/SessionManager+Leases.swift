// Leases by name, and the return of slots to their FIFOs (17): a slot is free when nobody may touch it any more.

extension SessionManager {
    /// Ends a party's lease, if it has one, and returns the slot if it was the last.
    package mutating func endLease(_ slot: SlotID, _ holder: Holder, _ environment: some RuntimeEnvironment) {
        let had =
            slot.pool == .raw ? raw[slot.index].readers.remove(holder) : image[slot.index].leases.remove(holder)
        guard had else { return }
        guard let after = environment.move(slot, .leave) else {
            preconditionFailure("\(holder) has a lease on \(slot) by the table, but not by the token")
        }
        if after.state == .quarantineWriter, after.leases == 0 { environment.wake(.supervisor) }
        returnIfDone(slot, environment)
    }

    /// Ends the lease a completed image has until every sink has its own.
    package mutating func endDeliveryLease(_ index: Int, _ environment: some RuntimeEnvironment) {
        guard environment.move(.image(index), .leave, where: { $0.state == .accepted }) != nil else {
            preconditionFailure("image slot \(index) has no delivery lease: \(environment.load(.image(index)))")
        }
        returnImage(index, environment)
    }

    /// Ends the leases of parties that are confirmed gone.
    package mutating func revokeQuiescent(_ slot: SlotID, _ environment: some RuntimeEnvironment) {
        let holders = slot.pool == .raw ? raw[slot.index].readers : image[slot.index].leases
        var gone = holders.intersection(quiescent)
        while let holder = gone.first {
            gone.remove(holder)
            endLease(slot, holder, environment)
        }
        // An unpublished slot has its writer in the token instead of the table.
        if slot.pool == .raw {
            let word = environment.load(slot)
            if word.state == .quarantineWriter, word.leases > 0, word.holder.kind == .source,
                quiescent.contains(word.holder)
            {
                _ = environment.move(slot, .leave, where: { $0.state == .quarantineWriter && $0.holder == word.holder })
            }
        }
    }

    /// A party is confirmed not to touch anything any more: its thread returned, its process died. Its leases end, but
    /// for those of attempts that nobody claimed yet: the Monitor ends these when it has claimed them.
    package mutating func becomeQuiescent(_ holder: Holder, _ environment: some RuntimeEnvironment) {
        quiescent.insert(holder)
        for slot in raw.indices where raw[slot].readers.contains(holder) {
            let work = raw[slot].work
            let isUnclaimed =
                environment.load(.raw(slot)).state == .running && work.image >= 0
                && image[Int(work.image)].leases.contains(holder)
            if !isUnclaimed { endLease(.raw(slot), holder, environment) }
        }
        for slot in image.indices where image[slot].leases.contains(holder) {
            if environment.load(.image(slot)).state != .running { endLease(.image(slot), holder, environment) }
        }
        if holder.kind == .sink { sinks[holder.index].held = 0 }
        environment.record(Event(.workerQuiescent, holder: holder))
        environment.wake(.supervisor)
    }

    /// Whether any slot still knows this party: as holder, by a lease, or as the source of the frame in it.
    package func isNamed(_ holder: Holder, _ environment: some RuntimeEnvironment) -> Bool {
        for slot in raw.indices {
            let word = environment.load(.raw(slot))
            if word.holder == holder || raw[slot].readers.contains(holder) { return true }
            if word.state != .free, raw[slot].source == holder { return true }
        }
        return image.indices.contains {
            image[$0].leases.contains(holder) || environment.load(.image($0)).holder == holder
        }
    }

    package mutating func returnIfDone(_ slot: SlotID, _ environment: some RuntimeEnvironment) {
        switch slot.pool {
        case .raw: returnRaw(slot.index, environment)
        case .image: returnImage(slot.index, environment)
        }
    }

    /// Transition 17 of a raw slot: ACCEPTED with its outcome, no leases, no device. Swap, number and append are one
    /// critical section.
    package mutating func returnRaw(_ index: Int, _ environment: some RuntimeEnvironment) {
        guard !raw[index].awaitsDecision,
            environment.move(.raw(index), .return) != nil
        else { return }
        let source = raw[index].source
        raw[index].isPublished = false
        raw[index].work = FrameWork()
        // A key of this generation must not meet a later one under the same number when epochs wrap.
        raw[index].handover = HandoverKey()
        let sequence = rawFree.append(index)
        if source.kind == .source {
            let cell = Cell.returned(source.index)
            while true {
                let count = environment.load(cell)
                if environment.swap(cell, from: count, to: count + 1) { break }
            }
        }
        environment.record(Event(.packetReturnedToFIFO, slot: .raw(index), value: sequence))
        environment.wake(.sources)
    }

    /// Transition 17 of an image slot.
    package mutating func returnImage(_ index: Int, _ environment: some RuntimeEnvironment) {
        guard environment.move(.image(index), .return) != nil else { return }
        leaveShare(index)
        image[index] = ImageRecord()
        let sequence = imageFree.append(index)
        environment.record(Event(.packetReturnedToFIFO, slot: .image(index), value: sequence))
        wakeStarved(environment)
    }

    /// Wakes the workers if one of them waits for an image slot.
    package mutating func wakeStarved(_ environment: some RuntimeEnvironment) {
        guard isStarved else { return }
        isStarved = false
        environment.wake(.workers)
    }

    /// The image slot no longer counts in its session's share: it returned, or is left to a stuck party.
    package mutating func leaveShare(_ index: Int) {
        let record = image[index]
        if record.session >= 0 { sessions[Int(record.session)].images -= 1 }
        if record.raw >= 0, raw[Int(record.raw)].work.image == Int16(index) { raw[Int(record.raw)].work.image = -1 }
        image[index].session = -1
        image[index].raw = -1
    }
}
