// Stage 7, highlights: what to do where a channel is saturated, so that white clouds do not turn magenta.

import ISPImaging

/// Handles saturated photosites after white balance.
///
/// After the balance the channels saturate at different values (red at 2, green at 1, say). Left alone, a blown cloud
/// would read (2, 1, 1.6): magenta. `clip` cuts all channels where the first one saturates. `blend` lifts a photosite
/// that nears saturation to the lesser of the other two colours around it, which is what a neutral surface would have
/// there: up to a stop of highlight detail stays, a cast goes, and a colour that is not a cast is left alone.
public struct Highlights: Sendable {
    /// What to do with saturated photosites.
    public enum Method: String, CaseIterable, Sendable {
        /// Nothing: for measurement, and for frames without saturated samples.
        case off
        /// All channels end where the first one saturates: safe, less highlight detail.
        case clip
        /// A photosite near saturation is at least the lesser of the other two colours around it.
        case blend
    }

    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "highlights", "saturated photosites without magenta: clip, or blend from the other colours",
        citation: "estimate from the opposed colours, as in darktable 4.2 (2022), bounded by the lesser of them",
        from: .mosaic, to: .mosaic)

    private let method: Method
    private let saturation: [Float]
    /// Where highlights end: no sample leaves this stage above it, except with `off`.
    public let ceiling: Float

    /// Creates the stage.
    /// - Parameter saturation: the value at which R, Gr, Gb, B saturate (`WhiteBalance.saturation`).
    public init(_ method: Method, saturation: [Float]) {
        self.method = method
        self.saturation = saturation
        let channels = [saturation[0], min(saturation[1], saturation[2]), saturation[3]].sorted()
        switch method {
        case .off: ceiling = channels[2]
        case .clip: ceiling = channels[0] * Self.saturatedFraction
        // The first channel to saturate can be had from the others, so highlights end with the second.
        case .blend: ceiling = channels[1] * Self.saturatedFraction
        }
    }

    /// Samples a photosite needs around it.
    public var halo: Int { method == .blend ? 1 : 0 }

    /// From this fraction of the stated saturation on a sample counts as saturated: sensors bend, decoders and binning
    /// average, and real files pile up as low as this.
    private static let saturatedFraction: Float = 0.95
    /// Below this fraction a sample counts as sound; in between the estimate fades in.
    private static let kneeFraction: Float = 0.85

    /// Works on a mosaic; the result covers its region shrunk by `halo`.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern?, workspace: Workspace) -> PlaneView<Float> {
        guard let cfa, method == .blend else {
            if method != .off { clip(mosaic) }
            return mosaic
        }
        let result = workspace.plane(mosaic.region.expanded(by: -1))
        for y in result.region.y..<result.region.maxY { blendRow(y, mosaic, cfa, into: result) }
        return result
    }

    private func clip(_ plane: PlaneView<Float>) {
        for y in plane.region.y..<plane.region.maxY {
            let row = plane.row(y)
            for i in 0..<plane.region.width { row[i] = row[i] < ceiling ? row[i] : ceiling }
        }
    }

    private func blendRow(_ y: Int, _ mosaic: PlaneView<Float>, _ cfa: CFAPattern, into result: PlaneView<Float>) {
        let region = result.region
        let (above, here, below) = (mosaic.row(y - 1) + 1, mosaic.row(y) + 1, mosaic.row(y + 1) + 1)
        let target = result.row(y)
        let limit = SitePair(saturation, cfa, x: region.x, y: y)
        let firstIsGreen = cfa.site(column: region.x, row: y).plane == 1
        for i in 0..<region.width {
            let value = here[i]
            let saturated = i & 1 == 0 ? limit.first : limit.second
            let knee = saturated * Self.kneeFraction
            guard value > knee else {
                target[i] = min(value, ceiling)
                continue
            }
            let horizontal = (here[i - 1] + here[i + 1]) * 0.5
            let vertical = (above[i] + below[i]) * 0.5
            let others: (Float, Float)
            if (i & 1 == 0) == firstIsGreen {
                // Green: one of red and blue lies left and right, the other above and below.
                others = (horizontal, vertical)
            } else {
                // Red or blue: green on the four sides, the opposite colour on the corners.
                let corners = (above[i - 1] + above[i + 1] + below[i - 1] + below[i + 1]) * 0.25
                others = ((horizontal + vertical) * 0.5, corners)
            }
            let estimate = max(value, min(others.0, others.1))
            let weight = min((value - knee) / (saturated * Self.saturatedFraction - knee), 1)
            target[i] = min(value + weight * (estimate - value), ceiling)
        }
    }
}
