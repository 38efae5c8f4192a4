// Where answers come out, in submission order.

/// A sink of a session. Used by one thread.
public final class SinkPort: Sendable {
    private let session: RuntimeSession
    /// Its name in tokens and events.
    public let name: Holder

    init(_ session: RuntimeSession, _ name: Holder) {
        self.session = session
        self.name = name
    }

    deinit { close() }

    private var core: RuntimeCore<LiveEnvironment> { session.runtime.core }

    /// Waits for the next answer.
    ///
    /// - Returns: nil when `deadline` came first, or the session is closed and everything was received.
    public func receive(until deadline: UInt64 = .max) -> Answer? {
        while true {
            let ticket = core.environment.sinks.prepare()
            if let delivery = core.take(sink: name) { return Answer(self, delivery) }
            if hasEnded { return nil }
            if !core.environment.sinks.wait(ticket, until: deadline) { return nil }
        }
    }

    /// Whether nothing comes any more: the session is closed and everything was received.
    public var hasEnded: Bool {
        core.withManager { $0.sinks[name.index].hasEnded && $0.sinks[name.index].inbox.isEmpty }
    }

    /// Receives nothing more; what waits for it is released.
    public func close() { core.withManager { $0.closeSink(name, core.environment) } }

    /// The sink's thread is gone: pictures it held are released.
    public func confirmGone() {
        close()
        core.becomeQuiescent(name)
    }

    fileprivate func release(_ image: Int) { core.release(sink: name, image: image) }

    fileprivate func payload(_ image: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(core.environment.arena.payload(.image(image)))
    }
}

/// A frame's answer in a sink's hands; its picture is the sink's until this value ends.
public struct Answer: ~Copyable, Sendable {
    private let port: SinkPort
    /// What was answered.
    public let delivery: Delivery

    fileprivate init(_ port: SinkPort, _ delivery: Delivery) {
        self.port = port
        self.delivery = delivery
    }

    deinit {
        if let image = delivery.image { port.release(image) }
    }

    /// The picture, nil without one.
    public var picture: UnsafeRawBufferPointer? { delivery.image.map(port.payload) }
}
