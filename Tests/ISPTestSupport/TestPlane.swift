// Planes filled by a function of the coordinates.

import ISPImaging
import Synchronization

/// A plane whose memory lives until the test process ends: views own nothing, and a test must not worry when the last
/// use of an owner is.
public struct TestPlane {
    /// The samples.
    public let view: PlaneView<Float>
    private static let memory = Mutex<[AlignedMemory]>([])

    /// Makes a plane of `region` with rows `padding` samples apart beyond their width.
    public init(_ region: Region, padding: Int = 3, _ sample: (_ x: Int, _ y: Int) -> Float) {
        let stride = region.width + padding
        let count = stride * region.height
        let block = AlignedMemory(byteCount: count * MemoryLayout<Float>.stride)
        Self.memory.withLock { $0.append(block) }
        let samples = block.bytes.bindMemory(to: Float.self)
        samples.update(repeating: .nan)
        view = PlaneView(UnsafeMutableBufferPointer(rebasing: samples[0..<count]), region: region, stride: stride)
        for y in region.y..<region.maxY {
            for x in region.x..<region.maxX { view[x, y] = sample(x, y) }
        }
    }
}

/// Three such planes.
public struct TestRGB {
    /// The samples.
    public let view: RGBView<Float>

    /// Makes planes of `region`; `sample` gives red, green and blue.
    public init(
        _ region: Region, _ sample: (_ x: Int, _ y: Int) -> (Float, Float, Float) = { _, _ in (.nan, .nan, .nan) }
    ) {
        view = RGBView(
            red: TestPlane(region) { sample($0, $1).0 }.view, green: TestPlane(region) { sample($0, $1).1 }.view,
            blue: TestPlane(region) { sample($0, $1).2 }.view)
    }
}
