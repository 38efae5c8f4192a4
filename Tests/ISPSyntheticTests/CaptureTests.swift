import ISPImaging
import ISPSynthetic
import Testing

@Suite struct CaptureTests {
    /// Every trouble on, at a small size.
    static func troubled(seed: UInt64 = 9) throws -> SyntheticCamera {
        var sensor = SyntheticCamera.demo.sensor
        sensor.size = Size(width: 193, height: 129)
        sensor.defects = DefectModel(fraction: 0.01, listedShare: 0.5)
        return try SyntheticCamera(sensor: sensor, seed: seed)
    }

    @Test func sameSeedSameBytesOnEveryMachine() throws {
        let camera = try Self.troubled()
        let bytes = try camera.captureTestPicture(frameIndex: 3).rawBytes
        #expect(bytes == (try camera.captureTestPicture(frameIndex: 3).rawBytes))
        #expect(fingerprint(bytes) == 9_359_949_751_806_322_913)
        #expect(bytes != (try camera.captureTestPicture(frameIndex: 4).rawBytes))
        #expect(bytes != (try Self.troubled(seed: 10).captureTestPicture(frameIndex: 3).rawBytes))
    }

    static let phases: [CFAPattern?] = CFAPattern.allCases + [nil]

    @Test(arguments: phases, [Size(width: 96, height: 64), Size(width: 97, height: 65), Size(width: 65, height: 16)])
    func withoutNoiseSamplesAreTheTruthAtThePhotosite(cfa: CFAPattern?, size: Size) throws {
        let camera = try SyntheticCamera(sensor: cleanSensor(size, cfa, bits: 14))
        let scene = try Scene.testPicture(size: size)
        let capture = try camera.capture(scene: scene)
        #expect(capture.frame.format.cfa == cfa)
        let values = samples(capture.frame)
        let (black, range) = (1024.0, 16383.0 - 1024)
        let rows = [
            capture.truth.sceneToCamera.rows.0, capture.truth.sceneToCamera.rows.1, capture.truth.sceneToCamera.rows.2,
        ]
        for y in 0..<size.height {
            for x in 0..<size.width {
                let color = scene.color(x: x, y: y)
                let w = rows[cfa?.site(column: x, row: y).plane ?? 0]
                let signal = max(0, w.x * color.x + w.y * color.y + w.z * color.z)
                let i = y * size.width + x
                #expect(abs(Double(capture.truth.expected[i]) - (black + range * signal)) < 0.01)
                #expect(abs(Double(values[i]) - min(black + range * signal, 16383)) <= 0.501, "\(x), \(y)")
            }
        }
    }

    /// The way back is ISPImaging's own colour model, as a pipeline uses it.
    @Test(arguments: [2500.0, 2856, 4200, 5200, 6504, 8000])
    func developingWithTheMetadataGivesTheSceneBack(kelvin: Double) throws {
        var sensor = cleanSensor(Size(width: 96, height: 64))
        sensor.illuminantKelvin = kelvin
        let capture = try SyntheticCamera(sensor: sensor).capture(
            scene: .flat(size: sensor.size, color: Vector3(1, 1, 1)))
        let gains = try #require(capture.frame.metadata.asShotGains)
        let matrix = try #require(capture.frame.metadata.color).matrix(gains: gains, to: .srgb)
        let scale = PortableMath.exp(capture.frame.metadata.baselineExposure * 0.6931471805599453)
        for color in ColorChecker.patches.map(\.linearSRGB) + [Vector3(1, 1, 1)] {
            let camera = capture.truth.sceneToCamera * color
            let developed = matrix * Vector3(camera.x * gains.red, camera.y, camera.z * gains.blue) * scale
            for (a, b) in zip(developed.components, color.components) {
                #expect(abs(a - b) < 2e-4, "\(developed) \(color)")
            }
        }
        // Diffuse white puts green at the white fraction.
        let green = (capture.truth.sceneToCamera * Vector3(1, 1, 1)).y
        #expect(abs(green - 0.7) < 1e-9)
    }

