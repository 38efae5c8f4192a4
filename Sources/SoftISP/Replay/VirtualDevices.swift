// Devices and sinks in a virtual run.

import ISPRuntime

/// A device: what it was asked for and has not answered, by the number of the request.
struct VirtualDevice {
    struct Request {
        let ticket: AllocTicket
        let isTwice: Bool
    }

    var requests: [Int: Request] = [:]
}

/// A sink: takes what it gets at once, but where it stood still in the recording.
struct VirtualSink {
    let session: Int
    let name: Holder
    /// Its name in the recording.
    let original: Holder
    /// What it holds while it stands still.
    var held: Delivery?
    var isStill = false
}

extension VirtualRun {
    // MARK: Devices

    /// Asks a device, which answers at a moment unless something goes wrong with it.
    func ask(device: Int, _ ticket: AllocTicket, _ mark: FaultMark?, at due: UInt64) {
        requests += 1
        devices[device, default: VirtualDevice()].requests[requests] = VirtualDevice.Request(
            ticket: ticket, isTwice: mark?.kind == .deviceDuplicate)
        var due = max(due, environment.clock)
        switch mark?.kind {
        case .deviceNever: return agenda.add(.reset(device: device), at: after(mark?.duration ?? 0))
        case .deviceLate: due = due.addingReportingOverflow(mark?.duration ?? 0).partialValue
        default: break
        }
        agenda.add(.deviceAnswers(requests), at: due)
    }

    /// A device answers a request, unless it was reset meanwhile.
    func answer(_ request: Int) {
        for device in devices.keys {
            guard let asked = devices[device]?.requests.removeValue(forKey: request) else { continue }
            _ = core.hardwareDone(asked.ticket)
            if asked.isTwice { _ = core.hardwareDone(asked.ticket) }
            hardwareChanged = true
        }
    }

    /// A device is reset: it touches nothing it was asked for before.
    func reset(_ device: Int) {
        let reset = core.beginReset(device: device)
        devices[device]?.requests.removeAll()
        core.endReset(reset)
        hardwareChanged = true
    }

    // MARK: Sinks

    /// Takes what waits for a sink, until it stands still.
    func receive(_ index: Int) {
        while !sinks[index].isStill, let delivery = core.take(sink: sinks[index].name) {
            guard let mark = stall(sinks[index], delivery).map(lasting) else {
                release(index, delivery)
                continue
            }
            note(mark, session: delivery.session, frame: delivery.frame, holder: sinks[index].name)
            sinks[index].isStill = true
            sinks[index].held = delivery
            agenda.add(.sink(index), at: after(mark.duration))
        }
    }

    /// A sink goes on.
    func endStall(_ index: Int) {
        if let delivery = sinks[index].held { release(index, delivery) }
        sinks[index].held = nil
        sinks[index].isStill = false
        receive(index)
    }

    private func release(_ index: Int, _ delivery: Delivery) {
        if let image = delivery.image { core.release(sink: sinks[index].name, image: image) }
    }

    /// What made a sink stand still at one of these frames.
    private func stall(_ sink: VirtualSink, _ delivery: Delivery) -> FaultMark? {
        for number in delivery.frame..<delivery.frame + delivery.count {
            let place = places[delivery.session][Int(number)]
            let stalls = recording.sessions[delivery.session].frames[place].stalls
            if let mark = stalls.first(where: { $0.sink == sink.original })?.mark { return mark }
        }
        return nil
    }
}
