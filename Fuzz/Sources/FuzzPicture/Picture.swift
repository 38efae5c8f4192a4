// Fuzz target `picture`: an input as a PNG, JPEG, TIFF, PPM or PGM picture.
//
// libspng, libjpeg-turbo and libtiff are the system's and not instrumented; PPM and PGM are parsed by ourselves.

import FuzzSupport
import ISPImaging
import ISPMedia

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPicture(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    guard let picture = try? PictureReaders.decode(Fuzzer.array(bytes, count)) else { return 0 }
    promise([.rgb888, .rgb48, .grey8, .grey16].contains(picture.format), "a picture of \(picture.format)")
    let last = (x: picture.size.width - 1, y: picture.size.height - 1)
    let code = picture.sample(x: last.x, y: last.y, channel: picture.format.samplesPerPixel - 1)
    promise((0...picture.format.maximum).contains(code), "codes are within the format's")
    return 0
}

@main struct Picture {
    static func main() { Fuzzer.run { fuzzPicture($0, $1) } }
}
