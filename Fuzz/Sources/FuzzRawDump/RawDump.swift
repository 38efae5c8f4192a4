// Fuzz target `raw-dump`: a sidecar, a gain-map file and samples, through the reader as the command uses it.
//
// An input is the sidecar's JSON, a zero byte, the JSON of the gain-map file `map.json`, a zero byte, samples.

import Foundation
import FuzzSupport
import ISPImaging
import ISPMedia

/// The files of this process; memory where TMPDIR is.
private let folder: URL = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "raw-dump-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRawDump(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let parts = Fuzzer.array(bytes, count).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return -1 }
    let file = folder.appending(path: "frame.raw")
    do {
        try Data(parts[0]).write(to: folder.appending(path: "frame.raw.json"))
        try Data(parts[1]).write(to: folder.appending(path: "map.json"))
        try Data(parts[2]).write(to: file)
    } catch {
        fatalError("the files of the fuzz target: \(error)")
    }
    if let frame = try? Readers.read(.file(file.path)) { Frames.check(frame) }
    return 0
}

@main struct RawDump {
    static func main() { Fuzzer.run { fuzzRawDump($0, $1) } }
}
