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
    @Option(name: .customLong("defect-threshold"), help: Self.help("defect_threshold")) var defectThreshold: String?
    @Option(help: Self.help("binning")) var binning: String?
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
    @Option(name: .customLong("green-equalization"), help: Self.help("green_equalization")) var greenEqualization:
        String?
    @Option(name: .customLong("noise-profile"), help: Self.help("noise_profile")) var noiseProfile: String?
    @Option(help: Self.help("denoise")) var denoise: String?
    @Option(name: .customLong("demosaic-coding"), help: Self.help("demosaic_coding")) var demosaicCoding: String?
    @Option(name: .customLong("lens-correction"), help: Self.help("lens_correction")) var lensCorrection: String?
    @Option(name: .customLong("local-tone"), help: Self.help("local_tone")) var localTone: String?
    @Option(help: Self.help("ycbcr")) var ycbcr: String?
    @Option(help: Self.help("sharpen")) var sharpen: String?
    @Option(name: .customLong("sharpen-radius"), help: Self.help("sharpen_radius")) var sharpenRadius: String?
    @Option(name: .customLong("sharpen-halo"), help: Self.help("sharpen_halo")) var sharpenHalo: String?
    @Option(name: .customLong("chroma-denoise"), help: Self.help("chroma_denoise")) var chromaDenoise: String?
    @Option(name: .customLong("chroma-filter"), help: Self.help("chroma_filter")) var chromaFilter: String?
    @Option(help: Self.help("size")) var size: String?
    @Option(name: .customLong("scale-filter"), help: Self.help("scale_filter")) var scaleFilter: String?
    @Option(help: Self.help("range")) var range: String?
    @Option(help: Self.help("crop")) var crop: String?
    @Option(help: Self.help("orientation")) var orientation: String?
    @Option(name: .customLong("color-space"), help: Self.help("color_space")) var colorSpace: String?
    @Option(help: Self.help("bits")) var bits: String?

    /// Whether anything about settings was asked for.
    var isGiven: Bool { settings != nil || saveSettings != nil || given.contains { $0.text != nil } }

    private var given: [(name: String, text: String?)] {
        [
            ("defects", defects), ("defect_threshold", defectThreshold), ("binning", binning),
            ("lens_shading", lensShading), ("white_balance", whiteBalance), ("exposure", exposure),
            ("highlights", highlights), ("demosaic", demosaic), ("matrix", matrix), ("tone", tone),
            ("filmic_contrast", filmicContrast), ("contrast", contrast), ("saturation", saturation), ("crop", crop),
            ("green_equalization", greenEqualization), ("noise_profile", noiseProfile), ("denoise", denoise),
            ("demosaic_coding", demosaicCoding), ("lens_correction", lensCorrection), ("local_tone", localTone),
            ("ycbcr", ycbcr), ("sharpen", sharpen), ("sharpen_radius", sharpenRadius), ("sharpen_halo", sharpenHalo),
            ("chroma_denoise", chromaDenoise), ("chroma_filter", chromaFilter),
            ("size", size), ("scale_filter", scaleFilter), ("range", range),
            ("orientation", orientation), ("color_space", colorSpace), ("bits", bits),
        ]
    }

    /// The settings: those to start from, then the file, then the options.
    func resolved(from start: DevelopSettings = DevelopSettings()) throws(ISPError) -> DevelopSettings {
        var result = start
        if let settings {
            do {
                try SettingsFile.apply(try SettingsText.read(settings), to: &result)
            } catch { throw error.about(settings) }
        }
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
