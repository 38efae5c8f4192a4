// Fuzz target `recording`: an input as an event log, which is refused or played to its end.

import FuzzSupport
import ISPImaging
import ISPRuntime
import SoftISP

/// Refusals say what is wrong with the log.
private func isHelpful(_ error: ISPError) {
    promise(error.kind == .damagedInput && !error.message.isEmpty, "a log is refused as damaged, with a reason")
}

/// Whatever is enacted, every frame is answered and the books balance.
private func play(_ recording: Recording) {
    var options = SessionOptions()
    options.workers = 2
    do throws(ISPError) {
        let summary = try VirtualRun(recording, options: options).run()
        promise(summary.snapshot.residues.isZero, "the books of a replay balance: \(summary.snapshot.residues)")
        promise(summary.snapshot.unanswered == 0, "every frame of a replay is answered")
        promise(summary.snapshot.held.isEmpty, "every slot of a replay comes back: \(summary.snapshot.held)")
    } catch {
        // Faults that last for days, or more sessions than fit the slots of these options.
        promise(error.kind == .resource || error.kind == .usage, "a replay is refused for its size alone: \(error)")
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecording(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let recording: Recording
    do throws(ISPError) {
        recording = try Recording(log: Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
        isHelpful(error)
        return 0
    }
    play(recording)
    return 0
}

@main struct Recordings {
    static func main() { Fuzzer.run { fuzzRecording($0, $1) } }
}
