// `softisp run`: streams of raw frames in, video out, whatever breaks on the way.

import ArgumentParser
import Foundation
import ISPImaging
import ISPMedia
import ISPRuntime
import ISPTelemetry
import ISPTuning
import SoftISP

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Stream raw frames through the ISP.",
        discussion: """
            A worker that dies or hangs is replaced and its frames are made again; live sources drop frames when there is no \
            room, with a reason, and files wait. Ctrl-C ends the sources, finishes what is under way and prints the summary; \
            a second one stops at once.

            Examples:
              softisp run --source frame%05d.raw --sink video.y4m --rate 24
              softisp run --source synthetic:size=1280x720,rate=30 --sink y4m:- --duration 10s | ffmpeg -i - out.mp4
              cat frames.raw | softisp run --source - --raw-format SRGGB10 --raw-size 640x480 --sink y4m:- | ffplay -
              softisp run --source card/ --sink pictures/%05d.jpg --preset still
              softisp run --source synthetic --sink null --frames 300 --inject worker-kill:0.05 --events events.ndjson
              softisp run --replay events.ndjson --workers 4 --stall-timeout 100ms
              softisp run --source synthetic --sink null --metrics /var/lib/node_exporter/softisp.prom
            """)

    @Option(
        parsing: .unconditionalSingleValue, help: ArgumentHelp(SourceText.help + " Repeatable.", valueName: "source"))
    var source: [String] = []

    @Option(
        help: ArgumentHelp(
            SinkText.help + " Repeatable: of one source all sinks take everything, of several each has its own.",
            valueName: "sink"))
    var sink: [String] = []

    @Option(
        help:
            "Settings to start from: light (the least that makes a picture), full (all that runs in real time) or still (as develop does it)."
    )
    var preset: Preset = .light

    @Option(
        help:
            "How frames are developed: auto (in real time where every stage has a kernel), real-time (or not at all) or reference (slower, the definition of what is right)."
    )
    var execution: ExecutionChoice = .automatic

    @Option(name: .customLong("pixel-format"), help: "Pixel format of the pictures (default: what the sinks take).")
    var pixelFormat: String?

    @Flag(help: "Deliver the frames of files at their rate instead of as fast as they can be taken.")
    var realtime = false

    @Option(help: "Frames a second of files and streams.")
    var rate: Double?

    @Option(help: "End after so many frames of each source.")
    var frames: Int?

    @Option(help: "End after this time.")
    var duration: String?

    @Option(help: "Time from a frame's capture to its answer; what takes longer is dropped.")
    var deadline: String?

    @Option(
        name: .customLong("live-policy"),
        help:
            "What a live source does without a free slot: newest (drop the oldest frame that waits; the default) or strict (drop the new one)."
    )
    var livePolicy: LivePolicy?

    @Option(help: "Write every decision of the runtime to this file as NDJSON; - is standard output.")
    var events: String?

    @Option(help: "Rewrite this file with the metrics each second, for Prometheus' textfile collector.")
    var metrics: String?

    @Option(help: "Write what is known about every frame to this file as JSON lines; - is standard output.")
    var metadata: String?

    @Option(
        help: ArgumentHelp(
            "Instead of running, enact the run whose --events this file has, with the workers, slots and knobs given here, "
                + "under a virtual clock; - is standard input.",
            valueName: "events"))
    var replay: String?

    @Option(help: "Change settings while it runs: a file of lines TIME NAME=VALUE ...")
    var script: String?

    @Option(help: "JPEG quality, 1 to 100.")
    var quality: Int = WriterOptions().quality

    @Flag(help: "Overwrite existing files.")
    var overwrite = false

    @Option(help: "Status: auto (a line on a terminal, and a summary), json (lines on standard error) or none.")
    var progress: ProgressStyle = .auto

    @OptionGroup(title: "Workers and slots") var workerOptions: WorkerOptions
    @OptionGroup(title: "Knobs") var knobOptions: KnobOptions
    @OptionGroup(title: "Faults") var faultOptions: FaultOptions
    @OptionGroup(title: "Settings") var settings: SettingOptions
    @OptionGroup(title: "Raw dumps") var dump: DumpOptions

    func run() throws {
        if let replay { return try enact(replay) }
        let settings = try settings.resolved(from: preset.settings)
        let script = try script.map { (path) throws(ISPError) in
            do throws(ISPError) { return try SettingScript(try SettingsText.read(path), settings: settings) } catch {
                throw error.about(path)
            }
        }
        let sinks = try sink.map { (text) throws(ISPError) in try SinkText(text) }
        try checkNames(sinks)
        var options = try sessionOptions()
        options.pixelFormat =
            try pixelFormat.map { (name) throws(ISPError) in try PixelFormat.named(name) }
            ?? SinkText.commonFormat(of: sinks, bits: settings.bits)
        for sink in sinks { try VideoWriters.check(options.pixelFormat, for: sink.writer) }
        let metricsFile = try metrics.map { (path) throws(ISPError) in try MetricsFile(path) }
        let metadataOutput = try metadata.map { (path) throws(ISPError) in
            try LineOutput(try OutputTarget(path), overwrite: overwrite)
        }

        // Beside the workers: sources, sinks, the supervisor, devices.
        let recorder = try RunRecorder(events: events, overwrite: overwrite, threads: options.workers + 8)

        let geometry = try dump.geometry()
        let sources = try source.map { (text) throws(ISPError) in
            (
                source: try SourceText.open(text, dump: geometry, rate: rate, threads: options.workers),
                settings: settings
            )
        }
        let sessions = try Session.open(sources, options: options, recorder: recorder.recorder)
        try saveSettings(sessions)
        let run = Run(
            sessions: sessions, settings: settings, script: script, recorder: recorder, metrics: metricsFile,
            progress: progress)
        let failure = run.carry(try sinkLists(sinks, sessions, metadataOutput))
        let logFailure = Result { () throws(ISPError) in try recorder.close() }
        run.report()
        if let failure {
            Diagnostics.error(failure.message)
            throw ExitCode(ExitTable.code(of: failure.kind))
        }
        try logFailure.get()
    }

    private func saveSettings(_ sessions: [Session]) throws(ISPError) {
        guard let path = settings.saveSettings else { return }
        let text = Array(SettingsFile.text(of: sessions[0].settings).utf8)
        try AtomicFile.write(to: OutputTarget(path), overwrite: overwrite) { (file) throws(ISPError) in
            try file.write(text)
        }
    }

    func sessionOptions() throws(ISPError) -> SessionOptions {
        var options = SessionOptions()
        try workerOptions.apply(to: &options)
        try knobOptions.apply(to: &options)
        try faultOptions.apply(to: &options)
        options.isRealtime = realtime
        options.execution = execution
        if let rate {
            guard rate.isFinite, (0.001...100_000).contains(rate) else {
                throw ISPError(.usage, "--rate is \(rate), but must be 0.001 to 100000 frames a second")
            }
            options.rate = rate
        }
        if let frames {
            guard frames > 0 else { throw ISPError(.usage, "--frames is \(frames), but must be at least 1") }
            options.frames = frames
        }
        if let duration { options.duration = try Duration.nanoseconds(of: duration, "--duration") }
        if let deadline { options.deadline = try Duration.nanoseconds(of: deadline, "--deadline") }
        if let livePolicy { options.livePolicy = livePolicy.policy }
        return options
    }

    /// Sources and sinks must go together, and standard output has room for one.
    private func checkNames(_ sinks: [SinkText]) throws(ISPError) {
        guard !source.isEmpty else {
            throw ISPError(.usage, "no source; give --source, for example --source synthetic")
        }
        guard !sinks.isEmpty else { throw ISPError(.usage, "no sink; give --sink, for example --sink video.y4m") }
        guard source.count == 1 || source.count == sinks.count else {
            throw ISPError(
                .usage, "\(source.count) sources and \(sinks.count) sinks; give each source a sink of its own, in order"
            )
        }
        let standard = sinks.filter { $0.target == .standardOutput && !($0.writer is NullVideoWriter.Type) }
        guard standard.count + [events, metadata].count(where: { $0 == "-" }) <= 1 else {
            throw ISPError(.usage, "standard output can take one of --sink, --events and --metadata")
        }
    }

    private func sinkLists(
        _ sinks: [SinkText], _ sessions: [Session], _ metadata: LineOutput?
    ) throws(ISPError) -> [[any FrameSink]] {
        var options = WriterOptions()
        options.quality = quality
        options.overwrite = overwrite
        try options.check()
        var lists: [[any FrameSink]] = []
        for (index, session) in sessions.enumerated() {
            var list: [any FrameSink] = []
            for sink in sessions.count == 1 ? sinks : [sinks[index]] {
                list.append(try VideoSink(session, as: sink.writer, to: sink.target, options: options))
            }
            if let metadata { list.append(MetadataSink(metadata, session: index)) }
            lists.append(list)
        }
        return lists
    }
}

/// What a live source does without a free slot.
enum LivePolicy: String, CaseIterable, ExpressibleByArgument {
    case newest, strict

    var policy: SourcePort.Policy { self == .newest ? .newestWins : .strict }
}

extension Preset: ExpressibleByArgument {}
extension ExecutionChoice: ExpressibleByArgument {}
