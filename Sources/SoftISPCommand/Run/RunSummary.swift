// What a run says of itself: one line while it runs, a summary in the end.

import Foundation
import ISPRuntime
import ISPTelemetry
import SoftISP

/// The figures of a run.
struct RunSummary {
    let snapshot: RuntimeSnapshot
    let telemetry: TelemetrySnapshot
    let faults: [(kind: FaultKind, count: Int)]
    /// Since the start, in seconds.
    let seconds: Double
    let eventsLost: UInt64?

    private var dropped: UInt64 { snapshot.dropped.reduce(0, +) }

    private var reasons: [(DropReason, UInt64)] {
        DropReason.allCases.map { ($0, snapshot.dropped[Int($0.rawValue)]) }.filter { $0.1 > 0 }
    }

    /// The status line.
    var status: String {
        let latency = telemetry.histogram(.delivery)
        var parts = [
            String(format: "%.0f s", seconds), "\(snapshot.done) pictures",
            String(format: "%.1f/s", Double(snapshot.done) / max(seconds, 0.001)),
            "p50 \(latency.milliseconds(\.p50)) ms p99 \(latency.milliseconds(\.p99)) ms",
        ]
        if dropped > 0 { parts.append("\(dropped) dropped") }
        if snapshot.error > 0 { parts.append("\(snapshot.error) errors") }
        let restarts = telemetry.count(.workerDetached)
        if restarts > 0 { parts.append("\(restarts) workers replaced") }
        if snapshot.isDegraded { parts.append("degraded") }
        return parts.joined(separator: ", ")
    }

    /// The summary for a person, line by line.
    var lines: [String] {
        let latency = telemetry.histogram(.delivery)
        let start = telemetry.histogram(.start)
        var lines = [
            "frames     \(snapshot.submitted) submitted: \(snapshot.done) done, \(snapshot.error) error, \(dropped) dropped"
                + (reasons.isEmpty ? "" : " (\(reasons.map { "\($0.0.name) \($0.1)" }.joined(separator: ", ")))"),
            String(
                format: "rate       %.2f pictures/s over %.1f s", Double(snapshot.done) / max(seconds, 0.001), seconds),
            "latency    p50 \(latency.milliseconds(\.p50)), p99 \(latency.milliseconds(\.p99)), p99.9 "
                + "\(latency.milliseconds(\.p999)), max \(latency.milliseconds(\.maximum)) ms from submission to delivery",
            "start      p50 \(start.milliseconds(\.p50)), p99 \(start.milliseconds(\.p99)) ms from submission to a worker",
        ]
        let replaced = telemetry.count(.workerDetached)
        if replaced + snapshot.redispatched + telemetry.count(.resultDiscarded) > 0 {
            lines.append(
                "recovery   \(replaced) workers given up, \(snapshot.redispatched) frames made again, "
                    + "\(telemetry.count(.resultDiscarded)) late results discarded, "
                    + "\(telemetry.count(.frameReclaimed)) slots reclaimed from devices")
        }
        let struck = faults.filter { $0.count > 0 }
        if !struck.isEmpty {
            lines.append("injected   " + struck.map { "\($0.kind.name) \($0.count)" }.joined(separator: ", "))
        }
        if let eventsLost, eventsLost > 0 { lines.append("events     \(eventsLost) lost by the log") }
        lines.append("laws       " + snapshot.residues.text)
        lines.append(
            String(
                format: "process    %.1f s of processor time, %.1f MB at most in memory", Self.processorTime,
                Self.peakMegabytes))
        return lines
    }

    /// The same for programs.
    var fields: [String: Any] {
        [
            "event": "summary", "seconds": seconds, "submitted": Int(snapshot.submitted), "done": Int(snapshot.done),
            "error": Int(snapshot.error), "dropped": Int(dropped),
            "dropped_by_reason": Dictionary(uniqueKeysWithValues: reasons.map { ($0.0.name, Int($0.1)) }),
            "latency_ms": telemetry.histogram(.delivery).fields,
            "workers_given_up": Int(telemetry.count(.workerDetached)),
            "frames_redispatched": Int(snapshot.redispatched),
            "injected": Dictionary(uniqueKeysWithValues: faults.map { ($0.kind.name, $0.count) }),
            "residues": snapshot.residues.fields,
            "degraded": snapshot.isDegraded, "processor_seconds": Self.processorTime, "peak_mb": Self.peakMegabytes,
        ]
    }

    private static var usage: rusage {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        return usage
    }

    /// Of the whole process, in seconds.
    private static var processorTime: Double {
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static var peakMegabytes: Double {
        #if canImport(Darwin)
            Double(usage.ru_maxrss) / 1e6
        #else
            Double(usage.ru_maxrss) * 1024 / 1e6
        #endif
    }
}
