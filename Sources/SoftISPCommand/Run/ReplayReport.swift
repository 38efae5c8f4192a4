// What a replay says of itself: the recording's figures and its own, side by side.

import Foundation
import ISPRuntime
import ISPTelemetry
import SoftISP

/// The report of a replay.
struct ReplayReport {
    private let summary: ReplaySummary

    init(_ summary: ReplaySummary) { self.summary = summary }

    /// Prints it to standard error, as the summary of a run.
    func print(_ style: ProgressStyle) {
        switch style {
        case .none: break
        case .json:
            guard
                let data = try? JSONSerialization.data(
                    withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
            else { return }
            Diagnostics.line(String(decoding: data, as: UTF8.self))
        case .auto: for line in lines { Diagnostics.line(line) }
        }
    }

    /// For a person, line by line.
    var lines: [String] {
        var lines = summary.notes.map { "note       \($0)" }
        lines.append(row("", "recording", "replay"))
        for (recorded, replayed) in zip(Self.rows(summary.recording), Self.rows(summary.replay)) {
            // Reasons and faults that did not occur are left out.
            let isDetail = recorded.name.hasPrefix(" ") || recorded.name.hasPrefix("injected")
            if isDetail, recorded.value == "0", replayed.value == "0" { continue }
            lines.append(row(recorded.name, recorded.value, replayed.value))
        }
        lines.append("laws       " + laws)
        return lines
    }

    private func row(_ name: String, _ recorded: String, _ replayed: String) -> String {
        func right(_ text: String) -> String { String(repeating: " ", count: max(1, 14 - text.count)) + text }
        return name.padding(toLength: 30, withPad: " ", startingAt: 0) + right(recorded) + right(replayed)
    }

    /// The figures of one side, with their names.
    private static func rows(_ figures: RunFigures) -> [(name: String, value: String)] {
        let (delivery, start) = (figures.telemetry.histogram(.delivery), figures.telemetry.histogram(.start))
        let seconds = Double(figures.duration) / 1e9
        var rows: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String) { rows.append((name, value)) }
        add("frames submitted", "\(figures.submitted)")
        add("frames done", "\(figures.done)")
        add("frames with an error", "\(figures.error)")
        add("frames dropped", "\(figures.dropped)")
        for reason in DropReason.allCases { add("  \(reason.name)", "\(figures.dropped(reason))") }
        add("seconds", String(format: "%.1f", seconds))
        add("pictures/s", String(format: "%.2f", Double(figures.done) / max(seconds, 0.001)))
        add("latency p50 ms", milliseconds(delivery.p50))
        add("latency p99 ms", milliseconds(delivery.p99))
        add("latency p99.9 ms", milliseconds(delivery.p999))
        add("latency max ms", milliseconds(delivery.maximum))
        add("start p50 ms", milliseconds(start.p50))
        add("start p99 ms", milliseconds(start.p99))
        add("workers given up", "\(figures.telemetry.count(.workerDetached))")
        add("frames made again", "\(figures.telemetry.count(.frameRedispatched))")
        add("late results discarded", "\(figures.telemetry.count(.resultDiscarded))")
        add("slots reclaimed from devices", "\(figures.telemetry.count(.frameReclaimed))")
        for (kind, count) in figures.faults { add("injected \(kind.name)", "\(count)") }
        return rows
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        String(format: "%.1f", Double(nanoseconds) / 1e6)
    }

    /// The conservation laws of the virtual runtime at its end, and whether everything came back.
    private var laws: String {
        let wrong = summary.snapshot.residues.all.filter { $0.value != 0 }.map { "\($0.name) \($0.value)" }
        let held = summary.snapshot.held.map { "\($0.slot) \($0.state.name)" }
        if !wrong.isEmpty { return "NOT BALANCED: " + wrong.joined(separator: ", ") }
        return "all residues 0, " + (held.isEmpty ? "every slot free" : "held: " + held.joined(separator: ", "))
    }

    /// The same for programs.
    var fields: [String: Any] {
        [
            "event": "summary", "recording": Self.fields(summary.recording), "replay": Self.fields(summary.replay),
            "notes": summary.notes, "degraded": summary.snapshot.isDegraded,
            "slots_held": summary.snapshot.held.count, "unanswered": summary.snapshot.unanswered,
            "residues": Dictionary(
                uniqueKeysWithValues: summary.snapshot.residues.all.map { ($0.name, Int($0.value)) }),
        ]
    }

    private static func fields(_ figures: RunFigures) -> [String: Any] {
        let latency = figures.telemetry.histogram(.delivery)
        let reasons = DropReason.allCases.filter { figures.dropped($0) > 0 }
        return [
            "seconds": Double(figures.duration) / 1e9, "submitted": Int(figures.submitted),
            "done": Int(figures.done), "error": Int(figures.error), "dropped": Int(figures.dropped),
            "dropped_by_reason": Dictionary(uniqueKeysWithValues: reasons.map { ($0.name, Int(figures.dropped($0))) }),
            "latency_ms": [
                "p50": Double(latency.p50) / 1e6, "p99": Double(latency.p99) / 1e6,
                "p99.9": Double(latency.p999) / 1e6, "max": Double(latency.maximum) / 1e6,
            ],
            "workers_given_up": Int(figures.telemetry.count(.workerDetached)),
            "frames_redispatched": Int(figures.telemetry.count(.frameRedispatched)),
            "injected": Dictionary(uniqueKeysWithValues: figures.faults.map { ($0.kind.name, $0.count) }),
        ]
    }
}
