// What the tests of the synthetic camera share.

import ISPImaging
import ISPSynthetic
import Testing

/// FNV-1a, 64 bits: enough to pin bytes.
func fingerprint(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

func fingerprint(_ scene: Scene) -> UInt64 {
    let planes = [scene.red, scene.green, scene.blue]
    return fingerprint(
        planes.joined().lazy.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        })
}

/// The samples of a frame, rows first.
func samples(_ frame: RawFrame) -> [UInt16] {
    (0..<frame.size.height).flatMap { y in
        [UInt16](unsafeUninitializedCapacity: frame.size.width) { buffer, count in
            frame.unpackRow(y, columns: 0..<frame.size.width, into: buffer.baseAddress!)
            count = frame.size.width
        }
    }
}

/// A sensor of 16 bits without any trouble.
func cleanSensor(_ size: Size, _ cfa: CFAPattern? = .rggb, bits: Int = 16) -> SensorModel {
    SensorModel(size: size, cfa: cfa, bitsPerSample: bits)
}

func meanAndVariance(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
}
