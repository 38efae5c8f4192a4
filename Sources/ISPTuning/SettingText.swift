// The texts of those settings that are more than a word or a number.

import ISPImaging
import ISPStages

/// A text that is none of the values a setting takes.
struct Unreadable: Error {}

func number(_ text: String) throws -> Double {
    guard let value = Double(text.trimmed), value.isFinite else { throw Unreadable() }
    return value
}

func numbers(_ text: String) throws -> [Double] {
    try text.split { $0 == "," || $0 == " " }.map { try number(String($0)) }
}

extension String {
    /// Without blanks at either end.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

extension DevelopSettings.WhiteBalanceSource {
    static let kelvinRange = 1000.0...25_000.0

    init(text: String) throws {
        switch text {
        case "camera": self = .camera
        case "auto": self = .auto
        case _ where text.hasSuffix("K") || text.hasSuffix("k"):
            let kelvin = try number(String(text.dropLast()))
            guard Self.kelvinRange.contains(kelvin) else {
                throw ISPError(.usage, "a temperature of \(text); use 1000K to 25000K")
            }
            self = .kelvin(kelvin)
        default:
            let values = try numbers(text)
            guard values.count == 3 else { throw Unreadable() }
            self = .gains(try WhiteBalanceGains(red: values[0], green: values[1], blue: values[2]))
        }
    }

    var text: String {
        switch self {
        case .camera: "camera"
        case .auto: "auto"
        case .kelvin(let kelvin): "\(kelvin)K"
        case .gains(let gains): "\(gains.red),\(gains.green),\(gains.blue)"
        }
    }
}

extension DevelopSettings.MatrixSource {
    init(text: String) throws {
        switch text {
        case "file": self = .file
        case "none": self = .none
        default:
            guard let matrix = Matrix3(try numbers(text)) else { throw Unreadable() }
            _ = try ColorCorrection(matrix: matrix)
            self = .matrix(matrix)
        }
    }

    var text: String {
        switch self {
        case .file: "file"
        case .none: "none"
        case .matrix(let matrix): matrix.values.map { "\($0)" }.joined(separator: ",")
        }
    }
}

extension DevelopSettings.Tone {
    init(text: String) throws {
        if text == "filmic" {
            self = .filmic
        } else if let function = TransferFunction(rawValue: text) {
            self = .transfer(function)
        } else {
            let points = try text.split { $0 == "," || $0 == " " }.map { pair in
                let values = try pair.split(separator: ":").map { try number(String($0)) }
                guard values.count == 2 else { throw Unreadable() }
                return CurvePoint(x: values[0], y: values[1])
            }
            guard !points.isEmpty else { throw Unreadable() }
            _ = try ToneCurve(.points(points), transfer: .srgb)
            self = .points(points)
        }
    }

    var text: String {
        switch self {
        case .filmic: "filmic"
        case .transfer(let function): function.rawValue
        case .points(let points): points.map { "\($0.x):\($0.y)" }.joined(separator: ",")
        }
    }
}

extension DevelopSettings.Crop {
    init(text: String) throws {
        switch text {
        case "full": self = .full
        case "camera": self = .camera
        default:
            let values = try text.split { $0 == "," || $0 == " " }.map { part in
                guard let value = Int(part), value >= 0 else { throw Unreadable() }
                return value
            }
            let limit = RawFrame.maximumSide
            guard values.count == 4, values.allSatisfy({ $0 <= limit }), values[2] > 0, values[3] > 0 else {
                throw Unreadable()
            }
            self = .region(Region(x: values[0], y: values[1], width: values[2], height: values[3]))
        }
    }

    var text: String {
        switch self {
        case .full: "full"
        case .camera: "camera"
        case .region(let region): "\(region.x),\(region.y),\(region.width),\(region.height)"
        }
    }
}

extension DevelopSettings.NoiseSource {
    init(text: String) throws {
        switch text {
        case "file": self = .file
        case "auto": self = .auto
        default:
            let values = try numbers(text)
            guard values.count == 2 || values.count == 6 else { throw Unreadable() }
            let half = values.count / 2
            let profile = NoiseProfile(scale: Array(values[..<half]), offset: Array(values[half...]))
            guard profile.isSound else { throw ISPError(.usage, "scales and offsets must be 0 to 1") }
            self = .profile(profile)
        }
    }

    var text: String {
        switch self {
        case .file: return "file"
        case .auto: return "auto"
        case .profile(let profile):
            // One of each or three of each.
            let count = max(profile.scale.count, profile.offset.count)
            let scales = (0..<count).map { "\(profile.scale(of: $0))" }
            return (scales + (0..<count).map { "\(profile.offset(of: $0))" }).joined(separator: ",")
        }
    }
}

extension DevelopSettings.OutputSize {
    static let percentRange = 1.6...6400.0

    init(text: String) throws {
        if text == "full" {
            self = .full
        } else if text.hasSuffix("%") {
            let percent = try number(String(text.dropLast()))
            guard Self.percentRange.contains(percent) else {
                throw ISPError(.usage, "a size of \(text); use 1.6% to 6400%")
            }
            self = .percent(percent)
        } else {
            let sides = text.split(separator: "x").map { Int($0) }
            guard sides.count == 2, let width = sides[0], let height = sides[1] else { throw Unreadable() }
            let limits = 1...RawFrame.maximumSide
            guard limits.contains(width), limits.contains(height) else {
                throw ISPError(.usage, "a size of \(text); each side must be 1 to \(limits.upperBound)")
            }
            self = .fit(Size(width: width, height: height))
        }
    }

    var text: String {
        switch self {
        case .full: "full"
        case .percent(let percent): "\(percent)%"
        case .fit(let size): "\(size.width)x\(size.height)"
        }
    }
}
