// A session of the runtime as its user holds it.

/// One stream: its sources publish into it, its sinks receive every answer in submission order.
public struct RuntimeSession: Sendable {
    let runtime: Runtime
    /// Its number, as it stands in events and deliveries.
    public let number: Int
    /// Which session under that number it is.
    private let serial: UInt64

    init(_ runtime: Runtime, _ number: Int) {
        self.runtime = runtime
        self.number = number
        serial = runtime.core.withManager { $0.sessions[number].serial }
    }

    /// A source for this session; nil when there are too many.
    public func makeSource(_ policy: SourcePort.Policy = .wait) -> SourcePort? {
        runtime.takeSourceName().map { name in
            runtime.record(Event(.sourceAttached, session: number, frame: 0, holder: name, value: policy.code))
            return SourcePort(self, name, policy)
        }
    }

    /// A sink for this session: receives every answer from now on. Nil when there are too many.
    public func makeSink() -> SinkPort? {
        guard isOpen else { return nil }
        return runtime.core.withManager { $0.openSink(session: number) }.map { SinkPort(self, $0) }
    }

    /// Makes `settings` the snapshot of the frames submitted from now on.
    ///
    /// Snapshots are numbered upwards; a job looks one up by the number in the frame's envelope.
    ///
    /// - Returns: false when too many commands are under way: try again; or when the number is not higher than the last.
    public func setSettings(_ settings: UInt32) -> Bool {
        isOpen && runtime.core.setSettings(session: number, settings)
    }

    /// Sends a command to one worker; it takes effect once.
    ///
    /// - Returns: false when too many commands are under way; try again.
    public func submit(_ payload: UInt64) -> Bool {
        isOpen && runtime.core.submit(Command(type: .custom, session: number, payload: payload))
    }

    /// Begins a new epoch: when this returns, every frame submitted before is answered and its answer is with the sinks.
    public func flush() { if isOpen { runtime.core.flush(session: number) } }

    /// Waits until every submitted frame is answered.
    ///
    /// - Returns: false when `deadline`, in nanoseconds of ``MonotonicClock``, came first.
    public func finish(until deadline: UInt64 = .max) -> Bool {
        while true {
            let ticket = runtime.core.environment.answers.prepare()
            if runtime.core.withManager({ $0.sessions[number].serial != serial || $0.sessions[number].outstanding == 0 }
            ) {
                return true
            }
            if !runtime.core.environment.answers.wait(ticket, until: deadline) { return false }
        }
    }

    /// Answers what is unanswered and closes the session.
    public func close() {
        guard isOpen else { return }
        runtime.core.beginStop(session: number)
        runtime.core.endStop(session: number)
        runtime.core.environment.wake([.sources, .sinks])
    }

    /// Whether it takes frames.
    public var isOpen: Bool {
        runtime.core.withManager {
            $0.sessions[number].serial == serial && $0.sessions[number].isOpen && !$0.sessions[number].isStopping
        }
    }
}
