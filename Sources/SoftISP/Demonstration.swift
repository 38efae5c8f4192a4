// The demonstration: the synthetic camera's frame developed, beside what the scene really looks like.

import ISPImaging
import ISPMedia
import ISPStages
import ISPSynthetic
import ISPTuning

/// Develops the synthetic camera's test picture and measures the result against the scene.
public struct Demonstration: Sendable {
    /// The figures of one demosaic algorithm.
    public struct Row: Sendable {
        /// The algorithm.
        public let demosaic: String
        /// The whole picture against the truth.
        public let whole: PictureComparison
        /// The mean CIEDE2000 of the ColorChecker's 24 patch means.
        public let patches: Double
        /// The largest of them.
        public let worstPatch: Double
    }

    /// The captured frame with its truth.
    public let capture: SyntheticCapture

    /// Captures the frame; the same seed gives the same bytes everywhere.
    public init(camera: SyntheticCamera = .demo) throws(ISPError) {
        capture = try camera.captureTestPicture()
    }

    /// The settings under which a development should equal the truth: the scene's own exposure, no artistic curve.
    public static func measuring(demosaic: String) -> DevelopSettings {
        var settings = DevelopSettings()
        settings.exposure = .ev(0)
        settings.tone = .transfer(.srgb)
        settings.highlights = .off
        settings.sharpen = 0
        settings.demosaic = demosaic
        return settings
    }

    /// A development of the captured frame.
    public func picture(_ settings: DevelopSettings, threads: Int) throws(ISPError) -> ImageBuffer {
        try Development(of: capture.frame, settings: settings, format: .rgb888).run(threads: threads)
    }

    /// What the scene looks like: its linear sRGB values, coded.
    public func truth() throws(ISPError) -> ImageBuffer {
        let scene = capture.truth.scene
        let image = try ImageBuffer(format: .rgb888, size: scene.size)
        for (c, plane) in [scene.red, scene.green, scene.blue].enumerated() {
            for y in 0..<scene.size.height {
                let row = image.row(y)
                for x in 0..<scene.size.width {
                    let code = TransferFunction.srgb.encode(Double(plane[y * scene.size.width + x]))
                    row[3 * x + c] = UInt8(code * 255 + 0.5)
                }
            }
        }
        return image
    }

    /// Measures a picture developed with `measuring` settings.
    public func measure(_ picture: ImageBuffer, truth: ImageBuffer, demosaic: String) throws(ISPError) -> Row {
        let whole = try PictureComparison(picture, truth, in: Region(picture.size))
        var patches: [Double] = []
        for patch in capture.truth.scene.layout.patches {
            let inner = patch.expanded(by: -min(patch.width, patch.height) / 5)
            patches.append(try PictureComparison.differenceOfMeans(picture, truth, in: inner))
        }
        return Row(
            demosaic: demosaic, whole: whole, patches: patches.reduce(0, +) / Double(max(patches.count, 1)),
            worstPatch: patches.max() ?? 0)
    }
}
