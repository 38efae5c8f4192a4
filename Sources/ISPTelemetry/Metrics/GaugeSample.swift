// A value that the program hands in for the exposition.

/// One sample of a gauge. Those of the runtime have constructors of their own, such as ``waitingQueueDepth(_:)``.
public struct GaugeSample: Sendable, Equatable {
    /// The name, from `softisp_` on.
    public let name: String
    /// What it is, in a sentence; the first sample of a name decides.
    public let help: String
    /// What tells it from other samples of the same name.
    public let labels: [String: String]
    /// The value.
    public let value: Double

    /// A sample of a gauge of one's own.
    ///
    /// - Throws: ``MetricNameError`` when a name breaks the conventions, or a label would grow with every frame.
    public init(name: String, help: String, labels: [String: String] = [:], value: Double) throws(MetricNameError) {
        try MetricNames.checkGauge(name)
        for label in labels.keys.sorted() { try MetricNames.checkLabel(label) }
        self.init(unchecked: name, help, labels, value)
    }

    init(unchecked name: String, _ help: String, _ labels: [String: String], _ value: Double) {
        self.name = name
        self.help = help
        self.labels = labels
        self.value = value
    }
}
