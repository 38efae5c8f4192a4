// `softisp info`: what a raw file says of itself, and what its samples say.

import ArgumentParser
import Foundation
import ISPImaging
import ISPMedia

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what a raw file contains.",
        discussion: """
            Examples:
              softisp info sunset.dng
              softisp info dump.raw --raw-format SRGGB10 --raw-size 640x480 --json
            """)

    @Argument(help: "A raw file, or - for standard input.")
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Raw dumps") var dump: DumpOptions

    func run() throws {
        let geometry = try dump.geometry()
        guard let item = try InputList.expand([file], dump: geometry).first else { return }
        let facts = FrameFacts(try Readers.read(item.source, dump: geometry))
        if json {
            try Output.json(Dictionary(uniqueKeysWithValues: facts.all.map { ($0.key, $0.value) }))
        } else {
            try Output.text(facts.text)
        }
    }
}

/// The facts about a frame, in the order a person would ask for them. Keys are those of sidecars where one exists.
struct FrameFacts {
    private(set) var all: [(key: String, value: Any)] = []

    init(_ frame: RawFrame) {
        let metadata = frame.metadata
        add("width", frame.size.width)
        add("height", frame.size.height)
        add("format", frame.format.name)
        add("cfa", frame.format.cfa?.rawValue.uppercased() ?? "mono")
        add("bits_per_sample", frame.format.bitsPerSample)
        add("black_level", metadata.blackLevel.map(Double.init))
        add("white_level", Double(metadata.whiteLevel))
        add("exif_orientation", metadata.orientation.rawValue)
        add("make", metadata.capture.make)
        add("model", metadata.capture.model)
        add("lens", metadata.capture.lens)
        add("iso", metadata.capture.iso)
        add("exposure_s", metadata.capture.exposureTime)
        add("aperture", metadata.capture.aperture)
        add("focal_length_mm", metadata.capture.focalLength)
        add("date_time", metadata.capture.dateTime)
        add("wb_gains", metadata.asShotGains.map { [$0.red, $0.green, $0.blue] })
        add("baseline_exposure_ev", metadata.baselineExposure)
        if let color = metadata.color {
            add("calibration_kelvin", color.calibrations.map(\.kelvin))
            if let gains = metadata.asShotGains {
                add("white_kelvin", color.white(for: gains.neutral).correlatedColorTemperature.rounded())
            }
        }
        add("camera_to_srgb_matrix", metadata.cameraToSRGB?.values)
        add("lens_shading_mesh", metadata.lensShading.map { "\($0.meshes[0].columns)x\($0.meshes[0].rows)" })
        add("noise_scale", metadata.noiseProfile?.scale)
        add("noise_offset", metadata.noiseProfile?.offset)
        add("listed_defects", metadata.defects.isEmpty ? nil : metadata.defects.count)
        add("default_crop", metadata.defaultCrop?.description)
        let statistics = RawStatistics(frame)
        add("sample_minimum", statistics.minimum.map(Int.init))
        add("sample_maximum", statistics.maximum.map(Int.init))
        add("sample_mean", statistics.mean)
        add("samples_saturated", statistics.saturated)
        add("samples_above_bit_depth", statistics.aboveBitDepth)
        add("notes", metadata.notes.isEmpty ? nil : metadata.notes)
    }

    private mutating func add(_ key: String, _ value: Any?) {
        if let value { all.append((key, value)) }
    }

    /// One fact a line.
    var text: String {
        let width = (all.map(\.key.count).max() ?? 0) + 2
        return all.map { key, value in
            let label = (key.replacingOccurrences(of: "_", with: " ") + ":").padding(
                toLength: width, withPad: " ", startingAt: 0)
            return label + Self.text(of: value) + "\n"
        }.joined()
    }

    private static func text(of value: Any) -> String {
        switch value {
        case let number as Double: String(format: "%.6g", number)
        case let list as [String]: list.joined(separator: "; ")
        case let list as [Any]: list.map { text(of: $0) }.joined(separator: " ")
        default: "\(value)"
        }
    }
}
