// The sidecar NAME.json beside a file NAME: what a headerless dump of samples does not say about itself, and what a
// camera file says wrongly. docs/formats.md lists the keys.

import Foundation
import ISPImaging

/// Facts about one raw file, as its JSON sidecar states them. Unknown keys are ignored; a known key with a wrong type or
/// an absurd value is refused by name.
public struct Sidecar: Sendable {
    /// `width`, `height`.
    public var size: Size?
    /// `format`, in any dialect of the format table.
    public var format: PixelFormat?
    /// `cfa`: an order like `RGGB`, or `MONO`.
    public var layout: PixelFormat.Layout?
    /// `bits_per_sample`.
    public var bitsPerSample: Int?
    /// `packing`, free text; `uint8`, `uint16` or `csi2` in it is understood.
    public var packing: String?
    /// `stride_bytes`.
    public var bytesPerRow: Int?
    /// `black_level`: one number, or R, Gr, Gb, B.
    public var blackLevel: [Float]?
    /// `white_level`.
    public var whiteLevel: Float?
    /// `linearization`: the linear value of every sample value, for companded samples. The levels are on its scale.
    public var linearization: [UInt16]?
    /// `wb_gains`.
    public var gains: WhiteBalanceGains?
    /// `colorchecker.measured_wb_gains_from_neutral_6p5`: the balance measured on a chart in the picture.
    public var chartGains: WhiteBalanceGains?
    /// `as_shot_neutral`.
    public var asShotGains: WhiteBalanceGains?
    /// `color_matrix_1_xyz_to_camera`, `color_matrix_2_xyz_to_camera`, `calibration_illuminant_1`, `_2`.
    public var color: CameraColor?
    /// `ccm_camera_to_rgb_rows`: balanced camera RGB to linear sRGB.
    public var cameraToSRGB: Matrix3?
    /// `exif_orientation`.
    public var orientation: Orientation?
    /// `baseline_exposure_ev`.
    public var baselineExposure: Double?
    /// `iso`.
    public var iso: Double?
    /// `exposure_s`, in seconds.
    public var exposureTime: Double?
    /// `noise_profile_dng`.
    public var noiseProfile: NoiseProfile?
    /// `gain_map_file`: a JSON file in the sidecar's folder.
    public var gainMapFile: String?
    /// `crop_origin_xy`: where the frame's first pixel lies in the full frame.
    public var cropOrigin: (x: Int, y: Int)?
    /// `full_frame_wh`: the frame that the gain map covers.
    public var fullFrame: Size?
    /// `lens_warp`: what the lens did to straight lines and to the sizes of the colours.
    public var lensWarp: LensWarp?
    /// `defects_xy` (or `defects`): [x, y] pairs.
    public var defects: [DefectLocation]?
    /// The path of the sidecar, or `nil` where it did not come from a file.
    public var path: String?

    /// Reads the sidecar of a file, where one exists.
    /// - Throws: `ISPError` with the sidecar's name in front.
    public static func beside(_ path: String) throws(ISPError) -> Sidecar? {
        let sidecar = path + ".json"
        guard FileManager.default.fileExists(atPath: sidecar) else { return nil }
        do throws(ISPError) {
            var found = try Sidecar(JSONFields(path: sidecar))
            found.path = sidecar
            return found
        } catch {
            throw error.about("sidecar \((sidecar as NSString).lastPathComponent)")
        }
    }

    /// Parses JSON bytes.
    /// - Throws: `ISPError(.damagedInput)` that names the key at fault.
    public init(json: [UInt8]) throws(ISPError) { try self.init(JSONFields(json)) }

    private init(_ fields: JSONFields) throws(ISPError) {
        try readLayout(fields)
        try readLevels(fields)
        try readBalance(fields)
        try readColor(fields)
        try readCapture(fields)
        try readCorrections(fields)
    }

    // MARK: Keys

    private mutating func readLayout(_ fields: JSONFields) throws(ISPError) {
        let sides = RawFrame.minimumSide...RawFrame.maximumSide
        let width = try fields.integer("width", sides)
        let height = try fields.integer("height", sides)
        if let width, let height { size = Size(width: width, height: height) }
        if (width == nil) != (height == nil) {
            throw ISPError(.damagedInput, "keys 'width' and 'height' must be given together")
        }
        if let name = try fields.string("format") {
            guard let known = try? PixelFormat.named(name), known.isRaw else {
                throw fields.wrong("format", "the name of a raw pixel format")
            }
            format = known
        }
        if let order = try fields.string("cfa") {
            let mono = ["mono", "monochrome", "none"].contains(order.lowercased())
            guard let found = mono ? .mono : CFAPattern(rawValue: order.lowercased()).map(PixelFormat.Layout.bayer)
            else {
                throw fields.wrong("cfa", "RGGB, GRBG, GBRG, BGGR or MONO")
            }
            layout = found
        }
        bitsPerSample = try fields.integer("bits_per_sample", 1...32)
        packing = try fields.string("packing")
        bytesPerRow = try fields.integer("stride_bytes", 1...(1 << 24))
        if let format, let layout, format.layout != layout {
            throw fields.wrong("cfa", "the order that 'format' \(format) states")
        }
        if let format, let bitsPerSample, format.bitsPerSample != bitsPerSample {
            throw fields.wrong("bits_per_sample", "the depth that 'format' \(format) states")
        }
    }

