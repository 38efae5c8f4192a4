// Levels, balance, calibration and capture facts of a camera file, as LibRaw and the DNG tags tell them.

import CLibRaw
import Foundation
import ISPImaging

/// Collects the metadata of one unpacked camera file.
struct CameraMetadata {
    /// What is known about the frame, corrections of the DNG opcodes aside.
    private(set) var frame: FrameMetadata

    private let raw: UnsafeMutablePointer<libraw_data_t>
    private let tags: DNGTags?
    private var isDNG: Bool { softisp_raw_dng_version(raw) != 0 }

    /// - Throws: `ISPError(.damagedInput)` where black is not below white.
    init(
        raw: UnsafeMutablePointer<libraw_data_t>, tags: DNGTags?, sensor: SensorGeometry
    ) throws(ISPError) {
        self.raw = raw
        self.tags = tags
        frame = FrameMetadata(blackLevel: 0, whiteLevel: 1)
        frame.blackLevel = blackLevels(sensor)
        frame.whiteLevel = whiteLevel
        guard frame.blackLevel.allSatisfy({ $0 < frame.whiteLevel }) else {
            throw ISPError(
                .damagedInput,
                "black \(frame.blackLevel) is not below white \(frame.whiteLevel); the file's levels are damaged")
        }
        if sensor.pattern != nil {
            readBalance()
            frame.color = isDNG ? dngColor() : tableColor()
            if frame.color == nil { frame.notes.append("the file has no usable colour matrix") }
        }
        let exposure = Double(softisp_raw_baseline_exposure(raw))
        // LibRaw marks a missing value with -999.
        frame.baselineExposure = isDNG && FrameMetadata.baselineExposureRange.contains(exposure) ? exposure : 0
        frame.orientation = orientation
        readCrop(sensor.active)
        readCapture()
    }

    // MARK: Levels

