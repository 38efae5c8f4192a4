// A run from its start to its summary.

import Foundation
import ISPImaging
import ISPRuntime
import ISPTelemetry
import ISPTuning
import SoftISP

/// Carries sessions from start to end.
final class Run {
    private let sessions: [Session]
    private var settings: DevelopSettings
    private var script: SettingScript?
    private let recorder: RunRecorder
    private let metrics: MetricsFile?
    private let progress: ProgressStyle
    private let start = MonotonicClock.now()
    /// The last figures, once it is over.
    private var final: RunSummary?

    init(
        sessions: [Session], settings: DevelopSettings, script: SettingScript?, recorder: RunRecorder,
        metrics: MetricsFile?, progress: ProgressStyle
    ) {
        self.sessions = sessions
        self.settings = settings
        self.script = script
        self.recorder = recorder
        self.metrics = metrics
        self.progress = progress
    }

    /// Starts the sessions and waits for their end.
    ///
    /// - Returns: what ended one of them early.
    func carry(_ sinks: [[any FrameSink]]) -> ISPError? {
        let sessions = sessions
        let interruptions = Interruptions { number in
            if number == 1 { for session in sessions { session.endSource() } } else { sessions[0].stop() }
        }
        var failure: ISPError?
        do throws(ISPError) {
            for (session, list) in zip(sessions, sinks) { try session.start(into: list) }
            try waitForEnd(interruptions)
        } catch { failure = error }
        // Stopping gives workers up as well; that is no figure of a run that came to its own end.
        if interruptions.number > 1 { sessions[0].stop() }
        final = summary
        try? writeMetrics()
        sessions[0].stop()
        return failure ?? sessions.lazy.compactMap(\.fatalFailure).first ?? sessions.lazy.compactMap(\.failure).first
    }

    private func waitForEnd(_ interruptions: Interruptions) throws(ISPError) {
        var nextStatus = start &+ 1_000_000_000
        while interruptions.number < 2 {
            let now = MonotonicClock.now()
            let isOver = sessions.allSatisfy { $0.wait(until: now &+ 50_000_000) }
            if isOver { return }
            try followScript()
            if MonotonicClock.now() >= nextStatus {
                nextStatus &+= 1_000_000_000
                try writeMetrics()
                showStatus()
            }
        }
    }

    private func followScript() throws(ISPError) {
        guard try script?.apply(at: MonotonicClock.now() &- start, to: &settings) == true else { return }
        for session in sessions { try session.update(settings) }
    }

    private func writeMetrics() throws(ISPError) {
        try metrics?.write(
            recorder.telemetry.snapshot(), sessions[0].snapshot(), eventsLost: recorder.log?.lost)
    }

    private var summary: RunSummary {
        if let final { return final }
        return RunSummary(
            snapshot: sessions[0].snapshot(), telemetry: recorder.telemetry.snapshot(), faults: sessions[0].faults,
            seconds: Double(MonotonicClock.now() &- start) / 1e9, eventsLost: recorder.log?.lost)
    }

    private func showStatus() {
        guard progress == .auto, Diagnostics.isTerminal else { return }
        Diagnostics.write("\r\u{1b}[K" + summary.status)
    }

    /// Prints the summary.
    func report() {
        switch progress {
        case .none: break
        case .json: Diagnostics.json(summary.fields)
        case .auto:
            if Diagnostics.isTerminal { Diagnostics.write("\r\u{1b}[K") }
            for line in summary.lines { Diagnostics.line(line) }
        }
    }
}
