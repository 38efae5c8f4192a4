import Foundation
import ISPImaging
import ISPSynthetic
import Testing

@Suite struct SensorChecksTests {
    typealias Change = @Sendable (inout SensorModel) -> Void

    static let wrong: [(String, Change)] = [
        ("size", { $0.size = Size(width: 15, height: 64) }),
        ("bits", { $0.bitsPerSample = 11 }),
        ("packing", { $0.packing = .bytes }),
        ("black", { $0.blackLevel = -1 }),
        ("white", { $0.whiteLevel = 4096 }),
        ("levels", { $0.blackLevel = 4090 }),
        ("padding", { $0.rowPadding = -1 }),
        ("exposure", { $0.exposure = 0 }),
        ("exposure nan", { $0.exposure = .nan }),
        ("white fraction", { $0.whiteFraction = 1.1 }),
        ("kelvin", { $0.illuminantKelvin = 1500 }),
        ("full well", { $0.noise.fullWell = 0 }),
        ("read noise", { $0.noise.readNoise = -1 }),
        ("post noise", { $0.noise.postNoise = 1001 }),
        ("row noise", { $0.noise.rowNoise = -0.1 }),
        ("iso", { $0.noise.iso = .infinity }),
        ("exposure time", { $0.exposureTime = 0 }),
        ("lens", { $0.lens.sigma = 8.5 }),
        ("lens nan", { $0.lens.sigma = .nan }),
        ("pattern gain", { $0.fixedPattern.gain = 0.3 }),
        ("pattern offset", { $0.fixedPattern.offset = -1 }),
        ("companding", { $0.companding = try? .squareRoot(bits: 14) }),
        ("companded white", { ($0.companding, $0.whiteLevel) = (try? .squareRoot(bits: 12), 65_536) }),
        ("corner loss", { $0.shading.cornerLoss = 0.95 }),
        ("red tint", { $0.shading.redTint = 0.5 }),
        ("blue tint", { $0.shading.blueTint = -0.5 }),
        ("fraction", { $0.defects.fraction = 0.06 }),
        ("listed", { $0.defects.listedShare = 2 }),
        ("hot", { $0.defects.hotShare = -0.1 }),
        ("shares", { ($0.defects.hotShare, $0.defects.deadShare) = (0.6, 0.6) }),
    ]

    @Test func parametersOutOfRangeAreRefusedAsWrongUsage() {
        for (name, change) in Self.wrong {
            var sensor = SyntheticCamera.demo.sensor
            change(&sensor)
            do {
                _ = try SyntheticCamera(sensor: sensor)
                Issue.record("\(name) was accepted")
            } catch {
                #expect(error.kind == .usage, "\(name): \(error)")
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test func theDemonstrationIsSound() throws {
        let sensor = SyntheticCamera.demo.sensor
        try sensor.check()
        #expect(sensor.size == Size(width: 1536, height: 1024))
        #expect(try sensor.pixelFormat().name == "SRGGB12")
    }

    @Test func aSceneOfAnotherSizeIsRefused() throws {
        let scene = try Scene.flat(size: Size(width: 32, height: 32), color: Vector3(1, 1, 1))
        #expect(throws: ISPError.self) { try SyntheticCamera.demo.capture(scene: scene) }
    }

    @Test func metadataIsComplete() throws {
        let capture = try CaptureTests.troubled().captureTestPicture()
        let metadata = capture.frame.metadata
        #expect(metadata.blackLevel == [256, 256, 256, 256])
        #expect(metadata.whiteLevel == 4095)
        #expect(metadata.capture.make == "SoftISP")
        #expect(metadata.capture.model == "synthetic camera")
        #expect(metadata.capture.iso == 200)
        #expect(metadata.lensShading?.fullFrame == capture.frame.size)
        #expect(metadata.asShotGains != nil && metadata.color != nil && metadata.noiseProfile != nil)
        #expect(abs(metadata.baselineExposure - log2(1 / 0.7)) < 1e-12)
    }

    @Test func theSidecarDescribesTheDump() throws {
        let capture = try CaptureTests.troubled().captureTestPicture()
        let text = capture.sidecarJSON(fileName: "a \"b\".raw", gainMapFile: "g.json")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(json["file"] as? String == "a \"b\".raw")
        #expect(json["width"] as? Int == 193)
        #expect(json["height"] as? Int == 129)
        #expect(json["cfa"] as? String == "RGGB")
        #expect(json["format"] as? String == "SRGGB12")
        #expect(json["bits_per_sample"] as? Int == 12)
        #expect(json["stride_bytes"] as? Int == 386)
        #expect(json["black_level"] as? Int == 256)
        #expect(json["white_level"] as? Int == 4095)
        #expect(json["bytes"] as? Int == capture.rawBytes.count)
        #expect(json["calibration_illuminant_1"] as? String == "Standard Light A")
        #expect(json["calibration_illuminant_2"] as? String == "D65")
        let gains = try #require(json["wb_gains"] as? [String: Double])
        #expect(gains["r"] == capture.frame.metadata.asShotGains?.red)
        let matrix = try #require(json["color_matrix_2_xyz_to_camera"] as? [[Double]])
        #expect(matrix[0] == [0.902, -0.289, -0.0715])
        #expect((json["defects_xy"] as? [[Int]])?.count == capture.frame.metadata.defects.count)

        #expect(json["linearization"] == nil)
        let synthetic = try #require(json["synthetic"] as? [String: Any])
        #expect(synthetic["seed"] as? String == "9" && synthetic["frame_index"] as? Int == 0)
        #expect(synthetic["sequence"] == nil)
        let sensor = try #require(synthetic["sensor"] as? [String: Any])
        #expect(sensor["illuminant_kelvin"] as? Double == 5200 && sensor["lens_sigma_px"] as? Double == 0)
        #expect((sensor["noise"] as? [String: Any])?["read_noise_e"] as? Double == 3)
        #expect((sensor["defects"] as? [String: Any])?["listed_share"] as? Double == 0.5)

        let maps = try #require(capture.gainMapJSON())
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(maps.utf8)) as? [String: Any])
        let list = try #require(parsed["maps"] as? [[String: Any]])
        #expect(list.count == 4)
        #expect(list.map { $0["left"] as? Int } == [0, 1, 0, 1])
        #expect(list.map { $0["top"] as? Int } == [0, 0, 1, 1])
        let read = try #require(list[3]["gains"] as? [Double]).map { Float($0) }
        #expect(read == capture.frame.metadata.lensShading?.meshes[3].gains)
    }
}
