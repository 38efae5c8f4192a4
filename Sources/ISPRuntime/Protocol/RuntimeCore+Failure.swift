// What happens when a party fails: detach, fast-forward (6-10), the Monitor's rounds, decisions.

extension RuntimeCore {
    /// Gives a worker up: from here on nothing can be queued on it. Its queue becomes a batch, what it had in hand goes to
    /// the Monitor. One critical section over all three state machines.
    ///
    /// - Returns: false when it was not attached.
    @discardableResult
    package func detach(_ worker: Holder) -> Bool {
        withAll { monitor, scheduler, manager in
            guard scheduler.workers[worker.index].status == .attached else { return false }
            let now = environment.now()
            if let batch = monitor.handoffs.firstIndex(where: { $0.phase == .unused }) {
                _ = environment.swap(
                    .decision(batch), from: environment.load(.decision(batch)), to: BatchDecision.undecided.rawValue)
                monitor.handoffs[batch].begin(worker: worker.index, now: now)
                scheduler.detach(worker.index, &monitor.handoffs[batch].items)
                note(worker, monitor.handoffs[batch].items.count, &monitor)
                if monitor.handoffs[batch].items.isEmpty { monitor.handoffs[batch].end() }
            } else {
                // Every batch record is under way: item by item instead.
                var items = ContiguousArray<ProcessItem>()
                scheduler.detach(worker.index, &items)
                note(worker, items.count, &monitor)
                for item in items { move(item, &monitor, &manager) }
            }
            takeWhatIsInHand(of: worker, &monitor, &manager)
            environment.wake(.supervisor)
            return true
        }
    }

    private func note(_ worker: Holder, _ items: Int, _ monitor: inout Monitor) {
        monitor.counts.detached += UInt64(items)
        environment.record(Event(.workerDetached, holder: worker, value: UInt64(items)))
    }

    /// A dead worker's queue is not all it held: the slot table is swept by holder.
    private func takeWhatIsInHand(of worker: Holder, _ monitor: inout Monitor, _ manager: inout SessionManager) {
        for slot in manager.raw.indices {
            let image = Int(manager.raw[slot].work.image)
            guard image >= 0, manager.image[image].leases.contains(worker) else { continue }
            let word = environment.load(.raw(slot))
            let imageWord = environment.load(.image(image))
            if word.state == .running {
                monitor.add(.raw(slot), epoch: word.epoch, attempt: word.attempt, phase: .claim, environment)
            }
            if imageWord.state == .running {
                monitor.add(
                    .image(image), epoch: imageWord.epoch, attempt: imageWord.attempt, phase: .claim, environment)
            }
        }
        for index in manager.commands.rows.indices where manager.commands[index].state == .running(worker) {
            let item = manager.commands.item(index)
            manager.commands.takeBack(index)
            manager.control.append(item)
        }
    }

    /// An item that could not be fast-forwarded.
    private func move(_ item: ProcessItem, _ monitor: inout Monitor, _ manager: inout SessionManager) {
        monitor.counts.fromHandoff += 1
        switch item.kind {
        case .frame:
            monitor.add(item.slot, epoch: item.epoch, attempt: Int(item.attempt), phase: .claim, environment)
        case .command:
            // No token, nothing to claim.
            manager.commands.takeBack(Int(item.index))
            manager.control.append(item)
        }
    }

