// One moment of the whole runtime: where every slot is, and whether the books balance.

/// The conservation laws (I1, I7), each as what is missing: all are zero at every moment, but for raw slots that are on
/// their way out of a core's cache, which nobody has for some nanoseconds.
public struct LawResidues: Hashable, Sendable {
    /// Raw slots that are in no place, or in two.
    public var rawSlots = 0
    /// Image slots that are in no place, or in two.
    public var imageSlots = 0
    /// Submitted - done - error - dropped - unanswered.
    public var frames: Int64 = 0
    /// Answered - delivered - waiting for their turn.
    public var deliveries: Int64 = 0
    /// Detached - fast-forwarded - moved - stale - under way.
    public var handoff: Int64 = 0
    /// Moved + reclaimed + released - converted - stale - waiting - reclaim triggered - quarantined.
    public var monitor: Int64 = 0
    /// Triggered - reclaimed - in HW_WAIT - in QUARANTINE(device).
    public var hardware: Int64 = 0

    /// The residues with their names.
    public var all: [(name: String, value: Int64)] {
        [
            ("raw_slots", Int64(rawSlots)), ("image_slots", Int64(imageSlots)), ("frames", frames),
            ("deliveries", deliveries), ("handoff", handoff), ("monitor", monitor), ("hardware", hardware),
        ]
    }

    /// Whether the books balance.
    public var isZero: Bool { all.allSatisfy { $0.value == 0 } }
}

/// One moment of the runtime.
public struct RuntimeSnapshot: Sendable {
    /// Raw slots by state, in the order of ``SlotState``.
    public var raw: [Int]
    /// Image slots by state.
    public var image: [Int]
    /// Free raw slots kept in caches of cores.
    public var cached: Int
    /// waitingq_depth.
    public var waitingDepth: Int
    /// Frames submitted and not answered.
    public var unanswered: Int
    /// Items waiting for a decision.
    public var control: Int
    /// Workers that take work, and that were given up and never returned.
    public var workersAttached: Int
    /// Workers that were given up and did not return yet.
    public var workersDetached: Int
    /// token_transfer_fail_count.
    public var transferFailures: UInt64
    /// Frames submitted, done, with an error.
    public var submitted: UInt64
    /// Frames with a picture.
    public var done: UInt64
    /// Frames with an error.
    public var error: UInt64
    /// Frames dropped, in the order of ``DropReason``.
    public var dropped: [UInt64]
    /// Frames dispatched again.
    public var redispatched: UInt64
    /// Whether a device or more workers than tolerated hold slots they do not give back, or there is no worker.
    public var isDegraded: Bool
    /// The conservation laws.
    public var residues: LawResidues
    /// Slots that are not free, and who has them.
    public var held: [HeldSlot]
}

/// A slot that is not free.
public struct HeldSlot: Sendable, Hashable {
    /// Which slot.
    public var slot: SlotID
    /// Where it is.
    public var state: SlotState
    /// Whether a device uses it.
    public var hardware: HardwareState
    /// Who holds it by the token.
    public var holder: Holder
    /// Who has leases.
    public var leases: [Holder]
}

