import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct SidecarTests {
    private func parse(_ json: String) throws(ISPError) -> Sidecar { try Sidecar(json: Array(json.utf8)) }

    @Test func everyKey() throws {
        let sidecar = try parse(
            #"""
            {"width": 640, "height": 480, "cfa": "GRBG", "bits_per_sample": 10, "format": "SGRBG10", "stride_bytes": 1280,
             "black_level": [1, 2, 3, 4.5], "white_level": 1000, "wb_gains": {"r": 2, "g": 1, "b": 1.5},
             "as_shot_neutral": [0.5, 1, 0.8], "color_matrix_1_xyz_to_camera": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
             "color_matrix_2_xyz_to_camera": [[2, 0, 0], [0, 1, 0], [0, 0, 1]], "calibration_illuminant_1": "Standard Light A",
             "calibration_illuminant_2": 23, "ccm_camera_to_rgb_rows": [[1.5, -0.5, 0], [0, 1, 0], [0, -0.5, 1.5]],
             "exif_orientation": 6, "iso": 100, "exposure_s": 0.01, "noise_profile_dng": {"scale": 1e-4, "offset": 1e-7},
             "gain_map_file": "map.json", "crop_origin_xy": [10, 20], "full_frame_wh": [4000, 3000],
             "baseline_exposure_ev": -0.5, "defects": [[1, 2], [3, 4]], "unknown": {"x": [null, true]}, "iso_note": null,
             "colorchecker": {"measured_wb_gains_from_neutral_6p5": {"r": 3, "g": 1, "b": 2}}}
            """#)
        #expect(sidecar.size == Size(width: 640, height: 480) && sidecar.format?.name == "SGRBG10")
        #expect(sidecar.bytesPerRow == 1280 && sidecar.blackLevel == [1, 2, 3, 4.5] && sidecar.whiteLevel == 1000)
        #expect(sidecar.gains?.red == 2 && sidecar.gains?.blue == 1.5 && sidecar.chartGains?.red == 3)
        #expect(sidecar.asShotGains?.red == 2 && sidecar.asShotGains?.blue == 1.25)
        #expect(sidecar.color?.calibrations.map(\.kelvin) == [2850, 5000])
        #expect(sidecar.cameraToSRGB?.values == [1.5, -0.5, 0, 0, 1, 0, 0, -0.5, 1.5])
        #expect(sidecar.orientation == .right && sidecar.iso == 100 && sidecar.exposureTime == 0.01)
        #expect(sidecar.noiseProfile == NoiseProfile(scale: [1e-4], offset: [1e-7]))
        #expect(sidecar.gainMapFile == "map.json" && sidecar.fullFrame == Size(width: 4000, height: 3000))
        #expect(sidecar.cropOrigin?.x == 10 && sidecar.cropOrigin?.y == 20 && sidecar.baselineExposure == -0.5)
        #expect(sidecar.defects == [DefectLocation(x: 1, y: 2), DefectLocation(x: 3, y: 4)])
    }

    @Test func illuminantsOfLoneMatrices() throws {
        let unit = "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]"
        #expect(try parse(#"{"color_matrix_1_xyz_to_camera": \#(unit)}"#).color?.calibrations.map(\.kelvin) == [6500])
        #expect(try parse(#"{"color_matrix_2_xyz_to_camera": \#(unit)}"#).color?.calibrations.map(\.kelvin) == [6500])
        let both = #"{"color_matrix_1_xyz_to_camera": \#(unit), "color_matrix_2_xyz_to_camera": \#(unit)}"#
        #expect(try parse(both).color?.calibrations.map(\.kelvin) == [2850, 6500])
    }

    @Test(arguments: [
        ("width", #"{"width": "640", "height": 480}"#), ("width", #"{"width": 640.5, "height": 480}"#),
        ("width", #"{"width": 1e300, "height": 480}"#), ("height", #"{"width": 640, "height": -1}"#),
        ("height", #"{"width": 640}"#), ("cfa", #"{"cfa": "XYZW"}"#), ("cfa", #"{"cfa": 3}"#),
        ("cfa", #"{"cfa": "BGGR", "format": "SRGGB10"}"#),
        ("bits_per_sample", #"{"bits_per_sample": 12, "format": "SRGGB10"}"#),
        ("bits_per_sample", #"{"bits_per_sample": 0}"#), ("format", #"{"format": "RGB888"}"#),
        ("format", #"{"format": "nope"}"#),
        ("format", #"{"format": ["SRGGB10"]}"#), ("stride_bytes", #"{"stride_bytes": 0}"#),
        ("stride_bytes", #"{"stride_bytes": 1e15}"#),
        ("black_level", #"{"black_level": [1, 2]}"#), ("black_level", #"{"black_level": "0"}"#),
        ("black_level", #"{"black_level": -3}"#), ("white_level", #"{"white_level": true}"#),
        ("white_level", #"{"white_level": 60, "black_level": 64}"#), ("wb_gains", #"{"wb_gains": [1, 1]}"#),
        ("wb_gains", #"{"wb_gains": {"r": 1, "g": 1}}"#), ("wb_gains.r", #"{"wb_gains": {"r": -1, "g": 1, "b": 1}}"#),
        ("wb_gains", #"{"wb_gains": {"r": 500, "g": 1, "b": 1}}"#),
        ("as_shot_neutral", #"{"as_shot_neutral": [0, 1, 1]}"#),
        ("color_matrix_1_xyz_to_camera", #"{"color_matrix_1_xyz_to_camera": [[1, 0, 0], [0, 1, 0]]}"#),
        ("color_matrix_1_xyz_to_camera", #"{"color_matrix_1_xyz_to_camera": [[1, 1, 1], [1, 1, 1], [1, 1, 1]]}"#),
        ("color_matrix_2_xyz_to_camera", #"{"color_matrix_2_xyz_to_camera": [[1, 0, 0], [0, "a", 0], [0, 0, 1]]}"#),
        ("color_matrix_2_xyz_to_camera", #"{"color_matrix_2_xyz_to_camera": [[1, 0, 0, 0], [0, 1], [0, 0, 1]]}"#),
        ("ccm_camera_to_rgb_rows", #"{"ccm_camera_to_rgb_rows": [[0, 0, 0], [0, 0, 0], [0, 0, 0]]}"#),
        ("calibration_illuminant_1", #"{"calibration_illuminant_1": "candle"}"#),
        ("calibration_illuminant_2", #"{"calibration_illuminant_2": 99}"#),
        ("exif_orientation", #"{"exif_orientation": 9}"#),
        ("iso", #"{"iso": 0}"#), ("exposure_s", #"{"exposure_s": "1/60"}"#),
        ("noise_profile_dng", #"{"noise_profile_dng": 1}"#),
        ("noise_profile_dng", #"{"noise_profile_dng": {"scale": 1}}"#),
        ("noise_profile_dng.scale", #"{"noise_profile_dng": {"scale": [1, 2], "offset": 0}}"#),
        ("gain_map_file", #"{"gain_map_file": "../secret.json"}"#),
        ("gain_map_file", #"{"gain_map_file": "/etc/passwd"}"#),
        ("crop_origin_xy", #"{"crop_origin_xy": [1]}"#), ("full_frame_wh", #"{"full_frame_wh": [0, 5]}"#),
        ("baseline_exposure_ev", #"{"baseline_exposure_ev": 99}"#), ("defects", #"{"defects": [[1]]}"#),
        ("defects", #"{"defects": [[1.5, 2]]}"#), ("defects_xy", #"{"defects_xy": [3]}"#),
        ("linearization", #"{"linearization": 1}"#), ("linearization", #"{"linearization": [1]}"#),
        ("linearization", #"{"linearization": [0, 0]}"#), ("linearization", #"{"linearization": [0, 0.5]}"#),
        ("linearization", #"{"linearization": [0, 65536]}"#), ("colorchecker", #"{"colorchecker": 3}"#),
    ])
    func wrongValuesAreRefusedWithTheirKey(key: String, json: String) {
        let error = failure { () throws(ISPError) in try parse(json) }
        #expect(error.kind == .damagedInput)
        #expect(error.message.contains("'\(key)'"), "\(error.message)")
    }

    @Test(arguments: ["", "{", "[]", "3", "null", "{\"width\": }", "\u{0}", #"{"white_level": 1e999}"#])
    func whatIsNoJSONObjectIsDamage(json: String) {
        #expect(failure { () throws(ISPError) in try parse(json) }.kind == .damagedInput)
    }

    @Test func deepNestingIsRefusedNotCrashing() {
        let deep = String(repeating: "[", count: 200_000)
        #expect(failure { () throws(ISPError) in try parse(deep) }.kind == .damagedInput)
        let closed = #"{"a": \#(String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000))}"#
        #expect(failure { () throws(ISPError) in try parse(closed) }.kind == .damagedInput)
    }

    /// Foundation needs seconds for a kilobyte of this.
    @Test func moderatelyDeepNestingIsRefusedBeforeItIsDecoded() throws {
        let lists = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let error = failure { () throws(ISPError) in try parse(#"{"a": \#(lists)}"#) }
        #expect(error.kind == .damagedInput && error.message.contains("deep"))
        let text = String(repeating: #"[{\""#, count: 500)
        #expect(try parse(#"{"a": "\#(text)", "iso": 100}"#).iso == 100)
        let wide: [UInt8] = #"{"iso": 100}"#.utf8.flatMap { [$0, UInt8(0)] }
        #expect(failure { () throws(ISPError) in try Sidecar(json: wide) }.kind == .damagedInput)
    }

    @Test func errorsNameTheSidecar() throws {
        let folder = try TestFolder()
        let path = try folder.write("a.raw", RawDumpReaderTests.bytes)
        try folder.write("a.raw.json", text: #"{"width": "x"}"#)
        let error = failure { () throws(ISPError) in try Readers.read(.file(path)) }
        #expect(error.message.hasPrefix(path + ": sidecar a.raw.json: key 'width'"))
    }

    // MARK: Balance, defects and gain maps of dumps

    private func dump(_ keys: String, map: String? = nil) throws -> RawFrame {
        let folder = try TestFolder()
        let path = try folder.write("a.raw", RawDumpReaderTests.bytes)
        let comma = keys.isEmpty ? "" : ", "
        try folder.write(
            "a.raw.json", text: #"{"width": 32, "height": 20, "format": "SGRBG10", "black_level": 0\#(comma)\#(keys)}"#)
        if let map { try folder.write("map.json", text: map) }
        return try Readers.read(.file(path))
    }

    private func dumpError(_ keys: String, map: String? = nil) -> ISPError? {
        do { _ = try dump(keys, map: map) } catch { return error as? ISPError }
        return nil
    }

    @Test func statedGainsGoBeforeTheChartsBeforeTheTags() throws {
        let chart = #""colorchecker": {"measured_wb_gains_from_neutral_6p5": {"r": 3, "g": 1, "b": 2}}"#
        let neutral = #""as_shot_neutral": [0.25, 1, 1]"#
        let stated = try dump(#""wb_gains": [2, 1, 1.5], \#(chart), \#(neutral)"#).metadata
        #expect(stated.asShotGains?.red == 2 && stated.notes.isEmpty)
        let measured = try dump("\(chart), \(neutral)").metadata
        #expect(measured.asShotGains?.red == 3 && measured.notes.contains { $0.contains("chart") })
        #expect(try dump(neutral).metadata.asShotGains?.red == 4)
        #expect(try dump("").metadata.asShotGains == nil)
    }

    @Test func compandedSamplesHaveLevelsOnTheLinearScale() throws {
        let table = (0..<1024).map { String(min($0 * 64, 65_535)) }.joined(separator: ",")
        let metadata = try dump(#""linearization": [\#(table)], "white_level": 60000"#).metadata
        #expect(metadata.linearization?.count == 1024 && metadata.linearization?[1000] == 64_000)
        #expect(metadata.whiteLevel == 60_000)
        let frame = try dump(#""linearization": [\#(table)], "white_level": 41000"#)
        #expect(RawStatistics(frame).saturated == samples(frame).count { $0 >= 641 })
        #expect(try dump(#""linearization": [0, 500]"#).metadata.whiteLevel == 500)
        #expect(dumpError(#""linearization": [0, 500], "white_level": 501"#)?.kind == .damagedInput)
        #expect(dumpError(#""white_level": 60000"#)?.kind == .damagedInput)
    }

    @Test func defectsMustLieInTheFrame() throws {
        #expect(try dump(#""defects_xy": [[30, 18]]"#).metadata.defects == [DefectLocation(x: 30, y: 18)])
        #expect(try dump(#""defects": [[31, 19]]"#).metadata.defects == [DefectLocation(x: 31, y: 19)])
        #expect(dumpError(#""defects": [[32, 0]]"#)?.message.contains("'defects'") == true)
    }

    private func mapJSON(_ changes: String = "", gains: String = "[1, 2, 3, 4]", maps count: Int = 1) -> String {
        let map =
            #"{"bottom": 200, "right": 320, "points_v": 2, "points_h": 2, "spacing_v": 1, "spacing_h": 1, "gains": \#(gains)\#(changes)}"#
        return #"{"maps": [\#(Array(repeating: map, count: count).joined(separator: ","))]}"#
    }

    @Test func aGainMapOfTheWholeFieldOfView() throws {
        let map = try #require(try dump(#""gain_map_file": "map.json""#, map: mapJSON()).metadata.lensShading)
        #expect(map.fullFrame == Size(width: 32, height: 20) && map.originX == 0)
        #expect(map.meshes.allSatisfy { $0.gains == [1, 2, 3, 4] })
    }

    @Test func aGainMapAtTheCropsPlaceKeepsThePhotositesOfTheFullFrame() throws {
        let site = mapJSON(#", "top": 0, "left": 0, "row_pitch": 2, "col_pitch": 2"#)
        let keys = #""gain_map_file": "map.json", "crop_origin_xy": [5, 6], "full_frame_wh": [320, 200]"#
        let map = try #require(try dump(keys, map: site).metadata.lensShading)
        #expect(map.fullFrame == Size(width: 320, height: 200) && map.originX == 5 && map.originY == 6)
        // The crop is GRBG at an odd column, so the full frame is RGGB and its corner is red.
        #expect(map.meshes[CFASite.red.rawValue].gains == [1, 2, 3, 4])
        #expect(map.meshes[CFASite.greenInRed.rawValue].gains == [1])
    }

    @Test(
        arguments: [
            ("no such file", nil), ("'maps'", "{}"), ("'maps'", #"{"maps": 3}"#),
            ("'maps[0].gains'", #"{"maps": [{}]}"#),
            (
                "'maps[0].gains'",
                #"{"maps": [{"bottom": 200, "right": 320, "points_v": 2, "points_h": 2, "spacing_v": 1, "spacing_h": 1, "gains": [1]}]}"#
            ),
            ("'maps[0].points_v'", #"{"maps": [{"bottom": 2, "right": 3, "points_v": 100000}]}"#),
            (
                "'maps[0].gains'",
                #"{"maps": [{"bottom": 200, "right": 320, "points_v": 1, "points_h": 1, "spacing_v": 1, "spacing_h": 1, "gains": [-1]}]}"#
            ),
        ] as [(String, String?)])
    func wrongGainMapsAreErrors(text: String, json: String?) throws {
        let error = try #require(dumpError(#""gain_map_file": "map.json""#, map: json))
        #expect(error.message.contains("gain map map.json: "))
        #expect(error.message.contains(text), "\(error.message)")
    }

    // MARK: Corrections of camera files

    private func corrected(_ json: String, _ builder: DNGBuilder = DNGBuilder()) throws -> RawFrame {
        let folder = try TestFolder()
        let path = try folder.write("a.dng", builder.bytes())
        try folder.write("a.dng.json", text: json)
        try folder.write("map.json", text: mapJSON())
        return try Readers.read(.file(path))
    }

    @Test func aSidecarCorrectsColourAndNothingElseOfACameraFile() throws {
        let frame = try corrected(
            #"""
            {"width": 3000, "height": 2000, "cfa": "BGGR", "format": "SBGGR8", "black_level": 1, "white_level": 99,
             "colorchecker": {"measured_wb_gains_from_neutral_6p5": {"r": 3, "g": 1, "b": 2}},
             "color_matrix_2_xyz_to_camera": [[2, 0, 0], [0, 1, 0], [0, 0, 1]], "exif_orientation": 2,
             "noise_profile_dng": {"scale": 1e-4, "offset": 1e-7}, "gain_map_file": "map.json",
             "ccm_camera_to_rgb_rows": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
            """#)
        #expect(frame.size == Size(width: 64, height: 48) && frame.format.cfa == .rggb)
        #expect(frame.metadata.blackLevel == [64, 64, 64, 64] && frame.metadata.whiteLevel == 4000)
        #expect(frame.metadata.asShotGains?.red == 3)
        #expect(frame.metadata.color?.calibrations[0].colorMatrix.values[0] == 2)
        #expect(frame.metadata.orientation == .upMirrored)
        #expect(frame.metadata.noiseProfile == NoiseProfile(scale: [1e-4], offset: [1e-7]))
        #expect(frame.metadata.lensShading?.meshes[0].gains == [1, 2, 3, 4])
        #expect(frame.metadata.cameraToSRGB == .identity)
        for what in [
            "white balance", "colour matrices", "orientation", "noise profile", "lens shading", "camera-to-sRGB",
        ] {
            #expect(frame.metadata.notes.contains { $0.contains(what) && $0.contains("a.dng.json") }, "\(what)")
        }
    }

    @Test func aSidecarThatAgreesChangesAndNotesNothing() throws {
        let frame = try corrected(
            #"""
            {"wb_gains": [2, 1, 1.6], "exif_orientation": 1, "calibration_illuminant_1": "D50", "as_shot_neutral": [1, 1, 1],
             "color_matrix_1_xyz_to_camera": [[0.9, -0.3, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.2, 0.7]]}
            """#)
        #expect(frame.metadata.notes.isEmpty)
        #expect(frame.metadata.color?.calibrations[0].kelvin == 6500)
        #expect(isClose([frame.metadata.asShotGains!.red], [2]))
    }

    @Test func theTagsBalanceFillsAGapOnly() throws {
        let filled = try corrected(#"{"as_shot_neutral": [0.5, 1, 1]}"#, DNGBuilder(asShotNeutral: nil))
        #expect(filled.metadata.asShotGains?.red == 2)
        #expect(filled.metadata.notes.contains { $0.contains("a.dng.json") })
    }

    @Test func aDamagedSidecarOfACameraFileIsAnError() throws {
        #expect(throws: ISPError.self) { try corrected("{") }
    }
}
