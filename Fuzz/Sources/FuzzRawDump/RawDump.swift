// Fuzz target `raw-dump`: a sidecar, a gain-map file and samples, through the reader as the command uses it, as a stream of
// frames, and as a sequence.
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
    let frame = try? Readers.read(.file(file.path))
    if let frame { Frames.check(frame) }
    check(file.path, nil, Array(parts[2]), frame)
    // A header as long as the gain map, so that lengths vary without a field of their own.
    let headed = RawDumpGeometry(offset: parts[1].count)
    check(file.path, headed, Array(parts[2]), try? Readers.read(.file(file.path), dump: headed))
    return 0
}

/// What the readers of many frames make of the file, beside the first frame as the reader of one gave it.
private func check(_ path: String, _ geometry: RawDumpGeometry?, _ file: [UInt8], _ first: RawFrame?) {
    if let sequence = try? RawSequence([path], dump: geometry), let first {
        let memory = AlignedMemory(byteCount: sequence.layout.bytesPerFrame)
        promise(
            (try? sequence.read(0, into: memory.bytes)) != nil, "a frame that can be read alone is one of a sequence")
        promise(holds(memory, sequence.layout, first), "a sequence gives the frame's samples")
    }
    // Frames that no file of ours holds would only cost memory.
    guard let reader = try? RawStreamReader(path, geometry: geometry ?? RawDumpGeometry()),
        reader.layout.bytesPerFrame < 1 << 26
    else { return }
    let layout = reader.layout
    let memory = AlignedMemory(byteCount: layout.bytesPerFrame)
    while (try? reader.read(into: memory.bytes)) == true {
        let start = layout.offset + (reader.frameCount - 1) * layout.bytesPerFrame
        promise(start + layout.minimumBytesPerFrame <= file.count, "a frame lies in the file")
        promise(
            memory.bytes.starts(with: file[start..<(start + layout.minimumBytesPerFrame)]),
            "a stream gives the file's bytes")
        if let first, reader.frameCount == 1 {
            promise(holds(memory, layout, first), "a stream gives the frame's samples")
        }
    }
    promise((first == nil) || reader.frameCount > 0, "a frame that can be read alone is one of a stream")
}

private func holds(_ memory: AlignedMemory, _ layout: RawDumpLayout, _ frame: RawFrame) -> Bool {
    frame.format == layout.format && frame.size == layout.size && frame.bytesPerRow == layout.bytesPerRow
        && frame.withBytes { memory.bytes.starts(with: $0[..<layout.minimumBytesPerFrame]) }
}

@main struct RawDump {
    static func main() { Fuzzer.run { fuzzRawDump($0, $1) } }
}
