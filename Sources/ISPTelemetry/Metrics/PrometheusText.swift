// The metrics as text, for Prometheus to scrape.

import ISPRuntime

/// Makes the text exposition format 0.0.4 (Prometheus, "Exposition formats").
///
/// The order is always the same: the rows of ``TelemetryTable``, then gauges of the program's own by name; samples of a gauge
/// by their labels. Counters are there from the start, with zero, so that a rate can be taken from their first change on.
public enum PrometheusText {
    /// The media type to serve it with.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Upper bounds of the histograms' buckets, in nanoseconds: from well under a frame interval to well over a second.
    public static let bounds: [UInt64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000, 16_000_000, 33_000_000, 66_000_000,
        125_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 10_000_000_000,
    ]

    /// The exposition of one moment.
    ///
    /// - Parameters:
    ///   - telemetry: counters and histograms.
    ///   - eventsLost: what the event log lost, nil when there is none.
    ///   - gauges: what the program reads off the runtime. Of two samples with the same name and labels, the last counts.
    public static func render(
        _ telemetry: TelemetrySnapshot, eventsLost: UInt64? = nil, gauges: [GaugeSample] = []
    ) -> String {
        var page = ExpositionPage()
        let families = Dictionary(grouping: gauges, by: \.name)
        for row in TelemetryTable.rows {
            if row.type == .gauge {
                page.add(families[row.name] ?? [])
            } else {
                page.add(row, telemetry, eventsLost)
            }
        }
        let known = Set(TelemetryTable.gauges.map(\.name))
        for name in families.keys.sorted() where !known.contains(name) { page.add(families[name] ?? []) }
        return page.text
    }
}

extension ExpositionPage {
    /// A family made from the counters.
    fileprivate mutating func add(_ row: MetricRow, _ telemetry: TelemetrySnapshot, _ eventsLost: UInt64?) {
        switch row.source {
        case .events(let kind):
            open(row)
            sample(row.name, [], "\(telemetry.count(kind))")
        case .items(let kind):
            open(row)
            sample(row.name, [], "\(telemetry.items(kind))")
        case .frames:
            open(row)
            for outcome in Outcome.all {
                // An empty label is as good as none to Prometheus, and keeps the labels of all samples the same.
                let labels = [("outcome", outcome.name), ("reason", outcome.reason?.name ?? "")]
                sample(row.name, labels, "\(telemetry.frames(outcome))")
            }
        case .transitions:
            guard telemetry.recordsTransitions else { return }
            open(row)
            for transition in Transition.allCases {
                let labels = [("row", transition.number), ("transition", transition.name)]
                sample(row.name, labels, "\(telemetry.count(transition))")
            }
        case .latency(let latency):
            open(row)
            histogram(row.name, telemetry.histogram(latency))
        case .eventsLost:
            guard let eventsLost else { return }
            open(row)
            sample(row.name, [], "\(eventsLost)")
        case .caller: break
        }
    }

    /// A family of gauges; nothing when there is no sample.
    fileprivate mutating func add(_ gauges: [GaugeSample]) {
        guard let first = gauges.first else { return }
        open(first.name, help: first.help, type: MetricRow.MetricType.gauge.rawValue)
        var samples: [[String]: GaugeSample] = [:]
        for gauge in gauges { samples[gauge.labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }] = gauge }
        for key in samples.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let gauge = samples[key] else { continue }
            let labels = gauge.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            sample(gauge.name, labels, Self.number(gauge.value))
        }
    }

    private mutating func histogram(_ name: String, _ histogram: LatencyHistogram) {
        for bound in PrometheusText.bounds {
            sample(name + "_bucket", [("le", Self.seconds(bound))], "\(histogram.count(atMost: bound))")
        }
        sample(name + "_bucket", [("le", "+Inf")], "\(histogram.count)")
        sample(name + "_sum", [], Self.seconds(histogram.sum))
        sample(name + "_count", [], "\(histogram.count)")
    }

    private mutating func open(_ row: MetricRow) { open(row.name, help: row.help, type: row.type.rawValue) }
}
