// Stage 1, unpack: stored samples become Floats. Outside the frame the mosaic goes on as its mirror image.

import ISPImaging

/// Brings stored samples into a plane of Floats in sample units.
///
/// A tile with its halo may reach outside the frame; there the frame is mirrored about its edge samples, which keeps
/// the CFA phase. Everything after this stage is a pure function of the virtual, endless mosaic, so tiles agree with
/// the whole picture bit for bit. Every sample is clamped to the bit depth of its format.
public struct Unpack: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "unpack", "stored samples to Float; clamps to the bit depth, mirrors at the borders",
        citation: "MIPI CSI-2; V4L2 pixel formats", from: .raw, to: .mosaic)

    /// Creates the stage.
    public init() {}

    /// Fills `plane`, whose region may reach outside the frame.
    /// - Complexity: O(samples of the plane).
    public func load(_ frame: RawFrame, into plane: PlaneView<Float>, workspace: Workspace) {
        let region = plane.region
        let inside = region.intersection(Region(frame.size))
        let (first, count) = inside.width > 0 ? (inside.x, inside.width) : (0, frame.size.width)
        let words = workspace.plane(Region(x: 0, y: 0, width: frame.size.width, height: 1), of: UInt16.self).row(0)
        // The columns a tile reads: its own and, where it sticks out, the mirrored ones next to the edge.
        let reach = max(inside.x - region.x, region.maxX - inside.maxX, 0)
        let from = max(0, first - reach - 1)
        let to = min(frame.size.width, first + count + reach + 1)
        for y in region.y..<region.maxY {
            frame.unpackRow(mirrored(y, count: frame.size.height), columns: from..<to, into: words + from)
            let row = plane.row(y)
            for x in region.x..<inside.x { row[x - region.x] = Float(words[mirrored(x, count: frame.size.width)]) }
            let source = words + inside.x
            let target = row + (inside.x - region.x)
            for i in 0..<inside.width { target[i] = Float(source[i]) }
            for x in max(inside.maxX, region.x)..<region.maxX {
                row[x - region.x] = Float(words[mirrored(x, count: frame.size.width)])
            }
        }
    }
}
