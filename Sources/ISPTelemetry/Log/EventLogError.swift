// What can go wrong with the event log.

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Why an event log ended, or did not begin.
public enum EventLogError: Error, Equatable, Sendable {
    /// The descriptor does not take what is written; with the error number of the system.
    case write(Int32)
    /// The system gave no thread or no pipe for the writer; with its error number.
    case thread(Int32)
}

extension EventLogError: CustomStringConvertible {
    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .write(EPIPE): "the event log ended: its reader closed the pipe; keep the reader running"
        case .write(ENOSPC), .write(EDQUOT):
            "the event log ended: the disk is full; free some space, then start it again"
        case .write(EFBIG): "the event log ended: the file grew beyond the allowed size; raise `ulimit -f`"
        case .write(EBADF):
            "the event log ended: its descriptor is not open for writing; open it first, and close it last"
        case .write(let code): "the event log ended: writing failed: \(text(code))"
        case .thread(let code):
            "the event log has no writer: \(text(code)); close some files or threads, or drain it yourself"
        }
    }

    private func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
