// What can be wrong with what the runtime is asked for.

/// A request the runtime refuses. Every description says what to do.
public enum RuntimeError: Error, Equatable, Sendable {
    /// A knob is out of range, or two do not fit together.
    case invalidKnob(String)
    /// A size or count of the configuration can not be.
    case invalidConfiguration(String)
    /// The system refused memory or a thread.
    case system(String)
    /// The runtime or the session is stopped.
    case stopped
}

extension RuntimeError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
        case .invalidKnob(let text), .invalidConfiguration(let text), .system(let text): text
        case .stopped: "the session is stopped; open a new one"
        }
    }
}
