// Outcomes and their delivery in submission order (I5, I11), and what ends frames from outside: deadlines, flush, stop.

extension SessionManager {
    /// Gives a frame its outcome, once, and delivers what has its turn.
    ///
    /// - Parameter image: its picture, whose delivery lease passes to the session.
    package mutating func answer(
        _ index: Int, _ frame: UInt64, _ outcome: Outcome, image: Int?, _ environment: some RuntimeEnvironment
    ) {
        precondition(sessions[index][frame].outcome == nil, "frame \(frame) of session \(index) has an outcome already")
        let now = environment.now()
        sessions[index][frame].outcome = outcome
        sessions[index][frame].imageSlot = Int16(image ?? -1)
        sessions[index][frame].finished = now
        switch outcome {
        case .done: counts.done += 1
        case .error: counts.error += 1
        case .dropped(let reason): counts.dropped[Int(reason.rawValue)] += 1
        }
        var event = Event(
            .frameAnswered, session: index, frame: frame, value: now &- sessions[index][frame].submitted)
        event.outcome = outcome
        environment.record(event)
        deliver(index, environment)
    }

    /// Hands answers to the sinks as long as the oldest frame has one.
    private mutating func deliver(_ index: Int, _ environment: some RuntimeEnvironment) {
        var isDelivered = false
        while sessions[index].nextDelivery < sessions[index].nextFrame {
            let frame = sessions[index].nextDelivery
            let record = sessions[index][frame]
            guard let outcome = record.outcome else { break }
            var sinks = sessions[index].sinks
            while let sink = sinks.first {
                sinks.remove(sink)
                hand(record, outcome, frame: frame, session: index, to: sink, environment)
            }
            sessions[index].nextDelivery += 1
            counts.delivered += 1
            isDelivered = true
            environment.record(
                Event(
                    .frameDelivered, session: index, frame: frame,
                    value: environment.now() &- record.submitted))
            if record.imageSlot >= 0 { endDeliveryLease(Int(record.imageSlot), environment) }
        }
        guard isDelivered else { return }
        environment.wake([.sinks, .answers, .sources])
        // The oldest frame is another one now: it may take the last image slot of the share.
        wakeStarved(environment)
    }

    private mutating func hand(
        _ record: FrameRecord, _ outcome: Outcome, frame: UInt64, session: Int, to sink: Holder,
        _ environment: some RuntimeEnvironment
    ) {
        let image = Int(record.imageSlot)
        if image >= 0 {
            guard environment.move(.image(image), .join, where: { $0.state == .accepted }) != nil else {
                preconditionFailure(
                    "image slot \(image) is not the SessionManager's: \(environment.load(.image(image)))")
            }
            self.image[image].leases.insert(sink)
            sinks[sink.index].held += 1
        } else if sinks[sink.index].inbox.count >= Self.separateAnswers {
            // A slow sink: put runs of gaps together, so that its inbox holds whatever may come.
            let last = sinks[sink.index].inbox.count - 1
            if sinks[sink.index].inbox[last].image == nil,
                sinks[sink.index].inbox[last].frame + sinks[sink.index].inbox[last].count == frame
            {
                sinks[sink.index].inbox[last].count += 1
                if sinks[sink.index].inbox[last].outcome != .error { sinks[sink.index].inbox[last].outcome = outcome }
                return
            }
        }
        sinks[sink.index].inbox.append(
            Delivery(
                session: session, frame: frame, count: 1, outcome: outcome, image: image >= 0 ? image : nil,
                settings: record.settings, attempt: Int(record.attempt), sessionEpoch: record.sessionEpoch,
                captured: record.captured, submitted: record.submitted, finished: record.finished))
    }

    /// The next answer for a sink. Its picture, if it has one, is the sink's until ``release(sink:image:_:)``.
    package mutating func take(sink: Holder) -> Delivery? {
        sinks[sink.index].inbox.popFirst()
    }

    /// A sink is through with a picture.
    ///
    /// - Returns: false when it did not hold it.
    @discardableResult
    package mutating func release(sink: Holder, image index: Int, _ environment: some RuntimeEnvironment) -> Bool {
        guard image[index].leases.contains(sink) else { return false }
        sinks[sink.index].held -= 1
        endLease(.image(index), sink, environment)
        return true
    }

