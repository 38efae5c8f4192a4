// Stage 12, lens correction: distortion and lateral chromatic aberration undone by a table that comes with the frame.

import ISPImaging

/// Resamples each colour plane at the place where the lens put it.
///
/// Samples between pixels are interpolated by Keys' cubic convolution (1981, a = -1/2).
public struct LensCorrection: Sendable {
    /// The stage's description.
    public static let descriptor = StageDescriptor(
        "lens-correction", "undoes distortion and lateral chromatic aberration where the frame has a table",
        citation: "DNG Specification 1.7, WarpRectilinear opcode; Keys 1981 (interpolation)", from: .linearRGB,
        to: .linearRGB)

    /// Samples that the interpolation needs around a place.
    private static let reach = 2

    private let warp: LensWarp
    private let frame: Size

    /// Creates the stage.
    public init(warp: LensWarp, frame: Size) {
        self.warp = warp
        self.frame = frame
    }

    /// The part of the frame that a part of the corrected picture depends on.
    public func source(of part: Region) -> Region {
        var (left, top, right, bottom) = (Int.max, Int.max, Int.min, Int.min)
        func include(_ x: Int, _ y: Int) {
            for plane in 0..<3 {
                let place = place(of: x, y, plane: plane)
                left = min(left, Int(place.x.rounded(.down)))
                top = min(top, Int(place.y.rounded(.down)))
                right = max(right, Int(place.x.rounded(.down)))
                bottom = max(bottom, Int(place.y.rounded(.down)))
            }
        }
        // The mapping is continuous and does not fold, so the outline of the part bounds its inside.
        for x in part.x..<part.maxX {
            include(x, part.y)
            include(x, part.maxY - 1)
        }
        for y in part.y..<part.maxY {
            include(part.x, y)
            include(part.maxX - 1, y)
        }
        return Region(x: left, y: top, width: right - left + 1, height: bottom - top + 1).expanded(by: Self.reach)
    }

    /// Fills `corrected` from `rgb`, which covers at least `source(of: corrected.region)`.
    public func apply(to rgb: RGBView<Float>, into corrected: RGBView<Float>) {
        for (plane, (source, target)) in zip(rgb.planes, corrected.planes).enumerated() {
            for y in target.region.y..<target.region.maxY {
                let row = target.row(y)
                for x in target.region.x..<target.region.maxX {
                    let place = place(of: x, y, plane: plane)
                    row[x - target.region.x] = Self.interpolate(source, place.x, place.y)
                }
            }
        }
    }

    /// Where the lens put what belongs at (x, y), kept within the frame and a little around it.
    private func place(of x: Int, _ y: Int, plane: Int) -> (x: Double, y: Double) {
        let (u, v) = warp.source(x: Double(x), y: Double(y), plane: plane, frame: frame)
        return (min(max(u, -8), Double(frame.width) + 7), min(max(v, -8), Double(frame.height) + 7))
    }

    private static func interpolate(_ plane: PlaneView<Float>, _ x: Double, _ y: Double) -> Float {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (across, down) = (weights(Float(x - left)), weights(Float(y - top)))
        // Inside by the definition of `source(of:)`; held there all the same.
        let column = min(max(Int(left) - 1, plane.region.x), plane.region.maxX - 4)
        let first = min(max(Int(top) - 1, plane.region.y), plane.region.maxY - 4)
        var sum: Float = 0
        for k in 0..<4 {
            let row = plane.row(first + k) + (column - plane.region.x)
            sum += down[k] * (across[0] * row[0] + across[1] * row[1] + across[2] * row[2] + across[3] * row[3])
        }
        return sum
    }

    /// Keys' weights of the four samples around a place `t` past the second.
    private static func weights(_ t: Float) -> SIMD4<Float> {
        let (t2, t3) = (t * t, t * t * t)
        return SIMD4(-t3 + 2 * t2 - t, 3 * t3 - 5 * t2 + 2, -3 * t3 + 4 * t2 + t, t3 - t2) * 0.5
    }
}
