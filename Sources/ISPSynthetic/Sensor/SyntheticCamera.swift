// The synthetic camera: a scene goes in, a raw frame and its ground truth come out.

import ISPImaging

/// A camera that exists in software: SoftISP's own source of raw frames whose truth is known.
///
/// The same sensor, seed, scene and frame index give the same bytes on every machine: every photosite draws its noise
/// from its own place in a counted stream of random numbers.
public struct SyntheticCamera: Sendable {
    /// The sensor; its parameters are within their ranges.
    public let sensor: SensorModel
    /// The seed of noise and defects.
    public let seed: UInt64

    /// Creates a camera.
    /// - Throws: `ISPError(.usage)` where a parameter is out of range.
    public init(sensor: SensorModel, seed: UInt64 = 1) throws(ISPError) {
        try sensor.check()
        _ = try sensor.asShotGains()
        self.sensor = sensor
        self.seed = seed
    }

    /// The camera of the demonstration: 1536x1024, 12 bits, RGGB, daylight of 5200 K, the modest noise of ISO 200, a third
    /// of the light lost in the corners, one photosite in five thousand defective and none of them listed.
    public static let demo: SyntheticCamera = {
        var sensor = SensorModel(
            size: Size(width: 1536, height: 1024), cfa: .rggb, bitsPerSample: 12, blackLevel: 256, whiteLevel: 4095)
        sensor.illuminantKelvin = 5200
        sensor.noise = NoiseModel(fullWell: 20_000, readNoise: 3, iso: 200)
        sensor.shading = ShadingModel(cornerLoss: 0.35, redTint: 0.06, blueTint: -0.04)
        sensor.defects = DefectModel(fraction: 0.0002)
        guard let camera = try? SyntheticCamera(sensor: sensor) else {
            preconditionFailure("the demonstration's parameters are within their ranges")
        }
        return camera
    }()

    /// Captures the test picture at the sensor's size.
    public func captureTestPicture(frameIndex: Int = 0) throws(ISPError) -> SyntheticCapture {
        try capture(scene: try Scene.testPicture(size: sensor.size, seed: seed), frameIndex: frameIndex)
    }

    /// Captures a scene.
    /// - Parameters:
    ///   - scene: light on the sensor's own pixel grid.
    ///   - frameIndex: which frame of a sequence; each has noise of its own.
    ///   - rowLight: a factor of the light for every row, 0 or more; `nil` is a steady light.
    /// - Throws: `ISPError(.usage)` where scene and sensor differ in size, or there is not one factor for every row.
    /// - Complexity: O(pixels); about 0.1 s for the demonstration's.
    public func capture(
        scene: Scene, frameIndex: Int = 0, rowLight: [Double]? = nil
    ) throws(ISPError) -> SyntheticCapture {
        guard scene.size == sensor.size else {
            throw ISPError(
                .usage, "a scene of \(scene.size) before a sensor of \(sensor.size); make them the same size")
        }
        if let rowLight {
            guard rowLight.count == sensor.size.height, rowLight.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
                throw ISPError(
                    .usage,
                    "the light of the rows must be \(sensor.size.height) numbers of at least 0, one for each row")
            }
        }
        let random = RandomStream(seed: seed)
        let map = try sensor.shading.map(size: sensor.size)
        let drawn = sensor.lens.image(of: scene)
        let exposed = Exposure(sensor, drawn, map, rowLight: rowLight)
        let defects = sensor.findDefects(random.substream(1))
        let noise = random.substream(2).substream(UInt64(bitPattern: Int64(frameIndex)))

        let format = try sensor.pixelFormat()
        let bytesPerRow = format.minimumBytesPerRow(width: sensor.size.width) + sensor.rowPadding
        let memory = AlignedMemory(byteCount: bytesPerRow * sensor.size.height)
        var expected = [Float](repeating: 0, count: sensor.size.width * sensor.size.height)
        let readout = Readout(sensor, noise, FixedPattern(sensor.fixedPattern, random.substream(3)))
        let codes = sensor.companding?.codes
        var signal = [Double](repeating: 0, count: sensor.size.width)
        var samples = [UInt16](repeating: 0, count: sensor.size.width)
        var nextDefect = 0
        for y in 0..<sensor.size.height {
            exposed.row(y, into: &signal)
            let start = y * sensor.size.width
            for x in 0..<sensor.size.width { expected[start + x] = readout.expected(signal[x]) }
            readout.row(y, signal, into: &samples)
            while nextDefect < defects.count, defects[nextDefect].location.y == y {
                samples[defects[nextDefect].location.x] = defects[nextDefect].value
                nextDefect += 1
            }
            if let codes { for x in 0..<sensor.size.width { samples[x] = codes[Int(samples[x])] } }
            let row = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[(y * bytesPerRow)..<((y + 1) * bytesPerRow)])
            RawPacking.pack(samples, width: sensor.size.width, format, into: row)
        }

        let frame = try RawFrame(
            format: format, size: sensor.size, bytesPerRow: bytesPerRow, bytes: UnsafeRawBufferPointer(memory.bytes),
            owner: memory, metadata: try metadata(map, defects))
        let truth = GroundTruth(
            scene: scene, lensImage: drawn, rowLight: rowLight, expected: expected,
            sceneToCamera: sensor.sceneToCamera, defects: defects, sensor: sensor, exposed: exposed)
        return SyntheticCapture(frame: frame, truth: truth, frameIndex: frameIndex, seed: seed)
    }

    private func metadata(_ map: LensShadingMap?, _ defects: [SyntheticDefect]) throws(ISPError) -> FrameMetadata {
        var metadata = FrameMetadata(blackLevel: Float(sensor.blackLevel), whiteLevel: Float(sensor.whiteLevel))
        metadata.asShotGains = try sensor.asShotGains()
        metadata.color = sensor.cfa == nil ? nil : sensor.color
        metadata.baselineExposure = -PortableMath.log2(sensor.whiteFraction)
        metadata.lensShading = map
        metadata.linearization = sensor.companding?.linearization
        metadata.noiseProfile = sensor.noiseProfile
        metadata.defects = defects.filter(\.isListed).map(\.location)
        metadata.capture.make = "SoftISP"
        metadata.capture.model = "synthetic camera"
        metadata.capture.lens = "synthetic 35mm F2.8"
        metadata.capture.iso = sensor.noise.iso
        metadata.capture.exposureTime = sensor.effectiveExposureTime
        metadata.capture.aperture = 2.8
        metadata.capture.focalLength = 35
        return metadata
    }
}
