// The effects that are off by default: each alone has the size it is given, and only that.

import ISPImaging
import ISPSynthetic
import Testing

@Suite struct SensorEffectsTests {
    static let size = Size(width: 192, height: 160)

    /// The samples of a grey frame as shares of saturation.
    static func shares(
        _ level: Double, frame: Int = 0, seed: UInt64 = 1, _ change: (inout SensorModel) -> Void
    ) throws -> [Double] {
        var sensor = cleanSensor(size, nil)
        sensor.whiteFraction = 1
        sensor.noise.fullWell = 20_000
        change(&sensor)
        let capture = try SyntheticCamera(sensor: sensor, seed: seed).capture(
            scene: .flat(size: size, color: Vector3(level, level, level)), frameIndex: frame)
        let range = Double(sensor.whiteLevel - sensor.blackLevel)
        return samples(capture.frame).map { (Double($0) - Double(sensor.blackLevel)) / range }
    }

    @Test(arguments: [100.0, 1600.0]) func noiseAfterTheAmplifierDoesNotGrowWithISO(iso: Double) throws {
        let values = try Self.shares(0.4) { ($0.noise.postNoise, $0.noise.iso) = (40, iso) }
        let (mean, variance) = meanAndVariance(values)
        #expect(abs(mean - 0.4) < 1e-4)
        #expect(abs(variance.squareRoot() * 20_000 / 40 - 1) < 0.02)
        let before = try Self.shares(0.4) { ($0.noise.readNoise, $0.noise.iso) = (40, iso) }
        #expect(abs(meanAndVariance(before).variance.squareRoot() * 20_000 / (40 * iso / 100) - 1) < 0.02)
    }

    @Test func aRowSharesItsNoise() throws {
        let values = try Self.shares(0.4) { $0.noise.rowNoise = 50 }
        let width = Self.size.width
        let rows = (0..<Self.size.height).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
        #expect(rows.allSatisfy { row in row.allSatisfy { $0 == row[0] } })
        let sigma = meanAndVariance(rows.map { $0[0] }).variance.squareRoot() * 20_000
        #expect(abs(sigma / 50 - 1) < 0.2, "sigma \(sigma)")
        let next = try Self.shares(0.4, frame: 1) { $0.noise.rowNoise = 50 }
        #expect(next[0] != values[0])
    }

    @Test func thePatternOfGainsStays() throws {
        let values = try Self.shares(0.4) { $0.fixedPattern.gain = 0.02 }
        let (mean, variance) = meanAndVariance(values)
        #expect(abs(mean - 0.4) < 5e-4)
        #expect(abs(variance.squareRoot() / (0.4 * 0.02) - 1) < 0.02)
        let isSame = values == (try Self.shares(0.4, frame: 7) { $0.fixedPattern.gain = 0.02 })
        let isSameForAnother = values == (try Self.shares(0.4, seed: 2) { $0.fixedPattern.gain = 0.02 })
        #expect(isSame && !isSameForAnother)
        // It multiplies the light: twice the light, twice the deviation.
        let twice = try Self.shares(0.8) { $0.fixedPattern.gain = 0.02 }
        #expect(zip(values, twice).allSatisfy { abs(2 * $0 - $1) < 1e-4 })
    }

    @Test func thePatternOfOffsetsStaysAndDoesNotNeedLight() throws {
        let dark = try Self.shares(0) { $0.fixedPattern.offset = 30 }
        #expect(abs(meanAndVariance(dark).variance.squareRoot() * 20_000 / 30 - 1) < 0.02)
        let isSame = dark == (try Self.shares(0, frame: 7) { $0.fixedPattern.offset = 30 })
        #expect(isSame)
        let light = try Self.shares(0.5) { $0.fixedPattern.offset = 30 }
        #expect(zip(dark, light).allSatisfy { abs($1 - $0 - 0.5) < 1e-4 })
    }

    @Test func switchingOneEffectOnLeavesTheOthersDraws() throws {
        let plain = try Self.shares(0.3) { $0.noise = NoiseModel(fullWell: 20_000, readNoise: 5) }
        let more = try Self.shares(0.3) {
            $0.noise = NoiseModel(fullWell: 20_000, readNoise: 5)
            $0.fixedPattern.offset = 30
        }
        let pattern = try Self.shares(0.3) { $0.fixedPattern.offset = 30 }
        let worst = zip(zip(plain, more), pattern).map { abs($0.1 - $0.0 - ($1 - 0.3)) }.max()!
        #expect(worst < 1e-4)
    }

