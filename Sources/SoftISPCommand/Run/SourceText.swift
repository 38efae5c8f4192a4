// The sources of `softisp run`, from the words of the command line.

import ISPImaging
import ISPMedia
import ISPSynthetic
import SoftISP

/// Reads `--source`.
enum SourceText {
    /// One line for help texts.
    static let help =
        "A numbered pattern, folder or file of raw frames; - or stream:PATH for raw frames one after another; "
        + "synthetic[:KEY=VALUE,...] for the synthetic camera (size, rate, pan, objects, iso, format, seed, distinct, pace)."

    /// Opens a source.
    /// - Throws: `ISPError`.
    static func open(_ text: String, dump: RawDumpGeometry?, rate: Double?, threads: Int) throws(ISPError)
        -> any FrameSource
    {
        if text == "synthetic" || text.hasPrefix("synthetic:") {
            return try synthetic(String(text.dropFirst("synthetic:".count)), threads: threads)
        }
        if text == "-" || text.hasPrefix("stream:") {
            let path = text == "-" ? text : String(text.dropFirst("stream:".count))
            return try RawStreamSource(path, geometry: dump ?? RawDumpGeometry(), frameRate: rate)
        }
        return try SequenceSource([text], dump: dump, frameRate: rate)
    }

    private struct Camera {
        var size = Size(width: 640, height: 480)
        var rate = 30.0
        var panX = 2.0
        var panY = 0.0
        var objects = 3
        var iso = 200.0
        var format = "SRGGB10"
        var seed: UInt64 = 1
        var distinct = 16
        var isLive = true
    }

    private static func synthetic(_ text: String, threads: Int) throws(ISPError) -> SyntheticSource {
        var camera = Camera()
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else {
                throw ISPError(.usage, "--source synthetic: '\(part)' must be KEY=VALUE, such as size=1280x720")
            }
            try set(pair[0], pair[1], in: &camera)
        }
        let format = try PixelFormat.named(camera.format)
        guard format.isRaw else { throw ISPError(.usage, "--source synthetic: \(format) is no raw format") }
        let white = format.maximum
        var sensor = SensorModel(
            size: camera.size, cfa: format.cfa, bitsPerSample: format.bitsPerSample, blackLevel: white / 16,
            whiteLevel: white)
        sensor.packing = format.packing
        sensor.noise = NoiseModel(fullWell: 20_000, readNoise: 3, iso: camera.iso)
        var model = SequenceModel()
        model.frameRate = camera.rate
        model.panX = camera.panX
        model.panY = camera.panY
        model.objects = camera.objects
        let sequence = try SyntheticSequence(
            camera: try SyntheticCamera(sensor: sensor, seed: camera.seed),
            backdrop: try Scene.testPicture(size: camera.size, seed: camera.seed), model: model)
        return try SyntheticSource(sequence, distinct: camera.distinct, isLive: camera.isLive, threads: threads)
    }

    private static func set(_ key: String, _ value: String, in camera: inout Camera) throws(ISPError) {
        func number(_ range: ClosedRange<Double>) throws(ISPError) -> Double {
            guard let number = Double(value), range.contains(number) else {
                throw ISPError(
                    .usage,
                    "--source synthetic: \(key) is '\(value)', but must be \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        switch key {
        case "size": camera.size = try CaptureText.size(value, "--source synthetic: size")
        case "rate": camera.rate = try number(SequenceModel.frameRateRange)
        case "pan":
            let parts = value.split(separator: ":").map(String.init)
            let (x, y) = (parts.first.flatMap(Double.init), parts.count == 2 ? Double(parts[1]) : 0)
            guard parts.count <= 2, let x, let y else {
                throw ISPError(.usage, "--source synthetic: pan is '\(value)', but must be X or X:Y, pixels a frame")
            }
            (camera.panX, camera.panY) = (x, y)
        case "objects": camera.objects = Int(try number(0...Double(SequenceModel.objectRange.upperBound)))
        case "iso": camera.iso = try number(25...409_600)
        case "format": camera.format = value
        case "seed": camera.seed = UInt64(try number(0...9e15))
        case "distinct": camera.distinct = Int(try number(1...10_000))
        case "pace":
            guard value == "live" || value == "free" else {
                throw ISPError(
                    .usage, "--source synthetic: pace is '\(value)', but must be live (at its rate) or free (as taken)")
            }
            camera.isLive = value == "live"
        default:
            throw ISPError(
                .usage,
                "--source synthetic: unknown key '\(key)'; the keys are size, rate, pan, objects, iso, format, seed, "
                    + "distinct, pace")
        }
    }
}
