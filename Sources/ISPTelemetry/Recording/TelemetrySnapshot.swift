// What the recorder knew at one moment, as plain values.

import ISPRuntime

/// The counters and histograms of a ``Telemetry`` at one moment.
public struct TelemetrySnapshot: Sendable {
    /// Whether transitions were counted; if not, their counters are zero.
    public let recordsTransitions: Bool

    let kinds: [UInt64]
    let items: [UInt64]
    let outcomes: [UInt64]
    let transitions: [UInt64]
    let latencies: [LatencyHistogram]

    /// How many events of a kind there were.
    public func count(_ kind: EventKind) -> UInt64 { kinds[Int(kind.rawValue)] }

    /// How many items the events of a kind were about; zero for kinds whose value does not count items.
    public func items(_ kind: EventKind) -> UInt64 { items[Int(kind.rawValue)] }

    /// How many frames ended so.
    public func frames(_ outcome: Outcome) -> UInt64 { outcomes[Int(outcome.code)] }

    /// How often a row of the transition table was taken.
    public func count(_ transition: Transition) -> UInt64 { transitions[Int(transition.rawValue)] }

    /// The distribution of a latency.
    public func histogram(_ latency: Latency) -> LatencyHistogram { latencies[Int(latency.rawValue)] }
}