    private mutating func readLevels(_ fields: JSONFields) throws(ISPError) {
        blackLevel = try fields.numbers("black_level", counts: [1, 4], 0...65_535)?.map(Float.init)
        whiteLevel = try fields.number("white_level", 1...65_535).map(Float.init)
        if let table = try fields.manyNumbers("linearization", 0...65_535) {
            guard (2...65_536).contains(table.count), table.allSatisfy({ $0 == $0.rounded() }), table.max() ?? 0 > 0
            else {
                throw fields.wrong("linearization", "2 to 65536 whole numbers, not all 0")
            }
            linearization = table.map { UInt16($0) }
        }
        if let whiteLevel, let black = blackLevel?.max(), black >= whiteLevel {
            throw fields.wrong("white_level", "above the black level of \(black)")
        }
    }

    private mutating func readBalance(_ fields: JSONFields) throws(ISPError) {
        gains = try Self.gains(fields, "wb_gains")
        if let neutral = try fields.triple("as_shot_neutral", 1e-4...1e4) {
            guard let balance = try? WhiteBalanceGains(neutral: neutral) else {
                throw fields.wrong("as_shot_neutral", "the camera's response to a neutral surface")
            }
            asShotGains = balance
        }
        if let chart = try fields.object("colorchecker") {
            chartGains = try Self.gains(chart, "measured_wb_gains_from_neutral_6p5")
        }
    }

    private static func gains(_ fields: JSONFields, _ key: String) throws(ISPError) -> WhiteBalanceGains? {
        guard let triple = try fields.triple(key, 1e-4...1e4) else { return nil }
        guard let gains = try? WhiteBalanceGains(red: triple.x, green: triple.y, blue: triple.z) else {
            throw fields.wrong(key, "three gains within \(WhiteBalanceGains.range) of green")
        }
        return gains
    }

    private mutating func readColor(_ fields: JSONFields) throws(ISPError) {
        let first = try fields.matrix("color_matrix_1_xyz_to_camera")
        let second = try fields.matrix("color_matrix_2_xyz_to_camera")
        // The DNG custom where nothing is said: 1 is standard light A and 2 is D65; a matrix alone is D65.
        let firstKelvin = try Self.kelvin(fields, "calibration_illuminant_1") ?? (second == nil ? 6500 : 2850)
        let secondKelvin = try Self.kelvin(fields, "calibration_illuminant_2") ?? 6500
        var calibrations: [CalibrationIlluminant] = []
        for (key, matrix, kelvin) in [
            ("color_matrix_1_xyz_to_camera", first, firstKelvin),
            ("color_matrix_2_xyz_to_camera", second, secondKelvin),
        ] {
            guard let matrix else { continue }
            guard let calibration = try? CalibrationIlluminant(kelvin: kelvin, colorMatrix: matrix) else {
                throw fields.wrong(key, "a matrix that can be inverted")
            }
            calibrations.append(calibration)
        }
        color = calibrations.isEmpty ? nil : CameraColor(calibrations)
        cameraToSRGB = try fields.matrix("ccm_camera_to_rgb_rows")
        if let cameraToSRGB, cameraToSRGB.inverse == nil {
            throw fields.wrong("ccm_camera_to_rgb_rows", "a matrix that can be inverted")
        }
    }

    private static func kelvin(_ fields: JSONFields, _ key: String) throws(ISPError) -> Double? {
        guard let value = fields.codeOrName(key) else { return nil }
        switch value {
        case .string(let name): if let kelvin = Illuminant.kelvin(name: name) { return kelvin }
        case .number(let code):
            if let code = Int(exactly: code), let kelvin = Illuminant.kelvin(code: code) { return kelvin }
        default: break
        }
        throw fields.wrong(key, "an EXIF light source, such as \"D65\", \"Standard Light A\" or 21")
    }

    private mutating func readCapture(_ fields: JSONFields) throws(ISPError) {
        orientation = try fields.integer("exif_orientation", 1...8).flatMap(Orientation.init(rawValue:))
        baselineExposure = try fields.number("baseline_exposure_ev", FrameMetadata.baselineExposureRange)
        iso = try fields.number("iso", 1...1e8)
        exposureTime = try fields.number("exposure_s", 1e-9...1e6)
    }

    private mutating func readCorrections(_ fields: JSONFields) throws(ISPError) {
        if let noise = try fields.object("noise_profile_dng") {
            guard let scale = try noise.numbers("scale", counts: [1, 3], 0...1),
                let offset = try noise.numbers("offset", counts: [1, 3], 0...1), scale.count == offset.count
            else {
                throw fields.wrong(
                    "noise_profile_dng", "an object with 'scale' and 'offset', one or three numbers each")
            }
            noiseProfile = NoiseProfile(scale: scale, offset: offset)
        }
        if let warp = try fields.object("lens_warp") { lensWarp = try Self.lensWarp(warp) }
        gainMapFile = try fields.string("gain_map_file")
        if let gainMapFile, gainMapFile.hasPrefix("/") || gainMapFile.split(separator: "/").contains("..") {
            throw fields.wrong("gain_map_file", "a name in the sidecar's own folder")
        }
        let sides = 0...Double(GainMap.maximumCoordinate)
        if let origin = try fields.numbers("crop_origin_xy", counts: [2], sides) {
            cropOrigin = (Int(origin[0]), Int(origin[1]))
        }
        if let full = try fields.numbers("full_frame_wh", counts: [2], 1...sides.upperBound) {
            fullFrame = Size(width: Int(full[0]), height: Int(full[1]))
        }
        for key in ["defects", "defects_xy"] {
            guard let pairs = try fields.pairs(key, 0...RawFrame.maximumSide) else { continue }
            defects = (defects ?? []) + pairs.map { DefectLocation(x: $0.0, y: $0.1) }
        }
    }
}
