import ISPImaging
import ISPSynthetic
import Testing

@Suite struct SequenceTests {
    static let size = Size(width: 48, height: 40)

    static func sequence(
        backdrop: Scene? = nil, seed: UInt64 = 3, _ change: (inout SequenceModel) -> Void = { _ in },
        sensor changeSensor: (inout SensorModel) -> Void = { _ in }
    ) throws -> SyntheticSequence {
        var sensor = cleanSensor(size)
        changeSensor(&sensor)
        var model = SequenceModel()
        change(&model)
        let scene = try backdrop ?? Scene.testPicture(size: size)
        return try SyntheticSequence(
            camera: SyntheticCamera(sensor: sensor, seed: seed), backdrop: scene, model: model)
    }

    /// A scene whose colour tells the place.
    static func places(_ size: Size) throws -> Scene {
        let indices = 0..<(size.width * size.height)
        return try Scene(
            size: size, red: indices.map { Float($0 % size.width) }, green: indices.map { Float($0 / size.width) },
            blue: indices.map { _ in 0 })
    }

    @Test func atRestItIsTheCamerasOwnPicture() throws {
        let sequence = try Self.sequence(sensor: { $0.noise = NoiseModel(fullWell: 5000, readNoise: 4) })
        let alone = try sequence.camera.capture(scene: sequence.backdrop, frameIndex: 4)
        let isSame = try sequence.capture(frame: 4).rawBytes == alone.rawBytes
        #expect(isSame)
        #expect(sequence.scene(ofFrame: 9).layout.patches.count == 24)
    }

    @Test func aPanMovesTheWindowAndGoesOnAroundTheEdges() throws {
        let full = Size(width: 70, height: 60)
        let sequence = try Self.sequence(backdrop: Self.places(full)) { ($0.panX, $0.panY) = (3, -2) }
        for frame in [0, 1, 7, 40] {
            let scene = sequence.scene(ofFrame: frame)
            #expect(scene.size == Self.size)
            for (x, y) in [(0, 0), (47, 0), (20, 39), (47, 39)] {
                let wanted = ((11 + 3 * frame + x) % 70, ((10 - 2 * frame + y) % 60 + 60) % 60)
                let color = scene.color(x: x, y: y)
                #expect(color.x == Double(wanted.0) && color.y == Double(wanted.1), "frame \(frame) at \(x), \(y)")
            }
        }
    }

    @Test func aPanBetweenPixelsInterpolates() throws {
        let full = Size(width: 80, height: 70)
        let sequence = try Self.sequence(backdrop: Self.places(full)) { ($0.panX, $0.panY) = (0.25, 0.5) }
        let color = sequence.scene(ofFrame: 1).color(x: 5, y: 6)
        #expect(color.x == Double(16 + 5) + 0.25 && color.y == Double(15 + 6) + 0.5)
    }

    @Test func aSmallSceneIsRepeated() throws {
        let sequence = try Self.sequence(backdrop: Self.places(Size(width: 20, height: 16)))
        let scene = sequence.scene(ofFrame: 0)
        // The middles coincide: the window begins 14 columns and 12 rows before the scene.
        #expect(scene.color(x: 14, y: 12) == Vector3(0, 0, 0) && scene.color(x: 0, y: 0) == Vector3(6, 4, 0))
    }

    @Test func objectsMoveByTheSeed() throws {
        func moving(_ seed: UInt64) throws -> SyntheticSequence { try Self.sequence(seed: seed) { $0.objects = 5 } }
        let (first, again, other) = try (moving(3), moving(3), moving(4))
        let (a, b) = (first.scene(ofFrame: 0), first.scene(ofFrame: 6))
        let (moves, repeats, differs) =
            (a != b, b == again.scene(ofFrame: 6), b != other.scene(ofFrame: 6))
        #expect(moves && repeats && differs)
        let changed = zip(a.red, first.backdrop.red).count { $0 != $1 }
        #expect(changed > 0 && changed < a.red.count / 2)
        // They are back in the picture after any time.
        #expect(first.scene(ofFrame: 1_000_000).red.allSatisfy { $0.isFinite })
    }

    // MARK: Flicker

    @Test(arguments: [(100.0, 0.0021, 0.0), (100, 0.0037, 0.3), (247, 0.02, 0.9), (50, 1e-5, 0.5)])
    func theLightIsTheMeanOverTheExposure(frequency: Double, duration: Double, phase: Double) {
        let flicker = FlickerModel(frequency: frequency, depth: 0.6, phase: phase)
        for start in [0.0, 0.00123, 5.4321] {
            let steps = 20_000
            let mean =
                (0..<steps).reduce(0.0) { sum, i in
                    let time = start + duration * (Double(i) + 0.5) / Double(steps)
                    return sum + 1 + 0.6 * PortableMath.cosine(turns: frequency * time + phase)
                } / Double(steps)
            #expect(abs(flicker.light(from: start, over: duration) - mean) < 1e-7)
        }
    }