    /// One step of a handoff.
    ///
    /// - Returns: whether there was one to take.
    package func stepHandoff(_ batch: Int) -> Bool {
        withMonitor { monitor in
            switch monitor.handoffs[batch].phase {
            case .unused: return false
            case .claiming:
                if monitor.handoffs[batch].claimNext(batch: batch, environment) { monitor.counts.staleInHandoff += 1 }
            case .offering:
                let items = monitor.handoffs[batch].items
                switch withManager({ $0.accept(batch: batch, items, environment) }) {
                case .accepted:
                    monitor.counts.fastForwarded += UInt64(items.count)
                    monitor.handoffs[batch].followDecision(batch: batch, environment)
                case .aborted: monitor.handoffs[batch].followDecision(batch: batch, environment)
                case .busy, .duplicate: monitor.handoffs[batch].abort(batch: batch, environment)
                }
            case .accepting:
                guard let item = monitor.handoffs[batch].nextItem() else { break }
                if item.kind == .frame {
                    _ = environment.move(item.slot, .acceptHandoff, where: { $0.holder == .batch(batch) })
                }
            case .rollingBack:
                guard let item = monitor.handoffs[batch].nextItem() else { break }
                if item.kind == .frame {
                    // On the exact word: a plain store would undo what happened to the slot meanwhile.
                    _ = environment.move(
                        item.slot, .rollBackHandoff, holder: .worker(monitor.handoffs[batch].worker),
                        where: { $0.holder == .batch(batch) })
                }
                withManager { move(item, &monitor, &$0) }
            }
            return true
        }
    }

    /// Gives up batches that are undecided for ESCALATION_TIMEOUT (9).
    package func watchHandoffs() {
        withMonitor { monitor in
            let now = environment.now()
            for batch in monitor.handoffs.indices
            where monitor.handoffs[batch].phase == .claiming || monitor.handoffs[batch].phase == .offering {
                if now &- monitor.handoffs[batch].since >= monitor.knobs.escalationTimeout {
                    monitor.handoffs[batch].abort(batch: batch, environment)
                }
            }
        }
    }

    /// One step of the Monitor about one slot.
    ///
    /// - Returns: whether anything changed.
    package func stepMonitor(_ slot: SlotID) -> Bool {
        withMonitor { monitor in
            guard monitor[slot].phase != .none else { return false }
            return monitor.step(slot, { withManager($0) }, environment)
        }
    }

    /// Drops the oldest frame of the Monitor's waiting queue while it is as deep as DROP_THRESHOLD.
    package func applyDropThreshold() -> Bool {
        withMonitor { monitor in
            withManager { manager in
                guard let slot = monitor.dropCandidate(manager, environment) else { return false }
                manager.dropFrame(
                    Int(manager.raw[slot].session), manager.raw[slot].frame, .overload, environment)
                return true
            }
        }
    }

    /// One decision of the SessionManager.
    package func decide() -> Bool {
        withScheduler { scheduler, manager in manager.decide(&scheduler, environment) }
    }

    /// Frees the name of a given-up worker once nobody refers to it.
    package func reap(_ worker: Holder) -> Bool {
        withAll { monitor, scheduler, manager in
            guard scheduler.workers[worker.index].status == .detached, manager.quiescent.contains(worker),
                !monitor.handoffs.contains(where: { $0.phase != .unused && $0.worker == worker.index }),
                !manager.isNamed(worker, environment)
            else { return false }
            scheduler.workers[worker.index].status = .absent
            return true
        }
    }

    /// Everything the supervisor does at one moment, until nothing is left to do.
    ///
    /// - Returns: when it should look again if nothing happens before.
    package func supervise() -> UInt64 {
        while let worker = withScheduler({ scheduler, _ in scheduler.checkHearts(environment) }) {
            detach(.worker(worker))
        }
        watchHandoffs()
        var isBusy = true
        while isBusy {
            isBusy = false
            for batch in 0..<batches {
                while stepHandoff(batch) { isBusy = true }
            }
            for index in 0..<configuration.rawSlots where stepMonitor(.raw(index)) { isBusy = true }
            for index in 0..<configuration.imageSlots where stepMonitor(.image(index)) { isBusy = true }
            while applyDropThreshold() { isBusy = true }
            withManager { $0.expire(environment) }
            while decide() { isBusy = true }
        }
        for index in 0..<workerNames { _ = reap(.worker(index)) }
        return withAll { monitor, scheduler, manager in
            scheduler.nextSupervision = min(monitor.nextDue(), scheduler.nextCheck(), manager.nextDeadline())
            return scheduler.nextSupervision
        }
    }
}
