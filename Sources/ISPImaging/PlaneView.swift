// A rectangle of samples in memory that somebody else owns. Kernels work on rows of it.

/// A view of one plane of samples: it knows its place in the frame and its stride, and owns nothing.
///
/// Rows are handed out as pointers to their first sample; `row(_:)` checks the row, the caller keeps within `width`.
/// The owner of the memory must outlive every view of it.
public struct PlaneView<Sample: BitwiseCopyable> {
    /// Which pixels of the frame the samples are.
    public let region: Region
    /// Distance between the starts of two rows, in samples.
    public let stride: Int
    @usableFromInline let base: UnsafeMutablePointer<Sample>

    /// Creates a view of `region` whose first sample is at the start of `memory`.
    /// - Precondition: `stride >= region.width` and `memory` holds every row.
    public init(_ memory: UnsafeMutableBufferPointer<Sample>, region: Region, stride: Int) {
        precondition(region.width >= 0 && region.height >= 0 && stride >= region.width, "plane rows overlap")
        let needed = region.isEmpty ? 0 : (region.height - 1) * stride + region.width
        precondition(memory.count >= needed && memory.baseAddress != nil, "plane does not fit its memory")
        self.region = region
        self.stride = stride
        self.base = memory.baseAddress!
    }

    /// The first sample of the row with frame coordinate `y`.
    /// - Precondition: the row is in the region.
    @inlinable
    public func row(_ y: Int) -> UnsafeMutablePointer<Sample> {
        precondition(y >= region.y && y < region.maxY, "row outside the plane")
        return base + (y - region.y) * stride
    }

    /// The sample at frame coordinates; for tests and set-up, not for loops over pixels.
    @inlinable
    public subscript(x: Int, y: Int) -> Sample {
        get {
            precondition(x >= region.x && x < region.maxX, "column outside the plane")
            return row(y)[x - region.x]
        }
        nonmutating set {
            precondition(x >= region.x && x < region.maxX, "column outside the plane")
            row(y)[x - region.x] = newValue
        }
    }

    /// The part of the view that covers `part`.
    /// - Precondition: `part` lies in the region.
    public func cropped(to part: Region) -> PlaneView {
        precondition(region.contains(part), "crop outside the plane")
        let skipped = (part.y - region.y) * stride + (part.x - region.x)
        let length = part.isEmpty ? 0 : (part.height - 1) * stride + part.width
        return PlaneView(UnsafeMutableBufferPointer(start: base + skipped, count: length), region: part, stride: stride)
    }
}

/// Three planes of the same region: red, green, blue.
public struct RGBView<Sample: BitwiseCopyable> {
    /// The red, green and blue planes.
    public let red, green, blue: PlaneView<Sample>

    /// Joins three planes.
    /// - Precondition: they cover the same region.
    public init(red: PlaneView<Sample>, green: PlaneView<Sample>, blue: PlaneView<Sample>) {
        precondition(red.region == green.region && red.region == blue.region, "planes of different regions")
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The region that all three planes cover.
    public var region: Region { red.region }

    /// The planes in the order red, green, blue.
    public var planes: [PlaneView<Sample>] { [red, green, blue] }

    /// The part of all planes that covers `part`.
    public func cropped(to part: Region) -> RGBView {
        RGBView(red: red.cropped(to: part), green: green.cropped(to: part), blue: blue.cropped(to: part))
    }
}
