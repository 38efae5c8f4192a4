// The table that joins events, metrics and the names of the contract. The Prometheus text is made from it, and the tables of
// docs/metrics.md are checked against it.

import ISPRuntime

/// Every metric there is, in the order of the exposition.
public enum TelemetryTable {
    /// All rows: what events are counted as, kind by kind, then what the log lost, then the gauges.
    public static let rows: [MetricRow] = EventKind.allCases.flatMap(rows(of:)) + [eventsLost] + gauges

    /// What the event log lost.
    static let eventsLost = MetricRow(
        "events_lost_total", "Events that are missing from the event log", from: .eventsLost)

    /// The rows made from events of a kind.
    public static func rows(of kind: EventKind) -> [MetricRow] {
        switch kind {
        case .transition:
            [
                MetricRow(
                    "transitions_total", labels: ["row", "transition"],
                    "Changes of tokens, by row of the transition table", from: .transitions)
            ]
        case .frameSubmitted: [events(kind, "frames_submitted", "Frames submitted")]
        case .frameAnswered:
            [
                MetricRow(
                    "frames_total", labels: ["outcome", "reason"], "Frames answered, by outcome and reason of a drop",
                    from: .frames),
                latency(.answer, "frame_answer_latency", "Time from a frame's submission to its outcome"),
            ]
        case .frameDelivered:
            [
                events(kind, "frames_delivered", "Answers handed to the sinks"),
                latency(.delivery, "frame_delivery_latency", "Time from a frame's submission to its delivery in order"),
            ]
        case .frameStarted:
            [
                events(kind, "frame_attempts_started", "Attempts at frames that workers started"),
                latency(.start, "frame_start_latency", "Time from a frame's submission to its start by a worker"),
            ]
        case .handoffFastForwarded:
            [
                events(kind, "handoff_fast_forwarded_batches", "Batches accepted whole", founding: kind.name),
                items(kind, "handoff_fast_forwarded_items", "Items of the batches accepted whole", founding: kind.name),
            ]
        case .handoffAborted:
            [
                events(kind, "handoff_aborted_batches", "Batches given up"),
                items(kind, "handoff_aborted_items", "Items of the batches given up"),
            ]
        case .packetMovedToMonitor:
            [
                events(
                    kind, "packets_moved_to_monitor", "Items moved to the Monitor's waiting queue", founding: kind.name)
            ]
        case .processItemConvertedToControl:
            [
                events(
                    kind, "processitems_converted_to_control", "Items the SessionManager took from the Monitor",
                    founding: kind.name)
            ]
        case .packetReturnedToFIFO:
            [events(kind, "packets_returned_to_fifo", "Slots returned to the FIFO of their pool", founding: kind.name)]
        case .frameReclaimTriggered:
            [events(kind, "frame_reclaims_triggered", "Claimed slots that wait for their device", founding: kind.name)]
        case .frameReclaimed:
            [
                events(
                    kind, "frames_reclaimed", "Slots that a device gave back while they were waited for",
                    founding: kind.name)
            ]
        case .tokenTransferFailed:
            [events(kind, "token_transfer_fail", "Claims of tokens that failed", founding: "token_transfer_fail_count")]
        case .staleReference:
            [
                events(
                    kind, "stale_references", "References that were no longer true and were dropped",
                    founding: "stale_ref")
            ]
        case .lateHardwareDone:
            [
                events(
                    kind, "late_hw_done", "Signals of devices for a generation or submission that was over",
                    founding: "late_hw_done")
            ]
        case .resultDiscarded:
            [
                events(
                    kind, "results_discarded",
                    "Results that came after the frame's outcome or for an attempt that was over")
            ]
        case .quarantined: [events(kind, "slots_quarantined", "Slots put into quarantine")]
        case .managerBusy: [events(kind, "manager_busy", "Times the SessionManager was busy and took nothing")]
        case .frameRedispatched: [events(kind, "frames_redispatched", "Frames dispatched again after a failure")]
        case .workerAttached: [events(kind, "workers_attached", "Workers that joined")]
        case .workerStalled: [events(kind, "workers_stalled", "Times a worker fell silent")]
        case .workerRecovered:
            [events(kind, "workers_recovered", "Silent workers that moved on within their grace period")]
        case .workerDetached:
            [
                events(kind, "workers_detached", "Workers that lost their queue"),
                items(kind, "workers_detached_items", "Items in the queues of detached workers"),
            ]
        case .workerQuiescent: [events(kind, "workers_quiescent", "Detached workers whose thread is confirmed gone")]
        case .restartBudgetSpent:
            [
                events(
                    kind, "restart_budget_spent", "Workers that were not replaced because the restart budget was spent")
            ]
        case .commandApplied: [events(kind, "commands_applied", "Commands that took effect")]
        case .sessionFlushed: [events(kind, "session_flushes", "New epochs of sessions")]
        case .settingsChanged: [events(kind, "settings_changes", "New settings snapshots")]
        case .knobsChanged: [events(kind, "knobs_changes", "Changes of the knobs")]
        case .faultInjected: [events(kind, "faults_injected", "Faults that were injected on purpose")]
        case .sourceAttached: [events(kind, "sources_attached", "Sources that joined a session")]
        case .frameRefused:
            [
                events(
                    kind, "frames_refused",
                    "Frames of live sources that had no number yet when the answer window was full")
            ]
        case .threadOptionRefused:
            [
                events(
                    kind, "thread_options_refused", "Workers the system did not bind to their core or give a priority")
            ]
        case .payloadCopied:
            [events(kind, "payload_copies", "Copies of payloads between publish and sink, which must not be")]
        }
    }

    private static func events(
        _ kind: EventKind, _ name: String, _ description: String, founding: String? = nil
    ) -> MetricRow {
        MetricRow(name + "_total", description, founding: founding, from: .events(kind))
    }

    private static func items(
        _ kind: EventKind, _ name: String, _ description: String, founding: String? = nil
    ) -> MetricRow {
        MetricRow(name + "_total", description, founding: founding, from: .items(kind))
    }

    private static func latency(_ latency: Latency, _ name: String, _ description: String) -> MetricRow {
        MetricRow(name + "_seconds", type: .histogram, description, from: .latency(latency))
    }
}
