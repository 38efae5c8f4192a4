// `softisp demo`: the main job without a camera or a file.

import ArgumentParser
import Foundation
import ISPImaging
import ISPMedia
import ISPStages
import ISPTuning
import SoftISP

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Develop a frame of the synthetic camera and measure it against the scene.",
        discussion: """
            Writes to the directory (default: demo/):
              frame.raw, frame.raw.json  the raw frame, for `softisp develop` and `softisp info`
              picture.jpg                the frame developed with the default settings
              measured.png, truth.png    the frame developed for measurement, and the scene itself
              difference.png             their difference, eight times as strong
              figures.md                 PSNR and CIEDE2000 for every demosaic algorithm
            """)

    @Argument(help: "The directory to write to.")
    var directory: String = "demo"

    @Option(help: "Number of threads.")
    var threads: Int = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw ISPError(.cannotCreateOutput, "\(directory): the directory cannot be created")
        }
        let demonstration = try Demonstration()
        let capture = demonstration.capture
        try write(capture.rawBytes, "frame.raw")
        let gainMap = capture.gainMapJSON()
        if let gainMap { try write(Array(gainMap.utf8), "gainmap.json") }
        let sidecar = capture.sidecarJSON(fileName: "frame.raw", gainMapFile: gainMap == nil ? nil : "gainmap.json")
        try write(Array(sidecar.utf8), "frame.raw.json")

        let development = try Development(of: capture.frame, settings: DevelopSettings(), format: .rgb888)
        try write(try development.run(threads: threads), development.attributes, "picture.jpg")

        let truth = try demonstration.truth()
        try write(truth, PictureAttributes(), "truth.png")
        var rows: [Demonstration.Row] = []
        for demosaic in Demosaics.all.map({ $0.descriptor.name }) {
            let picture = try demonstration.picture(Demonstration.measuring(demosaic: demosaic), threads: threads)
            rows.append(try demonstration.measure(picture, truth: truth, demosaic: demosaic))
            if demosaic == Demosaics.standard.descriptor.name {
                try write(picture, PictureAttributes(), "measured.png")
                try write(
                    try PictureComparison.picture(picture, minus: truth, gain: 8), PictureAttributes(), "difference.png"
                )
            }
        }
        let table = Self.table(rows)
        try write(Array(table.utf8), "figures.md")
        try Output.text(table)
        Diagnostics.line("written to \(directory)/")
    }

    private func write(_ bytes: [UInt8], _ name: String) throws(ISPError) {
        try AtomicFile.write(to: try OutputTarget("\(directory)/\(name)"), overwrite: true) { (file) throws(ISPError) in
            try file.write(bytes)
        }
    }

    private func write(_ image: ImageBuffer, _ attributes: PictureAttributes, _ name: String) throws(ISPError) {
        var options = WriterOptions()
        options.overwrite = true
        try Writers.write(
            image, attributes, options: options, as: Writers.forPath(name), to: OutputTarget("\(directory)/\(name)"))
    }

    private static func table(_ rows: [Demonstration.Row]) -> String {
        var lines = [
            "| demosaic | PSNR, dB | CIEDE2000 mean | 95 % | ColorChecker mean | worst patch |",
            "|---|---|---|---|---|---|",
        ]
        for row in rows {
            lines.append(
                String(
                    format: "| %@ | %.2f | %.2f | %.2f | %.2f | %.2f |", row.demosaic, row.whole.psnr,
                    row.whole.meanDifference, row.whole.difference95, row.patches, row.worstPatch))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
