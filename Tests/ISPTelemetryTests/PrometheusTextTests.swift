import Foundation
import ISPRuntime
import ISPTelemetry
import Testing

@Suite struct PrometheusTextTests {
    /// A little of everything.
    private static let page: String = {
        let telemetry = Telemetry(shards: 2, recordsTransitions: true)
        var generator = Seeded(3)
        for number in 0..<5_000 {
            var event = Event.random(using: &generator)
            event.value >>= 24
            telemetry.record(event, shard: number)
        }
        var gauges: [GaugeSample] = [.waitingQueueDepth(3), .slotsCached(2), .framesUnanswered(1), .controlItems(0)]
        gauges += GaugeSample.slots(.raw, Array(0..<10)) + GaugeSample.slots(.image, Array(10..<20))
        gauges += [.workers("attached", 4), .workers("detached", 1), .lawResidue("frames", -2), .degraded(true)]
        return PrometheusText.render(telemetry.snapshot(), eventsLost: 12, gauges: gauges)
    }()

    private func render(_ events: [Event] = [], gauges: [GaugeSample] = []) -> [String] {
        let telemetry = Telemetry(shards: 1)
        for event in events { telemetry.record(event, shard: 0) }
        return PrometheusText.render(telemetry.snapshot(), gauges: gauges).components(separatedBy: "\n")
    }

