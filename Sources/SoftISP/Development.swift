// A frame and settings become a pipeline: the place where automatic settings are decided and calibrations looked up.

import ISPControl
import ISPImaging
import ISPPlan
import ISPStages
import ISPTuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A development with everything decided, ready to run.
///
/// ```swift
/// let frame = try Readers.read(.file("sunset.dng"))
/// let development = try Development(of: frame, settings: DevelopSettings(), format: .rgb888)
/// let picture = try development.run(threads: 4)
/// ```
public struct Development: Sendable {
    /// The frame.
    public let frame: RawFrame
    /// The settings with every automatic choice replaced by what was chosen: applied again, they give the same picture.
    public let settings: DevelopSettings
    /// The pipeline.
    public let pipeline: Pipeline
    /// Assumptions made on the way, one line each.
    public let notes: [String]

    /// Decides everything.
    /// - Parameter format: the layout of the picture; a mono frame gives grey of the same depth instead.
    /// - Throws: `ISPError` where settings and frame do not go together or the frame contradicts itself.
    public init(of frame: RawFrame, settings: DevelopSettings, format: PixelFormat) throws(ISPError) {
        var decided = settings
        var notes = frame.metadata.notes
        let metadata = frame.metadata
        let cfa = frame.format.cfa

        let linearise: Linearise? = try Self.optional(metadata.linearization) { (table) throws(ISPError) in
            try Linearise(table: table)
        }
        let blackLevel = try BlackLevel(black: metadata.blackLevel, white: metadata.whiteLevel)
        let lensShading = settings.lensShading == .file ? metadata.lensShading.map(LensShading.init) : nil
        let crop = try Self.crop(settings, of: frame)
        decided.orientation = settings.orientation ?? metadata.orientation

        // What the automatic settings look at; asked for only where one of them is.
        var scene: SceneSamples?
        func look() -> SceneSamples {
            if let scene { return scene }
            let samples = SceneSamples(
                of: frame, in: crop, linearise: linearise, blackLevel: blackLevel, lensShading: lensShading)
            scene = samples
            return samples
        }

        let gains = try Self.gains(settings, metadata, cfa, &notes, look)
        decided.whiteBalance = .gains(gains)
        let ev = Self.exposure(settings, gains, baseline: metadata.baselineExposure, look)
        decided.exposure = .ev(ev)

        let whiteBalance = try WhiteBalance(gains: gains, digitalGain: Float(exp2(ev + metadata.baselineExposure)))
        // A mono sensor has no cast to remove.
        let highlights = Highlights(
            cfa == nil ? .off : settings.highlights,
            saturation: cfa == nil ? Array(repeating: whiteBalance.digitalGain, count: 4) : whiteBalance.saturation)
        var pipeline = Pipeline(
            blackLevel: blackLevel, whiteBalance: whiteBalance, highlights: highlights,
            demosaic: try Demosaics.named(settings.demosaic),
            toneCurve: try Self.toneCurve(settings, white: highlights.ceiling),
            pack: try Pack(crop: crop, orientation: decided.orientation!, format: Self.format(format, cfa: cfa)))
        pipeline.linearise = linearise
        pipeline.lensShading = lensShading
        if settings.defects != .off {
            let dynamic = settings.defects == .dynamic
            if dynamic || !metadata.defects.isEmpty {
                pipeline.defectPixels = try DefectPixels(listed: metadata.defects, dynamic: dynamic)
            }
        }
        if cfa != nil {
            pipeline.colorCorrection = try Self.colorCorrection(settings, metadata, gains, &notes)
        }
        pipeline.contrastSaturation = try ContrastSaturation(
            contrast: settings.contrast, saturation: settings.saturation)

        self.frame = frame
        self.settings = decided
        self.pipeline = pipeline
        self.notes = notes
    }

    /// Makes the picture.
    /// - Parameter progress: called from the working threads with the fraction done.
    public func run(threads: Int, progress: (@Sendable (Double) -> Void)? = nil) throws(ISPError) -> ImageBuffer {
        try TiledExecutor(threads: threads).develop(frame, with: pipeline, progress: progress)
    }

    private static func optional<Value, Result>(
        _ value: Value?, _ make: (Value) throws(ISPError) -> Result
    ) throws(ISPError) -> Result? {
        guard let value else { return nil }
        return try make(value)
    }

    /// Mono frames give grey pictures.
    private static func format(_ wanted: PixelFormat, cfa: CFAPattern?) -> PixelFormat {
        cfa != nil ? wanted : wanted.bitsPerSample == 16 ? .grey16 : .grey8
    }
}
