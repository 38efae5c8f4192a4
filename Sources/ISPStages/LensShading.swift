// Stage 5, lens shading: the light lost towards the corners, and its colour, given back.

import ISPImaging

/// Multiplies every photosite by the gain of its mesh at its place in the sensor frame.
public struct LensShading: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "lens-shading", "one mesh of gains per photosite, bilinear between the nodes",
        citation: "DNG Specification 1.7, GainMap opcode", from: .mosaic, to: .mosaic)

    private let map: LensShadingMap

    /// Creates the stage.
    public init(map: LensShadingMap) { self.map = map }

    /// Replaces every sample of the plane.
    ///
    /// Outside the frame the gain is that of the mirrored photosite, as `Unpack` mirrored the sample.
    /// - Parameter frame: the size of the frame the plane is a part of.
    public func apply(to plane: PlaneView<Float>, cfa: CFAPattern?, frame: Size) {
        let region = plane.region
        var nodes: [[Float]] = [[], []]
        for y in region.y..<region.maxY {
            let row = plane.row(y)
            let v = relative(mirrored(y, count: frame.height) + map.originY, of: map.fullFrame.height)
            let meshes = (0..<2).map { map.meshes[cfa?.site(column: region.x + $0, row: y).rawValue ?? 1] }
            for k in 0..<2 { nodes[k] = meshes[k].row(at: v) }
            for i in 0..<region.width {
                let x = mirrored(region.x + i, count: frame.width) + map.originX
                row[i] *= meshes[i & 1].interpolate(nodes[i & 1], at: relative(x, of: map.fullFrame.width))
            }
        }
    }

    /// The centre of a photosite as a fraction of the frame.
    private func relative(_ position: Int, of extent: Int) -> Float { (Float(position) + 0.5) / Float(extent) }
}

extension LensShadingMap.Mesh {
    /// The mesh row at relative height `v`: vertical interpolation done once a row.
    func row(at v: Float) -> [Float] {
        let (lower, t) = Self.place(v, Float(originY), Float(spacingY), rows)
        let upper = min(lower + 1, rows - 1)
        return (0..<columns).map { gains[lower * columns + $0] * (1 - t) + gains[upper * columns + $0] * t }
    }

    /// The gain at relative column `u` of a mesh row.
    @inline(__always)
    func interpolate(_ nodes: [Float], at u: Float) -> Float {
        let (left, t) = Self.place(u, Float(originX), Float(spacingX), columns)
        let right = min(left + 1, columns - 1)
        return nodes[left] * (1 - t) + nodes[right] * t
    }

    @inline(__always)
    private static func place(_ p: Float, _ origin: Float, _ spacing: Float, _ count: Int) -> (Int, Float) {
        guard count > 1 else { return (0, 0) }
        let position = min(max((p - origin) / spacing, 0), Float(count - 1))
        let node = min(Int(position), count - 2)
        return (node, position - Float(node))
    }
}
