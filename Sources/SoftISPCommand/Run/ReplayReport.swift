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
        case .json: Diagnostics.json(fields)
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
        add("latency p50 ms", delivery.milliseconds(\.p50))
        add("latency p99 ms", delivery.milliseconds(\.p99))
        add("latency p99.9 ms", delivery.milliseconds(\.p999))
        add("latency max ms", delivery.milliseconds(\.maximum))
        add("start p50 ms", start.milliseconds(\.p50))
        add("start p99 ms", start.milliseconds(\.p99))
        add("workers given up", "\(figures.telemetry.count(.workerDetached))")
        add("frames made again", "\(figures.telemetry.count(.frameRedispatched))")
        add("late results discarded", "\(figures.telemetry.count(.resultDiscarded))")
        add("slots reclaimed from devices", "\(figures.telemetry.count(.frameReclaimed))")
        for (kind, count) in figures.faults { add("injected \(kind.name)", "\(count)") }
        return rows
    }

    /// The conservation laws of the virtual runtime at its end, and whether everything came back.
    private var laws: String {
        let residues = summary.snapshot.residues
        guard residues.isZero else { return residues.text }
        let held = summary.snapshot.held.map { "\($0.slot) \($0.state.name)" }
        return residues.text + ", " + (held.isEmpty ? "every slot free" : "held: " + held.joined(separator: ", "))
    }

    /// The same for programs.
    var fields: [String: Any] {
        [
            "event": "summary", "recording": Self.fields(summary.recording), "replay": Self.fields(summary.replay),
            "notes": summary.notes, "degraded": summary.snapshot.isDegraded,
            "slots_held": summary.snapshot.held.count, "unanswered": summary.snapshot.unanswered,
            "residues": summary.snapshot.residues.fields,
        ]
    }

    private static func fields(_ figures: RunFigures) -> [String: Any] {
        let reasons = DropReason.allCases.filter { figures.dropped($0) > 0 }
        return [
            "seconds": Double(figures.duration) / 1e9, "submitted": Int(figures.submitted),
            "done": Int(figures.done), "error": Int(figures.error), "dropped": Int(figures.dropped),
            "dropped_by_reason": Dictionary(uniqueKeysWithValues: reasons.map { ($0.name, Int(figures.dropped($0))) }),
            "latency_ms": figures.telemetry.histogram(.delivery).fields,
            "workers_given_up": Int(figures.telemetry.count(.workerDetached)),
            "frames_redispatched": Int(figures.telemetry.count(.frameRedispatched)),
            "injected": Dictionary(uniqueKeysWithValues: figures.faults.map { ($0.kind.name, $0.count) }),
        ]
    }
}
