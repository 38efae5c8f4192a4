// One event as one line of JSON.

import ISPRuntime

/// The lines of the event log: one JSON object each (NDJSON), with only the fields the event has.
///
///     {"event":"FRAME_ANSWERED","t_ns":81,"session":0,"frame":7,"outcome":"dropped","reason":"deadline","value":33000000}
///
/// `docs/metrics.md` lists the fields. Every event, read back with ``parse(_:)``, is the same again.
public enum EventLine {
    /// The line of an event, without its end.
    public static func text(_ event: Event) -> String {
        var line: [UInt8] = []
        append(event, to: &line)
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    /// Adds an event's line, with its end.
    static func append(_ event: Event, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "{"))
        line.field("event", event.kind.name)
        line.field("t_ns", event.time)
        if event.slot != -1 || event.pool != .raw { line.field("slot", event.pool, event.slot) }
        if event.holder != .none { line.field("holder", event.holder.name) }
        if event.session != 255 { line.field("session", UInt64(event.session)) }
        if event.frame != 0 || event.kind.isAboutFrame { line.field("frame", event.frame) }
        if let outcome = event.outcome {
            line.field("outcome", outcome.name)
            if let reason = outcome.reason { line.field("reason", reason.name) }
        }
        if let transition = event.transition {
            line.field("row", transition.number)
            line.field("transition", transition.name)
        }
        let hasWords = event.transition != nil
        if hasWords || event.before != 0 { line.field("before", "before_bits", TokenWord(bits: event.before)) }
        if hasWords || event.after != 0 { line.field("after", "after_bits", TokenWord(bits: event.after)) }
        if event.value != 0 || event.kind.valueMeaning != nil { line.field("value", event.value) }
        line.append(UInt8(ascii: "}"))
        line.append(UInt8(ascii: "\n"))
    }
}
