// What must be true at every step, checked from outside: by the events, by who touches what, and by the snapshot.

import ISPRuntime

extension World {
    /// Checks one event against the transition table and the world's own books.
    func check(_ event: Event) {
        switch event.kind {
        case .transition: checkTransition(event)
        case .frameAnswered:
            let isNew = answered[Int(event.session)].insert(event.frame).inserted
            if !isNew { fail("frame \(event.frame) has two outcomes (I5)") }
            if event.outcome == .done, let truth = truth[Int(event.session)][event.frame],
                truth.epoch != epochs[Int(event.session)]
            {
                fail("frame \(event.frame) of an old session epoch was completed (I12)")
            }
        case .payloadCopied: fail("a payload was copied (I9)")
        default: break
        }
    }

    private func checkTransition(_ event: Event) {
        transfers += 1
        let slot = SlotID(event.pool, Int(event.slot))
        let before = TokenWord(bits: event.before)
        let after = TokenWord(bits: event.after)
        let shadow = slot.pool == .raw ? shadowRaw[slot.index] : shadowImage[slot.index]
        if shadow != event.before {
            fail("\(slot) was \(TokenWord(bits: shadow)), but a transition says it was \(before)")
        }
        guard let transition = event.transition else { return fail("a transition without its row") }
        if !transition.permits(slot.pool, from: before, to: after, epochMask: environment.epochMask) {
            fail("\(slot): row \(transition.row.number) does not lead from \(before) to \(after)")
        }
        if slot.pool == .raw { shadowRaw[slot.index] = event.after } else { shadowImage[slot.index] = event.after }
        if transition == .return, let toucher = toucher(of: slot) {
            fail("\(slot) became FREE while \(toucher) may touch it (I3)")
        }
        if transition == .return, after.epoch == before.epoch { fail("\(slot) became FREE in its old epoch") }
    }

    /// A party that may still touch a slot: has a task on it that it did not end, or is a device at work.
    func toucher(of slot: SlotID) -> String? {
        for worker in workers {
            guard case .frame(let task) = worker.doing, worker.name == task.worker else { continue }
            // A thread that ends its part does not touch the slots from the call on.
            if isEnding == worker.name { continue }
            if slot.pool == .raw ? task.raw == slot.index : task.image == slot.index {
                return "\(worker.name)"
            }
        }
        for work in devices where work.ticket.slot == slot { return "a device" }
        if slot.pool == .raw {
            for source in sources where source.slot == slot.index && isEnding != source.name { return "\(source.name)" }
        } else {
            for sink in sinks where isEnding != sink.name {
                if sink.holding.contains(where: { $0.image == slot.index }) { return "\(sink.name)" }
            }
        }
        return nil
    }

    /// Checks what must be true between two steps.
    func checkBooks() {
        let snapshot = core.snapshot()
        if !snapshot.residues.isZero {
            fail("the books do not balance: \(snapshot.residues.all.filter { $0.value != 0 })")
        }
        for slot in core.allSlots {
            let word = environment.load(slot)
            let shadow = slot.pool == .raw ? shadowRaw[slot.index] : shadowImage[slot.index]
            if word.bits != shadow { fail("\(slot) changed without a transition") }
        }
    }

    /// What a worker sees when it reads a raw slot must be what was published.
    func checkRaw(_ task: FrameTask) {
        guard let truth = truth[task.session][task.frame] else {
            return fail("a frame nobody published was started (I8)")
        }
        if rawPayload[task.raw] != truth.stamp {
            fail(
                "\(task.worker) reads \(rawPayload[task.raw]) in raw\(task.raw), published was \(truth.stamp) (I3, I8)")
        }
        if task.settings != truth.settings { fail("frame \(task.frame) is made with settings \(task.settings) (I13)") }
        let envelope = environment.envelope(task.raw).pointee
        if core.isCurrent(task), envelope.frameID != task.frame || envelope.published != 1 {
            fail("the envelope of raw\(task.raw) is not that of frame \(task.frame)")
        }
    }

    /// What a sink receives.
    func check(_ delivery: Delivery, _ sink: Int) {
        if delivery.frame != sinks[sink].next {
            fail("\(sinks[sink].name) received frame \(delivery.frame) where \(sinks[sink].next) was due (I11)")
        }
        sinks[sink].next = delivery.frame + delivery.count
        for frame in delivery.frame..<delivery.frame + delivery.count
        where !answered[delivery.session].contains(frame) {
            fail("frame \(frame) was delivered without an outcome")
        }
        checkPicture(delivery)
    }

    /// A picture a sink holds must be its frame's, from delivery to release.
    func checkPicture(_ delivery: Delivery) {
        guard let image = delivery.image else { return }
        guard let truth = truth[delivery.session][delivery.frame] else { return fail("a picture of an unknown frame") }
        let stamp = World.picture(of: truth.stamp, settings: truth.settings)
        if imagePayload[image] != stamp {
            fail(
                "the picture of frame \(delivery.frame) in image\(image) is \(imagePayload[image]), not \(stamp) (I3, I9)"
            )
        }
        if delivery.settings != truth.settings {
            fail("frame \(delivery.frame) says settings \(delivery.settings) (I13)")
        }
    }

    /// What developing a frame gives in this world.
    static func picture(of stamp: UInt64, settings: UInt32) -> UInt64 { stamp &* 0x9e37_79b9 &+ UInt64(settings) }

    /// Whether everything has come to rest: all slots free, all frames answered and delivered.
    func checkDrained() {
        checkBooks()
        let snapshot = core.snapshot()
        if !snapshot.held.isEmpty { fail("slots did not return: \(snapshot.held) (I10)") }
        if snapshot.unanswered > 0 { fail("\(snapshot.unanswered) frames have no outcome (I7)") }
        for source in sources {
            let count = core.manager.sessions[source.session].nextFrame
            if UInt64(answered[source.session].count) != count {
                fail("\(count) frames were submitted, \(answered[source.session].count) answered")
            }
        }
        for sink in sinks where sink.next != core.manager.sessions[sink.session].nextFrame {
            fail("\(sink.name) did not receive everything: \(sink.next)")
        }
    }
}
