// Raw dumps for the tests of the program.

import ISPImaging
import ISPSynthetic

/// A small frame of the synthetic camera with its sidecar, as files.
func writeDump(_ scratch: Scratch, _ name: String = "frame.raw", frameIndex: Int = 0) throws -> String {
    let camera = try SyntheticCamera(
        sensor: SensorModel(size: Size(width: 64, height: 48), cfa: .grbg, bitsPerSample: 10, packing: .words))
    let capture = try camera.captureTestPicture(frameIndex: frameIndex)
    try scratch.file(name + ".json", Array(capture.sidecarJSON(fileName: name).utf8))
    return try scratch.file(name, capture.rawBytes)
}
