// The latencies that are measured, each from the event that ends it.

import ISPRuntime

/// A span of a frame's life, from its submission on.
public enum Latency: UInt8, CaseIterable, Sendable {
    /// Until a worker starts the frame, once an attempt.
    case start
    /// Until the frame has its outcome.
    case answer
    /// Until its answer is handed to the sinks in its turn.
    case delivery

    /// The event that ends it; the event's value is its length in nanoseconds.
    public var event: EventKind {
        switch self {
        case .start: .frameStarted
        case .answer: .frameAnswered
        case .delivery: .frameDelivered
        }
    }
}
