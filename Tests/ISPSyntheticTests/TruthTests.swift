import Foundation
import ISPImaging
import ISPSynthetic
import Testing

@Suite struct TruthTests {
    static let size = Size(width: 61, height: 47)

    static func capture(_ cfa: CFAPattern?) throws -> SyntheticCapture {
        var sensor = cleanSensor(size, cfa)
        sensor.shading = ShadingModel(cornerLoss: 0.5, redTint: 0.1, blueTint: -0.1)
        sensor.lens = LensBlur(sigma: 1.2)
        sensor.noise = NoiseModel(fullWell: 1000, readNoise: 5)
        sensor.exposureTime = 0.001
        var model = SequenceModel()
        model.flicker = FlickerModel(frequency: 100, depth: 0.5)
        return try SyntheticSequence(
            camera: SyntheticCamera(sensor: sensor), backdrop: .testPicture(size: size), model: model
        ).capture(frame: 2)
    }

    @Test(arguments: CFAPattern.allCases + [nil])
    func cameraColoursAreTheExpectedSamplesAtTheirPhotosites(cfa: CFAPattern?) throws {
        let truth = try Self.capture(cfa).truth
        let camera = truth.cameraRGB()
        let planes = [camera.red, camera.green, camera.blue]
        var differing = 0
        for y in 0..<Self.size.height {
            for x in 0..<Self.size.width {
                let i = y * Self.size.width + x
                if planes[cfa?.site(column: x, row: y).plane ?? 1][i] != truth.expected[i] { differing += 1 }
            }
        }
        #expect(differing == 0)
        let isGrey = camera.red == camera.green && camera.green == camera.blue
        #expect(isGrey == (cfa == nil))
    }

    @Test func theLensLiesBetweenSceneAndCamera() throws {
        let truth = try Self.capture(.rggb).truth
        let isBlurred = truth.lensImage != truth.scene
        #expect(isBlurred && truth.lensImage.layout == truth.scene.layout)
        // The camera's colours come from the blurred scene.
        let (x, y) = (30, 23)
        let light = truth.sceneToCamera * truth.lensImage.color(x: x, y: y)
        let shade = 1.0  // The centre of the lens.
        let green = (Double(truth.cameraRGB().green[y * Self.size.width + x]) - 4096) / 61_439
        #expect(abs(green - light.y * truth.rowLight![y] * shade) < 2e-3 * light.y + 1e-4)
    }

    @Test(arguments: TruthTap.allCases) func picturesShowTheTruth(tap: TruthTap) throws {
        let truth = try Self.capture(.bggr).truth
        let picture = try truth.picture(at: tap)
        #expect(picture.size == Self.size && picture.format == (tap == .mosaic ? .grey16 : .rgb48))
        let (x, y) = (17, 31)
        let i = y * Self.size.width + x
        let value: Double
        switch tap {
        case .scene: value = TransferFunction.srgb.encode(Double(truth.scene.red[i]))
        case .lens: value = TransferFunction.srgb.encode(Double(truth.lensImage.red[i]))
        case .camera: value = (Double(truth.cameraRGB().red[i]) - 4096) / 61_439
        case .mosaic: value = (Double(truth.expected[i]) - 4096) / 61_439
        }
        #expect(abs(Double(picture.sample(x: x, y: y, channel: 0)) - min(max(value, 0), 1) * 65_535) <= 0.51)
    }

    @Test func theSidecarHasEveryParameterOfTheSequence() throws {
        let capture = try Self.capture(.rggb)
        let text = capture.sidecarJSON(fileName: "a.raw")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let synthetic = try #require(json["synthetic"] as? [String: Any])
        #expect(synthetic["frame_index"] as? Int == 2)
        let sequence = try #require(synthetic["sequence"] as? [String: Any])
        #expect(sequence["frames_per_second"] as? Double == 30)
        #expect((sequence["flicker"] as? [String: Any])?["frequency_hz"] as? Double == 100)
        let sensor = try #require(synthetic["sensor"] as? [String: Any])
        #expect(sensor["lens_sigma_px"] as? Double == 1.2 && sensor["exposure_time_s"] as? Double == 0.001)
        #expect(sensor["companding_knees"] is NSNull)
    }

    @Test func theSidecarOfACompandedFrameHasTheTable() throws {
        var sensor = cleanSensor(Self.size, .rggb)
        sensor.bitsPerSample = 10
        sensor.companding = try .squareRoot(bits: 10)
        let text = try SyntheticCamera(sensor: sensor).captureTestPicture().sidecarJSON(fileName: "a.raw")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect((json["linearization"] as? [Int])?.count == 1024)
        #expect(json["white_level"] as? Int == 65_535 && json["bits_per_sample"] as? Int == 10)
    }
}
