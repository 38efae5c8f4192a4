// One number for a state of a world, so that an exploration recognises it. Counters and clocks that only grow are left
// out: they make no difference to what can happen.

import ISPRuntime

extension World {
    /// Equal for states from which the same can happen.
    func fingerprint() -> Int {
        var hasher = Hasher()
        for word in environment.raw { hasher.combine(word.bits) }
        for word in environment.image { hasher.combine(word.bits) }
        for word in environment.decisions.prefix(core.batches) { hasher.combine(word) }
        for word in environment.caches { hasher.combine(word) }
        for word in environment.detachedSources { hasher.combine(word) }
        hasher.combine(environment.clock)
        hash(core.manager, &hasher)
        hash(core.scheduler, &hasher)
        hash(core.monitor, &hasher)
        hasher.combine(sources)
        for worker in workers.sorted(by: { $0.name.rawValue < $1.name.rawValue }) { hasher.combine(worker) }
        hasher.combine(devices)
        hasher.combine(oldTickets)
        hasher.combine(sinks)
        if let reset {
            hasher.combine(reset.tickets)
        }
        hasher.combine(rawPayload)
        hasher.combine(imagePayload)
        hasher.combine(faults)
        hasher.combine(flushes)
        hasher.combine(settings)
        hasher.combine(replacements)
        hasher.combine(deadlinesPassed)
        return hasher.finalize()
    }

    private func hash(_ manager: SessionManager, _ hasher: inout Hasher) {
        hasher.combine(manager.rawFree.order)
        hasher.combine(manager.imageFree.order)
        hasher.combine(manager.raw)
        hasher.combine(manager.image)
        for session in manager.sessions {
            hasher.combine(session.isOpen)
            hasher.combine(session.isStopping)
            hasher.combine(session.epoch)
            hasher.combine(session.settings)
            hasher.combine(session.images)
            hasher.combine(session.nextFrame)
            var frame = session.nextDelivery
            while frame < session.nextFrame {
                var record = session[frame]
                record.finished = 0
                hasher.combine(record)
                frame += 1
            }
        }
        for sink in manager.sinks where sink.isOpen {
            hasher.combine(sink.held)
            for place in 0..<sink.inbox.count { hasher.combine(sink.inbox[place]) }
        }
        for place in 0..<manager.control.count { hasher.combine(manager.control[place]) }
        hasher.combine(manager.commands.rows)
        hasher.combine(manager.isBusy)
        hasher.combine(manager.quiescent)
    }

    private func hash(_ scheduler: Scheduler, _ hasher: inout Hasher) {
        for worker in scheduler.workers {
            hasher.combine(worker.status)
            hasher.combine(worker.isBusy)
            hasher.combine(worker.newerCommands)
            hasher.combine(worker.settings)
            for place in 0..<worker.frames.count { hasher.combine(worker.frames[place]) }
            for place in 0..<worker.commands.count { hasher.combine(worker.commands[place]) }
        }
        hasher.combine(scheduler.expectsWorkers)
    }

    private func hash(_ monitor: Monitor, _ hasher: inout Hasher) {
        for entry in monitor.raw + monitor.image {
            hasher.combine(entry.phase)
            hasher.combine(entry.epoch)
            hasher.combine(entry.attempt)
            hasher.combine(entry.retries)
        }
        hasher.combine(monitor.rawUse)
        hasher.combine(monitor.imageUse)
        for handoff in monitor.handoffs {
            hasher.combine(handoff.phase)
            hasher.combine(handoff.worker)
            hasher.combine(handoff.items)
            hasher.combine(handoff.position)
        }
    }
}