extension RuntimeCore {
    /// One moment of everything, under all locks.
    package func snapshot() -> RuntimeSnapshot {
        withAll { monitor, scheduler, manager in
            var raw = [Int](repeating: 0, count: SlotState.allCases.count)
            var image = raw
            var held: [HeldSlot] = []
            for slot in allSlots {
                let word = environment.load(slot)
                switch slot.pool {
                case .raw: raw[Int(word.state.rawValue)] += 1
                case .image: image[Int(word.state.rawValue)] += 1
                }
                guard word.state != .free else { continue }
                let leases = slot.pool == .raw ? manager.raw[slot.index].readers : manager.image[slot.index].leases
                held.append(
                    HeldSlot(
                        slot: slot, state: word.state, hardware: word.hardware, holder: word.holder,
                        leases: Array(leases)))
            }
            var cached = 0
            for core in 0..<configuration.cores where configuration.cacheSize > 0 {
                cached += CoreCache(word: environment.load(.cache(core))).count
            }
            let unanswered = manager.unanswered
            return RuntimeSnapshot(
                raw: raw, image: image, cached: cached, waitingDepth: monitor.waitingDepth, unanswered: unanswered,
                control: manager.control.count, workersAttached: scheduler.attached,
                workersDetached: scheduler.workers.reduce(0) { $0 + ($1.status == .detached ? 1 : 0) },
                transferFailures: monitor.counts.transferFailures, submitted: manager.counts.submitted,
                done: manager.counts.done, error: manager.counts.error, dropped: manager.counts.dropped,
                redispatched: manager.counts.redispatched,
                isDegraded: isDegraded(monitor, scheduler),
                residues: residues(monitor, manager, freeRaw: raw[0], freeImage: image[0], cached: cached), held: held)
        }
    }

    private func isDegraded(_ monitor: Monitor, _ scheduler: Scheduler) -> Bool {
        monitor.isDegraded(tolerating: configuration.toleratedStuckWorkers) || scheduler.attached == 0
    }

    /// Whether a device or more workers than tolerated hold slots they do not give back, or there is no worker.
    package var isDegraded: Bool { withAll { monitor, scheduler, _ in isDegraded(monitor, scheduler) } }

    private func residues(
        _ monitor: Monitor, _ manager: SessionManager, freeRaw: Int, freeImage: Int, cached: Int
    ) -> LawResidues {
        let counts = monitor.counts
        let frames = manager.counts
        let answered = frames.done + frames.error + frames.dropped.reduce(0, +)
        var underWay: Int64 = 0
        for handoff in monitor.handoffs {
            switch handoff.phase {
            case .unused, .accepting: break
            case .claiming, .offering: underWay += Int64(handoff.items.count)
            case .rollingBack: underWay += Int64(handoff.items.count - handoff.position)
            }
        }
        var residues = LawResidues()
        residues.rawSlots = freeRaw - manager.rawFree.count - cached
        residues.imageSlots = freeImage - manager.imageFree.count
        residues.frames = Int64(frames.submitted) - Int64(answered) - Int64(manager.unanswered)
        residues.deliveries = Int64(answered) - Int64(frames.delivered) - Int64(manager.undelivered)
        residues.handoff =
            Int64(counts.detached) - Int64(counts.fastForwarded) - Int64(counts.fromHandoff)
            - Int64(counts.staleInHandoff) - underWay
        let waiting = Int64(monitor.waitingDepth)
        let reclaimable = allSlots.reduce(Int64(0)) { sum, slot in
            // Reclaimed by its device, and the Monitor has not looked yet.
            let isWaiting = monitor[slot].phase == .hardwareWait || monitor[slot].phase == .device
            return sum + (isWaiting && environment.load(slot).state == .monitor ? 1 : 0)
        }
        let inHardware = Int64(monitor.count { $0 == .hardwareWait || $0 == .device }) - reclaimable
        residues.monitor =
            Int64(counts.moved) + Int64(counts.reclaimed) + Int64(counts.released) - Int64(counts.converted)
            - Int64(counts.stale) - waiting - reclaimable - Int64(counts.triggered) - Int64(counts.quarantined)
        residues.hardware = Int64(counts.triggered) - Int64(counts.reclaimed) - inHardware
        return residues
    }
}

extension SessionManager {
    /// Frames without an outcome.
    package var unanswered: Int { countFrames { $0.outcome == nil } }
    /// Frames whose outcome waits for its turn.
    package var undelivered: Int { countFrames { $0.outcome != nil } }

    private func countFrames(_ isCounted: (FrameRecord) -> Bool) -> Int {
        var sum = 0
        for session in sessions {
            var frame = session.nextDelivery
            while frame < session.nextFrame {
                if isCounted(session[frame]) { sum += 1 }
                frame += 1
            }
        }
        return sum
    }
}
