// `softisp develop`: raw files in, pictures out.

import ArgumentParser
import Foundation
import ISPImaging
import ISPMedia
import ISPPlan
import ISPTuning
import SoftISP

struct DevelopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "develop",
        abstract: "Develop raw files into pictures.",
        discussion: """
            INPUT is a camera file (DNG, CR2, NEF, ARW ...), a raw dump with NAME.json beside it or described by \
            --raw-format and --raw-size, a directory of such files, a numbered pattern (frame%05d.raw), or - for standard \
            input. A numbered sequence shares the automatic exposure and white balance of its first frame.

            Examples:
              softisp develop sunset.dng -o sunset.jpg
              softisp develop card/ -o pictures/ --format tiff --bits 16
              softisp develop IMG_0001.CR2 -o print.tiff --bits 16 --color-space display-p3 --exposure 0.7
              softisp develop frame%05d.raw -o out/%05d.png --white-balance 5200K
              softisp develop card/ -o previews/ --fast
              softisp develop sunset.dng -o mosaic.tiff --tap raw-denoise
              softisp develop frame%05d.raw -o out/%05d.nv12 --size 1280x720
              softisp develop dump.raw --raw-format pRAA --raw-size 1920x1080 --black-level 64 -o - | display -
              softisp develop a.dng -o a.jpg --save-settings a.yaml && softisp develop b.dng -o b.jpg --settings a.yaml
            """)

    @Argument(help: "Raw files, directories, numbered patterns, or - for standard input.")
    var inputs: [String]

    @Option(
        name: .shortAndLong,
        help: "Output: a file, a directory, a pattern such as out/%05d.jpg, or - for standard output.")
    var output: String

    @Option(help: "Picture format, where the output's extension does not say it (see `softisp list writers`).")
    var format: String?

    @Option(
        name: .customLong("pixel-format"),
        help: "Pixel format of the picture, over --bits (see `softisp list formats`).")
    var pixelFormat: String?

    @Option(
        help: ArgumentHelp(
            "Write the frame as it is after this stage, 16 bits, instead of the picture (see `softisp list stages`).",
            valueName: "stage"))
    var tap: String?

    @Option(help: "JPEG quality, 1 to 100.")
    var quality: Int = WriterOptions().quality

    @Flag(
        help:
            "Develop as `softisp run --preset full` does, in integers: many times faster. Stages without a real-time kernel are off unless asked for, and then refused."
    )
    var fast = false

    @Flag(help: "Overwrite existing files.")
    var overwrite = false

    @Option(help: "Number of threads.")
    var threads: Int = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Progress: auto (a bar on a terminal), json (lines on standard error) or none.")
    var progress: ProgressStyle = .auto

    @OptionGroup(title: "Settings") var settings: SettingOptions
    @OptionGroup(title: "Raw dumps") var dump: DumpOptions

    func run() throws {
        guard !fast || tap == nil else {
            throw ISPError(.usage, "--tap shows stages of the reference; leave out --fast")
        }
        let settings = try settings.resolved(from: fast ? Preset.full.settings : DevelopSettings())
        let geometry = try dump.geometry()
        guard (1...TiledExecutor.maximumThreads).contains(threads) else {
            throw ISPError(.usage, "--threads is \(threads), but must be 1 to \(TiledExecutor.maximumThreads)")
        }
        let items = try InputList.expand(inputs, dump: geometry)
        let naming = try OutputNaming(output, format: format, inputs: items)
        let pixelFormat = try wantedFormat(settings, naming)
        try Writers.check(pixelFormat, for: naming.writer)
        var options = WriterOptions()
        options.quality = quality
        options.overwrite = overwrite
        try options.check()
        if let path = self.settings.saveSettings { try AtomicFile.check(OutputTarget(path), overwrite: overwrite) }

        let batch = Batch(
            items: items, naming: naming, settings: settings, geometry: geometry, format: pixelFormat, options: options,
            threads: threads, isFast: fast, tap: tap, reporter: ProgressReporter(progress, total: items.count))
        let outcome = batch.run()
        if let path = self.settings.saveSettings {
            // Of a batch, the settings as they were given: what was resolved differs from frame to frame.
            let used = items.count == 1 ? outcome.resolved ?? settings : settings
            let text = Array(SettingsFile.text(of: used).utf8)
            try AtomicFile.write(to: OutputTarget(path), overwrite: overwrite) { (file) throws(ISPError) in
                try file.write(text)
            }
        }
        if let failure = outcome.firstFailure { throw ExitCode(ExitTable.code(of: failure)) }
    }

    private func wantedFormat(_ settings: DevelopSettings, _ naming: OutputNaming) throws(ISPError) -> PixelFormat {
        if let pixelFormat { return try PixelFormat.named(pixelFormat) }
        if tap != nil { return .rgb48 }
        // out.nv12 says enough.
        if naming.writer is RawPlanesWriter.Type, let ending = output.split(separator: ".").last {
            if ending.lowercased() == "yuv" { return try PixelFormat.named("I420") }
            for format in PixelFormat.all where format.isYCbCr && format.name.lowercased() == ending.lowercased() {
                return format
            }
        }
        return settings.bits == 16 ? .rgb48 : .rgb888
    }
}