    @Test func wholeSwingsAverageOut() {
        let flicker = FlickerModel(frequency: 100, depth: 1)
        for start in [0.0, 0.003] { #expect(abs(flicker.light(from: start, over: 0.02) - 1) < 1e-9) }
        #expect(FlickerModel(frequency: 0, depth: 1).light(from: 1, over: 1) == 1)
        #expect(abs(flicker.light(from: 0.005, over: 1e-9)) < 1e-6)
    }

    @Test func rowsHaveTheirOwnLightAndBandsMove() throws {
        let grey = try Scene.flat(size: Self.size, color: Vector3(0.3, 0.3, 0.3))
        let sequence = try Self.sequence(backdrop: grey) {
            $0.frameRate = 40
            $0.flicker = FlickerModel(frequency: 130, depth: 0.5)
        } sensor: {
            $0.exposureTime = 0.001
        }
        #expect(abs(sequence.lineTime - 0.025 / 40) < 1e-15)
        let steady = try sequence.camera.capture(scene: grey)
        let (first, second) = try (sequence.capture(frame: 0), sequence.capture(frame: 1))
        let light = try #require(first.truth.rowLight)
        #expect(light.max()! > 1.4 && light.min()! < 0.6)
        for y in 0..<Self.size.height {
            let i = y * Self.size.width + 7
            let factor = (first.truth.expected[i] - 4096) / (steady.truth.expected[i] - 4096)
            #expect(abs(Double(factor) - light[y]) < 1e-5)
        }
        #expect(second.truth.rowLight != first.truth.rowLight)
        // 130 swings a second are 3.25 a frame: after four frames the bands are where they were.
        let fifth = try #require(sequence.rowLight(ofFrame: 4))
        #expect(zip(fifth, light).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(try Self.sequence().rowLight(ofFrame: 0) == nil)
    }

    @Test func theLightOfTheRowsMustFit() throws {
        let camera = try SyntheticCamera(sensor: cleanSensor(Self.size))
        let scene = try Scene.flat(size: Self.size, color: Vector3(1, 1, 1))
        let wrong = [[], [1.0], [Double](repeating: -1, count: 40), [Double](repeating: .nan, count: 40)]
        for light in wrong { #expect(throws: ISPError.self) { try camera.capture(scene: scene, rowLight: light) } }
    }

    // MARK: Many frames

    @Test func prerenderedFramesAreTheFrames() throws {
        let sequence = try Self.sequence {
            $0.panX = 1.5
            $0.objects = 3
            $0.flicker = FlickerModel(frequency: 100, depth: 0.5)
        } sensor: {
            $0.noise = NoiseModel(fullWell: 5000, readNoise: 4)
            $0.exposureTime = 0.004
        }
        let frames = try sequence.prerender(count: 5, threads: 3)
        #expect(frames.count == 5)
        for (index, frame) in frames.enumerated() {
            let isSame = samples(frame) == samples(try sequence.capture(frame: index).frame)
            #expect(isSame, "frame \(index)")
        }
        #expect(throws: ISPError.self) { try sequence.prerender(count: 0) }
        #expect(throws: ISPError.self) { try sequence.prerender(count: 1, threads: 0) }
    }

    /// Every effect at once: its bytes are pinned, so that a change of any of them shows.
    @Test func sameBytesWithEveryEffectOnEveryMachine() throws {
        var sensor = SyntheticCamera.demo.sensor
        sensor.size = Size(width: 97, height: 65)
        sensor.lens = LensBlur(sigma: 0.8)
        sensor.noise.postNoise = 4
        sensor.noise.rowNoise = 2
        sensor.fixedPattern = FixedPatternModel(gain: 0.01, offset: 3)
        (sensor.blackLevel, sensor.whiteLevel) = (1024, 65_535)
        sensor.companding = try .squareRoot(bits: 12)
        var model = SequenceModel()
        (model.panX, model.panY, model.objects) = (1.3, -0.6, 4)
        model.flicker = FlickerModel(frequency: 120, depth: 0.3)
        let sequence = try SyntheticSequence(
            camera: SyntheticCamera(sensor: sensor, seed: 5),
            backdrop: .testPicture(size: Size(width: 120, height: 80)), model: model)
        let pinned = fingerprint(try sequence.capture(frame: 3).rawBytes)
        #expect(pinned == 2_306_805_726_728_274_493)
    }

    static let wrong: [@Sendable (inout SequenceModel) -> Void] = [
        { $0.frameRate = 0 }, { $0.panX = .nan }, { $0.panY = 1001 }, { $0.objects = 65 }, { $0.objects = -1 },
        { $0.flicker.frequency = -1 }, { $0.flicker.depth = 1.1 }, { $0.flicker.phase = .infinity },
    ]

    @Test func parametersOutOfRangeAreWrongUsage() {
        for change in Self.wrong {
            do {
                _ = try Self.sequence(change)
                Issue.record("accepted")
            } catch {
                #expect((error as? ISPError)?.kind == .usage)
            }
        }
    }
}
