// Fuzz target `plan`: an input decides a frame, settings and an output format; where a plan is possible, it keeps every
// promise made about plans, in memory that ends where it should.

import FuzzSupport
import ISPImaging
import ISPPlan
import ISPStages
import ISPTuning
import SoftISP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlan(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var input = InputReader(Fuzzer.array(bytes, count))
    // Whatever keeps a pipeline from being a plan is tried too, now and then.
    let isAnything = input.chance(16)
    let format = input.choice(PixelFormat.all.filter { !$0.isRaw && (isAnything || $0.packing == .bytes) })
    let way = Way(&input)
    let sparesNoise = !input.chance(64)
    do throws(ISPError) {
        let frame = try input.frame(of: PixelFormat.all.filter(\.isRaw))
        let settings = isAnything ? input.settings(for: frame) : input.possibleSettings(for: frame)
        // Frame and settings that do not go together are refused before there is a pipeline.
        guard var pipeline = try? Development(of: frame, settings: settings, format: format).pipeline else { return 0 }
        if pipeline.sharpen != nil, !sparesNoise {
            // No setting says so, but a pipeline can.
            pipeline.sharpen = try Sharpen(
                amount: settings.sharpen, radius: settings.sharpenRadius, halo: settings.sharpenHalo, noise: nil)
        }
        guard let plan = made(pipeline, frame, way.stripWidth) else { return 0 }
        let run = PlanRun(plan, frame)
        let picture = try run.whole()
        try run.check(way.bands(of: picture.size), start: way.start, against: picture)
        if let width = way.otherWidth, let other = made(pipeline, frame, width) {
            promise(isSame(try PlanRun(other, frame).whole(), picture), "strips of \(width) give the same picture")
        }
    } catch {
        fatalError("broken promise: \(error.kind): \(error.message)")
    }
    return 0
}

/// The plan of a pipeline; `nil` where it is refused, which must be said.
private func made(_ pipeline: Pipeline, _ frame: RawFrame, _ stripWidth: Int) -> RealTimePlan? {
    let refusals = RealTimePlan.refusals(of: pipeline, format: frame.format)
    do throws(ISPError) {
        let plan = try RealTimePlan(pipeline, format: frame.format, size: frame.size, stripWidth: stripWidth)
        promise(refusals.isEmpty, "no plan where there are refusals: \(refusals)")
        promise(!plan.steps.isEmpty && !plan.layout.isEmpty, "a plan can be described")
        return plan
    } catch {
        promise(error.kind == .usage && !error.message.isEmpty, "a plan is refused as misuse, with a reason")
        return nil
    }
}

extension InputReader {
    /// Settings that a plan can carry out but for their strength.
    fileprivate mutating func possibleSettings(for frame: RawFrame) -> DevelopSettings {
        var settings = DevelopSettings()
        settings.demosaic = choice(["malvar", "bilinear"])
        settings.demosaicCoding = .linear
        settings.highlights = choice([.clip, .off])
        settings.orientation = choice(Orientation.allCases.filter { !$0.swapsAxes })
        settings.denoise = 0
        settings.greenEqualization = 0
        settings.localTone = 0
        settings.chromaDenoise = 0
        settings.lensCorrection = .off
        let decided: Set = [
            "demosaic", "demosaic_coding", "highlights", "orientation", "denoise", "green_equalization", "local_tone",
            "chroma_denoise", "lens_correction", "size", "bits",
        ]
        return self.settings(for: frame, from: settings, keeping: decided)
    }
}

@main struct PlanTarget {
    static func main() { Fuzzer.run { fuzzPlan($0, $1) } }
}