    @Test(arguments: [0.0, 0.02, 0.3, 1.0]) func theProfileCoversAllThatIsIndependent(level: Double) throws {
        var sensor = cleanSensor(Self.size, nil, bits: 14)
        // Room above, so that nothing clips at white.
        (sensor.blackLevel, sensor.whiteLevel, sensor.whiteFraction) = (1024, 16_383, 0.5)
        sensor.noise = NoiseModel(fullWell: 20_000, readNoise: 6, iso: 200)
        sensor.noise.postNoise = 9
        sensor.fixedPattern = FixedPatternModel(gain: 0.01, offset: 5)
        let capture = try SyntheticCamera(sensor: sensor).capture(
            scene: .flat(size: Self.size, color: Vector3(level, level, level)))
        let profile = try #require(capture.frame.metadata.noiseProfile)
        let range = Double(sensor.whiteLevel - sensor.blackLevel)
        let values = samples(capture.frame).map { (Double($0) - 1024) / range }
        let signal = level / 2
        let chord = 1e-4 * (signal - signal * signal)
        let wanted = profile.scale[0] * signal + profile.offset[0] - chord
        #expect(abs(meanAndVariance(values).variance / wanted - 1) < 0.05)
    }

    @Test func theExposureTimeIsWhatTheMetadataSays() throws {
        var sensor = cleanSensor(Self.size, nil)
        #expect(sensor.effectiveExposureTime == 0.01)
        sensor.exposureTime = 0.002
        let capture = try SyntheticCamera(sensor: sensor).captureTestPicture()
        #expect(capture.frame.metadata.capture.exposureTime == 0.002)
    }

    @Test func theIdentityCameraSeesInTheScenesOwnColours() throws {
        var sensor = cleanSensor(Self.size)
        sensor.color = SensorModel.identityColor
        sensor.whiteFraction = 1
        for color in [Vector3(0.2, 0.5, 0.7), Vector3(0.9, 0.1, 0.3), Vector3(1, 1, 1)] {
            let camera = sensor.sceneToCamera * color
            for (a, b) in zip(camera.components, color.components) { #expect(abs(a - b) < 2e-3) }
        }
        let gains = try #require(try sensor.asShotGains())
        #expect(abs(gains.red - 1) < 2e-3 && abs(gains.blue - 1) < 2e-3)
    }

    // MARK: The lens

    /// A scene that is dark but for one pixel.
    static func point(_ size: Size, x: Int, y: Int) throws -> Scene {
        var plane = [Float](repeating: 0, count: size.width * size.height)
        plane[y * size.width + x] = 1
        return try Scene(size: size, red: plane, green: plane, blue: plane)
    }

    static func drawn(_ scene: Scene, sigma: Double) throws -> Scene {
        var sensor = cleanSensor(scene.size, nil)
        sensor.lens = LensBlur(sigma: sigma)
        return try SyntheticCamera(sensor: sensor).capture(scene: scene).truth.lensImage
    }

    @Test(arguments: [0.7, 1.5, 3.0, 8.0]) func aPointBecomesAGaussianSpot(sigma: Double) throws {
        let size = Size(width: 97, height: 91)
        let image = try Self.drawn(Self.point(size, x: 48, y: 45), sigma: sigma)
        var (sum, momentX, momentY) = (0.0, 0.0, 0.0)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let value = image.color(x: x, y: y).x
                sum += value
                momentX += value * Double((x - 48) * (x - 48))
                momentY += value * Double((y - 45) * (y - 45))
            }
        }
        #expect(abs(sum - 1) < 1e-5, "light is lost or made: \(sum)")
        #expect(abs((momentX / sum).squareRoot() / sigma - 1) < 0.005)
        #expect(abs((momentY / sum).squareRoot() / sigma - 1) < 0.005)
    }

    @Test func theLensLosesNoLightAtTheEdges() throws {
        let size = Size(width: 20, height: 17)
        let image = try Self.drawn(Self.point(size, x: 0, y: 16), sigma: 8)
        #expect(abs(image.green.reduce(0, +) - 1) < 1e-4)
        let flat = try Self.drawn(.flat(size: size, color: Vector3(0.25, 0.5, 1)), sigma: 8)
        #expect(flat.blue.allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test func aPerfectLensIsTheSceneItself() throws {
        let scene = try Scene.testPicture(size: Size(width: 60, height: 40))
        let image = try Self.drawn(scene, sigma: 0)
        let isSame = image == scene
        #expect(isSame)
        // A lens far below a pixel is nearly perfect.
        let tiny = try Self.drawn(scene, sigma: 0.01)
        #expect(zip(tiny.red, scene.red).allSatisfy { abs($0 - $1) < 1e-6 })
    }
}
