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
        let binning = try Binning(settings.binning, of: frame.size)
        let shading = settings.lensShading == .file ? metadata.lensShading : nil
        // What is automatic is decided by the frame as it is.
        let reader = MosaicReader(
            frame, linearise: linearise, blackLevel: blackLevel, lensShading: shading.map { LensShading(map: $0) })
        let crop = try Self.crop(settings, of: frame)
        let orientation = settings.orientation ?? metadata.orientation
        decided.orientation = orientation

        // What the automatic settings look at; asked for only where one of them is.
        var scene: SceneSamples?
        func look() -> SceneSamples {
            if let scene { return scene }
            // A tiny crop says nothing about the light.
            var samples = SceneSamples(of: reader, in: crop)
            if samples.samples.count < Self.leastSamples { samples = SceneSamples(of: reader, in: Region(frame.size)) }
            scene = samples
            return samples
        }

        let gains = try Self.gains(settings, metadata, cfa, &notes, look)
        decided.whiteBalance = .gains(gains)
        let ev = Self.exposure(settings, gains, baseline: metadata.baselineExposure, look)
        decided.exposure = .ev(ev)
        let noise = try Self.noiseProfile(settings, metadata, reader, &notes)
        if let noise { decided.noiseProfile = .profile(noise) }

        let whiteBalance = try WhiteBalance(gains: gains, digitalGain: Float(exp2(ev + metadata.baselineExposure)))
        let highlights = Self.highlights(settings, whiteBalance, reader)
        let binnedCrop = binning?.part(for: crop, of: frame.size) ?? crop
        let scale = try Self.scale(settings, crop: binnedCrop, orientation: orientation)
        var pipeline = Pipeline(
            blackLevel: blackLevel, whiteBalance: whiteBalance, highlights: highlights,
            demosaic: try Demosaics.named(settings.demosaic),
            toneCurve: try Self.toneCurve(settings, white: highlights.ceiling),
            pack: try Pack(
                shown: scale.map { Region($0.size) } ?? binnedCrop, orientation: orientation,
                format: Self.format(format, cfa: cfa), range: settings.range))
        pipeline.linearise = linearise
        pipeline.binning = binning
        pipeline.lensShading = shading.map { LensShading(map: $0, binning: binning) }
        pipeline.scale = scale
        pipeline.demosaicCoding = settings.demosaicCoding
        pipeline.ycbcr = YCbCr(settings.ycbcr)
        if settings.defects != .off {
            let dynamic = settings.defects == .dynamic
            if dynamic || !metadata.defects.isEmpty {
                pipeline.defectPixels = try DefectPixels(
                    listed: metadata.defects, dynamic: dynamic, noise: noise,
                    threshold: settings.defectThreshold)
            }
        }
        // Defects are looked for in the frame as it is; what comes later meets the noise that binning leaves.
        let leftNoise = noise.map { binning?.left(of: $0, cfa: cfa) ?? $0 }
        if let leftNoise { pipeline.denoise = try RawDenoise(profile: leftNoise, strength: settings.denoise) }
        var matrix: Matrix3?
        if cfa != nil {
            pipeline.greenEqualization = try GreenEqualization(threshold: settings.greenEqualization)
            matrix = try Self.colorMatrix(settings, metadata, gains, &notes)
            pipeline.colorCorrection = try Self.optional(matrix) { (matrix) throws(ISPError) in
                try ColorCorrection(matrix: matrix)
            }
            if settings.lensCorrection == .file {
                let size = pipeline.binnedSize(of: frame.size)
                pipeline.lensCorrection = metadata.lensWarp.map { LensCorrection(warp: $0, frame: size) }
            }
            if settings.localTone > 0 {
                let map = ToneMap(
                    of: reader, whiteBalance: whiteBalance, matrix: matrix ?? .identity, binning: binning)
                pipeline.localTone = try LocalTone(map: map, strength: settings.localTone)
            }
        }
        if cfa == nil, metadata.lensWarp != nil, settings.lensCorrection == .file {
            notes.append("the lens table is not applied: that is done for colour frames only")
        }
        pipeline.contrastSaturation = try ContrastSaturation(
            contrast: settings.contrast, saturation: settings.saturation)
        try Self.addDetailStages(to: &pipeline, settings, leftNoise, matrix ?? .identity, isColor: cfa != nil)

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

    /// Makes the picture in real time.
    /// - Throws: `ISPError(.usage)` that names every stage that has no real-time kernel.
    public func runInRealTime(threads: Int) throws(ISPError) -> ImageBuffer {
        let plan = try RealTimePlan(pipeline, format: frame.format, size: frame.size)
        return try RealTimeExecutor(threads: threads).develop(frame, with: plan)
    }

    /// Blocks that automatic exposure and white balance want to see.
    private static let leastSamples = 64

    private static func optional<Value, Result>(
        _ value: Value?, _ make: (Value) throws(ISPError) -> Result
    ) throws(ISPError) -> Result? {
        guard let value else { return nil }
        return try make(value)
    }

    /// Mono frames give grey pictures, and video without colour.
    private static func format(_ wanted: PixelFormat, cfa: CFAPattern?) -> PixelFormat {
        cfa != nil || wanted.isYCbCr ? wanted : wanted.bitsPerSample == 16 ? .grey16 : .grey8
    }
}
