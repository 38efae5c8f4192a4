// One row of the table of metrics.

import ISPRuntime

/// A metric family: what it is called, what it counts, and what the contract and the event log call the same thing.
public struct MetricRow: Sendable {
    /// The types of the text format that are used here.
    public enum MetricType: String, Sendable {
        case counter, gauge, histogram
    }

    /// Where the values come from.
    enum Source: Sendable {
        /// Events of a kind.
        case events(EventKind)
        /// Items that events of a kind were about.
        case items(EventKind)
        /// Frames by outcome and reason.
        case frames
        /// Transitions by row.
        case transitions
        case latency(Latency)
        /// What the event log lost.
        case eventsLost
        /// The program, see ``GaugeSample``.
        case caller
    }

    /// The name, with prefix, base unit and, for counters, `_total`.
    public let name: String
    /// Counter, gauge or histogram.
    public let type: MetricType
    /// The labels of its samples.
    public let labels: [String]
    /// What it is, one sentence without its full stop.
    public let description: String
    /// The name the runtime's contract has for it, to the letter.
    public let foundingName: String?

    let source: Source

    init(
        _ name: String, type: MetricType = .counter, labels: [String] = [], _ description: String,
        founding foundingName: String? = nil, from source: Source
    ) {
        self.name = "softisp_" + name
        self.type = type
        self.labels = labels
        self.description = description
        self.foundingName = foundingName
        self.source = source
    }

    /// The kind of event it is made from, nil for what is not made from events.
    public var event: EventKind? {
        switch source {
        case .events(let kind), .items(let kind): kind
        case .frames: .frameAnswered
        case .transitions: .transition
        case .latency(let latency): latency.event
        case .eventsLost, .caller: nil
        }
    }

    /// The help text of the exposition: the description and the founding name.
    public var help: String { foundingName.map { "\(description) (\($0))." } ?? "\(description)." }
}
