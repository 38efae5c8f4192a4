// The names of the settings and the texts of their values: one table for the command line, settings files and help.

import ISPImaging
import ISPStages

/// One setting: its name, what it does, and how its value is written.
public struct SettingKey: Sendable {
    /// The name in a settings file; the command-line option is the same with hyphens.
    public let name: String
    /// What it does, one line.
    public let summary: String
    /// The values it takes.
    public let values: String
    /// The value as text.
    public let text: @Sendable (DevelopSettings) -> String
    private let parse: @Sendable (inout DevelopSettings, String) throws -> Void

    private init(
        _ name: String, _ summary: String, values: String, text: @escaping @Sendable (DevelopSettings) -> String,
        parse: @escaping @Sendable (inout DevelopSettings, String) throws -> Void
    ) {
        self.name = name
        self.summary = summary
        self.values = values
        self.text = text
        self.parse = parse
    }

    /// Sets the value from its text.
    /// - Throws: `ISPError(.usage)` that names the setting and the values it takes.
    public func set(_ text: String, in settings: inout DevelopSettings) throws(ISPError) {
        do {
            try parse(&settings, text.trimmed)
        } catch let error as ISPError {
            throw ISPError(.usage, "\(name): \(error.message)")
        } catch {
            throw ISPError(.usage, "\(name) is '\(text)', but must be \(values)")
        }
    }

    /// The setting with a name.
    /// - Throws: `ISPError(.usage)` that lists the names.
    public static func named(_ name: String) throws(ISPError) -> SettingKey {
        for key in all where key.name == name { return key }
        throw ISPError(.usage, "unknown setting '\(name)'; there are \(all.map { $0.name }.joined(separator: ", "))")
    }

    /// All settings, in the order of the pipeline.
    public static let all: [SettingKey] = [
        choice("defects", "which defective photosites are replaced", \.defects),
        numeric(DefectPixels.threshold, \.defectThreshold),
        choice("binning", "joins photosites into a frame of half or a quarter of the width and height", \.binning),
        numeric(GreenEqualization.threshold, \.greenEqualization),
        SettingKey(
            "noise_profile", "noise variance as scale * signal + offset, which denoise and sharpening follow",
            values: "file, auto (estimated from the picture), SCALE,OFFSET, or three scales and three offsets (R,G,B)",
            text: { $0.noiseProfile.text }, parse: { $0.noiseProfile = try .init(text: $1) }),
        numeric(RawDenoise.strength, \.denoise),
        choice("lens_shading", "lens-shading correction", \.lensShading),
        SettingKey(
            "white_balance", "white balance", values: "camera, auto, a temperature such as 5200K, or gains R,G,B",
            text: { $0.whiteBalance.text }, parse: { $0.whiteBalance = try .init(text: $1) }),
        SettingKey(
            "exposure", "exposure correction", values: "auto, or EV from -8 to 8 on top of the camera's own baseline",
            text: {
                if case .ev(let ev) = $0.exposure { "\(ev)" } else { "auto" }
            },
            parse: {
                $0.exposure = $1 == "auto" ? .auto : .ev(try WhiteBalance.exposure.checked(try number($1)))
            }),
        choice("highlights", "what happens where a channel is saturated", \.highlights),
        SettingKey(
            "demosaic", "demosaic algorithm", values: Demosaics.all.map { $0.descriptor.name }.joined(separator: ", "),
            text: { $0.demosaic },
            parse: {
                _ = try Demosaics.named($1)
                $0.demosaic = $1
            }),
        choice("demosaic_coding", "how samples are coded for the demosaic", \.demosaicCoding),
        choice("lens_correction", "distortion and lateral chromatic aberration", \.lensCorrection),
        numeric(LocalTone.strength, \.localTone),
        SettingKey(
            "matrix", "colour matrix",
            values: "file, none, or 9 numbers (rows): white-balanced camera RGB to linear sRGB",
            text: { $0.matrix.text }, parse: { $0.matrix = try .init(text: $1) }),
        SettingKey(
            "tone", "tone curve",
            values: "filmic, srgb, rec709, linear, or points x:y,x:y,... (linear in, display code out)",
            text: { $0.tone.text }, parse: { $0.tone = try .init(text: $1) }),
        numeric(ToneCurve.filmicContrast, \.filmicContrast),
        numeric(ContrastSaturation.contrast, \.contrast),
        numeric(ContrastSaturation.saturation, \.saturation),
        choice("ycbcr", "luma weights", \.ycbcr),
        numeric(Sharpen.amount, \.sharpen),
        numeric(Sharpen.radius, \.sharpenRadius),
        numeric(Sharpen.halo, \.sharpenHalo),
        numeric(ChromaDenoise.strength, \.chromaDenoise),
        choice("chroma_filter", "how chroma is denoised: three passes over pixels, or one over blocks", \.chromaFilter),
        SettingKey(
            "crop", "which part of the upright picture", values: "full, camera, or X,Y,WIDTH,HEIGHT in pixels",
            text: { $0.crop.text }, parse: { $0.crop = try .init(text: $1) }),
        SettingKey(
            "orientation", "how the frame is turned", values: "file, or an EXIF orientation from 1 (as stored) to 8",
            text: { $0.orientation.map { "\($0.rawValue)" } ?? "file" },
            parse: {
                if $1 == "file" {
                    $0.orientation = nil
                } else if let value = Int($1).flatMap(Orientation.init(rawValue:)) {
                    $0.orientation = value
                } else {
                    throw Unreadable()
                }
            }),
        SettingKey(
            "size", "size of the upright picture",
            values: "full, a percentage such as 50%, or WIDTHxHEIGHT to fit into",
            text: { $0.size.text }, parse: { $0.size = try .init(text: $1) }),
        choice("scale_filter", "how the picture is brought to its size", \.scaleFilter),
        choice("range", "which codes video formats use", \.range),
        choice("color_space", "primaries of the output", \.colorSpace),
        SettingKey(
            "bits", "bits of an output sample", values: "8, 16",
            text: { "\($0.bits)" },
            parse: {
                guard let bits = Int($1), bits == 8 || bits == 16 else { throw Unreadable() }
                $0.bits = bits
            }),
    ]

    private static func choice<Choice: CaseIterable & RawRepresentable & Sendable>(
        _ name: String, _ summary: String, _ path: WritableKeyPath<DevelopSettings, Choice> & Sendable
    ) -> SettingKey where Choice.RawValue == String {
        SettingKey(
            name, summary, values: Choice.allCases.map { $0.rawValue }.joined(separator: ", "),
            text: { $0[keyPath: path].rawValue },
            parse: {
                guard let value = Choice(rawValue: $1) else { throw Unreadable() }
                $0[keyPath: path] = value
            })
    }

    private static func numeric(
        _ parameter: ParameterDescriptor, _ path: WritableKeyPath<DevelopSettings, Double> & Sendable
    ) -> SettingKey {
        SettingKey(
            parameter.name, parameter.summary, values: "\(parameter.range.lowerBound) to \(parameter.range.upperBound)",
            text: { "\($0[keyPath: path])" },
            parse: { $0[keyPath: path] = try parameter.checked(try number($1)) })
    }
}
