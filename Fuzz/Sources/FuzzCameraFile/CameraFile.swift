// Fuzz target `camera-file`: an input as a camera file. The dictionary and the seeds lead to DNG, whose opcode lists are our
// own to parse.
//
// LibRaw and libtiff are the system's and not instrumented: what they do to their own memory shows only where it ends
// the program or reaches ours.

import FuzzSupport
import ISPImaging
import ISPMedia

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCameraFile(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Fuzzer.array(bytes, count)
    if let frame = try? Readers.read(.bytes(name: "fuzz.dng", input)) { Frames.check(frame) }
    return 0
}

@main struct CameraFile {
    static func main() { Fuzzer.run { fuzzCameraFile($0, $1) } }
}
