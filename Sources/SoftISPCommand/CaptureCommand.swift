// `softisp capture`: raw frames of the synthetic camera, with everything a reader needs and the truth behind them.

import ArgumentParser
import Dispatch
import Foundation
import ISPImaging
import ISPMedia
import ISPPlan
import ISPSynthetic
import Synchronization

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Take raw frames with the synthetic camera.",
        discussion: """
            Writes a raw dump, NAME.json beside it (for `softisp develop` and `softisp info`; with every parameter under \
            `synthetic`) and, with --corner-loss, NAME.gainmap.json. With -o - only the samples, to standard output. The \
            same options give the same bytes on every machine. docs/synthetic.md has the model.

            Examples:
              softisp capture -o frame.raw
              softisp capture -o night.raw --iso 6400 --row-noise 1 --prnu 0.01 --defects 0.001 --truth night.png
              softisp capture -o edge.raw --scene edge:5 --psf 0.8 --noiseless
              softisp capture -o grey.raw --scene flat:0.18,0.18,0.18 --format SGRBG10_CSI2P --size 640x480
              softisp capture -o pan%04d.raw --scene wide.png --size 1280x720 --frames 60 --pan 2.5,0
              softisp capture -o lamp%03d.raw --frames 20 --flicker 100,0.8 --exposure-time 0.002
            """)

    @Option(name: .shortAndLong, help: "Output: a file, a pattern such as out/%04d.raw, or - for standard output.")
    var output: String

    @Option(
        help: """
            What is before the camera: test, flat:R,G,B (linear, white = 1), edge or edge:DEGREES, or a PNG, JPEG, \
            TIFF or PPM file (sRGB).
            """)
    var scene: String = "test"

    @Option(help: "Size of the frame, WIDTHxHEIGHT (default: that of a picture given as scene, otherwise 1536x1024).")
    var size: String?

    @Option(help: "Number of frames.")
    var frames: Int = 1

    @Option(help: "Seed of noise, pattern, defects, dead leaves and moving objects.")
    var seed: UInt64 = 1

    @Option(help: "Write the noiseless truth, too: a 16-bit picture, PNG or TIFF by its extension.")
    var truth: String?

    @Option(
        name: .customLong("truth-at"),
        help: """
            Where the truth is taken: scene, lens (after the blur), both sRGB-coded; camera (before the mosaic) or mosaic, \
            both linear from black to white level.
            """)
    var truthAt: String = TruthTap.lens.rawValue

    @Flag(help: "Overwrite existing files.")
    var overwrite = false

    @Option(help: "Number of threads.")
    var threads: Int = ProcessInfo.processInfo.activeProcessorCount

    @OptionGroup(title: "Sensor and lens") var sensor: CaptureSensorOptions
    @OptionGroup(title: "Sequence") var sequence: CaptureSequenceOptions

    func run() throws {
        guard (1...TiledExecutor.maximumThreads).contains(threads) else {
            throw ISPError(.usage, "--threads is \(threads), but must be 1 to \(TiledExecutor.maximumThreads)")
        }
        guard let tap = TruthTap(rawValue: truthAt) else {
            let names = TruthTap.allCases.map(\.rawValue).joined(separator: ", ")
            throw ISPError(.usage, "--truth-at is '\(truthAt)', but must be one of \(names)")
        }
        let naming = try CaptureNaming(output: output, truth: truth, tap: tap, frames: frames, overwrite: overwrite)
        let wanted = try size.map { (text) throws(ISPError) in try CaptureText.size(text, "--size") }
        let backdrop = try CaptureScene.read(scene, size: wanted, seed: seed)
        let camera = try SyntheticCamera(sensor: try sensor.model(size: wanted ?? backdrop.size), seed: seed)
        let synthetic = try SyntheticSequence(camera: camera, backdrop: backdrop, model: try sequence.model())
        if camera.sensor.shading.isActive { try naming.checkGainMaps() }
        try CaptureRun(sequence: synthetic, naming: naming, tap: tap).run(threads: threads)
        Diagnostics.line(
            "\(frames) frame\(frames == 1 ? "" : "s") of \(camera.sensor.size) "
                + "\(try camera.sensor.pixelFormat()) written to \(naming.description)")
    }
}

/// Captures and writes the frames, several at a time.
struct CaptureRun: Sendable {
    let sequence: SyntheticSequence
    let naming: CaptureNaming
    let tap: TruthTap

    /// - Throws: the failure of the lowest frame that failed; frames not yet begun are left out.
    func run(threads: Int) throws(ISPError) {
        let next = Atomic(0)
        let failures = Mutex<[Int: ISPError]>([:])
        // Standard output takes the frames in their order.
        DispatchQueue.concurrentPerform(iterations: naming.isStream ? 1 : min(threads, naming.count)) { _ in
            while failures.withLock({ $0.isEmpty }) {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < naming.count else { return }
                do throws(ISPError) { try write(index) } catch { failures.withLock { $0[index] = error } }
            }
        }
        let failed = failures.withLock { $0 }.min { $0.key < $1.key }
        if let failed { throw failed.value }
    }

    private func write(_ index: Int) throws(ISPError) {
        let capture = try sequence.capture(frame: index)
        let paths = naming.paths(of: index)
        try write(capture.rawBytes, to: paths.raw)
        if !naming.isStream {
            let gainMap = capture.gainMapJSON()
            if let gainMap { try write(Array(gainMap.utf8), to: paths.gainMap) }
            let sidecar = capture.sidecarJSON(
                fileName: CaptureNaming.name(of: paths.raw),
                gainMapFile: gainMap == nil ? nil : CaptureNaming.name(of: paths.gainMap))
            try write(Array(sidecar.utf8), to: paths.sidecar)
        }
        guard let path = paths.truth, let writer = naming.truthWriter else { return }
        var options = WriterOptions()
        options.overwrite = naming.overwrite
        options.threads = 1
        try Writers.write(
            try capture.truth.picture(at: tap), PictureAttributes(transfer: tap.transfer), options: options, as: writer,
            to: OutputTarget(path))
    }

    private func write(_ bytes: [UInt8], to path: String) throws(ISPError) {
        try AtomicFile.write(to: OutputTarget(path), overwrite: naming.overwrite) { (file) throws(ISPError) in
            try file.write(bytes)
        }
    }
}
