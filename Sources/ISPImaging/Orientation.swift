// How a stored frame must be turned to stand upright: the eight values of EXIF tag 274.

/// An EXIF orientation: where the stored frame's first row and first column belong in the upright picture.
public enum Orientation: Int, CaseIterable, Sendable {
    /// Stored upright.
    case up = 1
    /// Mirrored left-right.
    case upMirrored = 2
    /// Turned by 180 degrees.
    case down = 3
    /// Mirrored top-bottom.
    case downMirrored = 4
    /// Transposed about the main diagonal.
    case leftMirrored = 5
    /// To be turned 90 degrees clockwise.
    case right = 6
    /// Transposed about the anti-diagonal.
    case rightMirrored = 7
    /// To be turned 90 degrees anti-clockwise.
    case left = 8

    /// Whether width and height change places.
    public var swapsAxes: Bool { rawValue >= 5 }

    /// The size of the upright picture of a stored frame.
    public func uprightSize(of stored: Size) -> Size { swapsAxes ? stored.transposed : stored }

    /// Where the stored pixel (x, y) lies in the upright picture: `base + x * column + y * row` in both coordinates.
    ///
    /// Complexity: O(1). The returned steps let a packer walk a stored row through the upright picture.
    public func upright(of stored: Size) -> (
        originX: Int, originY: Int, column: (x: Int, y: Int), row: (x: Int, y: Int)
    ) {
        let right = stored.width - 1
        let bottom = stored.height - 1
        switch self {
        case .up: return (0, 0, (1, 0), (0, 1))
        case .upMirrored: return (right, 0, (-1, 0), (0, 1))
        case .down: return (right, bottom, (-1, 0), (0, -1))
        case .downMirrored: return (0, bottom, (1, 0), (0, -1))
        case .leftMirrored: return (0, 0, (0, 1), (1, 0))
        case .right: return (bottom, 0, (0, 1), (-1, 0))
        case .rightMirrored: return (bottom, right, (0, -1), (-1, 0))
        case .left: return (0, right, (0, -1), (1, 0))
        }
    }

    /// The stored pixels that make up a region of the upright picture.
    /// - Parameter size: the stored frame's size.
    public func stored(_ region: Region, of size: Size) -> Region {
        let map = upright(of: size)
        // The axes are unit steps, so the inverse of the map is its transpose.
        func stored(_ x: Int, _ y: Int) -> (x: Int, y: Int) {
            let (dx, dy) = (x - map.originX, y - map.originY)
            return (dx * map.column.x + dy * map.column.y, dx * map.row.x + dy * map.row.y)
        }
        let a = stored(region.x, region.y)
        let b = stored(region.maxX - 1, region.maxY - 1)
        return Region(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x) + 1, height: abs(a.y - b.y) + 1)
    }
}
