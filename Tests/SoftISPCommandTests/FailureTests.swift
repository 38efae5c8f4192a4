// Every way to fail has one clear message and an exit code from the table.

import Foundation
import ISPImaging
import ISPTestSupport
import Testing

@Suite struct FailureTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    func expect(_ run: Program, _ code: Int32, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(run.code == code, "\(run.errors)", sourceLocation: sourceLocation)
        #expect(run.errors.contains("rror: "), "\(run.errors)", sourceLocation: sourceLocation)
        for word in words { #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: sourceLocation) }
    }

    func develop(_ input: String, _ options: String..., output: String? = nil) throws -> Program {
        try Program(["develop", input, "-o", output ?? scratch.path + "/out.png"] + options)
    }

    @Test func zeroByteFile() throws {
        expect(try develop(scratch.file("empty.dng", [])), 65, "empty.dng")
    }

    @Test func missingFile() throws {
        expect(try develop(scratch.path + "/nowhere.dng"), 66, "nowhere.dng")
    }

    @Test func emptyDirectory() throws {
        expect(try develop(scratch.path), 66, scratch.path)
    }

    @Test func textFile() throws {
        expect(
            try develop(scratch.file("note.txt", "just some text, for once not a picture")), 69, "note.txt",
            "not a raw file")
        expect(try develop(scratch.file("note.dng", "just some text, for once not a picture")), 65, "note.dng")
    }

    @Test func absurdSidecar() throws {
        let dump = try writeDump(scratch)
        _ = try scratch.file("frame.raw.json", #"{"width": 2000000000, "height": 48, "format": "SGRBG10"}"#)
        expect(try develop(dump), 65, "width")
    }

    @Test func truncatedDump() throws {
        let dump = try writeDump(scratch)
        try scratch.file("frame.raw", Array(scratch.bytes("frame.raw").dropLast(100)))
        expect(try develop(dump), 65, "frame.raw", "truncated")
    }

    @Test(.enabled(if: TestData.isPresent, Comment(rawValue: TestData.hint))) func truncatedDNG() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: TestData.path("raw/colorchart_ml_1888x1182.dng")))
        for count in [200, 5000, whole.count / 2] {
            let cut = try scratch.file("cut.dng", Array(whole.prefix(count)))
            let run = try develop(cut)
            #expect(run.code == 65 || run.code == 69, "\(count): \(run.errors)")
            #expect(run.errors.contains("cut.dng"))
            #expect(scratch.names == ["cut.dng"])
        }
    }

    @Test func unwritableOutput() throws {
        let dump = try writeDump(scratch)
        expect(try develop(dump, output: scratch.path + "/no/such/place.png"), 73, "place.png")
        expect(try develop(dump, output: dump + "/inside-a-file.png"), 73)
    }

    @Test(arguments: ["jpeg", "png", "tiff", "ppm", "raw"]) func fullDisk(_ format: String) throws {
        expect(try develop(writeDump(scratch), "--format", format, output: "/dev/full"), 74, "/dev/full")
    }

    @Test func fullDiskOnStandardOutput() throws {
        let run = try Program(["develop", writeDump(scratch), "-o", "-"], output: "/dev/full")
        expect(run, 74)
        expect(try Program(["list", "formats"], output: "/dev/full"), 74)
    }

    @Test func aFailedWriteLeavesNothingBehind() throws {
        _ = try develop(writeDump(scratch), "--pixel-format", "RGB48", output: scratch.path + "/out.jpg")
        #expect(scratch.names == ["frame.raw", "frame.raw.json"])
    }

    @Test(arguments: [
        (["--format", "webp"], "webp"), (["--pixel-format", "RGB565"], "RGB565"),
        (["--raw-format", "SRGGB11"], "SRGGB11"),
        (["--demosaic", "vng"], "vng"), (["--white-balance", "900K"], "white_balance"),
        (["--exposure", "99"], "exposure"),
        (["--matrix", "1,2"], "matrix"), (["--crop", "60,40,10,10"], "crop"), (["--threads", "0"], "threads"),
        (["--quality", "0"], "quality"), (["--raw-size", "64"], "raw-size"), (["--black-level", "1,2"], "black-level"),
        (["--binning", "third"], "binning"), (["--binning", "quarter"], "64x48"),
        (["--orientation", "9"], "orientation"),
        (["--bits", "12"], "bits"), (["--tone", "1:0,0:1"], "tone"),
        (["--bogus"], "bogus"),
    ])
    func wrongOptions(_ options: [String], _ word: String) throws {
        let run = try Program(["develop", writeDump(scratch), "-o", scratch.path + "/out.png"] + options)
        expect(run, 64, word)
        #expect(!scratch.names.contains("out.png"))
    }

    @Test func settingsAreNotOverwrittenEither() throws {
        let yaml = try scratch.file("mine.yaml", "precious")
        expect(try develop(writeDump(scratch), "--save-settings", yaml), 73, "mine.yaml", "--overwrite")
        #expect(!scratch.names.contains("out.png"))
    }

    @Test func wrongCombinations() throws {
        let (a, b) = try (writeDump(scratch, "a.raw"), writeDump(scratch, "b.raw"))
        expect(try Program(["develop", a, b, "-o", scratch.path + "/one.png"]), 64, "2 inputs")
        expect(try Program(["develop", a, b, "-o", "-"]), 64, "'-o -'")
        expect(try Program(["develop", a, a, "-o", scratch.path + "/out/"]), 64, "two inputs")
        expect(try develop(a, "--settings", scratch.path + "/none.yaml"), 66, "none.yaml")
        expect(try develop(a, "--settings", scratch.file("bad.yaml", "exposure: loud")), 64, "bad.yaml", "exposure")
        expect(try develop(a, "--bits", "16", output: scratch.path + "/x.jpg"), 64, "jpeg")
    }
}
