// Stage 5, binning (optional): a mosaic of half or a quarter of the width and height, with less noise.

import ISPImaging

/// Joins photosites of one colour into fewer; the result is a mosaic of the same CFA pattern.
///
/// Binned photosite `i` of a row is three quarters of photosite `2i + p`, `p` being the parity of `i`, and one quarter of
/// its neighbour of the same colour, `2i + 2` for even and `2i - 1` for odd `i`; rows likewise. So its centre is at `2i + 1/2`,
/// the middle of the two columns whose place it takes. Plain means of neighbours would have theirs at 1, 2, 5, 6, 9 ...,
/// and the demosaic, which takes photosites for evenly spaced, would draw jagged edges. Each binned photosite is made of
/// four that no other one looks at, so noise stays independent, with (10/16)^2 = 0.39 of its variance. A quarter is half of
/// half, centred at `4i + 3/2`.
///
/// A mono mosaic is binned by plain means of 2x2, centred likewise, with a quarter of the variance.
public struct Binning: Sendable {
    /// How far the frame is made smaller.
    public enum Amount: String, CaseIterable, Sendable {
        /// Not at all.
        case off
        /// To half of its width and height.
        case half
        /// To a quarter of them.
        case quarter
    }

    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "binning", "joins photosites of one colour: a mosaic of half or a quarter of the width and height, less noise",
        citation: "Jin, Hirakawa 2012, Analysis and processing of pixel binning (what plain means do)", from: .mosaic,
        to: .mosaic)

    /// How often the mosaic is halved: once or twice.
    public let halvings: Int

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Throws: `ISPError(.usage)` for a frame that is too small.
    public init?(_ amount: Amount, of frame: Size) throws(ISPError) {
        switch amount {
        case .off: return nil
        case .half: halvings = 1
        case .quarter: halvings = 2
        }
        try check(frame)
    }

    /// Refuses frames of which less is left than a pipeline takes.
    /// - Throws: `ISPError(.usage)`.
    public func check(_ frame: Size) throws(ISPError) {
        let least = RawFrame.minimumSide * factor
        guard frame.width >= least, frame.height >= least else {
            throw ISPError(
                .usage,
                "binning: a frame of \(frame) is too small to be divided by \(factor); it takes \(least)x\(least)")
        }
    }

    // MARK: Coordinates

    /// Columns, or rows, of the frame that become one.
    public var factor: Int { 1 << halvings }

    /// The size of a binned frame; what is left over at its right and lower edge is not shown.
    public func size(of frame: Size) -> Size { Size(width: frame.width / factor, height: frame.height / factor) }

    /// The part of the binned frame that takes the place of a part of the frame.
    ///
    /// Its size depends on the size of the part alone, whatever its place: it is that of a binned frame, and no less than a
    /// pixel.
    public func part(for part: Region, of frame: Size) -> Region {
        let whole = size(of: frame)
        let (width, height) = (max(part.width / factor, 1), max(part.height / factor, 1))
        return Region(
            x: min(part.x / factor, whole.width - width), y: min(part.y / factor, whole.height - height),
            width: width, height: height)
    }

    /// The part of the frame whose place a part of the binned frame takes.
    public func covered(by part: Region) -> Region {
        Region(x: part.x * factor, y: part.y * factor, width: part.width * factor, height: part.height * factor)
    }

    /// The columns, or rows, of the frame that binned ones are made of; they may lie outside.
    public func source(of binned: Range<Int>, cfa: CFAPattern?) -> Range<Int> {
        let pairs = Pairs(cfa)
        return (0..<halvings).reduce(binned) { range, _ in pairs.source(of: range) }
    }

    /// The part of the frame that a part of the binned mosaic is made of.
    public func source(of part: Region, cfa: CFAPattern?) -> Region {
        let pairs = Pairs(cfa)
        return (0..<halvings).reduce(part) { part, _ in pairs.source(of: part) }
    }

    // MARK: Noise

    /// The noise that is left of a frame's.
    public func left(of noise: NoiseProfile, cfa: CFAPattern?) -> NoiseProfile {
        let share = Double(Pairs(cfa).share)
        let once = (1 - share) * (1 - share) + share * share
        // Columns and rows.
        let all = (0..<(2 * halvings)).reduce(1) { product, _ in product * once }
        return NoiseProfile(scale: noise.scale.map { $0 * all }, offset: noise.offset.map { $0 * all })
    }

    // MARK: Samples

    /// Makes a part of the binned mosaic.
    /// - Parameter mosaic: covers at least `source(of: part, cfa:)`.
    public func apply(
        to mosaic: PlaneView<Float>, _ part: Region, cfa: CFAPattern?, workspace: Workspace
    ) -> PlaneView<Float> {
        let pairs = Pairs(cfa)
        // Of a quarter, half comes first.
        let halved = halvings == 1 ? mosaic : Self.halve(mosaic, pairs.source(of: part), pairs, workspace)
        return Self.halve(halved, part, pairs, workspace)
    }

    private static func halve(
        _ mosaic: PlaneView<Float>, _ part: Region, _ pairs: Pairs, _ workspace: Workspace
    ) -> PlaneView<Float> {
        let result = workspace.plane(part)
        let share = pairs.share
        for y in part.y..<part.maxY {
            let rows = pairs[y]
            let (near, far, target) = (mosaic.row(rows.near), mosaic.row(rows.far), result.row(y))
            for i in 0..<part.width {
                let columns = pairs[part.x &+ i]
                let (a, b) = (columns.near &- mosaic.region.x, columns.far &- mosaic.region.x)
                // Written as steps from one to the other, so that what is equal stays as it is.
                let first = near[a] + (near[b] - near[a]) * share
                let second = far[a] + (far[b] - far[a]) * share
                target[i] = first + (second - first) * share
            }
        }
        return result
    }
}

/// The two columns, or rows, that become one when a mosaic is halved.
private struct Pairs {
    private let isBayer: Bool

    init(_ cfa: CFAPattern?) { isBayer = cfa != nil }

    /// The share of the farther one.
    var share: Float { isBayer ? 0.25 : 0.5 }

    /// The two that binned column `i` is made of, the one that counts most first.
    @inline(__always)
    subscript(i: Int) -> (near: Int, far: Int) {
        guard isBayer else { return (2 &* i, 2 &* i &+ 1) }
        let parity = i & 1
        return (2 &* i &+ parity, 2 &* i &+ 2 &- 3 &* parity)
    }

    /// All that binned columns are made of.
    func source(of binned: Range<Int>) -> Range<Int> {
        let (first, last) = (self[binned.lowerBound], self[binned.upperBound - 1])
        return min(first.near, first.far)..<(max(last.near, last.far) + 1)
    }

    /// All that a part of the binned mosaic is made of.
    func source(of part: Region) -> Region {
        let (columns, rows) = (source(of: part.x..<part.maxX), source(of: part.y..<part.maxY))
        return Region(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    }
}
