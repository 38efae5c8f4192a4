// Frames for the tests of real-time plans: windows of one picture of the synthetic camera in every format and phase.

import ISPImaging
import ISPSynthetic
import ISPTestSupport

/// What the camera saw.
enum SyntheticFrames {
    /// Samples of 16 bits, RGGB, with darkness at `black`.
    static let black = 4096
    private static let size = Size(width: 1152, height: 768)

    private static func capture(_ change: (inout SensorModel) -> Void = { _ in }) -> [UInt16] {
        var sensor = SensorModel(size: size, cfa: .rggb, bitsPerSample: 16, blackLevel: black)
        sensor.noise = NoiseModel(fullWell: 8000, readNoise: 3, iso: 100)
        change(&sensor)
        guard let frame = try? SyntheticCamera(sensor: sensor, seed: 7).captureTestPicture().frame else {
            preconditionFailure("the sensor is a sound one")
        }
        var samples = [UInt16](repeating: 0, count: size.width * size.height)
        samples.withUnsafeMutableBufferPointer { samples in
            for y in 0..<size.height {
                frame.unpackRow(y, columns: 0..<size.width, into: samples.baseAddress! + y * size.width)
            }
        }
        return samples
    }

    private static let sound = capture()
    private static let damaged = capture { $0.defects = DefectModel(fraction: 0.002) }

    /// A window of the picture as a frame.
    /// - Parameters:
    ///   - at: the window's corner, even; the phase of the format's pattern moves it by a pixel.
    ///   - damaged: whether photosites are dead or hot.
    ///   - padding: bytes after each row, of some values.
    static func frame(
        _ format: PixelFormat, _ window: Size, at corner: (x: Int, y: Int) = (40, 180), damaged: Bool = false,
        padding: Int = 0
    ) throws -> RawFrame {
        let samples = damaged ? Self.damaged : sound
        let (dx, dy) = (corner.x + (format.cfa?.redColumn ?? 0), corner.y + (format.cfa?.redRow ?? 0))
        precondition(corner.x & 1 == 0 && corner.y & 1 == 0, "an odd corner changes the phase")
        precondition(dx + window.width <= size.width && dy + window.height <= size.height, "a window in the picture")
        let shift = UInt16(16 - format.bitsPerSample)
        return try rawFrame(
            format, window, padding: padding, black: Float(black >> Int(shift)), white: Float(format.maximum)
        ) { samples[($1 + dy) * size.width + $0 + dx] >> shift }
    }
}

/// A frame of given samples in any raw format. Its bytes end with the last sample.
func rawFrame(
    _ format: PixelFormat, _ size: Size, padding: Int = 0, black: Float, white: Float,
    _ sample: (_ x: Int, _ y: Int) -> UInt16
) throws -> RawFrame {
    let row = format.minimumBytesPerRow(width: size.width)
    let count = (row + padding) * (size.height - 1) + row
    let memory = AlignedMemory(byteCount: count)
    let bytes = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[..<count])
    for i in 0..<count { bytes[i] = UInt8(truncatingIfNeeded: i &* 37 &+ 11) }
    for y in 0..<size.height {
        let samples = (0..<size.width).map { sample($0, y) }
        let start = y * (row + padding)
        RawPacking.pack(
            samples, width: size.width, format,
            into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<(start + row)]))
    }
    return try RawFrame(
        format: format, size: size, bytesPerRow: row + padding, bytes: UnsafeRawBufferPointer(bytes), owner: memory,
        metadata: FrameMetadata(blackLevel: black, whiteLevel: white))
}
