// Writing to a descriptor without being killed by it and without waiting longer than asked.

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A file descriptor that is written to; it is not closed.
struct DescriptorWriter {
    let descriptor: Int32

    /// How a write ended.
    enum Answer: Equatable {
        /// So many bytes were taken; 0 when the descriptor took nothing in time.
        case taken(Int)
        case failed(Int32)
    }

    /// What a pipe that reports room takes without blocking (POSIX's PIPE_BUF is 4096 on Linux, 512 on macOS).
    private static let chunk = Int(PIPE_BUF)

    /// Writes as much as the descriptor takes at once, a bounded amount.
    ///
    /// - Parameter milliseconds: how long it may show no room.
    func write(_ bytes: UnsafeRawBufferPointer, waiting milliseconds: Int32) -> Answer {
        // A poll overlooks negative descriptors instead of refusing them.
        guard descriptor >= 0 else { return .failed(EBADF) }
        guard hasRoom(waiting: milliseconds) else { return .taken(0) }
        let count = min(bytes.count, Self.chunk)
        while true {
            let (taken, code) = withoutSignals { systemWrite(descriptor, bytes.baseAddress, count) }
            if taken >= 0 { return .taken(taken) }
            switch code {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .taken(0)
            default: return .failed(code)
            }
        }
    }

    /// Whether a write would say something: take bytes, or fail.
    private func hasRoom(waiting milliseconds: Int32) -> Bool {
        var request = pollfd(descriptor: descriptor, events: Int16(POLLOUT))
        while true {
            let answered = poll(&request, 1, milliseconds)
            if answered >= 0 || errno != EINTR { return answered != 0 }
        }
    }

    /// Runs `call` so that a closed pipe shows as `EPIPE` and a file-size limit as `EFBIG`, not as `SIGPIPE` or `SIGXFSZ`.
    ///
    /// What a signal does in the whole process is not a library's to change. So both are blocked in this thread alone, and
    /// the one the call raised is taken away; one that was pending before stays pending.
    private func withoutSignals(_ call: () -> Int) -> (Int, Int32) {
        var guarded = sigset_t()
        var old = sigset_t()
        var before = sigset_t()
        sigemptyset(&guarded)
        sigaddset(&guarded, SIGPIPE)
        sigaddset(&guarded, SIGXFSZ)
        pthread_sigmask(SIG_BLOCK, &guarded, &old)
        sigpending(&before)
        let result = call()
        let code = errno
        for signal in [SIGPIPE, SIGXFSZ] where sigismember(&before, signal) == 0 { takeAway(signal) }
        pthread_sigmask(SIG_SETMASK, &old, nil)
        return (result, code)
    }

    private func takeAway(_ signal: Int32) {
        var now = sigset_t()
        sigpending(&now)
        guard sigismember(&now, signal) == 1 else { return }
        var one = sigset_t()
        var caught: Int32 = 0
        sigemptyset(&one)
        sigaddset(&one, signal)
        sigwait(&one, &caught)
    }
}

extension pollfd {
    /// A question about one descriptor.
    init(descriptor: Int32, events: Int16) { self.init(fd: descriptor, events: events, revents: 0) }
}

/// The system call, where a method has the same name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
