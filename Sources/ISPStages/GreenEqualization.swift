// Stage 6, green equalisation: the two greens of a Bayer sensor made to agree, so that no maze shows in smooth areas.

import ISPImaging

/// Moves each green photosite by half the difference of its own kind's mean to the other kind's, where the two differ
/// by less than a threshold and neither changes much.
///
/// Crosstalk makes a green between reds read a little more than one between blues. Both kinds move by the same amount
/// towards each other, so brightness stays. Detail differs by more than the threshold, or changes across the window, and
/// is left alone.
public struct GreenEqualization: Sendable {
    /// The largest difference that is taken for an imbalance.
    public static let threshold = ParameterDescriptor(
        "green_equalization",
        "largest difference of the two greens that is evened out, as a share of their mean; 0 is off",
        in: 0...0.5, default: 0)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "green-equalization", "evens out the two greens of a Bayer sensor where the picture is smooth",
        citation: "after Guarnera, Messina, Tomaselli 2010, green imbalance compensation", from: .mosaic, to: .mosaic,
        parameters: [threshold])
    /// Samples a photosite needs around it.
    public static let halo = 2

    /// The largest difference that is evened out, as a share of the mean.
    public let threshold: Float

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Throws: `ISPError(.usage)` for a threshold out of range.
    public init?(threshold: Double) throws(ISPError) {
        self.threshold = Float(try Self.threshold.checked(threshold))
        if threshold == 0 { return nil }
    }

    /// Works on a Bayer mosaic; the result covers its region shrunk by `halo`.
    public func apply(to mosaic: PlaneView<Float>, cfa: CFAPattern, workspace: Workspace) -> PlaneView<Float> {
        let result = workspace.plane(mosaic.region.expanded(by: -Self.halo))
        let region = result.region
        for y in region.y..<region.maxY {
            let rows = (-2...2).map { UnsafePointer(mosaic.row(y + $0) + Self.halo) }
            let target = result.row(y)
            target.update(from: rows[2], count: region.width)
            let first = cfa.site(column: region.x, row: y).plane == 1 ? 0 : 1
            for i in Swift.stride(from: first, to: region.width, by: 2) {
                target[i] += correction(rows[0], rows[1], rows[2], rows[3], rows[4], i)
            }
        }
        return result
    }

    /// What to add to the green photosite in the middle of five rows.
    @inline(__always)
    private func correction(
        _ r0: UnsafePointer<Float>, _ r1: UnsafePointer<Float>, _ r2: UnsafePointer<Float>, _ r3: UnsafePointer<Float>,
        _ r4: UnsafePointer<Float>, _ i: Int
    ) -> Float {
        let own = (r2[i], r2[i - 2], r2[i + 2], r0[i], r4[i])
        let other = (r1[i - 1], r1[i + 1], r3[i - 1], r3[i + 1])
        let ownMean = own.0 * 0.5 + (own.1 + own.2 + own.3 + own.4) * 0.125
        let otherMean = (other.0 + other.1 + other.2 + other.3) * 0.25
        let limit = threshold * 0.5 * (ownMean + otherMean)
        guard limit > 0 else { return 0 }
        let ownSpread = max(own.0, own.1, own.2, own.3, own.4) - min(own.0, own.1, own.2, own.3, own.4)
        let otherSpread = max(other.0, other.1, other.2, other.3) - min(other.0, other.1, other.2, other.3)
        // Fades from full strength at the threshold to none at twice the threshold.
        let excess = max(abs(otherMean - ownMean), max(ownSpread, otherSpread) * 0.5) / limit
        let weight = min(max(2 - excess, 0), 1)
        return weight * 0.5 * (otherMean - ownMean)
    }
}
