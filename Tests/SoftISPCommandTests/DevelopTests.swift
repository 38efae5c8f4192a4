// `softisp develop` as its user sees it.

import Foundation
import ISPImaging
import ISPTestSupport
import Testing

@Suite struct DevelopTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: ["jpg", "png", "tiff", "ppm"]) func theExtensionPicksTheWriter(_ ending: String) throws {
        let magic: [String: [UInt8]] = [
            "jpg": [0xff, 0xd8], "png": [0x89, 0x50], "tiff": [0x49, 0x49], "ppm": [0x50, 0x36],
        ]
        let run = try Program(["develop", writeDump(scratch), "-o", scratch.path + "/out." + ending])
        #expect(run.code == 0, "\(run.errors)")
        #expect(Array(scratch.bytes("out." + ending).prefix(2)) == magic[ending])
    }

    @Test func aPipeInAndAPipeOut() throws {
        let dump = try writeDump(scratch)
        let geometry = ["--raw-format", "BA10", "--raw-size", "64x48", "--exposure", "0", "--white-balance", "1,1,1"]
        let piped = try Program(["develop", "-", "-o", "-"] + geometry, input: Data(scratch.bytes("frame.raw")))
        #expect(piped.code == 0, "\(piped.errors)")
        try FileManager.default.removeItem(atPath: dump + ".json")
        let file = try Program(["develop", dump, "-o", scratch.path + "/out.ppm"] + geometry)
        #expect(file.code == 0, "\(file.errors)")
        #expect(same(Array(piped.output), scratch.bytes("out.ppm")))
        #expect(piped.output.count == "P6\n64 48\n255\n".count + 64 * 48 * 3)
    }

    @Test func nothingIsOverwrittenUnlessAsked() throws {
        let dump = try writeDump(scratch)
        let out = try scratch.file("out.png", "precious")
        let refused = try Program(["develop", dump, "-o", out])
        #expect(refused.code == 73 && refused.errors.contains("--overwrite"))
        #expect(scratch.bytes("out.png") == Array("precious".utf8))
        #expect(try Program(["develop", dump, "-o", out, "--overwrite"]).code == 0)
        #expect(scratch.bytes("out.png").count > 100)
    }

    @Test func aBatchCarriesOnPastABadFileAndNamesIt() throws {
        let good = try [writeDump(scratch, "a.raw"), writeDump(scratch, "c.raw")]
        let bad = try scratch.file("b.raw", Array("not a raw file".utf8))
        let run = try Program(["develop", good[0], bad, good[1], "-o", scratch.path + "/out/"])
        #expect(run.code != 0)
        #expect(run.errors.contains("b.raw") && run.errors.contains("1 failed"))
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/out").sorted()
        #expect(names == ["a.jpg", "c.jpg"])
    }

    @Test func jsonProgressIsOneObjectALine() throws {
        let bad = try scratch.file("b.raw", [])
        let run = try Program(["develop", writeDump(scratch), bad, "-o", scratch.path + "/out/", "--progress", "json"])
        let events = try run.errors.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let kinds = events.compactMap { $0["event"] as? String }
        #expect(Set(kinds) == ["progress", "finished", "failed", "summary"])
        let failed = try #require(events.first { $0["event"] as? String == "failed" })
        #expect(failed["exit_code"] as? Int == Int(run.code))
        #expect((failed["error"] as? String)?.contains("b.raw") == true)
    }

    @Test func savedSettingsRepeatTheDevelopmentExactly() throws {
        let dump = try writeDump(scratch)
        let (first, second, yaml) = (scratch.path + "/1.png", scratch.path + "/2.png", scratch.path + "/s.yaml")
        let options = ["--white-balance", "4800K", "--saturation", "1.3", "--tone", "0:0,0.2:0.5,1:1", "--bits", "16"]
        #expect(try Program(["develop", dump, "-o", first, "--save-settings", yaml] + options).code == 0)
        #expect(try Program(["develop", dump, "-o", second, "--settings", yaml]).code == 0)
        #expect(!scratch.bytes("1.png").isEmpty && same(scratch.bytes("1.png"), scratch.bytes("2.png")))
        #expect(!String(decoding: scratch.bytes("s.yaml"), as: UTF8.self).contains("auto"))
    }

    @Test func threadsChangeNothing() throws {
        let dump = try writeDump(scratch)
        for threads in ["1", "2", "7"] {
            #expect(
                try Program(["develop", dump, "-o", "\(scratch.path)/\(threads).ppm", "--threads", threads]).code == 0)
        }
        #expect(
            same(scratch.bytes("1.ppm"), scratch.bytes("2.ppm")) && same(scratch.bytes("1.ppm"), scratch.bytes("7.ppm"))
        )
    }

    @Test func fastPicturesDependOnNoThreadsAndAreNearTheReference() throws {
        let dump = try writeDump(scratch)
        // Both with the settings that `--fast` starts from.
        let settings = [
            "--denoise", "0", "--highlights", "clip", "--demosaic", "malvar", "--demosaic-coding", "linear",
            "--lens-correction", "off", "--local-tone", "0", "--chroma-denoise", "0", "--sharpen", "0",
        ]
        func develop(_ name: String, _ options: String...) throws -> [UInt8] {
            let run = try Program(["develop", dump, "-o", "\(scratch.path)/\(name).ppm"] + settings + options)
            #expect(run.code == 0, "\(run.errors)")
            return scratch.bytes(name + ".ppm")
        }
        let reference = try develop("reference")
        let one = try develop("one", "--fast", "--threads", "1")
        let many = try develop("many", "--fast", "--threads", "5")
        #expect(!one.isEmpty && same(one, many))
        let worst = zip(reference, one).map { abs(Int($0) - Int($1)) }.max()
        #expect(reference.count == one.count && (worst ?? 9) <= 1, "\(String(describing: worst))")
    }

    @Test func fastAloneNeedsNoOtherOption() throws {
        let run = try Program(["develop", writeDump(scratch), "-o", scratch.path + "/out.png", "--fast"])
        #expect(run.code == 0, "\(run.errors)")
        #expect(Array(scratch.bytes("out.png").prefix(2)) == [0x89, 0x50])
    }

    @Test(arguments: [
        (["--denoise", "1"], "raw-denoise"), (["--demosaic", "agd"], "demosaic"), (["--size", "50%"], "scale"),
        (["--bits", "16"], "pack"), (["--highlights", "blend"], "highlights"), (["--orientation", "6"], "orientation"),
        (["--tap", "demosaic"], "--fast"),
    ]) func whatIsNotFastIsRefusedByName(options: [String], word: String) throws {
        let run = try Program(["develop", writeDump(scratch), "-o", scratch.path + "/out.png", "--fast"] + options)
        #expect(run.code == 64, "\(run.errors)")
        #expect(run.errors.contains(word), "\(run.errors)")
        #expect(!scratch.names.contains("out.png"))
    }

    @Test func aSequenceKeepsItsNumbersAndOneExposure() throws {
        for i in 3...5 { _ = try writeDump(scratch, "f000\(i).raw", frameIndex: i) }
        let run = try Program(["develop", scratch.path + "/f%04d.raw", "-o", scratch.path + "/out/"])
        #expect(run.code == 0, "\(run.errors)")
        let exposures = run.errors.split(separator: "\n").filter { $0.contains("->") }.map {
            $0.split(separator: ",").first { $0.contains("EV") }
        }
        #expect(exposures.count == 3 && Set(exposures).count == 1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/out").sorted() == [
                "f0003.jpg", "f0004.jpg", "f0005.jpg",
            ])
    }

    @Test func samplesAboveTheBitDepthAreClamped() throws {
        let words = [UInt8](repeating: 0xff, count: 32 * 32 * 2)
        let dump = try scratch.file("hot.raw", words)
        let geometry = [
            "--raw-format", "SRGGB10", "--raw-size", "32x32", "--exposure", "0", "--white-balance", "1,1,1",
        ]
        let run = try Program(["develop", dump, "-o", scratch.path + "/hot.ppm"] + geometry)
        #expect(run.code == 0, "\(run.errors)")
        #expect(scratch.bytes("hot.ppm").suffix(32 * 32 * 3).allSatisfy { $0 == 255 })
    }
}
