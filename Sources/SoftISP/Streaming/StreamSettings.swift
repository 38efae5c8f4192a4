// Settings from the view of a stream: presets, and whether one pipeline serves many frames.

import ISPStages
import ISPTuning

/// A starting point of settings.
public enum Preset: String, CaseIterable, Sendable {
    /// The least that makes a picture in its right colours: bilinear demosaic, no search for defects, no denoise, no
    /// sharpening, no tone that looks at its surroundings.
    case light
    /// Everything that has a real-time kernel: defects, Malvar's demosaic, highlights without magenta, sharpening, chroma denoise on
    /// blocks.
    case full
    /// Everything, as `develop` does it: for pictures, not for real time.
    case still

    /// Its settings.
    public var settings: DevelopSettings {
        var settings = DevelopSettings()
        switch self {
        case .still: break
        case .full:
            settings.denoise = 0
            settings.highlights = .clip
            settings.demosaic = "malvar"
            settings.demosaicCoding = .linear
            settings.lensCorrection = .off
            settings.localTone = 0
            settings.chromaFilter = .block
        case .light:
            settings.defects = .off
            settings.greenEqualization = 0
            settings.denoise = 0
            settings.highlights = .off
            settings.demosaic = "bilinear"
            settings.demosaicCoding = .linear
            settings.lensCorrection = .off
            settings.localTone = 0
            settings.sharpen = 0
            settings.chromaDenoise = 0
        }
        return settings
    }
}

extension DevelopSettings {
    /// Whether frames with the same metadata have the same pipeline: nothing is read from the picture.
    var areIndependentOfTheFrame: Bool {
        guard case .ev = exposure else { return false }
        if whiteBalance == .auto || highlights == .reconstruct || localTone > 0 { return false }
        if case .profile = noiseProfile { return true }
        return denoise == 0 && sharpen == 0 && chromaDenoise == 0 && defects != .dynamic
    }
}
