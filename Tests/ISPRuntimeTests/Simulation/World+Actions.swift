// What may happen next, and what happens when it does.

import ISPRuntime

extension World {
    /// Takes a step. A step that is not possible changes nothing.
    func apply(_ action: Action) {
        switch action {
        case .allocate(let index): allocate(index)
        case .submitCapture(let index): submitCapture(index)
        case .publish(let index): publish(index)
        case .cancel(let index): cancelCapture(index)
        case .killSource(let index):
            spend(.sourceDies)
            let place = sources[index].slot == nil ? "idle" : sources[index].ticketIssued ? "in capture" : "after pop"
            kills["source \(place)", default: 0] += 1
            sources[index].isDead = true
            core.detachSource(sources[index].name)
        case .confirmSource(let index):
            isEnding = sources[index].name
            sources[index].isConfirmed = true
            sources[index].slot = nil
            core.becomeQuiescent(sources[index].name)
        case .next, .work, .submitWork, .finish, .failSlice, .giveUp, .finishCommand, .kill, .hang, .wake, .confirm,
            .detach, .attach:
            applyWorker(action)
        case .signal, .lose, .repeatSignal, .resetBegins, .resetEnds: applyDevice(action)
        case .stepHandoff(let batch):
            _ = core.stepHandoff(batch)
        case .abortHandoff(let batch):
            spend(.handoffWatchdog)
            kills["abort \(core.monitor.handoffs[batch].phase)", default: 0] += 1
            core.withMonitor { $0.handoffs[batch].abort(batch: batch, environment) }
        case .stepMonitor(let slot): _ = core.stepMonitor(slot)
        case .decide: _ = core.decide()
        case .take(let index):
            if let delivery = core.take(sink: sinks[index].name) {
                check(delivery, index)
                if delivery.image != nil { sinks[index].holding.append(delivery) }
            }
        case .release(let index): release(index)
        case .hangSink(let index):
            spend(.sinkHangs)
            sinks[index].isHung = true
        case .wakeSink(let index): sinks[index].isHung = false
        case .flush(let session): flush(session)
        case .changeSettings(let session):
            settings -= 1
            let next = UInt32(limits.settings - settings)
            if !core.setSettings(session: session, next) { settings += 1 }
        case .passDeadlines:
            deadlinesPassed = true
            environment.clock += 1
            core.withManager { $0.expire(environment) }
        case .pass(let milliseconds): pass(milliseconds)
        case .busy:
            spend(.managerBusy)
            core.withManager { $0.isBusy = true }
        case .notBusy: core.withManager { $0.isBusy = false }
        }
        isEnding = nil
    }

    // MARK: Sources

    private func allocate(_ index: Int) {
        guard let slot = core.allocate(source: sources[index].name, core: index % limits.configuration.cores) else {
            return
        }
        sources[index].slot = slot
        sources[index].epoch = environment.load(.raw(slot)).epoch
        sources[index].ticketIssued = false
        if !limits.sourceDevice { rawPayload[slot] = stamp(index) }
    }

    private func stamp(_ index: Int) -> UInt64 { UInt64(index + 1) * 1_000_000 + UInt64(sources[index].submitted) + 1 }

    private func submitCapture(_ index: Int) {
        guard let slot = sources[index].slot else { return }
        let ticket = core.submitHardware(
            .raw(slot), holder: sources[index].name, epoch: sources[index].epoch, attempt: 0, sessionEpoch: 0, device: 0
        )
        guard let ticket else { return }
        sources[index].ticketIssued = true
        devices.append(DeviceWork(ticket: ticket, stamp: stamp(index)))
        core.submissionReturned(ticket)
    }

    private func publish(_ index: Int) {
        guard let slot = sources[index].slot else { return }
        let source = sources[index]
        let deadline: UInt64 = limits.hasDeadlines ? 1 : .max
        isEnding = source.name
        let settings = core.withManager { $0.sessions[source.session].settings }
        let request = FrameRequest(deadline: deadline, slices: limits.slices)
        switch core.publish(slot, source: source.name, session: source.session, request) {
        case .published(let frame):
            truth[source.session][frame] = FrameTruth(
                stamp: stamp(index), settings: settings, epoch: epochs[source.session])
            sources[index].slot = nil
            sources[index].submitted += 1
        case .revoked: sources[index].slot = nil
        case .noWorker, .windowFull, .hardwareInUse, .closed: break
        }
    }

