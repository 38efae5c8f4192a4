// The gauges: what the program reads off the runtime at the moment of the exposition.

import ISPRuntime

extension TelemetryTable {
    /// The gauges that programs are expected to hand in.
    public static let gauges = [
        waitingQueueDepth, slots, slotsCached, framesUnanswered, controlItems, workers, lawResidue, degraded,
    ]

    static let waitingQueueDepth = gauge(
        "waitingq_depth", "Items in the Monitor's waiting queue", founding: "waitingq_depth")
    static let slots = gauge("slots", labels: ["pool", "state"], "Slots by pool and state")
    static let slotsCached = gauge("slots_cached", "Free raw slots kept at hand by cores")
    static let framesUnanswered = gauge("frames_unanswered", "Frames submitted and not answered")
    static let controlItems = gauge("control_items", "Items that wait for a decision of the SessionManager")
    static let workers = gauge("workers", labels: ["state"], "Workers by state")
    static let lawResidue = gauge("law_residue", labels: ["law"], "What a conservation law is off by, always zero")
    static let degraded = gauge("degraded", "1 when something is wrong that does not heal by itself, else 0")

    private static func gauge(
        _ name: String, labels: [String] = [], _ description: String, founding: String? = nil
    ) -> MetricRow {
        MetricRow(name, type: .gauge, labels: labels, description, founding: founding, from: .caller)
    }
}

extension GaugeSample {
    /// `softisp_waitingq_depth`.
    public static func waitingQueueDepth(_ depth: Int) -> GaugeSample {
        GaugeSample(TelemetryTable.waitingQueueDepth, [:], depth)
    }

    /// `softisp_slots`, one state of one pool.
    public static func slots(_ pool: Pool, _ state: SlotState, _ count: Int) -> GaugeSample {
        GaugeSample(TelemetryTable.slots, ["pool": pool.name, "state": state.name], count)
    }

    /// `softisp_slots`, every state of a pool; `counts` are in the order of `SlotState`.
    public static func slots(_ pool: Pool, _ counts: [Int]) -> [GaugeSample] {
        zip(SlotState.allCases, counts).map { slots(pool, $0, $1) }
    }

    /// `softisp_slots_cached`.
    public static func slotsCached(_ count: Int) -> GaugeSample { GaugeSample(TelemetryTable.slotsCached, [:], count) }

    /// `softisp_frames_unanswered`.
    public static func framesUnanswered(_ count: Int) -> GaugeSample {
        GaugeSample(TelemetryTable.framesUnanswered, [:], count)
    }

    /// `softisp_control_items`.
    public static func controlItems(_ count: Int) -> GaugeSample {
        GaugeSample(TelemetryTable.controlItems, [:], count)
    }

    /// `softisp_workers` of one state, `attached` or `detached` for example.
    public static func workers(_ state: String, _ count: Int) -> GaugeSample {
        GaugeSample(TelemetryTable.workers, ["state": state], count)
    }

    /// `softisp_law_residue` of one conservation law.
    public static func lawResidue(_ law: String, _ residue: Int64) -> GaugeSample {
        GaugeSample(TelemetryTable.lawResidue, ["law": law], Int(residue))
    }

    /// `softisp_degraded`.
    public static func degraded(_ isDegraded: Bool) -> GaugeSample {
        GaugeSample(TelemetryTable.degraded, [:], isDegraded ? 1 : 0)
    }

    private init(_ row: MetricRow, _ labels: [String: String], _ value: Int) {
        self.init(unchecked: row.name, row.help, labels, Double(value))
    }
}
