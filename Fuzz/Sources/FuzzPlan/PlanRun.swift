// Runs of a plan over a frame, and what must be true of them.

import Foundation
import FuzzSupport
import ISPImaging
import ISPPlan

/// A plan and a frame for it.
struct PlanRun {
    private let plan: RealTimePlan
    private let frame: RawFrame

    init(_ plan: RealTimePlan, _ frame: RawFrame) {
        (self.plan, self.frame) = (plan, frame)
    }

    /// The picture made in one go.
    func whole() throws(ISPError) -> ImageBuffer {
        let image = try picture(start: 0, fill: 0)
        let counter = StatisticsCounter()
        plan.develop(0..<image.size.height, of: frame, into: image, scratch: PlanScratch(), statistics: counter)
        check(counter, "in one go")
        return image
    }

    /// Makes the picture in bands and compares every one of them.
    func check(_ bands: [Range<Int>], start: Int, against expected: ImageBuffer) throws(ISPError) {
        // Whatever is not written shows.
        let image = try picture(start: start, fill: 0xa5)
        let (scratch, counter) = (PlanScratch(), StatisticsCounter())
        for band in bands {
            let before = Array(image.bytes)
            var steps = 0
            plan.develop(band, of: frame, into: image, scratch: scratch, statistics: counter) { step in
                promise(step == steps, "steps are counted")
                steps += 1
            }
            promise(band.isEmpty || steps == plan.steps(band), "\(plan.steps(band)) steps, not \(steps)")
            for (number, plane) in image.planes.enumerated() {
                let rows = plane.rows == image.size.height ? band : band.lowerBound / 2..<(band.upperBound + 1) / 2
                for y in 0..<plane.rows where !rows.contains(y) {
                    let start = plane.offset + y * plane.bytesPerRow
                    promise(
                        image.row(y, plane: number).elementsEqual(before[start..<(start + plane.bytesPerRow)]),
                        "rows \(band) write no other: plane \(number), row \(y)")
                }
            }
        }
        promise(isSame(image, expected), "bands \(bands) give the same picture: \(differences(image, expected))")
        check(counter, "in bands \(bands)")
    }

    private func picture(start: Int, fill: UInt8) throws(ISPError) -> ImageBuffer {
        let pack = plan.pipeline.pack
        let count = try ImageBuffer.byteCount(format: pack.format, size: pack.outputSize)
        let memory = ExactBytes(count: count, start: start)
        memory.bytes.initializeMemory(as: UInt8.self, repeating: fill)
        return try ImageBuffer(format: pack.format, size: pack.outputSize, bytes: memory.bytes, owner: memory)
    }

    private func check(_ counter: StatisticsCounter, _ way: String) {
        let expected = plan.statisticsTap.statistics(of: frame, in: plan.countedRegion)
        promise(counter.statistics == expected, "statistics \(way) are those of the tap")
    }
}

/// Whether two pictures have the same bytes but for padding, which nobody promises to write.
func isSame(_ a: ImageBuffer, _ b: ImageBuffer) -> Bool {
    a.size == b.size && a.format == b.format && differingBytes(a, b).isEmpty
}

private func differingBytes(_ a: ImageBuffer, _ b: ImageBuffer) -> [Int] {
    guard memcmp(a.bytes.baseAddress!, b.bytes.baseAddress!, a.bytes.count) != 0 else { return [] }
    var padding: [Bool] = [false]
    if case .rgb(let order) = a.format.layout { padding = order.map { $0 == "x" } }
    return a.bytes.indices.filter { a.bytes[$0] != b.bytes[$0] && !padding[$0 % padding.count] }
}

/// Where two pictures differ, in words.
private func differences(_ a: ImageBuffer, _ b: ImageBuffer) -> String {
    let places = differingBytes(a, b)
    let shown = places.prefix(5).map { "byte \($0): \(a.bytes[$0]), \(b.bytes[$0])" }
    return "\(places.count) of \(a.bytes.count) bytes, \(shown.joined(separator: "; ")) (\(a.size) \(a.format))"
}
