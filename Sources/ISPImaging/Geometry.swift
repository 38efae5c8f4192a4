// Sizes and regions: integer pixel geometry shared by every room.

/// A width and a height in pixels.
public struct Size: Hashable, Sendable, CustomStringConvertible {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// Creates a size of `width` columns and `height` rows.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The number of pixels, or `nil` where the product overflows or a side is negative.
    public var area: Int? {
        guard width >= 0, height >= 0 else { return nil }
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? nil : product
    }

    /// The size with width and height exchanged.
    public var transposed: Size { Size(width: height, height: width) }

    /// `WIDTHxHEIGHT`.
    public var description: String { "\(width)x\(height)" }
}

/// A half-open rectangle of pixels: columns `x ..< x + width`, rows `y ..< y + height`.
///
/// Origins may be negative: a tile with its halo reaches outside the frame.
public struct Region: Hashable, Sendable, CustomStringConvertible {
    /// The leftmost column.
    public var x: Int
    /// The topmost row.
    public var y: Int
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// Creates a region from its top-left pixel and its extent.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The region of a whole frame.
    public init(_ size: Size) {
        self.init(x: 0, y: 0, width: size.width, height: size.height)
    }

    /// One past the rightmost column.
    public var maxX: Int { x + width }
    /// One past the bottom row.
    public var maxY: Int { y + height }
    /// The extent without the place.
    public var size: Size { Size(width: width, height: height) }
    /// Whether it holds no pixel.
    public var isEmpty: Bool { width <= 0 || height <= 0 }

    /// The region grown by `margin` pixels on every side (shrunk where negative).
    public func expanded(by margin: Int) -> Region {
        Region(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }

    /// The pixels in both regions; empty (zero extent) where they do not meet.
    public func intersection(_ other: Region) -> Region {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Region(
            x: left, y: top, width: max(0, min(maxX, other.maxX) - left), height: max(0, min(maxY, other.maxY) - top))
    }

    /// Whether every pixel of `other` is in this region.
    public func contains(_ other: Region) -> Bool {
        other.x >= x && other.y >= y && other.maxX <= maxX && other.maxY <= maxY
    }

    /// `WIDTHxHEIGHT+X+Y`, the X11 geometry notation.
    public var description: String { "\(width)x\(height)+\(x)+\(y)" }
}

/// Maps a coordinate outside `0 ..< count` back inside by reflection about the edge samples, which are not
/// repeated (… 2 1 | 0 1 2 … n-2 n-1 | n-2 …).
///
/// The period is even, so a coordinate and its mirror image have the same parity: the CFA phase is kept.
/// - Precondition: `count >= 1`.
@inlinable
public func mirrored(_ coordinate: Int, count: Int) -> Int {
    if coordinate >= 0 && coordinate < count { return coordinate }
    if count == 1 { return 0 }
    let period = 2 * (count - 1)
    let wrapped = ((coordinate % period) + period) % period
    return wrapped < count ? wrapped : period - wrapped
}