    @Test func theFoundingNamesAreThere() {
        let events = [
            Event(.frameSubmitted, session: 0, frame: 0), .answered(.dropped(.deadline)), .answered(.done),
            Event(.handoffFastForwarded, holder: .batch(0), value: 5), Event(.packetMovedToMonitor, slot: .raw(0)),
            Event(.tokenTransferFailed, slot: .raw(0)),
        ]
        let lines = render(events, gauges: [.waitingQueueDepth(7)])
        for line in [
            "softisp_waitingq_depth 7", "# TYPE softisp_waitingq_depth gauge",
            "softisp_token_transfer_fail_total 1", "# TYPE softisp_token_transfer_fail_total counter",
            "# HELP softisp_token_transfer_fail_total Claims of tokens that failed (token_transfer_fail_count).",
            "softisp_frames_submitted_total 1", "softisp_frames_total{outcome=\"dropped\",reason=\"deadline\"} 1",
            "softisp_frames_total{outcome=\"done\",reason=\"\"} 1",
            "softisp_frames_total{outcome=\"error\",reason=\"\"} 0",
            "softisp_handoff_fast_forwarded_batches_total 1", "softisp_handoff_fast_forwarded_items_total 5",
            "softisp_packets_moved_to_monitor_total 1", "softisp_processitems_converted_to_control_total 0",
            "softisp_packets_returned_to_fifo_total 0", "softisp_frame_reclaims_triggered_total 0",
            "softisp_frames_reclaimed_total 0",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func histogramsAreCumulativeInSeconds() {
        let lines = render([.answered(.done, after: 1_500_000), .answered(.done, after: 20_000_000_000)])
        let name = "softisp_frame_answer_latency_seconds"
        #expect(lines.contains("# TYPE \(name) histogram"))
        for sample in [
            "_bucket{le=\"0.001\"} 0", "_bucket{le=\"0.002\"} 1", "_bucket{le=\"10\"} 1", "_bucket{le=\"+Inf\"} 2",
            "_sum 20.0015", "_count 2",
        ] {
            #expect(lines.contains(name + sample), "\(sample)")
        }
    }

    @Test func noSampleIsLabelledWithAFrameOrAPacket() {
        for label in ["frame", "frame_id", "packet", "packet_id", "ticket"] {
            #expect(!Self.page.contains("\(label)=\""))
        }
    }

    @Test func transitionsAndLostEventsAppearOnlyWhereTheyAreKept() {
        #expect(Self.page.contains("softisp_transitions_total{row=\"2b\",transition=\"start\"}"))
        #expect(Self.page.contains("softisp_events_lost_total 12"))
        let page = render().joined()
        #expect(!page.contains("softisp_transitions_total") && !page.contains("softisp_events_lost_total"))
    }

    @Test func everyRowOfTheTableIsInAFullPage() {
        for row in TelemetryTable.rows {
            #expect(Self.page.contains("# HELP \(row.name) \(row.help)\n# TYPE \(row.name) \(row.type.rawValue)\n"))
        }
    }

    @Test func everyKindOfEventIsAMetricAndEveryNameIsThereOnce() {
        for kind in EventKind.allCases {
            #expect(!TelemetryTable.rows(of: kind).isEmpty)
            #expect(TelemetryTable.rows(of: kind).allSatisfy { $0.event == kind })
        }
        #expect(Set(TelemetryTable.rows.map(\.name)).count == TelemetryTable.rows.count)
        #expect(TelemetryTable.rows.allSatisfy { ($0.type == .counter) == $0.name.hasSuffix("_total") })
    }

    @Test func theOrderDoesNotDependOnWhoSaysWhatFirst() throws {
        var gauges =
            GaugeSample.slots(.raw, Array(0..<10)) + [.workers("detached", 1), .workers("attached", 0)]
        for name in ["softisp_zoom", "softisp_aperture"] {
            gauges.append(try GaugeSample(name: name, help: "x", value: 1))
        }
        let expected = render(gauges: gauges)
        #expect(render(gauges: gauges.reversed()) == expected)
        let own = expected.filter { $0.hasPrefix("softisp_zoom") || $0.hasPrefix("softisp_aperture") }
        #expect(own == ["softisp_aperture 1", "softisp_zoom 1"])
    }

    @Test func ofTheSameSampleTwiceTheLastCounts() {
        let lines = render(gauges: [.waitingQueueDepth(1), .waitingQueueDepth(2)])
        #expect(lines.filter { $0.hasPrefix("softisp_waitingq_depth") } == ["softisp_waitingq_depth 2"])
    }

    @Test func textIsEscapedAsTheFormatWants() throws {
        let gauge = try GaugeSample(
            name: "softisp_lens", help: "a \"b\" \\ c\nd", labels: ["name": "a \"b\" \\ c\r\nd", "at": "ü"], value: 1)
        let lines = render(gauges: [gauge])
        #expect(lines.contains(#"# HELP softisp_lens a "b" \\ c\nd"#))
        #expect(lines.contains("softisp_lens{at=\"ü\",name=\"a \\\"b\\\" \\\\ c\r\\nd\"} 1"))
    }

    @Test(
        arguments: [
            (0, "0"), (-3, "-3"), (1.5, "1.5"), (1e300, "1e+300"), (.nan, "NaN"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"),
        ] as [(Double, String)]) func numbersAreWrittenAsTheFormatWants(value: Double, text: String) throws
    {
        #expect(
            render(gauges: [try GaugeSample(name: "softisp_x", help: "x", value: value)]).contains("softisp_x \(text)"))
    }

    @Test(arguments: [
        "depth", "softisp_", "softisp_a b", "softisp_Depth", "softisp_x_total", "softisp_x_bucket", "softisp_x_count",
        "softisp_frame_answer_latency_seconds",
    ]) func gaugeNamesThatBreakTheConventionsAreRefused(name: String) {
        #expect(throws: MetricNameError.self) { try GaugeSample(name: name, help: "x", value: 0) }
    }

    @Test(arguments: ["frame", "packet_id", "le", "__name", "", "9", "a-b"]) func labelsThatCanNotBeAreRefused(
        label: String
    ) {
        #expect(throws: MetricNameError.self) {
            try GaugeSample(name: "softisp_x", help: "x", labels: [label: "1"], value: 0)
        }
    }

    private static let promtool = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { $0 + "/promtool" }
        .first(where: FileManager.default.isExecutableFile)

    @Test(.enabled(if: promtool != nil, "promtool is not installed (Debian package: prometheus)"))
    func promtoolHasNothingToSay() throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: try #require(Self.promtool))
        process.arguments = ["check", "metrics"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(Self.page.utf8))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(String(decoding: said, as: UTF8.self) == "")
    }
}