    private func cancelCapture(_ index: Int) {
        guard let slot = sources[index].slot else { return }
        isEnding = sources[index].name
        if core.cancel(slot, source: sources[index].name) {
            spend(.sourceCancels)
            sources[index].slot = nil
        } else if fault(.sourceDeviceGivenUp), core.giveUpCapture(slot, source: sources[index].name) {
            spend(.sourceDeviceGivenUp)
            sources[index].slot = nil
        }
    }

    // MARK: Workers

    private func applyWorker(_ action: Action) {
        switch action {
        case .next(let index): next(index)
        case .work(let index): work(index)
        case .submitWork(let index): submitWork(index)
        case .finish(let index): finish(index)
        case .failSlice(let index):
            spend(.workerFails)
            workers[index].failed = true
            finish(index)
        case .giveUp(let index):
            guard case .frame(let task) = workers[index].doing else { return }
            spend(.workerGivesUp)
            isEnding = workers[index].name
            core.giveUp(task)
            workers[index].doing = .idle
            workers[index].strips = 0
        case .finishCommand(let index):
            guard case .command(let item) = workers[index].doing else { return }
            let command = core.withManager { $0.commands[Int(item.index)].command }
            workers[index].settings = max(workers[index].settings, command.settings)
            core.finishCommand(item, worker: workers[index].name)
            workers[index].doing = .idle
        case .kill(let index):
            spend(.workerDies)
            kills[place(of: index).rawValue, default: 0] += 1
            for handoff in core.monitor.handoffs where handoff.phase != .unused {
                kills["handoff \(handoff.phase)", default: 0] += 1
            }
            workers[index].doing = .gone
        case .hang(let index):
            spend(.workerHangs)
            kills["hang \(place(of: index).rawValue)", default: 0] += 1
            workers[index].isHung = true
        case .wake(let index): workers[index].isHung = false
        case .confirm(let index):
            core.detach(workers[index].name)
            core.becomeQuiescent(workers[index].name)
            workers[index].isConfirmed = true
        case .detach(let index):
            if !workers[index].isHung { spend(.workerIsSlow) }
            core.detach(workers[index].name)
        case .attach:
            replacements -= 1
            for name in 0..<core.workerNames { _ = core.reap(.worker(name)) }
            attachWorker()
        default: break
        }
    }

    func place(of index: Int) -> WorkerPlace {
        let worker = workers[index]
        switch worker.doing {
        case .idle, .gone: return worker.hasFinished ? .afterFinish : .idle
        case .command: return .inCommand
        case .frame:
            if worker.hasSubmitted, devices.contains(where: { isOn($0, worker) }) { return .waitingForDevice }
            if worker.strips == 0 { return .started }
            return worker.strips < limits.strips ? .midStrip : .beforeFinish
        }
    }

    private func isOn(_ work: DeviceWork, _ worker: WorkerThread) -> Bool {
        guard case .frame(let task) = worker.doing else { return false }
        return work.ticket.slot == .image(task.image) || work.ticket.slot == .raw(task.raw)
    }

    private func next(_ index: Int) {
        workers[index].hasFinished = false
        switch core.next(workers[index].name) {
        case .frame(let task, _):
            workers[index].doing = .frame(task)
            workers[index].strips = 0
            workers[index].hasSubmitted = false
            workers[index].failed = false
            if workers[index].settings < task.settings {
                fail("\(workers[index].name) starts frame \(task.frame) before its settings (I13)")
            }
            if environment.raw[task.raw].state != .running || environment.raw[task.raw].leases == 0 {
                fail("frame \(task.frame) was started without a lease")
            }
        case .command(let item, _): workers[index].doing = .command(item)
        case .none: break
        case .leave: workers[index].doing = .gone
        }
    }

    private func work(_ index: Int) {
        guard case .frame(let task) = workers[index].doing else { return }
        checkRaw(task)
        if let truth = truth[task.session][task.frame] {
            imagePayload[task.image] = Self.picture(of: truth.stamp, settings: task.settings)
        }
        workers[index].strips += 1
        environment.hearts[workers[index].name.index] &+= 1
    }

