// One decision for a whole sequence: decided frame by frame, exposure and balance would flicker.

import ISPImaging
import ISPTuning
import Synchronization

/// Gives every frame of a sequence the automatic exposure, white balance and noise profile of the frame that was asked for
/// first.
public final class SequenceLock: Sendable {
    private struct Reference {
        var settings: DevelopSettings
        /// Whether the noise was estimated, for want of a profile or against it.
        var isNoiseEstimated: Bool
    }

    private let decided = Mutex<Reference?>(nil)

    /// Nothing decided yet.
    public init() {}

    /// The settings for one frame of the sequence.
    /// - Throws: `ISPError` where settings and frame do not go together.
    public func settings(
        for settings: DevelopSettings, frame: RawFrame, format: PixelFormat
    ) throws(ISPError) -> DevelopSettings {
        var result = settings
        let first: Result<Reference, ISPError> = decided.withLock { decided in
            if let decided { return .success(decided) }
            do throws(ISPError) {
                let resolved = try Development(of: frame, settings: settings, format: format).settings
                let stated = frame.metadata.noiseProfile.map { DevelopSettings.NoiseSource.profile($0) }
                let found = Reference(settings: resolved, isNoiseEstimated: stated != resolved.noiseProfile)
                decided = found
                return .success(found)
            } catch { return .failure(error) }
        }
        let reference = try first.get()
        result.exposure = reference.settings.exposure
        // Frames with a profile of their own keep it; one that is estimated must not waver.
        if reference.isNoiseEstimated || frame.metadata.noiseProfile == nil {
            result.noiseProfile = reference.settings.noiseProfile
        }
        if settings.whiteBalance != .camera || frame.metadata.asShotGains == nil {
            result.whiteBalance = reference.settings.whiteBalance
        }
        return result
    }
}
