// The results of a stream as an AsyncSequence. Receiving waits on a thread of its own, not on one of the pool's.

import ISPRuntime

/// The answers of a stream, in order.
///
/// A slow receiver holds up its stream and nothing else: a file source waits, a live one drops frames with the reason
/// `backpressure`. Cancelling the task that receives ends the sequence.
public struct ResultSequence: AsyncSequence, Sendable {
    private let receiver: Receiver

    init(_ port: SinkPort, _ stream: Stream) throws(RuntimeError) { receiver = Receiver(try Mailbox(port, stream)) }

    /// Receives. Sequences share what comes: each answer goes to one receiver.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(receiver: receiver) }

    /// Ends the mailbox, whose thread would keep it, when nobody can ask it for anything any more.
    final class Receiver: Sendable {
        let mailbox: Mailbox
        init(_ mailbox: Mailbox) { self.mailbox = mailbox }
        deinit { mailbox.close() }
    }

    /// Receives one answer after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let receiver: Receiver

        /// The next answer, `nil` at the end of the stream.
        public mutating func next() async -> FrameResult? {
            let mailbox = receiver.mailbox
            return await withTaskCancellationHandler {
                await withCheckedContinuation { mailbox.request($0) }
            } onCancel: {
                mailbox.close()
            }
        }
    }

    /// Hands answers from the sink's thread to whoever asks, one at a time.
    final class Mailbox: @unchecked Sendable {
        // Sendable: the state is within the lock.
        private let lock = Lock()
        private let changed = EventCount()
        private let port: SinkPort
        private let stream: Stream
        private var requests: [CheckedContinuation<FrameResult?, Never>] = []
        private var hasEnded = false

        init(_ port: SinkPort, _ stream: Stream) throws(RuntimeError) {
            self.port = port
            self.stream = stream
            // The thread holds the mailbox until the stream is over.
            try startThread { [self] in run() }
        }

        func request(_ continuation: CheckedContinuation<FrameResult?, Never>) {
            let isOver = lock.withLock {
                if !hasEnded { requests.append(continuation) }
                return hasEnded
            }
            if isOver { continuation.resume(returning: nil) }
            changed.signal()
        }

        /// Nothing more is wanted.
        func close() {
            let waiting = lock.withLock {
                defer { requests = [] }
                hasEnded = true
                return requests
            }
            for continuation in waiting { continuation.resume(returning: nil) }
            changed.signal()
            port.close()
        }

        private func run() {
            while true {
                let ticket = changed.prepare()
                let (isWanted, ended) = lock.withLock { (!requests.isEmpty, hasEnded) }
                if ended { return }
                guard isWanted else {
                    changed.wait(ticket)
                    continue
                }
                // Back now and then: whoever closes can not wake it there.
                guard let answer = port.receive(until: MonotonicClock.now() &+ 50_000_000) else {
                    if port.hasEnded { close() }
                    continue
                }
                let continuation = lock.withLock { requests.isEmpty ? nil : requests.removeFirst() }
                continuation?.resume(returning: FrameResult(answer, stream))
            }
        }
    }
}
