// `softisp run` as a user sees it.

import Foundation
import ISPTestSupport
import Testing

@Suite struct RunTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A small camera whose frames are taken as fast as they can be.
    static let camera = "synthetic:size=64x48,pace=free,distinct=2,objects=0"

    func run(_ arguments: String..., input: Data = Data()) throws -> Program {
        try Program(["run"] + arguments, input: input)
    }

    func text(_ name: String) -> String { String(decoding: scratch.bytes(name), as: UTF8.self) }

    @Test func framesGoToAVideoWithASummary() throws {
        let run = try run("--source", Self.camera, "--sink", scratch.path + "/a.y4m", "--frames", "7")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("7 submitted: 7 done, 0 error, 0 dropped"))
        #expect(run.errors.contains("all residues 0"))
        let frame = 6 + 64 * 48 * 3 / 2
        let header = text("a.y4m").prefix(while: { $0 != "\n" })
        #expect(header.hasPrefix("YUV4MPEG2 W64 H48 F30:1"))
        #expect(scratch.bytes("a.y4m").count == header.utf8.count + 1 + 7 * frame)
    }

    @Test(arguments: [(1, 1), (2, 3)]) func picturesAreThoseOfDevelop(carried: (workers: Int, slices: Int)) throws {
        let dumps = try captureSequence()
        try expectSamePictures(["develop", dumps], ["--preset", "still"], dumps, carried)
    }

    @Test(arguments: [(1, 1), (2, 3)])
    func picturesInRealTimeAreThoseOfFastDevelop(carried: (workers: Int, slices: Int)) throws {
        let dumps = try captureSequence()
        try expectSamePictures(["develop", dumps, "--fast"], ["--preset", "full"], dumps, carried)
    }

    @Test func executionsAreNearlyTheSameAndTheReferenceIsDevelops() throws {
        let dumps = try captureSequence()
        let settings = ["--demosaic", "bilinear", "--tone", "srgb", "--highlights", "clip", "--sharpen", "0"]
        for execution in ["auto", "real-time", "reference"] {
            let run = try Program(
                ["run", "--source", dumps, "--sink", scratch.path + "/\(execution)%02d.ppm", "--execution", execution]
                    + settings)
            #expect(run.code == 0, "\(run.errors)")
        }
        for number in 1...4 {
            let pictures = ["auto", "real-time", "reference"].map { scratch.bytes("\($0)0\(number).ppm") }
            #expect(!pictures[0].isEmpty)
            #expect(same(pictures[0], pictures[1]), "picture \(number)")
            let worst = zip(pictures[1], pictures[2]).map { abs(Int($0) - Int($1)) }.max()
            #expect(worst == 1 || worst == 0, "picture \(number)")
        }
    }

    /// Binned streams are what `develop` makes of the frames, by either execution, in pictures and video of the smaller size.
    @Test func binnedPicturesAreThoseOfDevelop() throws {
        let dumps = try captureSequence()
        let binned = ["--binning", "half"]
        try expectSamePictures(["develop", dumps, "--fast"] + binned, ["--preset", "full"] + binned, dumps, (2, 3))
        #expect(scratch.bytes("r01.ppm").prefix(9).elementsEqual(Array("P6\n48 32\n".utf8).prefix(9)))
        try expectSamePictures(
            ["develop", dumps] + binned, ["--preset", "still", "--overwrite"] + binned, dumps, (2, 2))
        for execution in ["real-time", "reference"] {
            let name = "\(execution).y4m"
            let run = try Program(
                ["run", "--source", dumps, "--sink", scratch.path + "/" + name, "--execution", execution] + binned)
            #expect(run.code == 0, "\(run.errors)")
            let header = text(name).prefix(while: { $0 != "\n" })
            #expect(header.hasPrefix("YUV4MPEG2 W48 H32 "))
            #expect(scratch.bytes(name).count == header.utf8.count + 1 + 4 * (6 + 48 * 32 * 3 / 2))
        }
    }

    @Test func aPlanThatIsAskedForAndNotThereIsRefused() throws {
        let run = try run("--source", Self.camera, "--sink", "null", "--preset", "still", "--execution", "real-time")
        #expect(run.code == 64, "\(run.errors)")
        for word in ["not possible in real time", "raw-denoise", "denoise to 0", "demosaic to malvar"] {
            #expect(run.errors.contains(word), "\(run.errors)")
        }
        let auto = try self.run("--source", Self.camera, "--sink", "null", "--preset", "still", "--frames", "1")
        #expect(auto.code == 0, "\(auto.errors)")
    }

    /// Four frames of a panning camera, as a pattern of file names.
    func captureSequence() throws -> String {
        let dumps = scratch.path + "/f%02d.raw"
        #expect(try Program(["capture", "-o", dumps, "--size", "96x64", "--frames", "4", "--pan", "2,1"]).code == 0)
        return dumps
    }

    func expectSamePictures(
        _ develop: [String], _ preset: [String], _ dumps: String, _ carried: (workers: Int, slices: Int)
    ) throws {
        let developed = try Program(develop + ["-o", scratch.path + "/d%02d.ppm", "--threads", "1", "--overwrite"])
        #expect(developed.code == 0, "\(developed.errors)")
        let run = try Program(
            [
                "run", "--source", dumps, "--sink", scratch.path + "/r%02d.ppm", "--workers", "\(carried.workers)",
                "--slices", "\(carried.slices)",
            ] + preset)
        #expect(run.code == 0, "\(run.errors)")
        for number in 1...4 {
            let name = "0\(number).ppm"
            #expect(!scratch.bytes("r" + name).isEmpty)
            // An array inside an expectation would be printed.
            let isSame = same(scratch.bytes("r" + name), scratch.bytes("d" + name))
            #expect(isSame, "picture \(number)")
        }
    }

    @Test func aStreamOnStandardInputIsDevelopedToStandardOutput() throws {
        let frame = Data(repeating: 100, count: 32 * 16)
        let run = try run(
            "--source", "-", "--raw-format", "SRGGB8", "--raw-size", "32x16", "--sink", "raw:-", "--exposure", "0",
            input: frame + frame + frame)
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.output.count == 3 * 32 * 16 * 3)
    }

    @Test func aStreamThatEndsWithinAFrameIsAnErrorAndLosesNothing() throws {
        let run = try run(
            "--source", "-", "--raw-format", "SRGGB8", "--raw-size", "32x16", "--sink", "raw:-",
            input: Data(repeating: 100, count: 2 * 32 * 16 + 5))
        #expect(run.code == 65, "\(run.errors)")
        #expect(run.output.count == 2 * 32 * 16 * 3)
        #expect(run.errors.contains("2 submitted: 2 done"))
    }

    @Test func severalSourcesHaveASinkEach() throws {
        let run = try run(
            "--source", Self.camera, "--source", Self.camera + ",seed=2", "--sink", scratch.path + "/a.y4m", "--sink",
            scratch.path + "/b.y4m", "--frames", "3")
        #expect(run.code == 0, "\(run.errors)")
        #expect(scratch.bytes("a.y4m").count == scratch.bytes("b.y4m").count)
        #expect(!same(scratch.bytes("a.y4m"), scratch.bytes("b.y4m")))
    }

    @Test func everyFrameHasItsLineOfMetadata() throws {
        let run = try run(
            "--source", Self.camera, "--sink", "null", "--frames", "5", "--metadata", scratch.path + "/m.ndjson",
            "--exposure", "-1")
        #expect(run.code == 0, "\(run.errors)")
        let lines = try text("m.ndjson").split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.count == 6)
        let settings = lines.compactMap { $0["settings"] as? [String: String] }
        #expect(settings.count == 1 && settings.first?["exposure"] == "-1.0")
        #expect(lines.compactMap { $0["frame"] as? Int } == [0, 1, 2, 3, 4])
    }

    @Test func aScriptChangesSettingsWhileItRuns() throws {
        let script = try scratch.file("script.txt", "# darker, then brighter\n0s exposure=-2\n10ms exposure=1\n")
        let run = try run(
            "--source", Self.camera, "--sink", "null", "--realtime", "--frames", "15", "--script", script, "--metadata",
            scratch.path + "/m.ndjson")
        #expect(run.code == 0, "\(run.errors)")
        #expect(text("m.ndjson").contains(#""exposure":"1.0""#))
    }

    @Test func faultsAreSurvivedAndCounted() throws {
        let run = try run(
            "--source", Self.camera, "--sink", "null", "--frames", "400", "--inject", "worker-kill:0.05",
            "--attempt-budget", "16", "--restart-budget", "100", "--progress", "json", "--events",
            scratch.path + "/e.ndjson")
        #expect(run.code == 0, "\(run.errors)")
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(run.errors.utf8)) as? [String: Any])
        #expect(summary["done"] as? Int == 400)
        #expect((summary["injected"] as? [String: Int])?["worker-kill"] ?? 0 > 0)
        #expect(Set((summary["residues"] as? [String: Int] ?? [:]).values) == [0])
        #expect(text("e.ndjson").contains("FAULT_INJECTED"))
    }

    @Test func metricsAreThereInTheEnd() throws {
        let run = try run(
            "--source", Self.camera, "--sink", "null", "--frames", "5", "--metrics", scratch.path + "/m.prom")
        #expect(run.code == 0, "\(run.errors)")
        #expect(text("m.prom").contains("softisp_frames_submitted_total 5"))
    }

    @Test(arguments: [
        (["--sink", "null"], "no source"), (["--source", "synthetic"], "no sink"),
        (["--source", "synthetic", "--sink", "-"], "say what to write"),
        (["--source", "synthetic:size=1", "--sink", "null"], "WIDTHxHEIGHT"),
        (["--source", "synthetic:colour=1", "--sink", "null"], "unknown key"),
        (["--source", "synthetic", "--sink", "a.unknown"], "unknown"),
        (["--source", "synthetic", "--sink", "y4m:-", "--events", "-"], "standard output"),
        (["--source", "synthetic", "--sink", "null", "--inject", "worker-kill"], "KIND:RATE"),
        (["--source", "synthetic", "--sink", "null", "--inject", "worker-kil:0.1"], "worker-kill"),
        (["--source", "synthetic", "--sink", "null", "--stall-timeout", "soon"], "--stall-timeout"),
        (["--source", "synthetic", "--sink", "null", "--escalation-timeout", "2s"], "ESCALATION_TIMEOUT"),
        (["--source", "synthetic", "--sink", "null", "--frames", "0"], "--frames"),
        (["--source", "synthetic", "--sink", "null", "--execution", "fast"], "--execution"),
        (["--source", "synthetic", "--sink", "null", "--raw-slots", "500"], "raw slots"),
        (["--source", "synthetic", "--source", "synthetic", "--sink", "null"], "each source"),
        (["--source", "synthetic", "--sink", "null", "--metrics", "-"], "metrics"),
    ]) func wrongUsageSaysWhatToDo(arguments: [String], words: String) throws {
        let run = try Program(["run"] + arguments)
        #expect(run.code == 64, "\(run.errors)")
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    @Test func anExistingFileIsKept() throws {
        let file = try scratch.file("a.y4m", "mine")
        let run = try run("--source", Self.camera, "--sink", file, "--frames", "1")
        #expect(run.code == 73, "\(run.errors)")
        #expect(text("a.y4m") == "mine")
    }

    @Test func aFullDiskEndsTheRunWithItsExitCode() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let run = try Program(
            ["run", "--source", Self.camera, "--sink", "y4m:-", "--frames", "1000"], output: "/dev/full")
        #expect(run.code == 74, "\(run.errors)")
        #expect(run.errors.contains("disk is full"))
    }
}
