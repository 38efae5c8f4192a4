// Settings out of bytes: every key of the table, every kind of value it takes.

import ISPImaging
import ISPStages
import ISPTuning

extension InputReader {
    /// The largest picture asked for.
    private static let maximumArea = 40_000.0

    /// Valid settings for a frame; each key keeps the value it has about as often as not.
    /// - Parameters:
    ///   - start: the settings before.
    ///   - kept: names of the keys that are left alone.
    public mutating func settings(
        for frame: RawFrame, from start: DevelopSettings = DevelopSettings(), keeping kept: Set<String> = []
    ) -> DevelopSettings {
        var settings = start
        let free = SettingKey.all.filter {
            !kept.contains($0.name) && !["crop", "size", "binning"].contains($0.name)
        }
        for key in free where chance(112) {
            let text = value(of: key)
            do throws(ISPError) { try key.set(text, in: &settings) } catch {
                fatalError("broken promise: a valid value is refused: \(error.message)")
            }
        }
        // These depend on the size of the picture, thus on its orientation.
        let orientation = settings.orientation ?? frame.metadata.orientation
        let upright = orientation.uprightSize(of: frame.size)
        var shown = upright
        if chance(96) {
            settings.crop = chance(64) ? .camera : .region(region(in: upright))
            if case .region(let region) = settings.crop { shown = region.size }
        }
        if !kept.contains("size"), chance(96) {
            let largest = 100 * (Self.maximumArea / Double(shown.area!)).squareRoot()
            settings.size =
                chance(128)
                ? .fit(Size(width: integer(1...300), height: integer(1...300)))
                : .percent(number(1.6...min(largest, 6400)))
        }
        // Last, so that inputs from before there was binning mean what they did. Sizes that do not go with it are refused.
        if chance(96) {
            let possible = Binning.Amount.allCases.filter { (try? Binning($0, of: frame.size)) != nil }
            settings.binning = choice(possible.isEmpty || chance(16) ? Binning.Amount.allCases : possible)
        }
        return settings
    }

    private mutating func list(_ count: Int, _ range: ClosedRange<Double>) -> String {
        numbers(count, range).map { "\($0)" }.joined(separator: ",")
    }

    private mutating func value(of key: SettingKey) -> String {
        switch key.name {
        case "noise_profile":
            return choice(["file", "auto", list(choice([2, 6]), 0...(chance(128) ? 1 : 0.001))])
        case "white_balance": return choice(["camera", "auto", "\(number(1000...25_000))K", gains()])
        case "exposure": return choice(["auto", "\(number(-8...8))"])
        case "matrix": return choice(["file", "none", list(9, -2...2), list(9, -1000...1000)])
        case "tone": return choice(["filmic", "srgb", "rec709", "linear", points()])
        case "orientation": return choice(["file"] + Orientation.allCases.map { "\($0.rawValue)" })
        default: return tabled(key)
        }
    }

    private mutating func gains() -> String { "\(number(0.05...50)),1,\(number(0.05...50))" }

    /// A curve through rising points.
    private mutating func points() -> String {
        let count = integer(2...8)
        var x = 0.0
        var y = 0.0
        return (0..<count).map { i in
            defer { (x, y) = (x + number(0.001...(1.0 / 8)), y + number(0...(1.0 / 8))) }
            return "\(min(x, 1)):\(min(y, 1))"
        }
        .joined(separator: ",")
    }

    /// A value of a key whose `values` is a list of words or `LOW to HIGH`, which is all the keys but those above.
    private mutating func tabled(_ key: SettingKey) -> String {
        let ends = key.values.split(separator: " ").compactMap { Double($0) }
        if ends.count == 2, key.values == "\(ends[0]) to \(ends[1])" { return "\(number(ends[0]...ends[1]))" }
        let words = key.values.split(separator: ", ").map(String.init)
        guard words.allSatisfy({ !$0.contains(" ") }) else {
            fatalError("RandomSettings.swift knows no values of the setting \(key.name)")
        }
        return choice(words)
    }
}
