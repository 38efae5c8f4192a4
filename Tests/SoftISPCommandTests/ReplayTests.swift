// `softisp run --replay` as a user would call it: a recorded run and its replays.

import Foundation
import Testing

@Suite struct ReplayTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A short run with kills, recorded.
    private func record() throws -> String {
        let events = scratch.path + "/events.ndjson"
        let run = try Program([
            "run", "--source", "synthetic:size=64x48,rate=200,pace=free,distinct=2", "--sink", "null", "--frames", "60",
            "--workers", "2", "--inject", "worker-kill:0.1", "--restart-budget", "100", "--attempt-budget", "12",
            "--events", events, "--progress", "json",
        ])
        #expect(run.code == 0, "\(run.errors)")
        return events
    }

    private func replay(_ events: String, _ options: String...) throws -> Program {
        try Program(["run", "--replay", events, "--restart-budget", "100", "--attempt-budget", "12"] + options)
    }

    private func fields(_ run: Program) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [String: Any])
    }

    @Test func aReplayIsTheSameToTheByteAndBesideItsRecording() throws {
        let events = try record()
        let first = try replay(events, "--events", scratch.path + "/one.ndjson")
        let second = try replay(events, "--events", scratch.path + "/two.ndjson")
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.errors == second.errors)
        #expect(first.errors.contains("recording") && first.errors.contains("all residues 0, every slot free"))
        #expect(!scratch.bytes("one.ndjson").isEmpty)
        #expect(same(scratch.bytes("one.ndjson"), scratch.bytes("two.ndjson")))
        // What it writes is a recording again.
        let again = try replay(scratch.path + "/one.ndjson", "--progress", "json")
        let figures = try #require(try fields(again)["replay"] as? [String: Any])
        #expect(figures["done"] as? Int == 60)
    }

    @Test func theSummaryForProgramsHasBothSides() throws {
        let run = try replay(try record(), "--progress", "json")
        let summary = try fields(run)
        for side in ["recording", "replay"] {
            let figures = try #require(summary[side] as? [String: Any])
            #expect(figures["submitted"] as? Int == 60)
            #expect(figures["done"] as? Int == 60)
            #expect((figures["injected"] as? [String: Int])?["worker-kill"] ?? 0 > 0)
        }
        let residues = try #require(summary["residues"] as? [String: Int])
        #expect(residues.values.allSatisfy { $0 == 0 })
    }

    @Test func whatDoesNotGoTogetherIsRefused() throws {
        let events = try scratch.file("events.ndjson", "")
        for options in [
            ["--source", "synthetic"], ["--sink", "null"], ["--metadata", "m"], ["--realtime"], ["--frames", "3"],
            ["--slices", "2"], ["--denoise", "1"], ["--raw-size", "4x4"], ["--cores", "0"],
        ] {
            let run = try Program(["run", "--replay", events] + options)
            #expect(run.code == 64, "\(options): \(run.errors)")
            #expect(run.errors.contains("does not go with --replay"), "\(options): \(run.errors)")
        }
    }

    @Test func damageNamesFileAndLine() throws {
        let events = try scratch.file(
            "events.ndjson", #"{"event":"FRAME_SUBMITTED","t_ns":1,"session":0,"frame":0}"# + "\nrubbish\n")
        let damaged = try Program(["run", "--replay", events])
        #expect(damaged.code == 65, "\(damaged.errors)")
        #expect(damaged.errors.contains("events.ndjson: line 2"), "\(damaged.errors)")
        let missing = try Program(["run", "--replay", scratch.path + "/nowhere.ndjson"])
        #expect(missing.code == 66, "\(missing.errors)")
        let folder = try Program(["run", "--replay", scratch.path])
        #expect(folder.code == 66, "\(folder.errors)")
    }
}
