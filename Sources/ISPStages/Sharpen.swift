// Stage 18, sharpening: what lens, pixel and demosaic took from fine detail is given back to luma.

import ISPImaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Unsharp masking of luma that spares noise and draws no halos.
///
/// The detail is luma minus its Gaussian mean. Where its local energy does not exceed what noise alone would have, it is
/// left out (a Wiener gain on the 3x3 energy of the detail); and no sample leaves the range of its 3x3 neighbourhood by
/// more than a share of that range, so that edges get steeper and not outlined.
public struct Sharpen: Sendable {
    /// How much detail is added.
    public static let amount = ParameterDescriptor(
        "sharpen", "luma sharpening: how much of the detail is added; 0 is off", in: 0...8, default: 0.9)
    /// The size of the detail.
    public static let radius = ParameterDescriptor(
        "sharpen_radius", "standard deviation of the Gaussian that detail is told by", unit: "pixels", in: 0.3...1.6,
        default: 0.7)
    /// The overshoot allowed.
    public static let halo = ParameterDescriptor(
        "sharpen_halo", "overshoot allowed, as a share of the local contrast", in: 0...1, default: 0.05)
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "sharpen", "luma sharpening that spares noise and limits overshoot",
        citation: "Polesel, Ramponi, Mathews 2000, adaptive unsharp masking; Wiener gain on the detail",
        from: .yCbCr, to: .yCbCr, parameters: [amount, radius, halo])

    /// Detail energy below this multiple of the noise's is left out.
    private static let noiseFactor: Float = 3

    /// The share of the detail that is added, and the overshoot allowed.
    public let amount, overshoot: Float
    /// The Gaussian's weights from the middle outwards.
    public let taps: [Float]
    /// By luma, 0 to 1 over all but the last entry: the energy of the detail that noise alone would have, with a margin;
    /// `nil` for no noise.
    public let variance: [Float]?

    /// Creates the stage, or `nil` where it would change nothing.
    /// - Parameter noise: the noise in the picture; `nil` counts as none.
    /// - Throws: `ISPError(.usage)` for a parameter out of range.
    public init?(amount: Double, radius: Double, halo: Double, noise: DisplayNoise?) throws(ISPError) {
        self.amount = Float(try Self.amount.checked(amount))
        let sigma = Float(try Self.radius.checked(radius))
        overshoot = Float(try Self.halo.checked(halo))
        let reach = Int((3 * sigma).rounded(.up))
        let weights = (0...reach).map { expf(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = weights[0] + 2 * weights.dropFirst().reduce(0, +)
        let taps = weights.map { $0 / total }
        self.taps = taps
        let squares = taps[0] * taps[0] + 2 * taps.dropFirst().reduce(0) { $0 + $1 * $1 }
        // The variance of the detail of unit white noise.
        let noiseGain = 1 - 2 * taps[0] * taps[0] + squares * squares
        variance = noise.map { $0.luma.map { $0 * $0 * noiseGain * Self.noiseFactor } }
        if amount == 0 { return nil }
    }

    /// Samples a pixel needs around it.
    public var reach: Int { taps.count }

    /// Sharpens a luma plane; the result covers its region shrunk by `reach`.
    public func apply(to luma: PlaneView<Float>, workspace: Workspace) -> PlaneView<Float> {
        let result = workspace.plane(luma.region.expanded(by: -reach))
        workspace.scoped {
            let detail = detail(of: luma, workspace: workspace)
            for y in result.region.y..<result.region.maxY {
                // Column 0 of the rows is the result's first column.
                let d = (-1...1).map { LaneRow(samples: detail.row(y + $0) + 1) }
                let l = (-1...1).map { LaneRow(samples: luma.row(y + $0) + reach) }
                sharpenRow(
                    l[0], l[1], l[2], d[0], d[1], d[2], into: LaneRow(samples: result.row(y)), result.region.width)
            }
        }
        return result
    }

    private func sharpenRow(
        _ l0: LaneRow, _ l1: LaneRow, _ l2: LaneRow, _ d0: LaneRow, _ d1: LaneRow, _ d2: LaneRow, into target: LaneRow,
        _ width: Int
    ) {
        let variance = variance
        LaneRow.overlapping(width) { i in
            let value = l1[i]
            var gain = Lanes(repeating: 1)
            if let variance {
                let energy = (Self.energy(d0, i) + Self.energy(d1, i) + Self.energy(d2, i)) * (1 / 9)
                let noise = DisplayNoise.lookUp(variance, value)
                gain = (1 - noise / (energy + 1e-20)).limited(0, 1)
            }
            var (low, high) = (l0[i], l0[i])
            for row in [l0, l1, l2] {
                for k in -1...1 {
                    let v = row[i + k]
                    low = low.replacing(with: v, where: v .< low)
                    high = high.replacing(with: v, where: v .> high)
                }
            }
            let margin = (high - low) * overshoot
            let sharp = value + d1[i] * gain * amount
            let upper = high + margin
            let lower = low - margin
            target[i] = sharp.replacing(with: upper, where: sharp .> upper).replacing(
                with: lower, where: sharp .< lower)
        }
    }

    @inline(__always)
    private static func energy(_ row: LaneRow, _ i: Int) -> Lanes {
        let (a, b, c) = (row[i - 1], row[i], row[i + 1])
        return a * a + b * b + c * c
    }

    /// Luma minus its Gaussian mean, on the plane's region shrunk by all but one sample of `reach`.
    private func detail(of luma: PlaneView<Float>, workspace: Workspace) -> PlaneView<Float> {
        let radius = taps.count - 1
        let region = luma.region.expanded(by: -radius)
        let detail = workspace.plane(region)
        let across = workspace.plane(
            Region(x: region.x, y: luma.region.y, width: region.width, height: luma.region.height))
        for y in luma.region.y..<luma.region.maxY {
            let (source, target) = (LaneRow(samples: luma.row(y) + radius), LaneRow(samples: across.row(y)))
            LaneRow.overlapping(region.width) { i in
                var sum = source[i] * taps[0]
                for k in 1...radius { sum += (source[i - k] + source[i + k]) * taps[k] }
                target[i] = sum
            }
        }
        for y in region.y..<region.maxY {
            let (source, target) = (LaneRow(samples: luma.row(y) + radius), LaneRow(samples: detail.row(y)))
            let rows = (-radius...radius).map { LaneRow(samples: across.row(y + $0)) }
            LaneRow.overlapping(region.width) { i in
                var sum = rows[radius][i] * taps[0]
                for k in 1...radius { sum += (rows[radius - k][i] + rows[radius + k][i]) * taps[k] }
                target[i] = source[i] - sum
            }
        }
        return detail
    }
}
