// Where frames come in: a free slot, filled in place, published.

import CRuntime
import Synchronization

/// A source of a session. Used by one thread.
public final class SourcePort: Sendable {
    /// What happens when there is no free slot.
    public enum Policy: Sendable, Hashable {
        /// Wait for one: files.
        case wait
        /// Drop the oldest frame nobody has started: live pictures, the newest counts.
        case newestWins
        /// Drop the new frame: live pictures, what was begun is finished.
        case strict

        /// The number in ``EventKind/sourceAttached``.
        package var code: UInt64 {
            switch self {
            case .wait: 0
            case .newestWins: 1
            case .strict: 2
            }
        }

        /// The policy of a number.
        package init?(code: UInt64) {
            switch code {
            case Self.wait.code: self = .wait
            case Self.newestWins.code: self = .newestWins
            case Self.strict.code: self = .strict
            default: return nil
            }
        }
    }

    let session: RuntimeSession
    /// Its name in tokens and events.
    public let name: Holder
    private let policy: Policy
    private let allocated = Atomic<UInt64>(0)

    init(_ session: RuntimeSession, _ name: Holder, _ policy: Policy) {
        self.session = session
        self.name = name
        self.policy = policy
    }

    deinit { session.runtime.retireSource(name) }

    private var core: RuntimeCore<LiveEnvironment> { session.runtime.core }

    /// A free slot to fill.
    ///
    /// - Parameters:
    ///   - request: of the frame it is for: where the policy drops that frame, it is submitted and answered as dropped.
    ///   - deadline: until when to wait, with the policy `wait`.
    /// - Returns: nil when the frame was dropped, the deadline came, or the session is closed.
    public func allocate(_ request: FrameRequest = FrameRequest(), until deadline: UInt64 = .max) -> RawSlot? {
        while true {
            let ticket = core.environment.sources.prepare()
            if let slot = tryAllocate() { return RawSlot(self, slot) }
            guard session.isOpen, core.environment.load(.detachedSource(name.index)) == 0 else { return nil }
            switch policy {
            case .wait:
                if !core.environment.sources.wait(ticket, until: deadline) { return nil }
            case .newestWins:
                if core.dropOldestQueued(session: session.number) { continue }
                _ = core.submitDropped(session: session.number, request, .backpressure)
                return nil
            case .strict:
                _ = core.submitDropped(session: session.number, request, .backpressure)
                return nil
            }
        }
    }

    /// A frame of which there will be no picture: it gets its number and its answer, so that the gap has a reason.
    ///
    /// - Returns: its number; nil when the session is closed or its answer window full, which is told as
    ///   ``EventKind/frameRefused``.
    @discardableResult
    public func drop(_ request: FrameRequest = FrameRequest(), _ reason: DropReason) -> UInt64? {
        session.isOpen ? core.submitDropped(session: session.number, request, reason) : nil
    }

    private func tryAllocate() -> Int? {
        // A session may not hold more than its share of the slots.
        let out = allocated.load(ordering: .relaxed) &- core.environment.load(.returned(name.index))
        guard out < UInt64(core.configuration.rawShare) else { return nil }
        let position = Int(softisp_current_core()) % core.configuration.cores
        guard let slot = core.allocate(source: name, core: position) else { return nil }
        allocated.wrappingAdd(1, ordering: .relaxed)
        return slot
    }

    fileprivate func publish(_ slot: Int, _ request: FrameRequest) -> UInt64? {
        guard session.isOpen else {
            cancel(slot)
            return nil
        }
        while true {
            let ticket = core.environment.sources.prepare()
            switch core.publish(slot, source: name, session: session.number, request) {
            case .published(let frame): return frame
            case .revoked: return nil
            case .closed:
                cancel(slot)
                return nil
            case .noWorker, .windowFull:
                if policy == .wait, core.withScheduler({ scheduler, _ in scheduler.expectsWorkers }) {
                    core.environment.sources.wait(ticket, until: MonotonicClock.now() &+ 100_000_000)
                    continue
                }
                _ = core.submitDropped(session: session.number, request, .noWorker)
                cancel(slot)
                return nil
            case .hardwareInUse:
                // Nobody may read what a device still writes: it is not published, and returns when the device is done.
                cancel(slot)
                return nil
            }
        }
    }

    /// Gives an unpublished slot back, or leaves it to the device that still uses it.
    fileprivate func cancel(_ slot: Int) {
        if !core.cancel(slot, source: name) { _ = core.giveUpCapture(slot, source: name) }
    }

    fileprivate func giveUp(_ slot: Int) { _ = core.giveUpCapture(slot, source: name) }

    fileprivate func submit(_ slot: Int, device: Int) -> AllocTicket? {
        let word = core.environment.load(.raw(slot))
        return core.submitHardware(
            .raw(slot), holder: name, epoch: word.epoch, attempt: 0, sessionEpoch: 0, device: device)
    }

    fileprivate func submitted(_ ticket: AllocTicket) { core.submissionReturned(ticket) }

    fileprivate func payload(_ slot: Int) -> UnsafeMutableRawBufferPointer {
        core.environment.arena.payload(.raw(slot))
    }

    fileprivate func waitForDevice(_ slot: Int, until deadline: UInt64) -> Bool {
        while true {
            let ticket = core.environment.hardware.prepare()
            if core.environment.load(.raw(slot)).hardware != .inUse { return true }
            if !core.environment.hardware.wait(ticket, until: deadline) { return false }
        }
    }

    /// The source failed: it gets no more slots, and those it has return once it does not write any more.
    ///
    /// - Parameter isGone: whether its thread has returned. If not, call ``confirmGone()`` when it has.
    public func detach(isGone: Bool) {
        core.detachSource(name)
        if isGone { confirmGone() }
        core.environment.wake([.supervisor, .sources])
    }

    /// The source's thread has returned.
    public func confirmGone() { core.becomeQuiescent(name) }
}

/// A free slot in a source's hands. Publish it or cancel it, once; dropped without either, it is cancelled.
public struct RawSlot: ~Copyable {
    private let port: SourcePort
    /// The slot's number.
    public let number: Int
    /// Whether it was neither published nor given back.
    private var isOwned = true

    fileprivate init(_ port: SourcePort, _ number: Int) {
        self.port = port
        self.number = number
    }

    deinit { if isOwned { port.cancel(number) } }

    /// Where the frame goes.
    public var payload: UnsafeMutableRawBufferPointer { port.payload(number) }

    /// Says that a device is about to fill it.
    ///
    /// - Returns: the ticket the device must answer with.
    public func submit(device: Int) -> AllocTicket? { port.submit(number, device: device) }

    /// The call that asked the device has returned.
    public func submitted(_ ticket: AllocTicket) { port.submitted(ticket) }

    /// Waits until no device fills it.
    ///
    /// - Returns: false when `deadline` came first: give it up.
    public func waitForDevice(until deadline: UInt64) -> Bool { port.waitForDevice(number, until: deadline) }

    /// Publishes the filled slot.
    ///
    /// - Returns: the frame's number in its session, nil when the session is closed or the frame was dropped.
    @discardableResult
    public consuming func publish(_ request: FrameRequest = FrameRequest()) -> UInt64? {
        isOwned = false
        return port.publish(number, request)
    }

    /// Gives it back empty.
    public consuming func cancel() {
        isOwned = false
        port.cancel(number)
    }

    /// Leaves it to a device that does not answer; it returns when the device does, or is reset.
    public consuming func giveUp() {
        isOwned = false
        port.giveUp(number)
    }
}