    /// Black at R, Gr, Gb, B. LibRaw keeps it in three parts: common, per channel, and a pattern repeated over the
    /// active area. The DNG's own values may have fractions, which its integers lose.
    private func blackLevels(_ sensor: SensorGeometry) -> [Float] {
        var levels: [Float] = [0, 0, 0, 0]
        for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let channel = sensor.channel(column: column, row: row)
            let whole =
                Float(softisp_raw_black(raw)) + Float(softisp_raw_cblack(raw, Int32(channel)))
                + patternBlack(row, column) { Float(softisp_raw_cblack(raw, $0)) }
            let exact =
                softisp_raw_dng_black(raw) + softisp_raw_dng_cblack(raw, Int32(channel))
                + patternBlack(row, column) { softisp_raw_dng_cblack(raw, $0) }
            let site = (sensor.pattern ?? .rggb).site(column: column, row: row).rawValue
            levels[site] = isDNG && abs(exact - whole) < 2 ? exact : whole
        }
        return levels
    }

    /// The mean of the repeated pattern over the positions of one photosite of the 2x2 block.
    private func patternBlack(_ row: Int, _ column: Int, _ entry: (Int32) -> Float) -> Float {
        let rows = Int(softisp_raw_cblack(raw, 4))
        let columns = Int(softisp_raw_cblack(raw, 5))
        guard rows > 0, columns > 0, rows <= 64, columns <= 64, 6 + rows * columns <= Int(softisp_raw_cblack_size())
        else {
            return 0
        }
        var (sum, count): (Float, Float) = (0, 0)
        for y in stride(from: row, to: 2 * rows, by: 2) {
            for x in stride(from: column, to: 2 * columns, by: 2) {
                sum += entry(Int32(6 + y % rows * columns + x % columns))
                count += 1
            }
        }
        return sum / count
    }

    /// The lowest level at which a channel saturates: above it colours are wrong. DNG states it; other files may have a
    /// measured linear maximum, below LibRaw's table value for the camera.
    private var whiteLevel: Float {
        let maximum = Float(softisp_raw_maximum(raw))
        let channels = Int32(0)..<Int32(4)
        if isDNG {
            let stated = channels.map { Float(softisp_raw_dng_white(raw, $0)) }.filter { $0 > 0 && $0 <= 65_535 }
            return stated.min() ?? min(maximum, 65_535)
        }
        let linear = channels.map { Float(softisp_raw_linear_maximum(raw, $0)) }.filter { $0 > 0 }.min() ?? maximum
        return min(linear > maximum / 2 ? linear : maximum, maximum, 65_535)
    }

    // MARK: Colour

    private mutating func readBalance() {
        let neutral = (Int32(0)..<3).map { Double(softisp_raw_as_shot_neutral(raw, $0)) }
        let multipliers = (Int32(0)..<3).map { Double(softisp_raw_camera_multiplier(raw, $0)) }
        if neutral.allSatisfy({ $0 > 0 }),
            let gains = try? WhiteBalanceGains(neutral: Vector3(neutral[0], neutral[1], neutral[2]))
        {
            frame.asShotGains = gains
        } else if multipliers.allSatisfy({ $0 > 0 }) {
            frame.asShotGains = try? WhiteBalanceGains(red: multipliers[0], green: multipliers[1], blue: multipliers[2])
        }
        if frame.asShotGains == nil { frame.notes.append("the file has no usable white balance") }
    }

    private func matrix(_ entry: (Int32, Int32) -> Float) -> Matrix3 {
        Matrix3((0..<9).map { Double(entry(Int32($0 / 3), Int32($0 % 3))) })!
    }

    private mutating func dngColor() -> CameraColor? {
        var calibrations: [CalibrationIlluminant] = []
        let matrices = [Int32(0), 1].filter { which in
            matrix { softisp_raw_color_matrix(raw, which, $0, $1) }.inverse != nil
        }
        for which in matrices {
            var kelvin = Illuminant.kelvin(code: Int(softisp_raw_illuminant(raw, which)))
            if kelvin == nil {
                // Of a lone matrix the temperature does not matter; of two, the custom is standard light A and D65.
                kelvin = matrices.count == 1 || which == 1 ? 6500 : 2850
                frame.notes.append(
                    "the file does not name calibration illuminant \(which + 1); \(Int(kelvin!)) K is assumed")
            }
            let forward = matrix { softisp_raw_forward_matrix(raw, which, $0, $1) }
            let calibration = matrix { softisp_raw_camera_calibration(raw, which, $0, $1) }
            let applies = tags?.calibrationApplies != false && calibration.inverse != nil
            let entry = try? CalibrationIlluminant(
                kelvin: kelvin!, colorMatrix: matrix { softisp_raw_color_matrix(raw, which, $0, $1) },
                forwardMatrix: forward.inverse == nil ? nil : forward,
                cameraCalibration: applies ? calibration : .identity)
            if let entry { calibrations.append(entry) }
        }
        guard !calibrations.isEmpty else { return nil }
        let balance = (Int32(0)..<3).map { Double(softisp_raw_analog_balance(raw, $0)) }
        let isSane = balance.allSatisfy { $0 > 0.01 && $0 < 100 }
        return CameraColor(
            calibrations, analogBalance: isSane ? Vector3(balance[0], balance[1], balance[2]) : Vector3(1, 1, 1))
    }

    /// LibRaw's own table of XYZ-to-camera matrices under D65 (Adobe's), for cameras that write no DNG.
    private func tableColor() -> CameraColor? {
        let colorMatrix = matrix { softisp_raw_camera_xyz(raw, $0, $1) }
        return (try? CalibrationIlluminant(kelvin: 6500, colorMatrix: colorMatrix)).map { CameraColor([$0]) }
    }

    // MARK: Geometry and capture

    /// The DNG's own tag where it can be read; LibRaw's three bits (1 mirrors columns, 2 mirrors rows, 4 transposes
    /// first) where not.
    private var orientation: Orientation {
        if let tag = tags?.orientation, let orientation = Orientation(rawValue: tag) { return orientation }
        let fromFlip: [Orientation] = [
            .up, .upMirrored, .downMirrored, .down, .leftMirrored, .left, .right, .rightMirrored,
        ]
        let flip = Int(softisp_raw_flip(raw))
        return fromFlip.indices.contains(flip) ? fromFlip[flip] : .up
    }

    private mutating func readCrop(_ active: Region) {
        if abs(softisp_raw_pixel_aspect(raw) - 1) > 0.005 {
            frame.notes.append(
                "its pixels are \(Float(softisp_raw_pixel_aspect(raw))) times as wide as high; the picture is not stretched"
            )
        }
        if softisp_raw_image_count(raw) > 1 {
            frame.notes.append("the file holds \(softisp_raw_image_count(raw)) raw images; the first is read")
        }
        guard let crop = tags?.defaultCrop, crop != Region(active.size) else { return }
        if !crop.isEmpty, Region(active.size).contains(crop) {
            frame.defaultCrop = crop
        } else {
            frame.notes.append("the file's default crop \(crop) does not fit its active area; it is not used")
        }
    }

    private mutating func readCapture() {
        func text(_ characters: UnsafePointer<CChar>?) -> String? {
            let text = characters.map { String(cString: $0).trimmingCharacters(in: .whitespacesAndNewlines) }
            return text?.isEmpty == false ? text : nil
        }
        func positive(_ value: Float) -> Double? { value > 0 && value.isFinite ? Double(value) : nil }
        var capture = CaptureInfo()
        capture.make = text(softisp_raw_make(raw))
        capture.model = text(softisp_raw_model(raw))
        capture.lens = text(softisp_raw_lens(raw))
        capture.iso = positive(softisp_raw_iso(raw))
        capture.exposureTime = positive(softisp_raw_shutter(raw))
        capture.aperture = positive(softisp_raw_aperture(raw))
        capture.focalLength = positive(softisp_raw_focal_length(raw))
        capture.dateTime = dateTime
        frame.capture = capture
    }

    /// LibRaw read the camera's clock as local time, so local time gives the camera's digits back.
    private var dateTime: String? {
        var seconds = time_t(softisp_raw_timestamp(raw))
        var parts = tm()
        guard seconds > 0, localtime_r(&seconds, &parts) != nil else { return nil }
        return String(
            format: "%04d:%02d:%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
            parts.tm_hour,
            parts.tm_min, parts.tm_sec)
    }
}
