// Stage 10, highlights: what to do where a channel is saturated, so that white clouds do not turn magenta.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Handles saturated photosites after white balance.
///
/// After the balance the channels saturate at different values (red at 2, green at 1, say). Left alone, a blown cloud
/// would read (2, 1, 1.6): magenta. `clip` cuts all channels where the first one saturates. `blend` lifts a photosite
/// that nears saturation to the lesser of the other two colours around it, which is what a neutral surface would have
/// there. `reconstruct` lifts it to what the other two colours and the colour around the highlight predict, and lets all
/// three go to a common white where all are saturated.
public struct Highlights: Sendable {
    /// What to do with saturated photosites.
    public enum Method: String, CaseIterable, Sendable {
        /// Nothing: for measurement, and for frames without saturated samples.
        case off
        /// All channels end where the first one saturates: safe, less highlight detail.
        case clip
        /// A photosite near saturation is at least the lesser of the other two colours around it.
        case blend
        /// A photosite near saturation is at least what the other two colours predict.
        case reconstruct
    }

    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "highlights", "saturated photosites without magenta: clip, blend from or reconstruct by the other colours",
        citation:
            "estimate from the opposed colours, as in darktable 4.2 (2022); `blend` is bounded by the lesser of them",
        from: .mosaic, to: .mosaic)

    /// What is done.
    public let method: Method
    private let saturation: [Float]
    /// By R, G, B: how far a sound sample near a highlight lies above its opposed estimate.
    private let chrominance: [Float]
    /// Where highlights end: no sample leaves this stage above it, except with `off`.
    public let ceiling: Float

    /// Creates the stage.
    /// - Parameters:
    ///   - saturation: the value at which R, Gr, Gb, B saturate (`WhiteBalance.saturation`).
    ///   - chrominance: the colour around highlights, for `reconstruct`; see `opposedEstimate`.
    public init(_ method: Method, saturation: [Float], chrominance: [Float] = [0, 0, 0]) {
        self.method = method
        self.saturation = saturation
        self.chrominance = chrominance
        let channels = [saturation[0], min(saturation[1], saturation[2]), saturation[3]].sorted()
        switch method {
        case .off: ceiling = channels[2]
        case .clip: ceiling = channels[0] * Self.saturatedFraction
        // The first channel to saturate can be had from the others, so highlights end with the second.
        case .blend: ceiling = channels[1] * Self.saturatedFraction
        case .reconstruct: ceiling = channels[2] * Self.saturatedFraction
        }
    }

    /// Samples a photosite needs around it.
    public var halo: Int { method == .blend || method == .reconstruct ? 1 : 0 }

    /// From this fraction of the stated saturation on a sample counts as saturated: sensors bend, decoders and binning
    /// average, and real files pile up as low as this.
    public static let saturatedFraction: Float = 0.95
    /// Below this fraction a sample counts as sound; in between the estimate fades in.
    public static let kneeFraction: Float = 0.85

    /// Works on a mosaic; the result covers its region shrunk by `halo`.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern?, workspace: Workspace) -> PlaneView<Float> {
        guard let cfa, halo > 0 else {
            if method != .off { clip(mosaic) }
            return mosaic
        }
        let result = workspace.plane(mosaic.region.expanded(by: -1))
        for y in result.region.y..<result.region.maxY { liftRow(y, mosaic, cfa, into: result) }
        return result
    }

    /// What the other two colours around a photosite predict for the one of `plane` (0, 1, 2: red, green, blue).
    public static func opposedEstimate(_ around: (red: Float, green: Float, blue: Float), plane: Int) -> Float {
        switch plane {
        case 0: opposedEstimate(around.green, around.blue)
        case 1: opposedEstimate(around.red, around.blue)
        default: opposedEstimate(around.red, around.green)
        }
    }

    /// What the two opposed colours predict for a third: the cube of the mean of their cube roots, which lies between
    /// them and nearer to the lesser.
    public static func opposedEstimate(_ first: Float, _ second: Float) -> Float {
        let root = 0.5 * (cbrtf(max(first, 0)) + cbrtf(max(second, 0)))
        return root * root * root
    }

    /// The mean red, green and blue of a photosite's 3x3 neighbourhood.
    public static func neighbourhood(
        _ mosaic: PlaneView<Float>, x: Int, y: Int, cfa: CFAPattern
    ) -> (red: Float, green: Float, blue: Float) {
        let column = x - mosaic.region.x
        let (above, here, below) = (mosaic.row(y - 1) + column, mosaic.row(y) + column, mosaic.row(y + 1) + column)
        let horizontal = (here[-1] + here[1]) * 0.5
        let vertical = (above[0] + below[0]) * 0.5
        let corners = (above[-1] + above[1] + below[-1] + below[1]) * 0.25
        switch cfa.site(column: x, row: y) {
        case .red: return (here[0], (horizontal + vertical) * 0.5, corners)
        case .blue: return (corners, (horizontal + vertical) * 0.5, here[0])
        case .greenInRed: return (horizontal, (here[0] + 4 * corners) * 0.2, vertical)
        case .greenInBlue: return (vertical, (here[0] + 4 * corners) * 0.2, horizontal)
        }
    }

    private func clip(_ plane: PlaneView<Float>) {
        for y in plane.region.y..<plane.region.maxY {
            let row = plane.row(y)
            for i in 0..<plane.region.width { row[i] = row[i] < ceiling ? row[i] : ceiling }
        }
    }

    private func liftRow(_ y: Int, _ mosaic: PlaneView<Float>, _ cfa: CFAPattern, into result: PlaneView<Float>) {
        let region = result.region
        let here = mosaic.row(y) + 1
        let target = result.row(y)
        let limit = SitePair(saturation, cfa, x: region.x, y: y)
        for i in 0..<region.width {
            let value = here[i]
            let saturated = i & 1 == 0 ? limit.first : limit.second
            guard value > saturated * Self.kneeFraction else {
                target[i] = min(value, ceiling)
                continue
            }
            let x = region.x + i
            let around = Self.neighbourhood(mosaic, x: x, y: y, cfa: cfa)
            let plane = cfa.site(column: x, row: y).plane
            let estimate = method == .blend ? lesser(around, plane) : reconstructed(around, plane)
            let lifted = max(value, estimate)
            target[i] = min(value + Self.weight(value, saturated) * (lifted - value), ceiling)
        }
    }

    /// How far a value is from the knee, 0, to saturation, 1.
    private static func weight(_ value: Float, _ saturated: Float) -> Float {
        let knee = saturated * kneeFraction
        return min(max((value - knee) / (saturated * saturatedFraction - knee), 0), 1)
    }

    private func lesser(_ around: (red: Float, green: Float, blue: Float), _ plane: Int) -> Float {
        switch plane {
        case 0: min(around.green, around.blue)
        case 1: min(around.red, around.blue)
        default: min(around.red, around.green)
        }
    }

    private func reconstructed(_ around: (red: Float, green: Float, blue: Float), _ plane: Int) -> Float {
        let estimate = Self.opposedEstimate(around, plane: plane) + chrominance[plane]
        // Where all three are saturated nothing is known but that it is bright: white.
        let all = min(
            Self.weight(around.red, saturation[0]), Self.weight(around.green, min(saturation[1], saturation[2])),
            Self.weight(around.blue, saturation[3]))
        return estimate + all * (max(ceiling, estimate) - estimate)
    }
}
