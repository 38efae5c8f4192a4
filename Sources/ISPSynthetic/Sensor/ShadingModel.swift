// Lens shading: light and colour lost towards the corners, and the mesh that undoes it exactly.

import ISPImaging

/// Radial lens shading, slightly different in colour.
///
/// The *correction* is the definition: gains on a mesh, interpolated bilinearly, that grow with the distance from the
/// centre. The lens divides the light by them, so that the published map is its inverse to the last bit and not to
/// the error of a mesh fitted to a curve.
public struct ShadingModel: Hashable, Sendable {
    /// Accepted corner losses.
    public static let cornerLossRange = 0.0...0.9
    /// Accepted colour tints.
    public static let tintRange = -0.3...0.3
    /// Nodes of the mesh.
    public static let columns = 33
    /// Nodes of the mesh.
    public static let rows = 25

    /// The share of green light lost in the corners, 0 to 0.9; 0 with no tints is no shading.
    public var cornerLoss = 0.0
    /// How much more gain red needs in the corners than green, as a share, -0.3 to 0.3.
    public var redTint = 0.0
    /// How much more gain blue needs in the corners than green, as a share, -0.3 to 0.3.
    public var blueTint = 0.0

    /// No shading.
    public init() {}

    /// Shading of a given loss of green and given extra gains of red and blue in the corners.
    public init(cornerLoss: Double, redTint: Double = 0, blueTint: Double = 0) {
        self.cornerLoss = cornerLoss
        self.redTint = redTint
        self.blueTint = blueTint
    }

    /// Whether the lens changes anything.
    public var isActive: Bool { cornerLoss != 0 || redTint != 0 || blueTint != 0 }

    /// The correction as metadata carries it; `nil` without shading. Positions: the centre of column x of a frame W wide
    /// lies at (x + 0.5) / W, as in DNG (Specification 1.7, GainMap).
    public func map(size: Size) throws(ISPError) -> LensShadingMap? {
        guard isActive else { return nil }
        var meshes: [LensShadingMap.Mesh] = []
        for tint in [redTint, 0, 0, blueTint] {
            meshes.append(
                try LensShadingMap.Mesh(
                    columns: Self.columns, rows: Self.rows, spacingX: 1 / Double(Self.columns - 1),
                    spacingY: 1 / Double(Self.rows - 1), gains: gains(tint: tint, size: size)))
        }
        return LensShadingMap(meshes: meshes, fullFrame: size)
    }

    /// Gains of one channel at the nodes: in the corner `1 / (1 - cornerLoss) * (1 + tint)`, in the centre 1.
    private func gains(tint: Double, size: Size) -> [Float] {
        let (w, h) = (Double(size.width), Double(size.height))
        let corner = 1 / (1 - cornerLoss) - 1
        return (0..<Self.rows).flatMap { row in
            (0..<Self.columns).map { column in
                // Distance from the centre squared; 1 in the corners.
                let dx = (Double(column) / Double(Self.columns - 1) - 0.5) * w
                let dy = (Double(row) / Double(Self.rows - 1) - 0.5) * h
                let d = 4 * (dx * dx + dy * dy) / (w * w + h * h)
                return Float((1 + corner * (0.7 * d + 0.3 * d * d)) * (1 + tint * d))
            }
        }
    }
}

/// One row of a mesh, interpolated: what a pixel of the row has to be multiplied with to undo the shading.
struct ShadingRow {
    private let gains: [Double]
    private let step: Double
    private let offset: Double

    /// The row `y` of a frame of `size` that is the mesh's full frame.
    init(_ mesh: LensShadingMap.Mesh, y: Int, size: Size) {
        let position = ((Double(y) + 0.5) / Double(size.height) - mesh.originY) / mesh.spacingY
        let v = min(max(position, 0), Double(mesh.rows - 1))
        let upper = min(Int(v), max(mesh.rows - 2, 0))
        let lower = min(upper + 1, mesh.rows - 1)
        let t = v - Double(upper)
        gains = (0..<mesh.columns).map {
            Double(mesh.gains[upper * mesh.columns + $0]) * (1 - t) + Double(mesh.gains[lower * mesh.columns + $0]) * t
        }
        step = 1 / (Double(size.width) * mesh.spacingX)
        offset = (0.5 / Double(size.width) - mesh.originX) / mesh.spacingX
    }

    /// The gain at column `x`.
    func gain(_ x: Int) -> Double {
        let u = min(max(Double(x) * step + offset, 0), Double(gains.count - 1))
        let left = min(Int(u), gains.count - 2)
        let t = u - Double(left)
        return gains[left] * (1 - t) + gains[left + 1] * t
    }
}
