// `softisp list`: what there is, from the same descriptors that the program itself runs on.

import ArgumentParser
import Foundation
import ISPImaging
import ISPKernels
import ISPMedia
import ISPPlan
import ISPStages
import ISPTuning
import SoftISP

struct ListCommand: ParsableCommand {
    /// What can be listed.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case formats, stages, demosaic, readers, writers, settings, faults, kernels, plan
        case videoWriters = "video-writers"
    }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract:
            "List pixel formats, stages, demosaic algorithms, kernels, readers, writers, settings, faults or a plan.",
        discussion: """
            Examples:
              softisp list demosaic
              softisp list formats --json
              softisp list plan --source frame.raw --sink NV12 --preset full
            """)

    @Argument(help: "What: \(Subject.allCases.map(\.rawValue).joined(separator: ", ")).")
    var subject: Subject

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "For plan: what is streamed, as `softisp run` takes it.")
    var source: String?

    @Option(help: "For plan: the pixel format of the pictures.")
    var sink: String = PixelFormat.rgb888.name

    @Option(help: "For plan: settings to start from, as `softisp run` takes them.")
    var preset: Preset = .full

    @OptionGroup(title: "Settings, for plan") var settings: SettingOptions
    @OptionGroup(title: "Raw dumps, for plan") var dump: DumpOptions

    func run() throws {
        let rows = subject == .plan ? try planRows() : Self.rows(of: subject)
        if json {
            try Output.json(rows.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.key, $0.value) }) })
        } else {
            try Output.text(Self.table(rows))
        }
    }

    /// The steps of the plan that a stream would have, or a refusal.
    private func planRows() throws(ISPError) -> [KeyValuePairs<String, String>] {
        guard let source else {
            throw ISPError(.usage, "list plan needs --source, for example --source synthetic or --source frame.raw")
        }
        let first = try SourceText.open(source, dump: try dump.geometry(), rate: nil, threads: 1).first
        let wanted = try settings.resolved(from: preset.settings)
        let format = try PixelFormat.named(sink)
        let locked = try SequenceLock().settings(for: wanted, frame: first, format: format)
        let pipeline = try Development(of: first, settings: locked, format: format).pipeline
        let plan = try RealTimePlan(pipeline, format: first.format, size: first.size)
        Diagnostics.line(
            "\(first.size) \(first.format) to \(pipeline.pack.outputSize) \(pipeline.pack.format): \(plan.layout)")
        return plan.steps.map {
            [
                "stages": $0.stages, "kernel": $0.kernel, "signal": $0.signal, "halo": "\($0.halo)",
                "rows": "\($0.rows)", "note": $0.note,
            ]
        }
    }

    /// The rows, each a list of named cells.
    static func rows(of subject: Subject) -> [KeyValuePairs<String, String>] {
        switch subject {
        case .formats:
            PixelFormat.all.map {
                [
                    "name": $0.name, "bits": "\($0.bitsPerSample)", "packing": $0.packing.rawValue,
                    "libcamera": $0.libcamera ?? "-", "v4l2": $0.v4l2 ?? "-", "ffmpeg": $0.ffmpeg ?? "-",
                    "gstreamer": $0.gstreamer ?? "-",
                ]
            }
        case .stages:
            Pipeline.stages.map {
                [
                    "name": $0.name, "from": $0.input.rawValue, "to": $0.output.rawValue, "summary": $0.summary,
                    "source": $0.citation,
                ]
            }
        case .demosaic:
            Demosaics.all.map {
                [
                    "name": $0.descriptor.name, "class": $0.descriptor.kind.rawValue, "halo": "\($0.halo)",
                    "summary": $0.descriptor.summary, "source": $0.descriptor.citation,
                ]
            }
        case .kernels:
            KernelTable.all.map { ["name": $0.name, "takes": $0.takes, "gives": $0.gives, "summary": $0.summary] }
        case .plan: []
        case .readers:
            Readers.all.map {
                ["name": $0.name, "extensions": $0.fileExtensions.joined(separator: " "), "summary": $0.summary]
            }
        case .faults:
            FaultKind.allCases.map {
                [
                    "name": $0.name, "summary": $0.summary,
                    "duration": $0.usualDuration == 0 ? "-" : "\($0.usualDuration / 1_000_000)ms",
                ]
            }
        case .videoWriters:
            VideoWriters.all.map {
                [
                    "name": $0.descriptor.name, "extensions": $0.descriptor.extensions.joined(separator: " "),
                    "summary": $0.descriptor.summary,
                ]
            }
        case .writers:
            Writers.all.map {
                [
                    "name": $0.descriptor.name, "extensions": $0.descriptor.extensions.joined(separator: " "),
                    "summary": $0.descriptor.summary,
                ]
            }
        case .settings:
            SettingKey.all.map {
                ["name": $0.name, "default": $0.text(DevelopSettings()), "values": $0.values, "summary": $0.summary]
            }
        }
    }

    private static func table(_ rows: [KeyValuePairs<String, String>]) -> String {
        guard let first = rows.first else { return "" }
        let header = first.map { $0.key.uppercased() }
        let cells = [header] + rows.map { row in row.map { $0.value } }
        let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let padded = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return padded.joined(separator: "  ").replacingOccurrences(of: " +$", with: "", options: .regularExpression)
        }.joined(separator: "\n") + "\n"
    }
}

/// Standard output.
enum Output {
    /// - Throws: `ISPError(.inputOutput)` where nobody reads it or the disk is full.
    static func text(_ text: String) throws(ISPError) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw ISPError(.inputOutput, "writing to standard output failed; is the disk full or the pipe closed?")
        }
    }

    static func json(_ value: Any) throws(ISPError) {
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        else { preconditionFailure("not a JSON value") }
        try text(String(decoding: data, as: UTF8.self) + "\n")
    }
}