    /// A sink receives nothing more; what waits for it is released. Pictures it still holds stay held until it releases
    /// them or is confirmed gone.
    package mutating func closeSink(_ sink: Holder, _ environment: some RuntimeEnvironment) {
        guard sinks[sink.index].isOpen else { return }
        sinks[sink.index].isOpen = false
        sessions[Int(sinks[sink.index].session)].sinks.remove(sink)
        while let delivery = take(sink: sink) {
            if let image = delivery.image { release(sink: sink, image: image, environment) }
        }
    }

    /// Answers a frame that is on its way as dropped. A queued one gives its slot back at once (5b); what runs, or is with
    /// Scheduler or Monitor, gives it back when it comes here.
    package mutating func dropFrame(
        _ index: Int, _ frame: UInt64, _ reason: DropReason, _ environment: some RuntimeEnvironment
    ) {
        let slot = Int(sessions[index][frame].rawSlot)
        let order = sessions[index][frame].order
        answer(index, frame, .dropped(reason), image: nil, environment)
        guard slot >= 0, raw[slot].isPublished, raw[slot].order == order else { return }
        if environment.move(.raw(slot), .drop) != nil { returnRaw(slot, environment) }
    }

    /// Whether a frame waits in a worker's queue and nobody has started it.
    private func isQueued(_ index: Int, _ frame: UInt64, _ environment: some RuntimeEnvironment) -> Bool {
        let slot = Int(sessions[index][frame].rawSlot)
        return sessions[index][frame].outcome == nil && slot >= 0 && environment.load(.raw(slot)).state == .queued
    }

    /// Drops the session's oldest frame that nobody has started, to make room for a newer one.
    package mutating func dropOldestQueued(session index: Int, _ environment: some RuntimeEnvironment) -> Bool {
        var frame = sessions[index].nextDelivery
        while frame < sessions[index].nextFrame {
            if isQueued(index, frame, environment) {
                dropFrame(index, frame, .backpressure, environment)
                return true
            }
            frame += 1
        }
        return false
    }

    /// Answers what is past its deadline; delivery goes on behind the gap.
    package mutating func expire(_ environment: some RuntimeEnvironment) {
        let now = environment.now()
        for index in sessions.indices {
            var frame = sessions[index].nextDelivery
            while frame < sessions[index].nextFrame {
                if sessions[index][frame].outcome == nil, sessions[index][frame].deadline <= now {
                    dropFrame(index, frame, .deadline, environment)
                }
                frame += 1
            }
        }
    }

    /// When the next deadline is, `UInt64.max` for never.
    package func nextDeadline() -> UInt64 {
        var earliest = UInt64.max
        for session in sessions {
            var frame = session.nextDelivery
            while frame < session.nextFrame {
                if session[frame].outcome == nil { earliest = min(earliest, session[frame].deadline) }
                frame += 1
            }
        }
        return earliest
    }

    /// Answers every frame of a session that has no outcome yet, and delivers the answers.
    ///
    /// - Parameter onlyQueued: leaves alone what a worker has in hand.
    package mutating func dropAll(
        session index: Int, _ reason: DropReason, onlyQueued: Bool = false, _ environment: some RuntimeEnvironment
    ) {
        var frame = sessions[index].nextDelivery
        while frame < sessions[index].nextFrame {
            if sessions[index][frame].outcome == nil, !onlyQueued || isQueued(index, frame, environment) {
                dropFrame(index, frame, reason, environment)
            }
            frame += 1
        }
    }

    /// Begins a new epoch of a session: every frame of the old one is answered, and its answer delivered, when this
    /// returns. Slots come back when whoever has them lets go.
    package mutating func flush(session index: Int, _ environment: some RuntimeEnvironment) {
        dropAll(session: index, .flush, environment)
        precondition(sessions[index].outstanding == 0, "a flush left frames undelivered")
        sessions[index].epoch &+= 1
        environment.record(Event(.sessionFlushed, session: index, frame: 0, value: UInt64(sessions[index].epoch)))
    }
}
