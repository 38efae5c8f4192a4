// A thread that drains an event log, for owners who have none to spare.

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Drains a log on a thread of its own, until ``stop()``.
///
/// A reader that takes nothing only holds up this thread; events that find the rings full are lost and counted.
public final class EventLogWriter: Sendable {
    private let task: WriterTask
    private let thread: LogMutex<pthread_t?>

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - log: the log it drains, and closes in the end.
    ///   - milliseconds: the pause between two drains, 1 to 1000.
    ///   - onFailure: told once, on that thread, when writing fails.
    /// - Throws: ``EventLogError/thread(_:)``.
    public init(
        _ log: EventLog, every milliseconds: Int = 10, onFailure: @escaping @Sendable (EventLogError) -> Void = { _ in }
    ) throws(EventLogError) {
        precondition((1...1000).contains(milliseconds), "a drain every \(milliseconds) ms; use 1 to 1000")
        let task = try WriterTask(log, pause: Int32(milliseconds), onFailure)
        thread = LogMutex(try task.start())
        self.task = task
    }

    deinit { stop() }

    /// Writes what is left, closes the log and ends the thread. A reader that takes nothing is waited for at most one
    /// second. Safe to call again.
    public func stop() {
        let ended = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let ended else { return }
        task.askToStop()
        pthread_join(ended, nil)
    }
}

/// What the thread does. It holds this and not the writer, so that a forgotten writer still ends its thread.
private final class WriterTask: Sendable {
    private let log: EventLog
    private let pause: Int32
    private let onFailure: @Sendable (EventLogError) -> Void
    /// A pipe that becomes readable when the thread is asked to stop: its pauses wait for that.
    private let reading: Int32
    private let writing: Int32

    init(
        _ log: EventLog, pause: Int32, _ onFailure: @escaping @Sendable (EventLogError) -> Void
    ) throws(EventLogError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .thread(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.log = log
        self.pause = pause
        self.onFailure = onFailure
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    func askToStop() {
        var byte: UInt8 = 0
        while write(writing, &byte, 1) < 0 && errno == EINTR {}
    }

    /// Starts the thread with all signals blocked: they are for the threads of the program.
    func start() throws(EventLogError) -> pthread_t? {
        var all = sigset_t()
        var old = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
        let context = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(&thread, nil, { WriterTask.main($0) }, context.toOpaque())
        #else
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { $0.flatMap { WriterTask.main($0) } }, context.toOpaque())
        #endif
        guard code == 0 else {
            context.release()
            throw .thread(code)
        }
        return thread
    }

    private static func main(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<WriterTask>.fromOpaque(context).takeRetainedValue().run()
        return nil
    }

    private func run() {
        do {
            // A descriptor without room costs a drain nothing but the next pause.
            repeat { try log.drain(waiting: 0) } while !isAskedToStop()
            try log.close()
        } catch {
            onFailure(error)
        }
    }

    /// Pauses; says whether the thread shall end.
    private func isAskedToStop() -> Bool {
        var request = pollfd(descriptor: reading, events: Int16(POLLIN))
        return poll(&request, 1, pause) > 0
    }
}
