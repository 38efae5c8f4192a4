// Devices (3, 4, 14, 16): submissions, FRAME_HW_DONE, resets. A device is whatever uses a slot without a thread of ours:
// capture DMA, an accelerator, an asynchronous encoder.

/// What became of a FRAME_HW_DONE.
public enum HardwareDoneResult: Hashable, Sendable {
    /// The slot's device is done.
    case done
    /// The slot waited for it and is reclaimed.
    case reclaimed
    /// The ticket is of a generation or submission that is over: no effect.
    case late
}

/// A device reset under way: the submissions that had returned before it began.
package struct DeviceReset {
    package let device: Int
    package let tickets: [AllocTicket]
}

extension RuntimeCore {
    /// Says that a device is about to use a slot (3): *before* it is asked.
    ///
    /// - Parameters:
    ///   - holder: the source or worker that holds it.
    ///   - epoch, attempt: of the slot as its holder knows it.
    /// - Returns: the ticket the device must answer with, nil when the slot is not the holder's any more or its hw_seq is
    ///   at its maximum.
    package func submitHardware(
        _ slot: SlotID, holder: Holder, epoch: UInt32, attempt: Int, sessionEpoch: UInt32, device: Int
    ) -> AllocTicket? {
        withMonitor { monitor in
            // A source is in the token; workers, of which a frame may have several, are in the lease table.
            let isWorker = withManager { manager in
                slot.pool == .raw
                    ? manager.raw[slot.index].readers.contains(holder)
                    : manager.image[slot.index].leases.contains(holder)
            }
            guard
                let after = environment.move(
                    slot, .submitHardware,
                    where: {
                        $0.epoch == epoch && $0.attempt == attempt
                            && ($0.state == .running ? isWorker : $0.holder == holder)
                    })
            else { return nil }
            monitor[use: slot] = HardwareUse(
                device: device, epoch: epoch, sequence: after.hardwareSequence, isReturned: false)
            return AllocTicket(
                sessionEpoch: sessionEpoch, slot: slot, epoch: epoch, hardwareSequence: after.hardwareSequence)
        }
    }

    /// The call that asked the device has returned: a reset that begins from now on ends this submission.
    package func submissionReturned(_ ticket: AllocTicket) {
        withMonitor { monitor in
            let use = monitor[use: ticket.slot]
            if use.epoch == ticket.epoch, use.sequence == ticket.hardwareSequence {
                monitor[use: ticket.slot].isReturned = true
            }
        }
    }

    /// FRAME_HW_DONE (4, 14, 16). Matches exactly or has no effect.
    package func hardwareDone(_ ticket: AllocTicket) -> HardwareDoneResult {
        let result = endUse(ticket)
        if result == .late { environment.record(Event(.lateHardwareDone, slot: ticket.slot)) }
        return result
    }

    private func endUse(_ ticket: AllocTicket) -> HardwareDoneResult {
        let isCurrent = { (word: TokenWord) in
            word.epoch == ticket.epoch && word.hardwareSequence == ticket.hardwareSequence
        }
        while true {
            let word = environment.load(ticket.slot)
            guard isCurrent(word), word.hardware == .inUse else { return .late }
            switch word.state {
            case .hardwareWait, .quarantineDevice:
                let isReclaimed = withMonitor { $0.reclaim(ticket.slot, isCurrent: isCurrent, environment) }
                if isReclaimed { return .reclaimed }
            default:
                if environment.move(ticket.slot, .hardwareDone, where: isCurrent) != nil {
                    if word.state == .monitor { environment.wake(.supervisor) }
                    return .done
                }
            }
        }
    }

    /// A reset of a device begins: notes which submissions had returned by now.
    package func beginReset(device: Int) -> DeviceReset {
        withMonitor { monitor in
            var tickets: [AllocTicket] = []
            for slot in allSlots {
                let use = monitor[use: slot]
                if use.device == device, use.isReturned {
                    tickets.append(
                        AllocTicket(sessionEpoch: 0, slot: slot, epoch: use.epoch, hardwareSequence: use.sequence))
                }
            }
            return DeviceReset(device: device, tickets: tickets)
        }
    }

    /// The reset is complete: the device does not touch those slots any more.
    ///
    /// - Returns: how many it gave back.
    @discardableResult
    package func endReset(_ reset: DeviceReset) -> Int {
        reset.tickets.reduce(0) { $0 + (endUse($1) == .late ? 0 : 1) }
    }

    package var allSlots: [SlotID] {
        (0..<configuration.rawSlots).map { SlotID.raw($0) } + (0..<configuration.imageSlots).map { SlotID.image($0) }
    }
}

extension RuntimeCore {
    /// A source gives up on the device that fills its slot: the slot is the Monitor's (11), and is not the source's to
    /// touch any more.
    ///
    /// - Returns: false when the slot is not the source's.
    package func giveUpCapture(_ slot: Int, source: Holder) -> Bool {
        withMonitor { monitor in
            guard
                let after = environment.move(
                    .raw(slot), .giveUp, where: { $0.state == .alloc && $0.holder == source })
            else { return false }
            monitor.add(.raw(slot), epoch: after.epoch, attempt: after.attempt, phase: .claimed, environment)
            return true
        }
    }
}
