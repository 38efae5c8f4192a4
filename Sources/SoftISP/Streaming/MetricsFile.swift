// The metrics as a file that Prometheus' node_exporter collects (textfile collector): whole at every moment.

import Foundation
import ISPImaging
import ISPMedia
import ISPRuntime
import ISPTelemetry

/// Rewrites a file with the metrics of a runtime.
public struct MetricsFile: Sendable {
    private let path: String

    /// - Throws: `ISPError(.usage)` where the path can not be a file of the textfile collector.
    public init(_ path: String) throws(ISPError) {
        guard path != "-" else {
            throw ISPError(.usage, "metrics are a file that is rewritten each second; give its path")
        }
        self.path = path
    }

    /// Writes the metrics of this moment, in one step.
    /// - Throws: `ISPError` as `AtomicFile.write`.
    public func write(
        _ telemetry: TelemetrySnapshot, _ snapshot: RuntimeSnapshot, eventsLost: UInt64?
    ) throws(ISPError) {
        let text = PrometheusText.render(telemetry, eventsLost: eventsLost, gauges: snapshot.gauges)
        let bytes = Array(text.utf8)
        try AtomicFile.write(to: .file(path), overwrite: true) { (file) throws(ISPError) in try file.write(bytes) }
    }
}
