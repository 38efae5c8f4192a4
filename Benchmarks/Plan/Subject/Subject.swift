// A frame, a plan for it, and its picture.

import Dispatch
import ISPImaging
import ISPPlan
import ISPStages
import ISPTuning
import SoftISP

/// What is measured, by PlanBench and by the package of benchmarks, which has this folder as a target of its own.
package final class Subject {
    let frame: RawFrame
    let pipeline: Pipeline
    let plan: RealTimePlan
    let image: ImageBuffer
    let wantsStatistics: Bool
    private let isFloor: Bool
    private let scratches: [PlanScratch]
    let counters: [StatisticsCounter]

    /// Makes the plan of a name for a frame, and a picture for it to write.
    package init(_ frame: RawFrame, plan name: String, sink: PixelFormat, stripWidth: Int? = nil) throws {
        self.frame = frame
        let settings = try Self.settings(name, frame)
        var pipeline = try Development(of: frame, settings: settings, format: sink).pipeline
        if name == "camera-pipe" {
            // As the published pipeline: an unsharp mask that knows nothing of noise.
            pipeline.sharpen = try Sharpen(amount: 0.9, radius: 0.6, halo: 0.05, noise: nil)
        }
        self.pipeline = pipeline
        plan = try RealTimePlan(pipeline, format: frame.format, size: frame.size, stripWidth: stripWidth)
        image = try ImageBuffer(format: pipeline.pack.format, size: pipeline.pack.outputSize)
        scratches = (0..<64).map { _ in PlanScratch() }
        counters = (0..<64).map { _ in StatisticsCounter() }
        isFloor = name == "floor"
        wantsStatistics = ["color", "video", "binned", "binned-twice"].contains(name)
    }

    /// The settings of a plan by its name.
    private static func settings(_ name: String, _ frame: RawFrame) throws -> DevelopSettings {
        var settings = Preset.light.settings
        settings.orientation = .up
        settings.highlights = .clip
        settings.tone = .transfer(.srgb)
        settings.exposure = .ev(0)
        settings.demosaic = "malvar"
        switch name {
        case "color", "floor": settings.demosaic = "bilinear"
        case "malvar": break
        case "camera-pipe":
            settings.defects = .dynamic
            settings.noiseProfile = .auto
            settings.sharpen = 0.9
            settings.sharpenRadius = 0.6
        case "video", "binned", "binned-twice":
            settings = Preset.full.settings
            settings.binning = name == "video" ? .off : name == "binned" ? .half : .quarter
            settings.orientation = .up
            settings.exposure = .ev(0)
            settings.tone = .transfer(.rec709)
            settings.saturation = 1.1
            settings.greenEqualization = 0.05
            settings.noiseProfile = .auto
        case "defects":
            settings.defects = .dynamic
            settings.noiseProfile = .auto
        case "saturated":
            settings.saturation = 1.4
            settings.contrast = 1.2
        case "green":
            settings.greenEqualization = 0.05
        case "chroma":
            settings.chromaDenoise = 1
            settings.chromaFilter = .block
            settings.noiseProfile = .auto
        case "sharpen":
            settings.sharpen = 0.9
            settings.sharpenRadius = 0.6
        case "sharpen-noise":
            settings.sharpen = 0.9
            settings.noiseProfile = .profile(NoiseProfile(scale: [0.0005], offset: [0.00001]))
        case "filmic":
            settings.tone = .filmic
            settings.exposure = .auto
        case "malvar-check":
            settings.whiteBalance = .gains(.unity)
            settings.matrix = .none
            settings.tone = .transfer(.linear)
            settings.highlights = .off
        default: throw ISPError(.usage, "no plan '\(name)'")
        }
        guard name != "malvar-check" else { return settings }
        if frame.metadata.asShotGains == nil {
            settings.whiteBalance = .gains(try WhiteBalanceGains(red: 1.9, green: 1, blue: 1.6))
        }
        if frame.metadata.color == nil && frame.metadata.cameraToSRGB == nil {
            settings.matrix = .matrix(Matrix3([1.6, -0.4, -0.2, -0.3, 1.5, -0.2, 0, -0.5, 1.5])!)
        }
        return settings
    }

    /// Makes the picture.
    /// - Returns: nanoseconds.
    package func run(threads: Int) -> UInt64 {
        for counter in counters.prefix(threads) where wantsStatistics { counter.reset() }
        let start = DispatchTime.now().uptimeNanoseconds
        if threads == 1 {
            develop(0..<image.size.height, thread: 0)
        } else {
            // Every thread has rows, memory and a counter of its own.
            nonisolated(unsafe) let subject = self
            DispatchQueue.concurrentPerform(iterations: threads) { i in
                let band = Tiling.slice(i, of: threads, subject.image.size)
                if !band.isEmpty { subject.develop(band.y..<band.maxY, thread: i) }
            }
        }
        return DispatchTime.now().uptimeNanoseconds - start
    }

    private func develop(_ rows: Range<Int>, thread: Int) {
        if isFloor { return Floor.run(frame, into: image, rows: rows) }
        plan.develop(
            rows, of: frame, into: image, scratch: scratches[thread],
            statistics: wantsStatistics ? counters[thread] : nil)
    }
}
