// What hears every decision of a run: the counters, always, and the event log where one is wanted.

import ISPImaging
import ISPMedia
import ISPRuntime
import ISPTelemetry
import SoftISP

/// The recorders of a run.
final class RunRecorder {
    let telemetry: Telemetry
    /// The event log, where one is written.
    let log: EventLog?
    private let writer: EventLogWriter?
    /// Keeps the log's descriptor open.
    private let output: LineOutput?

    /// - Parameters:
    ///   - events: the event log's file, `-` for standard output, `nil` for none.
    ///   - threads: how many threads of the run record.
    /// - Throws: `ISPError(.cannotCreateOutput)`; `.resource` where the system has no thread.
    init(events: String?, overwrite: Bool, threads: Int) throws(ISPError) {
        telemetry = Telemetry(shards: threads)
        guard let events else {
            (log, writer, output) = (nil, nil, nil)
            return
        }
        let output = try LineOutput(try OutputTarget(events), overwrite: overwrite)
        let log = EventLog(descriptor: output.descriptor, shards: threads, capacity: 1 << 14)
        do throws(EventLogError) { writer = try EventLogWriter(log) } catch {
            throw ISPError(.resource, error.description)
        }
        (self.log, self.output) = (log, output)
    }

    /// What the runtime tells its events to.
    var recorder: any EventRecorder { log.map { RecorderPair(telemetry, $0) } ?? telemetry }

    /// Writes what is left of the log.
    /// - Throws: `ISPError(.inputOutput)` where the log could not be written.
    func close() throws(ISPError) {
        writer?.stop()
        if case .failed(let error) = log?.state { throw ISPError(.inputOutput, "--events: \(error.description)") }
    }
}
