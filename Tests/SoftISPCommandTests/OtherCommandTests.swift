import Foundation
import ISPImaging
import ISPTestSupport
import ISPTuning
import Testing

@Suite struct OtherCommandTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: ["formats", "stages", "demosaic", "kernels", "readers", "writers", "settings"])
    func listsAreJSONAndText(_ subject: String) throws {
        let rows =
            try JSONSerialization.jsonObject(with: Program(["list", subject, "--json"]).output) as? [[String: String]]
        let names = try #require(rows).compactMap { $0["name"] }
        #expect(!names.isEmpty && names.count == rows?.count)
        let text = String(decoding: try Program(["list", subject]).output, as: UTF8.self)
        for name in names { #expect(text.contains(name)) }
    }

    @Test func aPlanIsListedStepByStep() throws {
        let dump = try writeDump(scratch)
        let plan = ["list", "plan", "--source", dump, "--sink", "NV12"]
        let run = try Program(plan + ["--json"])
        #expect(run.code == 0, "\(run.errors)")
        let rows = try #require(try JSONSerialization.jsonObject(with: run.output) as? [[String: String]])
        let kernels = rows.compactMap { $0["kernel"] }
        #expect(kernels.first == "unpack" && kernels.last == "video" && kernels.contains("malvar"))
        #expect(kernels.contains("sharpen") && rows.allSatisfy { $0["stages"]?.isEmpty == false })
        // Every kernel that a plan names is listed under that name.
        let table = try #require(
            try JSONSerialization.jsonObject(with: Program(["list", "kernels", "--json"]).output)
                as? [[String: String]])
        #expect(Set(kernels).isSubset(of: table.compactMap { $0["name"] }))
        #expect(run.errors.contains("64x48") && run.errors.contains("KiB"), "\(run.errors)")
        let text = String(decoding: try Program(plan).output, as: UTF8.self)
        for kernel in kernels { #expect(text.contains(kernel)) }
        // The light preset leaves steps out.
        let light = try Program(plan + ["--preset", "light", "--json"])
        let fewer = try JSONSerialization.jsonObject(with: light.output) as? [[String: String]]
        #expect((fewer?.count ?? 99) < rows.count)
    }

    @Test func aPlanThatIsNotThereSaysWhy() throws {
        let none = try Program(["list", "plan"])
        #expect(none.code == 64 && none.errors.contains("--source"), "\(none.errors)")
        let still = try Program(["list", "plan", "--source", writeDump(scratch), "--preset", "still"])
        #expect(still.code == 64 && still.errors.contains("raw-denoise"), "\(still.errors)")
    }

    @Test func everySettingHasItsOption() throws {
        let help = String(decoding: try Program(["develop", "--help"]).output, as: UTF8.self)
        for key in SettingKey.all { #expect(help.contains("--" + key.name.replacing("_", with: "-") + " ")) }
    }

    @Test func infoSaysWhatTheSidecarSays() throws {
        let run = try Program(["info", writeDump(scratch), "--json"])
        let facts = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        #expect(facts["width"] as? Int == 64 && facts["height"] as? Int == 48)
        #expect(facts["format"] as? String == "SGRBG10" && facts["cfa"] as? String == "GRBG")
        let text = String(decoding: try Program(["info", scratch.path + "/frame.raw"]).output, as: UTF8.self)
        #expect(text.contains("SGRBG10"))
    }

    @Test func infoOfNothing() throws {
        let run = try Program(["info", scratch.path + "/nowhere.dng"])
        #expect(run.code == 66 && run.errors.contains("nowhere.dng"))
    }

    @Test func versionHelpAndCompletions() throws {
        #expect(try Program(["--version"]).code == 0)
        #expect(String(decoding: try Program(["--help"]).output, as: UTF8.self).contains("64 wrong usage"))
        for shell in ["bash", "zsh", "fish"] {
            #expect(try !Program(["--generate-completion-script", shell]).output.isEmpty)
        }
    }

    @Test func demoWritesEverythingItPromises() throws {
        let run = try Program(["demo", scratch.path + "/demo"])
        #expect(run.code == 0, "\(run.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/demo")
        for name in [
            "frame.raw", "frame.raw.json", "picture.jpg", "measured.png", "truth.png", "difference.png", "figures.md",
        ] {
            #expect(names.contains(name))
        }
        // The frame it wrote is a raw dump like any other.
        #expect(
            try Program(["develop", scratch.path + "/demo/frame.raw", "-o", scratch.path + "/again.jpg"]).code == 0)
    }

    @Test func compareGivesFiguresAndADifference() throws {
        let dump = try writeDump(scratch)
        let (a, b, d) = (scratch.path + "/a.png", scratch.path + "/b.tiff", scratch.path + "/d.png")
        #expect(try Program(["develop", dump, "-o", a]).code == 0)
        #expect(try Program(["develop", dump, "-o", b, "--bits", "16", "--saturation", "1.2"]).code == 0)
        let run = try Program(["compare", a, b, "--difference", d, "--json"])
        #expect(run.code == 0, "\(run.errors)")
        let facts = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        let psnr = try #require(facts["psnr_db"] as? Double)
        #expect(psnr > 15 && psnr < 60 && facts["equal"] as? Bool == false)
        #expect(scratch.names.contains("d.png"))
        // An existing difference is kept unless the user says otherwise.
        #expect(try Program(["compare", a, b, "--difference", d]).code == 73)
        #expect(try Program(["compare", a, b, "--difference", d, "--overwrite"]).code == 0)
        let equal = try Program(["compare", a, a])
        #expect(equal.code == 0 && String(decoding: equal.output, as: UTF8.self).contains("equal"))
    }

    @Test func comparisonsThatMakeNoSense() throws {
        let dump = try writeDump(scratch)
        let (a, b) = (scratch.path + "/a.png", scratch.path + "/b.png")
        #expect(try Program(["develop", dump, "-o", a]).code == 0)
        #expect(try Program(["develop", dump, "-o", b, "--size", "50%"]).code == 0)
        let sizes = try Program(["compare", a, b])
        #expect(sizes.code == 64 && sizes.errors.contains("64x48") && sizes.errors.contains("32x24"))
        #expect(try Program(["compare", a, scratch.path + "/none.png"]).code == 66)
        #expect(try Program(["compare", a, dump]).code == 65 || Program(["compare", a, dump]).code == 69)
        for wrong in [["--gain", "0"], ["--border", "30"], ["--border", "-1"]] {
            #expect(try Program(["compare", a, a] + wrong).code == 64)
        }
    }
}
