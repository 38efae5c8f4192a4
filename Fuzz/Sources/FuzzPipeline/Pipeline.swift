// Fuzz target `pipeline`: an input decides a frame, settings and an output format; the development of the first by the
// second keeps every promise made about developments.

import Foundation
import FuzzSupport
import ISPImaging
import ISPPlan
import ISPTuning
import SoftISP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPipeline(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var input = InputReader(Fuzzer.array(bytes, count))
    let format = input.choice(PixelFormat.all.filter { !$0.isRaw })
    let threads = input.integer(1...2)
    let tile = Size(width: input.integer(1...90), height: input.integer(1...90))
    let repeats = input.chance(64)
    do throws(ISPError) {
        let frame = try input.frame()
        let settings = input.settings(for: frame)
        // Frame and settings that do not go together are refused; what was accepted must work.
        guard let development = try? Development(of: frame, settings: settings, format: format) else { return 0 }
        let picture = try development.run(threads: threads)
        promise(
            isExpected(picture.size, frame, settings), "the size of the picture, \(picture.size) of \(frame.size)")
        let tiled = try TiledExecutor(threads: 3 - threads, tile: tile).develop(frame, with: development.pipeline)
        promise(isSame(picture, tiled), "tiles of \(tile) give the same picture: \(differences(picture, tiled))")
        if repeats {
            var decided = DevelopSettings()
            try SettingsFile.apply(SettingsFile.text(of: development.settings), to: &decided)
            let again = try Development(of: frame, settings: decided, format: format).run(threads: threads)
            promise(isSame(picture, again), "decided settings give the same picture: \(differences(picture, again))")
        }
    } catch {
        fatalError("broken promise: \(error.kind): \(error.message)")
    }
    return 0
}

/// Whether a picture has the size that the settings ask for.
private func isExpected(_ size: Size, _ frame: RawFrame, _ settings: DevelopSettings) -> Bool {
    let orientation = settings.orientation ?? frame.metadata.orientation
    let whole = orientation.uprightSize(of: frame.size)
    let cropped =
        switch settings.crop {
        case .full: whole
        case .camera: frame.metadata.defaultCrop.map { orientation.uprightSize(of: $0.size) } ?? whole
        case .region(let region): region.size
        }
    let divisor = [.off: 1, .half: 2, .quarter: 4][settings.binning]!
    let shown = Size(width: max(cropped.width / divisor, 1), height: max(cropped.height / divisor, 1))
    switch settings.size {
    case .full: return size == shown
    case .percent(let percent):
        func isNear(_ side: Int, _ full: Int) -> Bool { abs(Double(side) - Double(full) * percent / 100) <= 1 }
        return isNear(size.width, shown.width) && isNear(size.height, shown.height)
    case .fit(let box):
        return size.width <= box.width && size.height <= box.height
            && (size.width == box.width || size.height == box.height)
    }
}

private func isSame(_ a: ImageBuffer, _ b: ImageBuffer) -> Bool {
    a.size == b.size && a.format == b.format && a.bytes.count == b.bytes.count
        && memcmp(a.bytes.baseAddress!, b.bytes.baseAddress!, a.bytes.count) == 0
}

/// Where two pictures differ, in words.
private func differences(_ a: ImageBuffer, _ b: ImageBuffer) -> String {
    guard a.size == b.size, a.bytes.count == b.bytes.count else { return "\(a.size) and \(b.size)" }
    let places = a.bytes.indices.filter { a.bytes[$0] != b.bytes[$0] }
    let shown = places.prefix(5).map { "byte \($0): \(a.bytes[$0]), \(b.bytes[$0])" }
    return "\(places.count) of \(a.bytes.count) bytes, \(shown.joined(separator: "; ")) (\(a.size) \(a.format))"
}

@main struct PipelineTarget {
    static func main() { Fuzzer.run { fuzzPipeline($0, $1) } }
}
