// What could happen next in a world.

import ISPRuntime

extension World {
    /// Every step that is possible now.
    func enabled() -> [Action] {
        var actions: [Action] = []
        enabledSources(&actions)
        for index in workers.indices { enabledWorker(index, &actions) }
        enabledDevices(&actions)
        enabledSupervisor(&actions)
        for index in sinks.indices { enabledSink(index, &actions) }
        if flushes > 0 {
            for session in 0..<limits.sessions { actions.append(.flush(session)) }
        }
        if settings > 0 {
            for session in 0..<limits.sessions { actions.append(.changeSettings(session)) }
        }
        if limits.hasDeadlines, !deadlinesPassed { actions.append(.passDeadlines) }
        return actions
    }

    private func enabledSources(_ actions: inout [Action]) {
        for (index, source) in sources.enumerated() {
            if source.isDead {
                if !source.isConfirmed { actions.append(.confirmSource(index)) }
                continue
            }
            if source.slot == nil {
                if source.submitted < limits.frames { actions.append(.allocate(index)) }
            } else {
                if limits.sourceDevice, !source.ticketIssued {
                    actions.append(.submitCapture(index))
                } else {
                    actions.append(.publish(index))
                }
                if fault(.sourceCancels) || fault(.sourceDeviceGivenUp) { actions.append(.cancel(index)) }
            }
            if fault(.sourceDies) { actions.append(.killSource(index)) }
        }
    }

    private func enabledWorker(_ index: Int, _ actions: inout [Action]) {
        let worker = workers[index]
        let status = core.scheduler.workers[worker.name.index].status
        if worker.isConfirmed { return }
        if worker.doing == .gone {
            actions.append(.confirm(index))
            return
        }
        if status == .attached, worker.isHung || fault(.workerIsSlow) { actions.append(.detach(index)) }
        if worker.isHung {
            actions.append(.wake(index))
            return
        }
        switch worker.doing {
        case .idle: actions.append(.next(index))
        case .gone: break
        case .command: actions.append(.finishCommand(index))
        case .frame:
            let hasWorked = worker.strips == limits.strips
            if !hasWorked { actions.append(.work(index)) }
            if limits.workerDevice, hasWorked, !worker.hasSubmitted { actions.append(.submitWork(index)) }
            if hasWorked { actions.append(.finish(index)) }
            if fault(.workerFails) { actions.append(.failSlice(index)) }
            if fault(.workerGivesUp) { actions.append(.giveUp(index)) }
        }
        if fault(.workerDies) { actions.append(.kill(index)) }
        if fault(.workerHangs) { actions.append(.hang(index)) }
    }

    private func enabledDevices(_ actions: inout [Action]) {
        for (index, work) in devices.enumerated() where !work.isLost {
            actions.append(.signal(index))
            if fault(.deviceLost) { actions.append(.lose(index)) }
        }
        if fault(.deviceDuplicate) {
            for index in oldTickets.indices { actions.append(.repeatSignal(index)) }
        }
        if reset != nil {
            actions.append(.resetEnds)
        } else if fault(.deviceReset), !devices.isEmpty {
            actions.append(.resetBegins)
        }
    }

    private func enabledSupervisor(_ actions: inout [Action]) {
        for (batch, handoff) in core.monitor.handoffs.enumerated() where handoff.phase != .unused {
            actions.append(.stepHandoff(batch))
            if fault(.handoffWatchdog), handoff.phase == .claiming || handoff.phase == .offering {
                actions.append(.abortHandoff(batch))
            }
        }
        for slot in core.allSlots where core.monitor[slot].phase != .none { actions.append(.stepMonitor(slot)) }
        if !core.manager.control.isEmpty { actions.append(.decide) }
        if replacements > 0, core.scheduler.attached < limits.workers { actions.append(.attach) }
        if core.manager.isBusy {
            actions.append(.notBusy)
        } else if fault(.managerBusy) {
            actions.append(.busy)
        }
    }

    private func enabledSink(_ index: Int, _ actions: inout [Action]) {
        if sinks[index].isHung {
            actions.append(.wakeSink(index))
            return
        }
        if !core.manager.sinks[sinks[index].name.index].inbox.isEmpty { actions.append(.take(index)) }
        if !sinks[index].holding.isEmpty { actions.append(.release(index)) }
        if fault(.sinkHangs) { actions.append(.hangSink(index)) }
    }

    /// No more misfortune: hung parties return, devices answer or are reset, given-up workers are replaced, until nothing
    /// moves any more. Then everything must be at rest (I10).
    func drain() {
        faults = [:]
        flushes = 0
        settings = 0
        var still = 0
        for _ in 0..<400 where violation == nil {
            let before = progress
            for index in workers.indices where workers[index].isHung { apply(.wake(index)) }
            for index in sinks.indices { sinks[index].isHung = false }
            core.withManager { $0.isBusy = false }
            if core.scheduler.attached == 0 {
                replacements = 1
                apply(.attach)
            }
            if devices.contains(where: \.isLost) {
                if reset == nil { apply(.resetBegins) }
                apply(.resetEnds)
            }
            let actions = enabled().filter { if case .detach = $0 { false } else { true } }
            for action in actions { applyIfStill(action) }
            environment.clock += 10_000_000
            _ = core.applyDropThreshold()
            // A claim that failed may wait for its back-off.
            still = progress == before ? still + 1 : 0
            if still > 6 { break }
        }
        if violation == nil { checkDrained() }
    }

    /// Grows with whatever happens.
    private var progress: Int {
        transfers + sinks.reduce(0) { $0 + Int($1.next) } + sources.reduce(0) { $0 + $1.submitted }
            + environment.hearts.reduce(0) { $0 + Int($1) } - core.manager.commands.count - core.manager.control.count
            - workers.count { $0.doing == .gone }
    }

    /// An earlier step of the round may have made this one impossible.
    private func applyIfStill(_ action: Action) {
        switch action {
        case .signal(let index) where index >= devices.count || devices[index].isLost: return
        case .finish(let index), .work(let index), .next(let index), .finishCommand(let index), .confirm(let index),
            .submitWork(let index):
            guard index < workers.count else { return }
            apply(action)
        default: apply(action)
        }
    }
}