    @Test func doubledExposureDoublesTheSignal() throws {
        let size = Size(width: 96, height: 64)
        let scene = try Scene.testPicture(size: size)
        var sensor = cleanSensor(size)
        sensor.exposure = 0.05
        let once = samples(try SyntheticCamera(sensor: sensor).capture(scene: scene).frame)
        sensor.exposure = 0.1
        let twice = samples(try SyntheticCamera(sensor: sensor).capture(scene: scene).frame)
        for (a, b) in zip(once, twice) { #expect(abs(2 * (Int(a) - 4096) - (Int(b) - 4096)) <= 2) }
    }

    @Test(arguments: [0.0, 0.0005, 0.01, 0.1, 0.6], [100.0, 1600.0])
    func noiseVarianceIsTheProfiles(level: Double, iso: Double) throws {
        let size = Size(width: 256, height: 256)
        var sensor = cleanSensor(size, nil, bits: 14)
        sensor.whiteFraction = 1
        sensor.noise = NoiseModel(fullWell: 15_000, readNoise: 4, iso: iso)
        let camera = try SyntheticCamera(sensor: sensor)
        let capture = try camera.capture(scene: .flat(size: size, color: Vector3(level, level, level)))
        let profile = try #require(capture.frame.metadata.noiseProfile)
        let range = Double(sensor.whiteLevel - sensor.blackLevel)
        let (mean, variance) = meanAndVariance(
            samples(capture.frame).map { (Double($0) - Double(sensor.blackLevel)) / range })
        let wanted = profile.scale[0] * level + profile.offset[0]
        let n = Double(size.width * size.height)
        #expect(abs(mean - level) < 5 * (wanted / n).squareRoot(), "mean \(mean)")
        #expect(abs(variance / wanted - 1) < 5 * (2 / n).squareRoot() + 0.01, "variance \(variance), wanted \(wanted)")
    }

    @Test func noiseIsWhiteAndNewInEveryFrame() throws {
        let size = Size(width: 256, height: 256)
        var sensor = cleanSensor(size, nil, bits: 14)
        sensor.noise = NoiseModel(fullWell: 15_000, readNoise: 4)
        let camera = try SyntheticCamera(sensor: sensor)
        let scene = try Scene.flat(size: size, color: Vector3(0.3, 0.3, 0.3))
        func residual(_ index: Int) throws -> [Double] {
            let values = samples(try camera.capture(scene: scene, frameIndex: index).frame).map(Double.init)
            let (mean, variance) = meanAndVariance(values)
            return values.map { ($0 - mean) / variance.squareRoot() }
        }
        let (a, b) = (try residual(0), try residual(1))
        func correlation(_ p: ArraySlice<Double>, _ q: ArraySlice<Double>) -> Double {
            zip(p, q).reduce(0) { $0 + $1.0 * $1.1 } / Double(p.count)
        }
        #expect(abs(correlation(a[...], b[...])) < 0.02, "between frames")
        #expect(abs(correlation(a.dropLast(), a.dropFirst())) < 0.02, "between columns")
        #expect(abs(correlation(a.dropLast(256), a.dropFirst(256))) < 0.02, "between rows")
    }

    @Test func photonsAndReadNoiseCanBeSwitchedOffApart() throws {
        let size = Size(width: 128, height: 128)
        func variance(_ change: (inout NoiseModel) -> Void) throws -> Double {
            var sensor = cleanSensor(size, nil)
            sensor.noise = NoiseModel(fullWell: 10_000, readNoise: 10)
            change(&sensor.noise)
            let frame = try SyntheticCamera(sensor: sensor).capture(
                scene: .flat(size: size, color: Vector3(0.5, 0.5, 0.5))
            ).frame
            return meanAndVariance(samples(frame).map { (Double($0) - 4096) / 61439 * 10_000 }).variance
        }
        #expect(abs(try variance { _ in } / 3600 - 1) < 0.06)
        #expect(abs(try variance { $0.photons = false } / 100 - 1) < 0.06)
        #expect(abs(try variance { $0.readNoise = 0 } / 3500 - 1) < 0.06)
        #expect(try variance { ($0.photons, $0.readNoise) = (false, 0) } < 1e-12)
    }

    @Test(arguments: phases)
    func theShadingMapUndoesTheShading(cfa: CFAPattern?) throws {
        let size = Size(width: 151, height: 101)
        let scene = try Scene.flat(size: size, color: Vector3(0.6, 0.6, 0.6))
        var sensor = cleanSensor(size, cfa)
        let flat = samples(try SyntheticCamera(sensor: sensor).capture(scene: scene).frame)
        sensor.shading = ShadingModel(cornerLoss: 0.6, redTint: 0.1, blueTint: -0.1)
        let capture = try SyntheticCamera(sensor: sensor).capture(scene: scene)
        let shaded = samples(capture.frame)
        let map = try #require(capture.frame.metadata.lensShading)
        var worst = 0.0
        for y in 0..<size.height {
            for x in 0..<size.width {
                let mesh = map.meshes[(cfa?.site(column: x, row: y) ?? .greenInRed).rawValue]
                let gain = Self.interpolate(mesh, (Double(x) + 0.5) / 151, (Double(y) + 0.5) / 101)
                let i = y * size.width + x
                worst = max(worst, abs((Double(shaded[i]) - 4096) * gain / (Double(flat[i]) - 4096) - 1))
            }
        }
        #expect(worst < 1e-3, "worst relative error \(worst)")
        // Green in the corner keeps 40 %.
        let corner = cfa?.site(column: 0, row: 0).plane ?? 1
        if corner == 1 { #expect(abs((Double(shaded[0]) - 4096) / (Double(flat[0]) - 4096) - 0.4) < 0.02) }
    }

    static func interpolate(_ mesh: LensShadingMap.Mesh, _ x: Double, _ y: Double) -> Double {
        let u = min(max((x - mesh.originX) / mesh.spacingX, 0), Double(mesh.columns - 1))
        let v = min(max((y - mesh.originY) / mesh.spacingY, 0), Double(mesh.rows - 1))
        let (c, r) = (min(Int(u), mesh.columns - 2), min(Int(v), mesh.rows - 2))
        let (s, t) = (u - Double(c), v - Double(r))
        func node(_ column: Int, _ row: Int) -> Double { Double(mesh.gains[row * mesh.columns + column]) }
        return (node(c, r) * (1 - s) + node(c + 1, r) * s) * (1 - t)
            + (node(c, r + 1) * (1 - s) + node(c + 1, r + 1) * s) * t
    }

    @Test func defectsAreWhereTheListSays() throws {
        let size = Size(width: 300, height: 200)
        let scene = try Scene.testPicture(size: size)
        var sensor = cleanSensor(size, .gbrg, bits: 12)
        sensor.noise = NoiseModel(fullWell: 20_000, readNoise: 3)
        let clean = samples(try SyntheticCamera(sensor: sensor).capture(scene: scene).frame)
        sensor.defects = DefectModel(fraction: 0.01, listedShare: 0.5)
        let camera = try SyntheticCamera(sensor: sensor)
        let capture = try camera.capture(scene: scene)
        let defects = capture.truth.defects
        #expect((480...720).contains(defects.count), "\(defects.count) of 60000")
        let broken = samples(capture.frame)
        var at: [Int: SyntheticDefect] = [:]
        for defect in defects { at[defect.location.y * size.width + defect.location.x] = defect }
        #expect(at.count == defects.count)
        for i in broken.indices {
            if let defect = at[i] { #expect(broken[i] == defect.value) } else { #expect(broken[i] == clean[i]) }
        }
        for defect in defects {
            switch defect.kind {
            case .hot: #expect(defect.value == 4095)
            case .dead: #expect(defect.value == 256)
            case .stuck: #expect((256..<4095).contains(defect.value))
            }
        }
        for kind in SyntheticDefect.Kind.allCases { #expect(defects.contains { $0.kind == kind }) }
        let listed = capture.frame.metadata.defects
        #expect(listed == defects.filter(\.isListed).map(\.location))
        #expect(abs(Double(listed.count) / Double(defects.count) - 0.5) < 0.1)
        #expect(try camera.capture(scene: scene, frameIndex: 8).truth.defects == defects)
    }

    static let formats = PixelFormat.all.filter(\.isRaw)

    @Test(arguments: formats)
    func samplesStayWithinTheBitDepthAndSaturationClips(format: PixelFormat) throws {
        let size = Size(width: 67, height: 45)
        var sensor = SensorModel(
            size: size, cfa: format.cfa, bitsPerSample: format.bitsPerSample, packing: format.packing)
        sensor.whiteLevel = format.maximum - 10
        sensor.exposure = 3
        sensor.noise = NoiseModel(fullWell: 500, readNoise: 60)
        let frame = try SyntheticCamera(sensor: sensor).captureTestPicture().frame
        #expect(frame.format == format)
        let values = samples(frame)
        #expect(values.allSatisfy { Int($0) <= sensor.whiteLevel })
        #expect(values.contains(UInt16(sensor.whiteLevel)))
        #expect(values.contains { Int($0) < sensor.blackLevel })
        sensor.exposure = 100
        sensor.noise = NoiseModel()
        let blown = try SyntheticCamera(sensor: sensor).capture(scene: .flat(size: size, color: Vector3(1, 1, 1))).frame
        #expect(samples(blown).allSatisfy { Int($0) == sensor.whiteLevel })
    }

    @Test(arguments: [10, 12, 14])
    func packingKeepsEverySample(bits: Int) throws {
        var sensor = SyntheticCamera.demo.sensor
        sensor.size = Size(width: 101, height: 37)
        sensor.bitsPerSample = bits
        sensor.blackLevel = 64
        sensor.whiteLevel = (1 << bits) - 1
        let words = try SyntheticCamera(sensor: sensor).captureTestPicture()
        sensor.packing = .csi2
        sensor.rowPadding = 13
        let packed = try SyntheticCamera(sensor: sensor).captureTestPicture()
        #expect(samples(words.frame) == samples(packed.frame))
        #expect(packed.frame.bytesPerRow == packed.frame.format.minimumBytesPerRow(width: 101) + 13)
        #expect(packed.rawBytes.count == packed.frame.bytesPerRow * 37)
    }
}
