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
                let x = result.region.x + i
                if let sample = replacement(flags[i], step, { mosaic[x + $0, y + $1] }) { target[i] = sample }
            }
            for x in listedColumns(row: mirrored(y, count: frame.height), region: result.region, frame: frame) {
                target[x - result.region.x] = repaired(x: x, y: y, step, frame) { mosaic[x + $0, y + $1] }
            }
        }
        return result
    }

    /// What takes the place of one sample, or `nil` where it stays.
    /// - Parameters:
    ///   - step: columns and rows to neighbours of the same colour: 2 in a CFA mosaic, 1 for a mono sensor.
    ///   - around: seven rows of seven linear samples, this one in the middle. Only its neighbours of the same colour are
    ///     looked at and, in a CFA mosaic, those of its row and column.
    public func replacement(x: Int, y: Int, step: Int, frame: Size, around: UnsafePointer<Float>) -> Float? {
        let size = 2 * Self.halo + 1
        let middle = around + Self.halo * (size + 1)
        @inline(__always)
        func sample(_ dx: Int, _ dy: Int) -> Float { middle[dy &* size &+ dx] }
        if !listed.isEmpty, !listedColumns(row: y, columns: x..<(x + 1), frame: frame).isEmpty {
            return repaired(x: x, y: y, step, frame, sample)
        }
        guard dynamic else { return nil }
        let stands = flag(
            sample(0, 0), sample(-step, 0), sample(step, 0), sample(-step, -step), sample(0, -step),
            sample(step, -step), sample(-step, step), sample(0, step), sample(step, step))
        return stands == 0 ? nil : replacement(stands, step, sample)
    }

    /// What takes the place of a sample that stands out, if it is no detail.
    @inline(__always)
    private func replacement(_ flag: UInt8, _ step: Int, _ sample: (Int, Int) -> Float) -> Float? {
        let replacement = Self.replacement(step, sample)
        return step == 1 || flag == Self.dead || !isOptical(sample, peak: sample(0, 0) - replacement)
            ? replacement : nil
    }

    /// The mean of the pair of opposite same-colour neighbours that differs least.
    @inline(__always)
    private static func replacement(_ s: Int, _ sample: (Int, Int) -> Float) -> Float {
        var best = (sample(-s, 0), sample(s, 0))
        for pair in [(sample(0, -s), sample(0, s)), (sample(-s, -s), sample(s, s)), (sample(s, -s), sample(-s, s))]
        where abs(pair.0 - pair.1) < abs(best.0 - best.1) {
            best = pair
        }
        return (best.0 + best.1) * 0.5
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
            flags[i] = flag(
                here[i], here[i &- step], here[i &+ step], upper[i &- step], upper[i], upper[i &+ step],
                lower[i &- step], lower[i], lower[i &+ step])
        }
    }

    /// 0 for a sample that does not stand out from its eight same-colour neighbours.
    @inline(__always)
    private func flag(
        _ value: Float, _ a: Float, _ b: Float, _ c: Float, _ d: Float, _ e: Float, _ f: Float, _ g: Float, _ h: Float
    ) -> UInt8 {
        var range = RunnerUp(a, b)
        range.add(c)
        range.add(d)
        range.add(e)
        range.add(f)
        range.add(g)
        range.add(h)
        let (high, low) = (range.high, range.low)
        let spread = threshold * (high - low)
        let (above, below) = (value - high - spread, low - spread - value)
        let isAbove = above > Self.leastDeviation && above * above > noiseScale * high + noiseOffset
        let isBelow = below > Self.leastDeviation && below * below > noiseScale * low + noiseOffset
        let depth = low - value
        let isDead = value < Self.deadShare * low && depth * depth > noiseScale * low + noiseOffset
        let stands: UInt8 = (isAbove ? 1 : 0) | (isBelow ? 1 : 0)
        return isDead ? Self.dead : stands
    }

    /// Whether the peak also shows in the adjacent photosites of the other colours, compared with those three away.
    @inline(__always)
    private func isOptical(_ sample: (Int, Int) -> Float, peak: Float) -> Bool {
        let near = sample(-1, 0) + sample(1, 0) + sample(0, -1) + sample(0, 1)
        let far = sample(-3, 0) + sample(3, 0) + sample(0, -3) + sample(0, 3)
        let shoulder = (near - far) * 0.25
        return peak > 0 ? shoulder > Self.opticalFraction * peak : shoulder < Self.opticalFraction * peak
    }

    /// What takes the place of a listed photosite: as for those found, but from neighbours that are not listed
    /// themselves, so that a dead column is not repaired by its own.
    private func repaired(
        x: Int, y: Int, _ step: Int, _ frame: Size, _ sample: (Int, Int) -> Float
    ) -> Float {
        func sound(_ dx: Int, _ dy: Int) -> Float? {
            let (column, row) = (mirrored(x + dx, count: frame.width), mirrored(y + dy, count: frame.height))
            return listed[row]?.contains(column) == true ? nil : sample(dx, dy)
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
        guard !single.isEmpty else { return Self.replacement(step, sample) }
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
