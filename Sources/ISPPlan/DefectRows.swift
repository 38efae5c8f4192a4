// Defective photosites of the rows at hand: candidates by kernel, decisions by the reference.

import ISPImaging
import ISPKernels
import ISPStages

/// How a plan replaces defects.
final class DefectPlan: Sendable {
    let stage: DefectPixels
    let kernel: OutlierKernel
    /// By R, Gr, Gb, B.
    let sites: [OutlierKernel.Site]
    let blackLevel: BlackLevel
    /// Words a sample unit is.
    let unit: Float
    /// Those of `blackLevel`, by R, Gr, Gb, B: an array would be counted as a reference for every candidate.
    let offset, scale: SIMD4<Float>

    init(_ stage: DefectPixels, _ blackLevel: BlackLevel, scale: SampleScale) {
        self.stage = stage
        self.blackLevel = blackLevel
        unit = Float(1 << scale.shift)
        let unit = unit
        (offset, self.scale) = (SIMD4(blackLevel.offset), SIMD4(blackLevel.scale))
        let noise = stage.leastVariance
        let span = blackLevel.black.map { (blackLevel.white - $0) * unit }
        // Whatever stands out does so by this at least: in the dark, where noise is least.
        sites = (0..<4).map { site in
            let black = blackLevel.black[site] * unit
            let least = stage.leastDepth(lowest: -black / span[site])
            return OutlierKernel.Site(
                black: black, leastDepth: least * span[site] * 0.999,
                leastDeviation: max(least, DefectPixels.leastDeviation) * span[site] * 0.999,
                slope: noise.scale * span[site] * 0.999,
                offset: (noise.offset * span[site] - noise.scale * black) * span[site] * 0.999)
        }
        kernel = OutlierKernel(threshold: stage.threshold)
    }
}

/// Finds and replaces the defects of rows in a strip.
final class DefectRows {
    private let plan: DefectPlan
    private let photosites: Photosites
    private let frame: Size
    private let origin, count: Int
    /// Linear samples around a candidate.
    private let around: UnsafeMutablePointer<Float>
    private static let patch = 2 * DefectPixels.halo + 1
    private var replacements: [(place: UnsafeMutablePointer<UInt16>, sample: UInt16)] = []

    init(_ plan: DefectPlan, _ photosites: Photosites, frame: Size, origin: Int, count: Int) {
        (self.plan, self.photosites, self.frame) = (plan, photosites, frame)
        (self.origin, self.count) = (origin, count)
        around = .allocate(capacity: Self.patch * Self.patch)
        around.initialize(repeating: 0, count: Self.patch * Self.patch)
    }

    deinit { around.deallocate() }

    /// Replaces the defects of a row, until `restore`.
    func replace(_ y: Int, in raw: MosaicRing, _ columns: Range<Int>) {
        replacements.removeAll(keepingCapacity: true)
        func look(_ x: Int) {
            guard columns.contains(x), let sample = decided(x, y, raw) else { return }
            replacements.append((raw[y].sample(x - origin), sample))
        }
        if plan.stage.dynamic {
            let step = photosites.step
            let rows = OutlierKernel.Rows(raw[y - step], raw[y], raw[y + step], isMono: step == 1)
            for parity in 0..<2 {
                let site = plan.sites[photosites.site(column: parity, row: y).rawValue]
                plan.kernel.apply(rows, parity: parity, site, count: count) { look(origin + 2 * $0 + parity) }
            }
        }
        if !plan.stage.listed.isEmpty {
            for x in plan.stage.listedColumns(row: y, columns: columns, frame: frame) { look(x) }
        }
        // The list has what was there while the row has what takes its place, and the other way round.
        for i in replacements.indices { swap(&replacements[i].sample, &replacements[i].place.pointee) }
    }

    /// Puts back what was replaced.
    func restore() {
        // Backwards: a place may be in the list twice.
        for i in replacements.indices.reversed() { swap(&replacements[i].sample, &replacements[i].place.pointee) }
    }

    private func site(_ x: Int, _ y: Int) -> Int { photosites.site(column: x, row: y).rawValue }

    /// What takes the place of a sample by the reference's rules, if anything does.
    private func decided(_ x: Int, _ y: Int, _ raw: MosaicRing) -> UInt16? {
        let (own, right, below) = (site(x, y), site(x + 1, y), site(x, y + 1))
        let (size, middle) = (Self.patch, around + Self.patch * Self.patch / 2)
        let (offset, scale, unit) = (plan.offset, plan.scale, plan.unit)
        @inline(__always)
        func take(_ dx: Int, _ dy: Int, _ site: Int) {
            let sample = Float(raw[y &+ dy].sample(x &+ dx &- origin).pointee) / unit
            middle[dy &* size &+ dx] = (sample + offset[site]) * scale[site]
        }
        let step = photosites.step
        for dy in stride(from: -step, through: step, by: step) {
            for dx in stride(from: -step, through: step, by: step) { take(dx, dy, own) }
        }
        if step == 2 {
            for distance in stride(from: -3, through: 3, by: 2) {
                take(distance, 0, right)
                take(0, distance, below)
            }
        }
        let replacement = plan.stage.replacement(x: x, y: y, step: step, frame: frame, around: around)
        guard let replacement else { return nil }
        let black = plan.blackLevel.black[own]
        let sample = (replacement * (plan.blackLevel.white - black) + black) * plan.unit
        return UInt16(clamping: Int(sample.rounded()))
    }
}
