// The options that are settings. Names, help and values come from the table of settings.

import ArgumentParser
import Foundation
import ISPImaging
import ISPTuning

/// The settings of a development, from a file and from options; options win.
struct SettingOptions: ParsableArguments {
    @Option(help: "Take settings from this YAML file; options given beside it win.")
    var settings: String?

    @Option(
        name: .customLong("save-settings"), help: "Write the settings used to this YAML file, automatic ones resolved.")
    var saveSettings: String?

    @Option(help: Self.help("defects")) var defects: String?
    @Option(name: .customLong("lens-shading"), help: Self.help("lens_shading")) var lensShading: String?
    @Option(name: .customLong("white-balance"), help: Self.help("white_balance")) var whiteBalance: String?
    @Option(parsing: .unconditional, help: Self.help("exposure")) var exposure: String?
    @Option(help: Self.help("highlights")) var highlights: String?
    @Option(help: Self.help("demosaic")) var demosaic: String?
    @Option(parsing: .unconditional, help: Self.help("matrix")) var matrix: String?
    @Option(help: Self.help("tone")) var tone: String?
    @Option(name: .customLong("filmic-contrast"), help: Self.help("filmic_contrast")) var filmicContrast: String?
    @Option(help: Self.help("contrast")) var contrast: String?
    @Option(help: Self.help("saturation")) var saturation: String?
    @Option(help: Self.help("crop")) var crop: String?
    @Option(help: Self.help("orientation")) var orientation: String?
    @Option(name: .customLong("color-space"), help: Self.help("color_space")) var colorSpace: String?
    @Option(help: Self.help("bits")) var bits: String?

    /// The settings: defaults, then the file, then the options.
    func resolved() throws(ISPError) -> DevelopSettings {
        var result = DevelopSettings()
        if let settings {
            do {
                try SettingsFile.apply(try SettingsText.read(settings), to: &result)
            } catch { throw error.about(settings) }
        }
        let given: [(String, String?)] = [
            ("defects", defects), ("lens_shading", lensShading), ("white_balance", whiteBalance),
            ("exposure", exposure),
            ("highlights", highlights), ("demosaic", demosaic), ("matrix", matrix), ("tone", tone),
            ("filmic_contrast", filmicContrast), ("contrast", contrast), ("saturation", saturation), ("crop", crop),
            ("orientation", orientation), ("color_space", colorSpace), ("bits", bits),
        ]
        for (name, text) in given {
            if let text { try SettingKey.named(name).set(text, in: &result) }
        }
        return result
    }

    private static func help(_ name: String) -> ArgumentHelp {
        guard let key = try? SettingKey.named(name) else { preconditionFailure("no setting named \(name)") }
        return ArgumentHelp("\(key.summary.capitalizedFirst): \(key.values) (default: \(key.text(DevelopSettings()))).")
    }
}

/// Reads a settings file whole.
enum SettingsText {
    static func read(_ path: String) throws(ISPError) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ISPError(.cannotOpenInput, "cannot be opened; check the path and its permissions")
        }
        let data: Data
        do {
            data = try handle.read(upToCount: SettingsFile.maximumSize + 1) ?? Data()
        } catch {
            throw ISPError(.cannotOpenInput, "cannot be read; is it a directory?")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension String {
    /// With the first letter as a capital.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
