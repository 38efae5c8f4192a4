// Fuzz target `settings`: an input as the text of a settings file, and its lines as `name=value`.

import FuzzSupport
import ISPImaging
import ISPTuning

/// What was understood is written so that it is understood as the same.
private func survives(_ settings: DevelopSettings) {
    let text = SettingsFile.text(of: settings)
    var again = DevelopSettings()
    do throws(ISPError) { try SettingsFile.apply(text, to: &again) } catch {
        fatalError("broken promise: a written settings file is refused: \(error.message)\n\(text)")
    }
    promise(again == settings, "settings survive a file\n\(text)")
    promise(SettingsFile.text(of: again) == text, "a file survives settings\n\(text)")
}

/// Refusals are the user's to correct, so they say what.
private func isHelpful(_ error: ISPError) {
    promise(error.kind == .usage && !error.message.isEmpty, "a setting is refused as misuse, with a reason")
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    var settings = DevelopSettings()
    do throws(ISPError) {
        try SettingsFile.apply(text, to: &settings)
        survives(settings)
    } catch { isHelpful(error) }

    settings = DevelopSettings()
    for line in text.split(separator: "\n") {
        let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, let key = try? SettingKey.named(String(pair[0])) else { continue }
        do throws(ISPError) { try key.set(String(pair[1]), in: &settings) } catch { isHelpful(error) }
    }
    survives(settings)
    return 0
}

@main struct Settings {
    static func main() { Fuzzer.run { fuzzSettings($0, $1) } }
}
