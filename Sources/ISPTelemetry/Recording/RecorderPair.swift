// Two recorders where the runtime takes one: the counters and a log, most often.

import ISPRuntime

/// Hands every event to two recorders. Pairs nest, for more than two.
public final class RecorderPair<First: EventRecorder, Second: EventRecorder>: EventRecorder {
    /// Hears every event first.
    public let first: First
    /// Hears it next.
    public let second: Second
    /// Whether one of the two wants transitions. The other does not hear them.
    public let recordsTransitions: Bool

    private let firstWantsTransitions: Bool
    private let secondWantsTransitions: Bool

    /// A recorder made of two.
    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
        firstWantsTransitions = first.recordsTransitions
        secondWantsTransitions = second.recordsTransitions
        recordsTransitions = firstWantsTransitions || secondWantsTransitions
    }

    /// Hands the event on.
    public func record(_ event: borrowing Event, shard: Int) {
        let isTransition = event.kind == .transition
        if !isTransition || firstWantsTransitions { first.record(event, shard: shard) }
        if !isTransition || secondWantsTransitions { second.record(event, shard: shard) }
    }
}
