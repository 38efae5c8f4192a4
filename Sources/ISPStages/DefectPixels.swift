// Stage 4, defect pixels: photosites that are dead, hot or stuck are replaced by their same-colour neighbours.

import ISPImaging

/// Replaces listed defects and, if asked, those found by looking.
///
/// A photosite is found defective when it stands out from seven of its eight same-colour neighbours (one may be
/// defective too) by more than they differ among themselves, and the photosites next to it, which any lens blurs real
/// detail into, show nothing. It is dead, however much its neighbours differ, when it sees next to nothing where seven of
/// them see light well above their noise: no lens draws so deep a hole. It is replaced by the mean of the opposite
/// same-colour pair that differs least (after Tanbakuchi et al. 2003 and the dynamic correction of common hardware ISPs).
public struct DefectPixels: Sendable {
    /// How far a sample must stand out, in units of the neighbours' own spread.
    public static let threshold = ParameterDescriptor(
        "defect_threshold", "how far a sample must stand out, in units of its neighbours' spread", in: 0.5...10,
        default: 2)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "defect-pixels", "replaces listed and dynamically found dead, hot and stuck photosites",
        citation: "Tanbakuchi, van der Sijde, Dillen, Theuwissen, Haan 2003, Adaptive pixel defect correction",
        from: .mosaic, to: .mosaic, parameters: [threshold])

    /// Samples a photosite needs around it.
    public static let halo = 3

    /// The smallest deviation that counts, as a part of full scale: quantisation alone must not.
    public static let leastDeviation: Float = 0.003
    /// How much of a peak next to the photosite speaks for real detail.
    private static let opticalFraction: Float = 0.06
    /// What a dead photosite sees at most, as a share of its neighbours.
    private static let deadShare: Float = 0.1
    /// How far a defect must stand out in units of the noise; `leastDeviation` where that is unknown.
    private static let noiseReach: Float = 7

    /// Columns of the listed defects, by row.
    public let listed: [Int: Set<Int>]
    /// Whether others are looked for.
    public let dynamic: Bool
    /// How far a sample must stand out, in units of the neighbours' own spread.
    public let threshold: Float
    private let noiseScale, noiseOffset: Float

    /// Creates the stage.
    /// - Parameters:
    ///   - listed: known defects, in frame coordinates; those outside the frame are ignored.
    ///   - dynamic: whether to look for others.
    ///   - noise: the frame's noise, which tells a dead photosite from a dark one; `nil` where it is not known.
    ///   - threshold: see `DefectPixels.threshold`.
    /// - Throws: `ISPError(.usage)` for a threshold out of range.
    public init(
        listed: [DefectLocation], dynamic: Bool, noise: NoiseProfile? = nil,
        threshold: Double = DefectPixels.threshold.defaultValue
    ) throws(ISPError) {
        self.threshold = Float(try Self.threshold.checked(threshold))
        // Variances, of the noisiest colour, taken times the square of the reach.
        let squared = Self.noiseReach * Self.noiseReach
        noiseScale = noise.map { Float((0..<3).map($0.scale(of:)).max()!) * squared } ?? 0
        noiseOffset =
            noise.map { Float((0..<3).map($0.offset(of:)).max()!) * squared } ?? Self.leastDeviation
            * Self.leastDeviation
        self.dynamic = dynamic
        self.listed = Dictionary(grouping: listed, by: \.y).mapValues { Set($0.map(\.x)) }
    }

    /// Works on a mosaic; the result covers its region shrunk by `halo`.
    /// - Parameters:
    ///   - cfa: the pattern, or `nil` for a mono sensor, whose neighbours are the adjacent samples.
    ///   - frame: the size of the frame; outside it, the mirror images of listed defects count.
    public func apply(
        to mosaic: PlaneView<Float>, cfa: CFAPattern?, frame: Size, workspace: Workspace
    ) -> PlaneView<Float> {
        let result = workspace.plane(mosaic.region.expanded(by: -Self.halo))
        let flags = workspace.plane(
            Region(x: result.region.x, y: 0, width: result.region.width, height: 1), of: UInt8.self
        ).row(0)
        let step = cfa == nil ? 1 : 2
        for y in result.region.y..<result.region.maxY {
            let source = mosaic.row(y) + Self.halo
            let target = result.row(y)
            target.update(from: source, count: result.region.width)
            if dynamic { find(y, mosaic, step, result.region, flags) }
            for i in 0..<(dynamic ? result.region.width : 0) where flags[i] != 0 {
                let around = Neighbours(mosaic, x: result.region.x + i, y: y, step: step)
                if step == 1 || flags[i] == Self.dead || !isOptical(mosaic, x: result.region.x + i, y: y, around) {
                    target[i] = around.replacement
                }
            }
            for x in listedColumns(row: mirrored(y, count: frame.height), region: result.region, frame: frame) {
                target[x - result.region.x] = repaired(mosaic, x: x, y: y, step, frame)
            }
        }
        return result
    }

    /// The flag of a photosite that needs no further test.
    private static let dead: UInt8 = 2

    /// Marks the samples of a row that stand out from their eight neighbours.
    private func find(
        _ y: Int, _ mosaic: PlaneView<Float>, _ step: Int, _ region: Region, _ flags: UnsafeMutablePointer<UInt8>
    ) {
        let (upper, here, lower) = (
            mosaic.row(y - step) + Self.halo, mosaic.row(y) + Self.halo, mosaic.row(y + step) + Self.halo
        )
        for i in 0..<region.width {
            var range = RunnerUp(here[i &- step], here[i &+ step])
            range.add(upper[i &- step])
            range.add(upper[i])
            range.add(upper[i &+ step])
            range.add(lower[i &- step])
            range.add(lower[i])
            range.add(lower[i &+ step])
            let (high, low) = (range.high, range.low)
            let spread = threshold * (high - low)
            let value = here[i]
            let (above, below) = (value - high - spread, low - spread - value)
            let isAbove = above > Self.leastDeviation && above * above > noiseScale * high + noiseOffset
            let isBelow = below > Self.leastDeviation && below * below > noiseScale * low + noiseOffset
            let depth = low - value
            let isDead = value < Self.deadShare * low && depth * depth > noiseScale * low + noiseOffset
            let stands: UInt8 = (isAbove ? 1 : 0) | (isBelow ? 1 : 0)
            flags[i] = isDead ? Self.dead : stands
        }
    }

    /// Whether the peak also shows in the adjacent photosites of the other colours, compared with those three away.
    private func isOptical(_ mosaic: PlaneView<Float>, x: Int, y: Int, _ around: Neighbours) -> Bool {
        let near = mosaic[x - 1, y] + mosaic[x + 1, y] + mosaic[x, y - 1] + mosaic[x, y + 1]
        let far = mosaic[x - 3, y] + mosaic[x + 3, y] + mosaic[x, y - 3] + mosaic[x, y + 3]
        let peak = mosaic[x, y] - around.replacement
        let shoulder = (near - far) * 0.25
        return peak > 0 ? shoulder > Self.opticalFraction * peak : shoulder < Self.opticalFraction * peak
    }

    /// What takes the place of a listed photosite: as for those found, but from neighbours that are not listed
    /// themselves, so that a dead column is not repaired by its own.
    private func repaired(_ mosaic: PlaneView<Float>, x: Int, y: Int, _ step: Int, _ frame: Size) -> Float {
        func sound(_ dx: Int, _ dy: Int) -> Float? {
            let (column, row) = (mirrored(x + dx, count: frame.width), mirrored(y + dy, count: frame.height))
            return listed[row]?.contains(column) == true ? nil : mosaic[x + dx, y + dy]
        }
        var best: (difference: Float, mean: Float)?
        var single: [Float] = []
        for (dx, dy) in [(step, 0), (0, step), (step, step), (step, -step)] {
            let pair = [sound(-dx, -dy), sound(dx, dy)].compactMap(\.self)
            single += pair
            guard pair.count == 2 else { continue }
            let difference = abs(pair[0] - pair[1])
            if difference < best?.difference ?? .infinity { best = (difference, (pair[0] + pair[1]) * 0.5) }
        }
        if let best { return best.mean }
        guard !single.isEmpty else { return Neighbours(mosaic, x: x, y: y, step: step).replacement }
        return single.reduce(0, +) / Float(single.count)
    }

    /// The columns of a row, which may lie outside the frame, that are listed or mirror images of listed ones.
    public func listedColumns(row y: Int, columns: Range<Int>, frame: Size) -> [Int] {
        listedColumns(
            row: mirrored(y, count: frame.height),
            region: Region(x: columns.lowerBound, y: y, width: columns.count, height: 1), frame: frame)
    }

    /// The square of the least deviation of a defect, as a function of the signal: `scale * signal + offset`.
    public var leastVariance: (scale: Float, offset: Float) { (noiseScale, noiseOffset) }

    /// How far below its neighbours a dead photosite lies at least, where the second smallest of them is `lowest`.
    public func leastDepth(lowest: Float) -> Float { max(noiseScale * lowest + noiseOffset, 0).squareRoot() }

    private func listedColumns(row: Int, region: Region, frame: Size) -> [Int] {
        guard row < frame.height, let columns = listed[row] else { return [] }
        // Inside the frame the column itself; outside, the places whose mirror image it is.
        let last = frame.width - 1
        return columns.filter { $0 >= 0 && $0 <= last }
            .flatMap { [$0, -$0, 2 * last - $0] }
            .filter { $0 >= region.x && $0 < region.maxX }
    }
}

