import ISPImaging
import ISPStages
import ISPTestSupport
import ISPTuning
import Testing

@Suite struct SettingsTests {
    static let examples: [String: [String]] = [
        "defects": ["off", "listed", "dynamic"], "binning": ["off", "half", "quarter"],
        "lens_shading": ["off", "file"],
        "white_balance": ["camera", "auto", "5200.0K", "2.0,1.0,1.5"], "exposure": ["auto", "-1.25"],
        "highlights": ["off", "clip", "blend", "reconstruct"], "demosaic": ["bilinear", "malvar"],
        "matrix": ["file", "none", "1.5,-0.25,-0.25,0.0,1.0,0.0,0.0,-0.5,1.5"],
        "tone": ["filmic", "srgb", "rec709", "linear", "0.0:0.0,0.18:0.5,1.0:1.0"], "filmic_contrast": ["1.5"],
        "contrast": ["0.8"], "saturation": ["1.25"], "crop": ["full", "camera", "4,8,100,50"],
        "orientation": ["file", "6"],
        "defect_threshold": ["2.5"], "green_equalization": ["0.0", "0.25"], "denoise": ["0.5"],
        "demosaic_coding": ["sqrt", "linear"],
        "noise_profile": ["file", "auto", "0.001,1e-06", "0.001,0.002,0.003,1e-06,2e-06,3e-06"],
        "lens_correction": ["off", "file"], "local_tone": ["0.5"], "ycbcr": ["bt601", "bt709"], "sharpen": ["1.5"],
        "sharpen_radius": ["0.9"], "sharpen_halo": ["0.1"], "chroma_denoise": ["0.5"], "chroma_filter": ["block"],
        "size": ["full", "50.0%", "640x480"], "scale_filter": ["area", "lanczos"], "range": ["full", "limited"],
        "color_space": ["srgb", "display-p3", "rec2020"], "bits": ["8", "16"],
    ]

    @Test func everySettingSurvivesItsText() throws {
        #expect(Set(SettingKey.all.map(\.name)) == Set(Self.examples.keys))
        for key in SettingKey.all {
            for text in Self.examples[key.name]! {
                var settings = DevelopSettings()
                try key.set(text, in: &settings)
                #expect(key.text(settings) == text)
                var again = DevelopSettings()
                try SettingsFile.apply(SettingsFile.text(of: settings), to: &again)
                #expect(again == settings, "\(key.name): \(text)")
            }
        }
    }

    @Test func defaultsSurviveAFile() throws {
        var settings = DevelopSettings()
        try SettingsFile.apply(SettingsFile.text(of: DevelopSettings()), to: &settings)
        #expect(settings == DevelopSettings())
    }

    @Test(arguments: [
        "white_balance: 500K", "white_balance: 1,2", "white_balance: green", "exposure: 20", "exposure: nan",
        "demosaic: vng",
        "matrix: 1,2,3", "tone: 0:0,0:1", "tone: loud", "contrast: -1", "crop: 1,2,3", "crop: -1,0,5,5",
        "crop: 0,0,0,5",
        "orientation: 9", "bits: 12", "color_space: adobe", "sharpness: 1", "version: 2", "defects: [[1]]", "- 1",
        "a: {b",
        "highlights:",
    ])
    func wrongFilesAreRefusedWithAReason(_ yaml: String) {
        var settings = DevelopSettings()
        let error = #expect(throws: ISPError.self) { try SettingsFile.apply(yaml, to: &settings) }
        #expect(error?.kind == .usage)
        #expect(error?.message.isEmpty == false)
    }

    @Test func listsMayBeSequencesAndCommentsAreFine() throws {
        var settings = DevelopSettings()
        try SettingsFile.apply("# mine\nwhite_balance: [2, 1, 1.5]\ndefects: off\n", to: &settings)
        #expect(settings.whiteBalance == .gains(try WhiteBalanceGains(red: 2, green: 1, blue: 1.5)))
        #expect(settings.defects == .off)
        try SettingsFile.apply("", to: &settings)
    }

    @Test func filesThatRepeatThemselvesWithoutEndAreRefused() throws {
        var yaml = "a0: &a0 {x: 1}\n"
        for i in 1..<30 { yaml += "a\(i): &a\(i) {? *a\(i - 1) : *a\(i - 1)}\n" }
        var settings = DevelopSettings()
        let error = #expect(throws: ISPError.self) { try SettingsFile.apply(yaml, to: &settings) }
        #expect(error?.kind == .usage && error?.message.contains("alias") == true)
        try SettingsFile.apply("# black & white, *no* colours\nsaturation: 0\n", to: &settings)
        #expect(settings.saturation == 0)
    }

    @Test func mutatedFilesNeverCrash() throws {
        var random = SeededGenerator(seed: 11)
        let original = Array(SettingsFile.text(of: DevelopSettings()).utf8)
        for _ in 0..<2000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var settings = DevelopSettings()
            try? SettingsFile.apply(String(decoding: bytes, as: UTF8.self), to: &settings)
        }
    }
}
