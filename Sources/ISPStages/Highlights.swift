// Stage 7, highlights: what to do where a channel is saturated, so that white clouds do not turn magenta.

import ISPImaging

/// Handles saturated photosites after white balance.
///
/// After the balance the channels saturate at different values (red at 2, green at 1, say). Left alone, a blown cloud
/// would read (2, 1, 1.8): magenta. `clip` cuts all channels at the lowest of these values. `blend` estimates a
/// saturated photosite from the other colours next to it, which keeps up to a stop of highlight detail in neutral
/// surfaces, and cuts only where the channels that saturate later do.
public struct Highlights: Sendable {
    /// What to do with saturated photosites.
    public enum Method: String, CaseIterable, Sendable {
        /// All channels end where the first one saturates: safe, less highlight detail.
        case clip
        /// A saturated photosite takes the mean of the other colours around it, if that is brighter.
        case blend
    }

    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "highlights", "saturated photosites without magenta: clip, or blend from the other colours",
        citation: "opposed-colour estimate after I. and H. Schwalm, darktable 4.2 (2022), without its chrominance term",
        from: .mosaic, to: .mosaic)

    private let method: Method
    private let saturation: [Float]
    /// Where highlights end: no sample leaves this stage above it.
    public let ceiling: Float

    /// Creates the stage.
    /// - Parameter saturation: the value at which R, Gr, Gb, B saturate (`WhiteBalance.saturation`).
    public init(_ method: Method, saturation: [Float]) {
        self.method = method
        self.saturation = saturation
        let channels = [saturation[0], min(saturation[1], saturation[2]), saturation[3]].sorted()
        // With blend the first channel to saturate is recoverable, so highlights end with the second.
        ceiling = method == .clip ? channels[0] : channels[1]
    }

    /// Samples a photosite needs around it.
    public var halo: Int { method == .blend ? 1 : 0 }

    /// Below this fraction of saturation a sample counts as sound; between it and saturation the estimate fades in.
    private static let kneeFraction: Float = 0.97
    /// Sensors and decoders end a little below the stated white level.
    private static let saturatedFraction: Float = 0.995

    /// Works on a mosaic; the result covers its region shrunk by `halo`.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern?, workspace: Workspace) -> PlaneView<Float> {
        guard let cfa, method == .blend else {
            clip(mosaic)
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
            var estimate: Float
            if (i & 1 == 0) == firstIsGreen {
                // Green: one of red and blue lies left and right, the other above and below.
                estimate = (horizontal + vertical) * 0.5
            } else {
                // Red or blue: green on the four sides, the opposite colour on the corners.
                let corners = (above[i - 1] + above[i + 1] + below[i - 1] + below[i + 1]) * 0.25
                estimate = ((horizontal + vertical) * 0.5 + corners) * 0.5
            }
            estimate = max(estimate, value)
            let weight = min((value - knee) / (saturated * Self.saturatedFraction - knee), 1)
            target[i] = min(value + weight * (estimate - value), ceiling)
        }
    }
}