/// The second largest and the second smallest of the values added.
private struct RunnerUp {
    private(set) var high, low: Float
    private var highest, lowest: Float

    @inline(__always)
    init(_ a: Float, _ b: Float) {
        (highest, high) = a > b ? (a, b) : (b, a)
        (lowest, low) = (high, highest)
    }

    @inline(__always)
    mutating func add(_ v: Float) {
        let lesser = v < highest ? v : highest
        high = lesser > high ? lesser : high
        highest = v > highest ? v : highest
        let greater = v > lowest ? v : lowest
        low = greater < low ? greater : low
        lowest = v < lowest ? v : lowest
    }
}

/// The four pairs of opposite same-colour neighbours of a photosite.
private struct Neighbours {
    private let pairs: [(Float, Float)]

    init(_ mosaic: PlaneView<Float>, x: Int, y: Int, step s: Int) {
        pairs = [
            (mosaic[x - s, y], mosaic[x + s, y]), (mosaic[x, y - s], mosaic[x, y + s]),
            (mosaic[x - s, y - s], mosaic[x + s, y + s]), (mosaic[x + s, y - s], mosaic[x - s, y + s]),
        ]
    }

    /// The mean of the pair that differs least.
    var replacement: Float {
        let best = pairs.min { abs($0.0 - $0.1) < abs($1.0 - $1.1) }!
        return (best.0 + best.1) * 0.5
    }
}
