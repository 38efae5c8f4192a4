// Latencies and conservation laws as the summaries of runs and replays show them.

import Foundation
import ISPRuntime
import ISPTelemetry

extension LatencyHistogram {
    /// One of its figures in milliseconds, for a person.
    func milliseconds(_ figure: KeyPath<LatencyHistogram, UInt64>) -> String {
        String(format: "%.1f", Double(self[keyPath: figure]) / 1e6)
    }

    /// In milliseconds, for programs.
    var fields: [String: Double] {
        [
            "p50": Double(p50) / 1e6, "p99": Double(p99) / 1e6, "p99.9": Double(p999) / 1e6,
            "max": Double(maximum) / 1e6,
        ]
    }
}

extension LawResidues {
    /// For a person: that they are zero, or those that are not.
    var text: String {
        let wrong = all.filter { $0.value != 0 }.map { "\($0.name) \($0.value)" }
        return wrong.isEmpty ? "all residues 0" : "NOT BALANCED: " + wrong.joined(separator: ", ")
    }

    /// For programs.
    var fields: [String: Int] { Dictionary(uniqueKeysWithValues: all.map { ($0.name, Int($0.value)) }) }
}
