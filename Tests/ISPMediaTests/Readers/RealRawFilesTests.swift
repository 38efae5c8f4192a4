import Foundation
import ISPImaging
import ISPMedia
import Testing

/// Where the real frames are.
enum RealRawFiles {
    static let folder: String? = ProcessInfo.processInfo.environment["SOFTISP_DATA"].map { $0 + "/raw" }
    static let names: [String] = {
        guard let folder, let all = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return all.filter { all.contains($0 + ".json") }.sorted()
    }()
}

/// Real frames and what their sidecars state, where `SOFTISP_DATA` names a folder with `raw/` in it.
@Suite(.enabled(if: RealRawFiles.folder != nil, "SOFTISP_DATA is not set: no real raw frames to read"))
struct RealRawFilesTests {
    private func sidecar(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(RealRawFiles.folder!)/\(name).json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func thereAreFrames() { #expect(!RealRawFiles.names.isEmpty) }

    @Test(arguments: RealRawFiles.names)
    func opensWithTheFactsItsSidecarStates(name: String) throws {
        let facts = try sidecar(name)
        let frame = try Readers.read(.file("\(RealRawFiles.folder!)/\(name)"))
        func number(_ key: String) -> Double? { (facts[key] as? NSNumber)?.doubleValue }
        var size = Size(width: Int(number("width")!), height: Int(number("height")!))
        if let area = facts["active_area_top_left_bottom_right"] as? [Int] {
            size = Size(width: area[3] - area[1], height: area[2] - area[0])
        }
        #expect(frame.size == size)
        #expect(frame.format.cfa?.rawValue.uppercased() == facts["cfa"] as? String)
        if let format = facts["format"] as? String { #expect(frame.format.name == format) }
        #expect(frame.metadata.blackLevel == Array(repeating: Float(number("black_level")!), count: 4))
        #expect(frame.metadata.whiteLevel == Float(number("white_level")!))

        let chart =
            (facts["colorchecker"] as? [String: Any])?["measured_wb_gains_from_neutral_6p5"] as? [String: Double]
        if let gains = facts["wb_gains"] as? [String: Double] ?? chart {
            let read = try #require(frame.metadata.asShotGains)
            #expect(isClose([read.red, read.blue], [gains["r"]! / gains["g"]!, gains["b"]! / gains["g"]!], 2e-3))
        } else if let neutral = facts["as_shot_neutral"] as? [Double] {
            let read = try #require(frame.metadata.asShotGains)
            #expect(isClose([read.red, read.blue], [neutral[1] / neutral[0], neutral[1] / neutral[2]], 2e-3))
        }
        let matrices = ["color_matrix_1_xyz_to_camera", "color_matrix_2_xyz_to_camera"].compactMap {
            facts[$0] as? [[Double]]
        }
        #expect(frame.metadata.color?.calibrations.count ?? 0 == matrices.count)
        for (calibration, matrix) in zip(frame.metadata.color?.calibrations ?? [], matrices) {
            #expect(isClose(calibration.colorMatrix.values, matrix.flatMap(\.self), 1e-3))
        }
        #expect(frame.metadata.orientation.rawValue == Int(number("exif_orientation") ?? 1))
        #expect((frame.metadata.lensShading != nil) == (facts["gain_map_file"] != nil))
        #expect(abs(frame.metadata.baselineExposure - (number("baseline_exposure_ev") ?? 0)) < 1e-4)
        #expect((frame.metadata.cameraToSRGB != nil) == (facts["ccm_camera_to_rgb_rows"] != nil))

        let statistics = RawStatistics(frame)
        #expect((statistics.aboveBitDepth > 0) == name.contains("defects"))
        #expect(statistics.maximum.max()! > UInt16(frame.metadata.blackLevel[0]))
    }

    /// The camera's own facts, without the sidecar: read from memory, where nothing lies beside it.
    @Test(arguments: RealRawFiles.names.filter { $0.hasSuffix(".dng") })
    func aDNGTellsTheSameByItself(name: String) throws {
        let facts = try sidecar(name)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(RealRawFiles.folder!)/\(name)")))
        let frame = try Readers.read(.bytes(name: name, bytes))
        let neutral = try #require(facts["as_shot_neutral"] as? [Double])
        let gains = try #require(frame.metadata.asShotGains)
        #expect(isClose([gains.red, gains.blue], [neutral[1] / neutral[0], neutral[1] / neutral[2]], 2e-3))
        #expect(frame.metadata.whiteLevel == (facts["white_level"] as? NSNumber)?.floatValue)
        #expect(samples(frame).max()! <= UInt16(frame.format.maximum))

        let half = failure { () throws(ISPError) in
            try Readers.read(.bytes(name: name, Array(bytes.prefix(bytes.count / 2))))
        }
        #expect(half.kind == .damagedInput)
    }

    @Test func thePackedDNGAndItsDecodedDumpAreTheSameSamples() throws {
        let pair = ["colorchart_ml_1888x1182.dng", "colorchart_ml_1734x1156_rggb14.raw"]
        guard pair.allSatisfy(RealRawFiles.names.contains) else { return }
        let frames = try pair.map { try Readers.read(.file("\(RealRawFiles.folder!)/\($0)")) }
        #expect(samples(frames[0]) == samples(frames[1]))
        #expect(frames[0].metadata.notes.contains { $0.contains("white balance") })
    }
}
