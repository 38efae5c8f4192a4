// Stage 20, scale: the part of the frame that is shown, at the size that is wanted.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Resamples a crop of the frame to another size with a separable filter.
///
/// Smaller pictures are filtered over as many more samples as they are smaller, so nothing aliases. Samples next to the
/// crop count at its edges as they do everywhere else.
public struct Scale: Sendable {
    /// The filters.
    public enum Filter: String, CaseIterable, Sendable {
        /// The mean over the area that an output pixel covers; linear interpolation where the picture grows.
        case area
        /// A windowed sinc of three lobes: sharper, with a trace of ringing.
        case lanczos
    }

    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "scale", "resamples the crop to the wanted size: area average or Lanczos",
        citation: "Duchon 1979, Lanczos filtering; Heckbert 1989 (area)", from: .yCbCr, to: .yCbCr)

    /// The size of the result.
    public let size: Size
    /// How many samples of the crop become one, along the side where they are most.
    public let shrinking: Double
    private let columns, rows: Taps

    /// Creates the stage.
    /// - Parameters:
    ///   - crop: the part of the frame that is shown.
    ///   - size: what it becomes.
    /// - Throws: `ISPError(.usage)` for an empty size, one beyond 65535, or a factor beyond 64 in either direction.
    public init(crop: Region, to size: Size, filter: Filter) throws(ISPError) {
        let sides = 1...RawFrame.maximumSide
        guard sides.contains(size.width), sides.contains(size.height) else {
            throw ISPError(.usage, "a picture of \(size) pixels; each side must be 1 to \(sides.upperBound)")
        }
        let factors = [
            Double(crop.width) / Double(size.width), Double(crop.height) / Double(size.height),
        ]
        guard !crop.isEmpty, factors.allSatisfy({ (1.0 / 64...64).contains($0) }) else {
            throw ISPError(.usage, "\(crop.size) cannot be scaled to \(size); the factor must be 1/64 to 64")
        }
        self.size = size
        shrinking = factors.max()!
        columns = Taps(from: crop.x, count: crop.width, to: size.width, filter: filter)
        rows = Taps(from: crop.y, count: crop.height, to: size.height, filter: filter)
    }

    /// The part of the frame that a part of the result depends on. The result may be asked for beyond its edges.
    public func source(of part: Region) -> Region {
        let (left, right) = columns.source(of: part.x..<part.maxX)
        let (top, bottom) = rows.source(of: part.y..<part.maxY)
        return Region(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// Resamples a plane in frame coordinates to `part` of the result.
    public func apply(to plane: PlaneView<Float>, part: Region, workspace: Workspace) -> PlaneView<Float> {
        let result = workspace.plane(part)
        workspace.scoped {
            let across = workspace.plane(
                Region(x: part.x, y: plane.region.y, width: part.width, height: plane.region.height))
            for y in plane.region.y..<plane.region.maxY {
                let (source, target) = (plane.row(y), across.row(y))
                for x in part.x..<part.maxX {
                    let (first, weights) = columns[x]
                    let samples = source + (first - plane.region.x)
                    var sum: Float = 0
                    for k in weights.indices { sum += samples[k &- weights.startIndex] * weights[k] }
                    target[x - part.x] = sum
                }
            }
            for y in part.y..<part.maxY {
                let (first, weights) = rows[y]
                let target = result.row(y)
                target.update(repeating: 0, count: part.width)
                for (k, weight) in weights.enumerated() {
                    let source = across.row(first + k)
                    for i in 0..<part.width { target[i] += source[i] * weight }
                }
            }
        }
        return result
    }
}

/// For each position of one axis of the result: which samples it is made of.
private struct Taps: Sendable {
    private let start, count, target: Int
    private let firsts: [Int]
    private let weights: [[Float]]

    init(from start: Int, count: Int, to target: Int, filter: Scale.Filter) {
        (self.start, self.count, self.target) = (start, count, target)
        let step = Double(count) / Double(target)
        var firsts: [Int] = []
        var weights: [[Float]] = []
        for i in 0..<target {
            let (first, row) = filter.taps(centre: (Double(i) + 0.5) * step - 0.5, step: step)
            let total = row.reduce(0, +)
            firsts.append(start + first)
            weights.append(row.map { Float($0 / total) })
        }
        self.firsts = firsts
        self.weights = weights
    }

    /// The first sample and the weights of a position; beyond the ends, those of the nearest one.
    subscript(position: Int) -> (Int, ArraySlice<Float>) {
        let index = min(max(position, 0), target - 1)
        return (firsts[index], weights[index][...])
    }

    func source(of range: Range<Int>) -> (Int, Int) {
        let (first, _) = self[range.lowerBound]
        let (last, weights) = self[range.upperBound - 1]
        return (first, last + weights.count)
    }
}

extension Scale.Filter {
    /// The unnormalised weights about a centre, and the first sample they belong to.
    /// - Parameter step: input samples an output sample, above 1 where the picture shrinks.
    fileprivate func taps(centre: Double, step: Double) -> (Int, [Double]) {
        let widened = max(step, 1)
        switch self {
        case .area:
            // The overlap of the output pixel's extent with each input pixel's.
            let (low, high) = (centre + 0.5 - widened / 2, centre + 0.5 + widened / 2)
            let first = Int(low.rounded(.down))
            let last = max(first, Int(high.rounded(.up)) - 1)
            return (first, (first...last).map { min(high, Double($0 + 1)) - max(low, Double($0)) })
        case .lanczos:
            let reach = 3 * widened
            let first = Int((centre - reach).rounded(.up))
            let last = Int((centre + reach).rounded(.down))
            return (first, (first...last).map { Self.lanczos((Double($0) - centre) / widened) })
        }
    }

    private static func lanczos(_ x: Double) -> Double {
        guard abs(x) > 1e-9 else { return 1 }
        guard abs(x) < 3 else { return 0 }
        let t = Double.pi * x
        return 3 * sin(t) * sin(t / 3) / (t * t)
    }
}
