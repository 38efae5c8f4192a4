// `softisp run --replay EVENTS`: a recorded run once more, under a virtual clock and other options.

import Foundation
import ISPImaging
import ISPMedia
import ISPRuntime
import ISPTelemetry
import SoftISP

extension RunCommand {
    /// Enacts a recording and prints what became of it.
    func enact(_ path: String) throws {
        try checkReplayOptions()
        let recording: Recording
        do throws(ISPError) { recording = try Recording(log: try Self.bytes(of: path)) } catch {
            throw error.about(path)
        }
        var options = try sessionOptions()
        if workerOptions.workers == nil, recording.workers > 0 { options.workers = recording.workers }
        // What strikes is in the recording; the command line says at most how long.
        options.faults = FaultPlan()
        var replay = ReplayOptions()
        replay.livePolicy = livePolicy.map(\.policy)
        replay.durations = try faultOptions.givenDurations()

        let output = try events.map { (path) throws(ISPError) in
            try LineOutput(try OutputTarget(path), overwrite: overwrite)
        }
        var log: [UInt8] = []
        let run = try VirtualRun(recording, options: options, replay: replay) { event in
            if output != nil { log.append(contentsOf: (EventLine.text(event) + "\n").utf8) }
        }
        let summary = try run.run()
        try output?.write(log)
        ReplayReport(summary).print(progress)
    }

    /// The bytes of a file; `-` is standard input.
    private static func bytes(of path: String) throws(ISPError) -> [UInt8] {
        guard let handle = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
            throw ISPError(.cannotOpenInput, "cannot be opened; check the path and its permissions")
        }
        do { return Array(try handle.readToEnd() ?? Data()) } catch {
            throw ISPError(.cannotOpenInput, "cannot be read; is it a directory?")
        }
    }

    /// Options that say nothing in a replay are refused rather than ignored.
    private func checkReplayOptions() throws(ISPError) {
        let given: [(name: String, isGiven: Bool)] = [
            ("--source", !source.isEmpty), ("--sink", !sink.isEmpty), ("--metadata", metadata != nil),
            ("--metrics", metrics != nil), ("--script", script != nil), ("--pixel-format", pixelFormat != nil),
            ("--rate", rate != nil), ("--frames", frames != nil), ("--duration", duration != nil),
            ("--realtime", realtime), ("--slices", workerOptions.slices != 1), ("--cores", workerOptions.cores != nil),
            ("--realtime-priority", workerOptions.realtimePriority != nil), ("--huge-pages", workerOptions.hugePages),
            ("--preset", preset != .light), ("--quality", quality != WriterOptions().quality),
            ("a setting", settings.isGiven), ("a raw dump's geometry", try dump.geometry() != nil),
        ]
        guard let refused = given.first(where: \.isGiven) else { return }
        throw ISPError(
            .usage,
            "\(refused.name) does not go with --replay, which has frames, times and faults from the recording; "
                + "workers, slots, knobs, --deadline and --live-policy may differ")
    }
}
