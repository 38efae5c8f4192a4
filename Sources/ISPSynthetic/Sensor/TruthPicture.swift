// The ground truth as pictures, for files and for the eye.

import ISPImaging

/// Where on the way from the scene to the samples the truth is taken.
public enum TruthTap: String, CaseIterable, Sendable {
    /// The scene before the lens, sRGB-coded.
    case scene
    /// The scene as the lens draws it, sRGB-coded.
    case lens
    /// Camera RGB before the mosaic, linear: black level 0, white level 65535.
    case camera
    /// The noiseless mosaic, linear grey: black level 0, white level 65535.
    case mosaic

    /// How the samples of the picture code light.
    public var transfer: TransferFunction {
        switch self {
        case .scene, .lens: .srgb
        case .camera, .mosaic: .linear
        }
    }
}

extension GroundTruth {
    /// The truth as a picture of 16 bits; what lies outside 0 ... 1 is clipped.
    /// - Returns: RGB48, or R16 for the mosaic.
    /// - Throws: `ISPError(.resource)` where the picture is too large.
    public func picture(at tap: TruthTap) throws(ISPError) -> ImageBuffer {
        switch tap {
        case .scene: return try Self.picture(scene.size, [scene.red, scene.green, scene.blue]) { Self.coded($0) }
        case .lens:
            return try Self.picture(scene.size, [lensImage.red, lensImage.green, lensImage.blue]) { Self.coded($0) }
        case .camera:
            let camera = cameraRGB()
            return try Self.picture(camera.size, [camera.red, camera.green, camera.blue]) { share($0) }
        case .mosaic: return try Self.picture(sensor.size, [expected]) { share($0) }
        }
    }

    private static func coded(_ linear: Float) -> Double { TransferFunction.srgb.encode(Double(linear)) }

    private func share(_ sample: Float) -> Double {
        (Double(sample) - Double(sensor.blackLevel)) / Double(sensor.whiteLevel - sensor.blackLevel)
    }

    private static func picture(
        _ size: Size, _ planes: [[Float]], _ code: (Float) -> Double
    ) throws(ISPError) -> ImageBuffer {
        let image = try ImageBuffer(format: planes.count == 3 ? .rgb48 : .grey16, size: size)
        for y in 0..<size.height {
            let row = image.row(y)
            for (c, plane) in planes.enumerated() {
                for x in 0..<size.width {
                    let value = min(max(code(plane[y * size.width + x]), 0), 1)
                    row.storeBytes(
                        of: UInt16(value * 65535 + 0.5).littleEndian, toByteOffset: 2 * (x * planes.count + c),
                        as: UInt16.self)
                }
            }
        }
        return image
    }
}
