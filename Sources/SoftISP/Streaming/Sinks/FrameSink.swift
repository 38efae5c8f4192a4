// Where the results of a stream go: files, pipes, whatever takes frames one after another.

import ISPImaging
import ISPRuntime

/// Takes the results of a stream, in order, on a thread of its own. A new sink is one file with a type that conforms to
/// this.
public protocol FrameSink: AnyObject, Sendable {
    /// Takes one result; while it does, the next ones wait.
    /// - Throws: `ISPError` where it can take no more: the stream ends then.
    func take(_ result: FrameResult) throws(ISPError)

    /// The stream has ended; called once, unless the sink failed before.
    /// - Throws: `ISPError` where what was taken could not be finished.
    func finish() throws(ISPError)
}

/// The thread of a sink.
final class SinkLoop: @unchecked Sendable {
    // Sendable: the state is within the lock.
    private let sink: any FrameSink
    private let port: SinkPort
    private let stream: Stream
    private let injector: FaultInjector?
    private let session: Int
    private let onFailure: @Sendable () -> Void
    private let lock = Lock()
    private let end = Latch()
    private var error: ISPError?

    init(
        _ sink: any FrameSink, _ port: SinkPort, _ stream: Stream, _ injector: FaultInjector?, session: Int,
        onFailure: @escaping @Sendable () -> Void
    ) throws(RuntimeError) {
        self.sink = sink
        self.port = port
        self.stream = stream
        self.injector = injector
        self.session = session
        self.onFailure = onFailure
        try startThread { [self] in
            do throws(ISPError) {
                try run()
                try sink.finish()
            } catch {
                lock.withLock { self.error = error }
                port.close()
                onFailure()
            }
            end.open()
        }
    }

    private func run() throws(ISPError) {
        while let answer = port.receive() {
            if let injector,
                let duration = injector.strike(
                    .sinkStall, session: session, frame: answer.delivery.frame, holder: port.name)
            {
                let parking = EventCount()
                parking.wait(parking.prepare(), until: MonotonicClock.now() &+ duration)
            }
            try sink.take(FrameResult(answer, stream))
        }
    }

    /// What ended the sink.
    var failure: ISPError? { lock.withLock { error } }

    /// Waits until the sink has taken and finished everything.
    ///
    /// - Returns: false when `deadline` came first.
    func waitUntilEnded(until deadline: UInt64 = .max) -> Bool { end.wait(until: deadline) }
}
