// Scratch planes of one thread. A tile takes what it needs; the next tile takes the same memory again.

import ISPImaging

/// Planes that live as long as one tile is worked on.
///
/// Memory is proportional to the largest tile times the number of planes it takes, whatever the size of the picture.
/// Contents are undefined when taken.
public final class Workspace {
    private var blocks: [AlignedMemory] = []
    private var taken = 0

    /// Creates an empty workspace; it grows on first use.
    public init() {}

    /// Gives every plane back: views taken before must not be used any more.
    public func reset() { taken = 0 }

    /// A plane for `region`, rows aligned for vector loads.
    /// - Precondition: the region is not empty.
    public func plane(_ region: Region) -> PlaneView<Float> {
        plane(region, of: Float.self)
    }

    /// A plane of another sample type.
    public func plane<Sample: BitwiseCopyable>(_ region: Region, of type: Sample.Type) -> PlaneView<Sample> {
        precondition(!region.isEmpty, "an empty plane")
        let perLine = AlignedMemory.alignment / MemoryLayout<Sample>.stride
        let stride = (region.width + perLine - 1) / perLine * perLine
        let count = stride * region.height
        let needed = count * MemoryLayout<Sample>.stride
        if taken == blocks.count {
            blocks.append(AlignedMemory(byteCount: needed))
        } else if blocks[taken].bytes.count < needed {
            blocks[taken] = AlignedMemory(byteCount: needed)
        }
        let memory = blocks[taken].bytes
        taken += 1
        let samples = memory.baseAddress!.assumingMemoryBound(to: Sample.self)
        return PlaneView(UnsafeMutableBufferPointer(start: samples, count: count), region: region, stride: stride)
    }

    /// Three planes for `region`.
    public func rgb(_ region: Region) -> RGBView<Float> {
        RGBView(red: plane(region), green: plane(region), blue: plane(region))
    }

    /// Takes planes inside `body` and gives them back after it.
    public func scoped<Result>(_ body: () -> Result) -> Result {
        let mark = taken
        defer { taken = mark }
        return body()
    }
}