    /// A device works on the picture of even frames, and reads the input of odd ones.
    private func submitWork(_ index: Int) {
        guard case .frame(let task) = workers[index].doing else { return }
        let isImage = task.frame % 2 == 0
        let slot = isImage ? SlotID.image(task.image) : .raw(task.raw)
        workers[index].hasSubmitted = true
        let ticket = core.submitHardware(
            slot, holder: workers[index].name, epoch: isImage ? task.imageEpoch : task.rawEpoch, attempt: task.attempt,
            sessionEpoch: task.sessionEpoch, device: 0)
        guard let ticket, let truth = truth[task.session][task.frame] else { return }
        let stamp = isImage ? Self.picture(of: truth.stamp, settings: task.settings) : truth.stamp
        devices.append(DeviceWork(ticket: ticket, stamp: stamp))
        core.submissionReturned(ticket)
    }

    private func finish(_ index: Int) {
        guard case .frame(let task) = workers[index].doing else { return }
        if !workers[index].failed, core.takeSlice(task) != nil {
            workers[index].strips = 0
            return
        }
        isEnding = workers[index].name
        switch core.finish(task, failed: workers[index].failed) {
        case .hardwareInUse: break
        case .completed, .left, .discarded:
            workers[index].doing = .idle
            workers[index].strips = 0
            workers[index].hasFinished = true
        }
    }

    private func pass(_ milliseconds: Int) {
        environment.clock += UInt64(milliseconds) * 1_000_000
        for worker in workers where !worker.isHung && worker.doing != .gone {
            environment.hearts[worker.name.index] &+= 1
        }
        while let worker = core.withScheduler({ scheduler, _ in scheduler.checkHearts(environment) }) {
            core.detach(.worker(worker))
        }
        core.watchHandoffs()
        core.withManager { $0.expire(environment) }
        _ = core.applyDropThreshold()
    }

    // MARK: Devices

    private func applyDevice(_ action: Action) {
        switch action {
        case .signal(let index):
            let work = devices.remove(at: index)
            touch(work)
            oldTickets.append(work.ticket)
            if core.hardwareDone(work.ticket) == .late { fail("FRAME_HW_DONE for \(work.ticket) was refused") }
        case .lose(let index):
            spend(.deviceLost)
            devices[index].isLost = true
        case .repeatSignal(let index):
            spend(.deviceDuplicate)
            if core.hardwareDone(oldTickets[index]) != .late {
                fail("a second FRAME_HW_DONE for \(oldTickets[index]) had an effect")
            }
        case .resetBegins: reset = core.beginReset(device: 0)
        case .resetEnds:
            guard let reset else { return }
            spend(.deviceReset)
            for work in devices where reset.tickets.contains(where: { isSame($0, work.ticket) }) {
                // What it was asked for counts as made; a source that knows of the reset would cancel instead.
                touch(work)
                oldTickets.append(work.ticket)
            }
            devices.removeAll { work in reset.tickets.contains { isSame($0, work.ticket) } }
            core.endReset(reset)
            self.reset = nil
        default: break
        }
    }

    private func isSame(_ a: AllocTicket, _ b: AllocTicket) -> Bool {
        a.slot == b.slot && a.epoch == b.epoch && a.hardwareSequence == b.hardwareSequence
    }

    /// The device's last write.
    private func touch(_ work: DeviceWork) {
        switch work.ticket.slot.pool {
        case .raw: rawPayload[work.ticket.slot.index] = work.stamp
        case .image: imagePayload[work.ticket.slot.index] = work.stamp
        }
    }

    // MARK: Sinks and sessions

    private func release(_ index: Int) {
        guard let delivery = sinks[index].holding.first, let image = delivery.image else { return }
        checkPicture(delivery)
        sinks[index].holding.removeFirst()
        if !core.release(sink: sinks[index].name, image: image) {
            fail("\(sinks[index].name) has no lease on image\(image)")
        }
    }

    private func flush(_ session: Int) {
        flushes -= 1
        epochs[session] += 1
        core.flush(session: session)
        let record = core.manager.sessions[session]
        if record.nextDelivery != record.nextFrame { fail("a flush returned before every answer was delivered") }
    }
}
