// Develops a list of inputs, several at a time, and carries on past those that fail.

import Dispatch
import Foundation
import ISPImaging
import ISPMedia
import ISPTuning
import SoftISP
import Synchronization

/// A batch of developments.
struct Batch: Sendable {
    let items: [InputItem]
    let naming: OutputNaming
    let settings: DevelopSettings
    let geometry: RawDumpGeometry?
    let format: PixelFormat
    let options: WriterOptions
    let threads: Int
    /// Whether pictures are made by the real-time plan.
    let isFast: Bool
    /// The stage after which the frame is wanted instead of the picture.
    let tap: String?
    let reporter: ProgressReporter

    /// How it went.
    struct Outcome {
        /// The failure with the lowest input number.
        var firstFailure: ISPError.Kind?
        /// The resolved settings of the last input that was developed.
        var resolved: DevelopSettings?
    }

    private struct State {
        var failures: [Int: ISPError.Kind] = [:]
        var resolved: DevelopSettings?
    }

    /// Runs it.
    func run() -> Outcome {
        // Decoding and writing run on one thread each, so files in parallel use the cores better than tiles do.
        let jobs = min(threads, items.count)
        let perJob = max(1, threads / jobs)
        let next = Atomic(0)
        let state = Mutex(State())
        let lock = SequenceLock()
        DispatchQueue.concurrentPerform(iterations: jobs) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < items.count else { return }
                do throws(ISPError) {
                    let resolved = try develop(index, lock: lock, threads: perJob)
                    state.withLock { $0.resolved = resolved }
                } catch {
                    reporter.failed(index, items[index].source.name, error)
                    state.withLock { $0.failures[index] = error.kind }
                }
            }
        }
        let final = state.withLock { $0 }
        let failed = final.failures.keys.sorted()
        reporter.ended(failures: failed.map { items[$0].source.name })
        return Outcome(firstFailure: failed.first.flatMap { final.failures[$0] }, resolved: final.resolved)
    }

    private func develop(_ index: Int, lock: SequenceLock, threads: Int) throws(ISPError) -> DevelopSettings {
        let start = ContinuousClock.now
        let item = items[index]
        let target = naming.targets[index]
        // Refused before the work is done rather than after it; the writer checks again when it matters.
        try AtomicFile.check(target, overwrite: options.overwrite)
        let frame = try Readers.read(item.source, dump: geometry)
        let development: Development
        let picture: ImageBuffer
        var notes: [String] = []
        do throws(ISPError) {
            let wanted = item.isSequence ? try lock.settings(for: settings, frame: frame, format: format) : settings
            development = try Development(of: frame, settings: wanted, format: format)
            notes = development.notes
            if let tap {
                let tapped = try development.tapped(after: tap, threads: threads)
                picture = tapped.picture
                notes.append("the frame after \(tap): \(tapped.scale)")
            } else if isFast {
                picture = try development.runInRealTime(threads: threads)
            } else {
                picture = try development.run(threads: threads) { fraction in
                    reporter.advanced(index, item.source.name, to: fraction)
                }
            }
        } catch { throw error.about(item.source.name) }
        var options = options
        options.threads = threads
        // A frame between stages is no picture of any colour space.
        let attributes = tap == nil ? development.attributes : PictureAttributes(transfer: .linear)
        try Writers.write(picture, attributes, options: options, as: naming.writer, to: target)
        let elapsed = ContinuousClock.now - start
        reporter.finished(
            index, item.source.name, output: target.description, summary: development.summary, notes: notes,
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
        return development.settings
    }
}
