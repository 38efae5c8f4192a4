// From the bytes of an event log to its events in the order of time.

import ISPImaging
import ISPRuntime
import ISPTelemetry

/// An event and where it stood in the file.
struct LoggedEvent {
    let event: Event
    let line: Int
}

extension Recording {
    /// Reads an event log as `softisp run --events` writes it.
    ///
    /// A last line without its end may be cut short, as when the run was killed: it is left out, with a note.
    ///
    /// - Throws: `ISPError(.damagedInput)` that names the line, or says what is missing.
    public init(log bytes: [UInt8]) throws(ISPError) {
        var notes: [String] = []
        var events: [LoggedEvent] = []
        var (start, line) = (bytes.startIndex, 0)
        while start < bytes.endIndex {
            line += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            let text = String(decoding: bytes[start..<(end ?? bytes.endIndex)], as: UTF8.self)
            do {
                events.append(LoggedEvent(event: try Self.event(of: text), line: line))
            } catch {
                guard end == nil else { throw Self.damage(line, error.reason) }
                notes.append("the last line, \(line), is cut short and left out")
            }
            start = end.map { $0 + 1 } ?? bytes.endIndex
        }
        // Threads write through rings: a line may stand behind a slightly younger one.
        events.sort { ($0.event.time, $0.line) < ($1.event.time, $1.line) }
        self = try RecordingBuilder.recording(of: events, notes: notes)
    }

    /// The error of a line.
    static func damage(_ line: Int, _ reason: String) -> ISPError {
        ISPError(.damagedInput, "line \(line): \(reason); give the file that softisp run --events wrote")
    }

    private struct LineError: Error { let reason: String }

    private static func event(of text: String) throws(LineError) -> Event {
        let event: Event
        do throws(EventLineError) { event = try EventLine.parse(text) } catch {
            throw LineError(reason: error.description)
        }
        guard event.time <= latest else { throw LineError(reason: "no clock shows \(event.time) ns") }
        return event
    }
}
