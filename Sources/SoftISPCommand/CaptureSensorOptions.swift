// The options that describe the synthetic sensor and its lens, and what happens before it.

import ArgumentParser
import ISPImaging
import ISPSynthetic

/// The sensor of `softisp capture`.
struct CaptureSensorOptions: ParsableArguments {
    @Option(help: "Format of the samples: any raw one of `softisp list formats`.")
    var format: String = "SRGGB12"

    @Option(help: "Factor of the light, 0.0001 to 10000.")
    var exposure: Double = 1

    @Option(
        name: .customLong("exposure-time"),
        help: "Seconds that the shutter is open, for flicker and EXIF (default: 0.01 times --exposure).")
    var exposureTime: Double?

    @Option(help: "ISO speed, 25 to 409600.")
    var iso: Double = 100

    @Option(name: .customLong("full-well"), help: "Electrons at saturation at ISO 100, 50 to 10000000.")
    var fullWell: Double = 20_000

    @Option(
        name: .customLong("read-noise"),
        help: "Read noise before the amplifier, electrons, 0 to 1000 (default: 3; 0 with --noiseless).")
    var readNoise: Double?

    @Option(
        name: .customLong("post-noise"),
        help: "Noise after the amplifier, electrons at ISO 100 (the same in samples at every ISO), 0 to 1000.")
    var postNoise: Double = 0

    @Option(name: .customLong("row-noise"), help: "Noise that a row shares, electrons, 0 to 1000.")
    var rowNoise: Double = 0

    @Flag(help: "No photon noise, and no read noise unless --read-noise asks for it.")
    var noiseless = false

    @Option(help: "Spread of the photosites' gain (fixed pattern), a share, 0 to 0.2.")
    var prnu: Double = 0

    @Option(help: "Spread of the photosites' dark signal (fixed pattern), electrons, 0 to 1000.")
    var dsnu: Double = 0

    @Option(help: "Standard deviation of the lens's Gaussian blur, pixels, 0 to 8.")
    var psf: Double = 0

    @Option(help: "Colour temperature of the light, kelvin, 2000 to 12000.")
    var kelvin: Double = 6504

    @Option(
        name: .customLong("white-fraction"), help: "Share of saturation that diffuse white reaches, 0.01 to 1.")
    var whiteFraction: Double = 0.7

    @Option(name: .customLong("corner-loss"), help: "Share of the light lost in the corners, 0 to 0.9.")
    var cornerLoss: Double = 0

    @Option(help: "Fraction of the photosites that are defective and not listed, 0 to 0.05.")
    var defects: Double = 0

    @Flag(help: "Compress 16-bit samples to the bits of --format (8 to 14) along a square root of straight pieces.")
    var compand = false

    @Option(
        help: """
            Colours of the sensor: default (a real camera's), identity (linear sRGB), or identity:R,G,B (the same through \
            filters that need these gains for balance).
            """)
    var color: String = "default"

    /// The model; its ranges are checked by the camera.
    /// - Throws: `ISPError(.usage)` for unknown names.
    func model(size: Size) throws(ISPError) -> SensorModel {
        let format = try PixelFormat.named(self.format)
        guard format.isRaw else {
            throw ISPError(
                .usage,
                "--format \(format) is not a raw format; `softisp list formats` shows the Bayer and mono ones")
        }
        var sensor = SensorModel(
            size: size, cfa: format.cfa, bitsPerSample: format.bitsPerSample, packing: format.packing)
        sensor.exposure = exposure
        sensor.exposureTime = exposureTime
        sensor.whiteFraction = whiteFraction
        sensor.illuminantKelvin = kelvin
        sensor.lens = LensBlur(sigma: psf)
        sensor.noise = NoiseModel(fullWell: fullWell, readNoise: readNoise ?? (noiseless ? 0 : 3), iso: iso)
        sensor.noise.photons = !noiseless
        sensor.noise.postNoise = postNoise
        sensor.noise.rowNoise = rowNoise
        sensor.fixedPattern = FixedPatternModel(gain: prnu, offset: dsnu)
        sensor.shading = ShadingModel(cornerLoss: cornerLoss)
        sensor.defects = DefectModel(fraction: defects)
        if compand {
            sensor.companding = try .squareRoot(bits: format.bitsPerSample)
            // A black level low on the curve, where its steps are short.
            (sensor.blackLevel, sensor.whiteLevel) = (1024, CompandingCurve.maximumLinear)
        }
        sensor.color = try cameraColor()
        return sensor
    }
}

extension CaptureSensorOptions {
    private func cameraColor() throws(ISPError) -> CameraColor {
        let parts = color.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("default", 1): return SensorModel.defaultColor
        case ("identity", 1): return SensorModel.identityColor
        case ("identity", _):
            let gains = try CaptureText.numbers(parts[1], "--color identity", count: 3, example: "identity:2,1,1.5")
            return SensorModel.identityColor(
                gains: try WhiteBalanceGains(red: gains[0], green: gains[1], blue: gains[2]))
        default:
            throw ISPError(.usage, "--color is '\(color)', but must be default, identity or identity:R,G,B")
        }
    }
}

/// What happens from frame to frame.
struct CaptureSequenceOptions: ParsableArguments {
    @Option(help: "Frames a second, 0.01 to 10000; the rows of a frame open one after another within its time.")
    var rate: Double = 30

    @Option(
        parsing: .unconditional,
        help: "Turn of the camera in pixels a frame, DX,DY; the scene goes on around its edges.")
    var pan: String?

    @Option(help: "Discs that fly through the picture, 0 to 64.")
    var objects: Int = 0

    @Option(help: "Flicker of the light: swings a second (twice the mains' frequency) and depth 0 to 1, HZ,DEPTH.")
    var flicker: String?

    /// The model; its ranges are checked by the sequence.
    func model() throws(ISPError) -> SequenceModel {
        var model = SequenceModel()
        model.frameRate = rate
        model.objects = objects
        if let pan {
            let numbers = try CaptureText.numbers(pan, "--pan", count: 2, example: "1.5,0")
            (model.panX, model.panY) = (numbers[0], numbers[1])
        }
        if let flicker {
            let numbers = try CaptureText.numbers(flicker, "--flicker", count: 2, example: "100,0.5")
            model.flicker = FlickerModel(frequency: numbers[0], depth: numbers[1])
        }
        return model
    }
}
