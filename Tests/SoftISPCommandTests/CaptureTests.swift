// `softisp capture` as its user sees it.

import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct CaptureTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func capture(_ options: String..., name: String = "frame.raw") throws -> Program {
        try Program(["capture", "-o", scratch.path + "/" + name] + options)
    }

    private func json(_ name: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(scratch.bytes(name))) as? [String: Any])
    }

    @Test func aFrameIsADumpLikeAnyOther() throws {
        let run = try capture("--size", "64x48", "--corner-loss", "0.3", "--defects", "0.01", "--kelvin", "4000")
        #expect(run.code == 0, "\(run.errors)")
        #expect(scratch.names == ["frame.raw", "frame.raw.gainmap.json", "frame.raw.json"])
        #expect(scratch.bytes("frame.raw").count == 64 * 48 * 2)
        let info = try Program(["info", scratch.path + "/frame.raw", "--json"])
        let facts = try #require(try JSONSerialization.jsonObject(with: info.output) as? [String: Any])
        #expect(facts["format"] as? String == "SRGGB12" && facts["lens_shading_mesh"] as? String == "33x25")
        #expect(try Program(["develop", scratch.path + "/frame.raw", "-o", scratch.path + "/out.png"]).code == 0)
    }

    @Test func theSidecarHasEveryParameter() throws {
        let run = try capture(
            "--size", "64x48", "--format", "SGBRG14", "--seed", "18446744073709551615", "--exposure", "2", "--iso",
            "800",
            "--full-well", "9000", "--read-noise", "1.5", "--post-noise", "4", "--row-noise", "0.5", "--prnu", "0.01",
            "--dsnu", "2", "--psf", "0.7", "--white-fraction", "0.5", "--pan", "-1.5,2", "--objects", "2", "--rate",
            "25", "--flicker", "100,0.25", "--color", "identity")
        #expect(run.code == 0, "\(run.errors)")
        let sidecar = try json("frame.raw.json")
        #expect(sidecar["format"] as? String == "SGBRG14" && sidecar["iso"] as? Double == 800)
        let synthetic = try #require(sidecar["synthetic"] as? [String: Any])
        #expect(synthetic["seed"] as? String == "18446744073709551615")
        let sensor = try #require(synthetic["sensor"] as? [String: Any])
        #expect(sensor["exposure"] as? Double == 2 && sensor["white_fraction"] as? Double == 0.5)
        #expect(sensor["lens_sigma_px"] as? Double == 0.7 && sensor["exposure_time_s"] as? Double == 0.02)
        let noise = try #require(sensor["noise"] as? [String: Any])
        #expect(noise["full_well_e"] as? Double == 9000 && noise["read_noise_e"] as? Double == 1.5)
        #expect(noise["post_noise_e_iso100"] as? Double == 4 && noise["row_noise_e"] as? Double == 0.5)
        let pattern = try #require(sensor["fixed_pattern"] as? [String: Any])
        #expect(pattern["gain_share"] as? Double == 0.01 && pattern["offset_e"] as? Double == 2)
        let sequence = try #require(synthetic["sequence"] as? [String: Any])
        #expect(sequence["pan_px_per_frame"] as? [Double] == [-1.5, 2] && sequence["objects"] as? Int == 2)
        #expect((sequence["flicker"] as? [String: Any])?["depth"] as? Double == 0.25)
    }

    @Test func framesAreNumberedAndDoNotDependOnThreads() throws {
        let options = ["--size", "64x48", "--frames", "4", "--pan", "1,0.5", "--objects", "3"]
        for threads in ["1", "3"] {
            let run = try Program(
                [
                    "capture", "-o", "\(scratch.path)/t\(threads)-%04d.raw", "--truth",
                    "\(scratch.path)/t\(threads)-%d.png",
                ]
                    + options + ["--threads", threads])
            #expect(run.code == 0, "\(run.errors)")
        }
        for n in 1...4 {
            let names = ["1", "3"].map { ("t\($0)-000\(n).raw", "t\($0)-\(n).png") }
            #expect(!scratch.bytes(names[0].0).isEmpty && same(scratch.bytes(names[0].0), scratch.bytes(names[1].0)))
            #expect(!scratch.bytes(names[0].1).isEmpty && same(scratch.bytes(names[0].1), scratch.bytes(names[1].1)))
        }
        #expect(!same(scratch.bytes("t1-0001.raw"), scratch.bytes("t1-0002.raw")))
        let second = try #require(try json("t1-0002.raw.json")["synthetic"] as? [String: Any])
        #expect(second["frame_index"] as? Int == 1)
    }

    @Test func standardOutputGetsTheSamplesInTheirOrder() throws {
        let options = ["--size", "32x32", "--frames", "3", "--threads", "3"]
        let piped = try Program(["capture", "-o", "-"] + options)
        #expect(piped.code == 0 && piped.output.count == 3 * 32 * 32 * 2)
        _ = try Program(["capture", "-o", scratch.path + "/%d.raw"] + options)
        let files = (1...3).flatMap { scratch.bytes("\($0).raw") }
        #expect(same(Array(piped.output), files))
    }

    @Test(arguments: [("scene", 3), ("lens", 3), ("camera", 3), ("mosaic", 1)])
    func theTruthIsAPictureOf16Bits(tap: String, channels: Int) throws {
        let truth = scratch.path + "/truth.png"
        let run = try capture(
            "--size", "48x32", "--scene", "flat:0.25,0.5,1", "--color", "identity", "--white-fraction", "1", "--psf",
            "2",
            "--truth", truth, "--truth-at", tap)
        #expect(run.code == 0, "\(run.errors)")
        let picture = try PictureReaders.read(truth)
        #expect(picture.format.samplesPerPixel == channels && picture.format.bitsPerSample == 16)
        let transfer: TransferFunction = tap == "scene" || tap == "lens" ? .srgb : .linear
        for (c, light) in [0.25, 0.5, 1].prefix(channels).enumerated() {
            let wanted = transfer.encode(light) * 65_535
            #expect(abs(Double(picture.sample(x: 20, y: 10, channel: c)) - wanted) < 200, "\(tap) \(c)")
        }
    }

    @Test func truthAsTIFF() throws {
        let run = try capture("--size", "48x32", "--truth", scratch.path + "/truth.tiff")
        #expect(run.code == 0, "\(run.errors)")
        #expect(Array(scratch.bytes("truth.tiff").prefix(2)) == [0x49, 0x49])
    }

    @Test func apictureIsASceneOfItsOwnSize() throws {
        var bytes = Array("P6 40 30 255\n".utf8)
        for i in 0..<(40 * 30) { bytes += [UInt8(i % 256), 100, 200] }
        let scene = try scratch.file("scene.ppm", bytes)
        let truth = scratch.path + "/truth.png"
        let run = try capture("--scene", scene, "--truth", truth)
        #expect(run.code == 0, "\(run.errors)")
        let picture = try PictureReaders.read(truth)
        #expect(picture.size == Size(width: 40, height: 30))
        #expect(abs(picture.sample(x: 9, y: 3, channel: 0) - 129 * 257) <= 2)
        #expect(abs(picture.sample(x: 9, y: 3, channel: 2) - 200 * 257) <= 2)
        // Another size looks at its middle, or sees it again beyond its edges.
        #expect(try capture("--scene", scene, "--size", "16x16", name: "small.raw").code == 0)
        #expect(try capture("--scene", scene, "--size", "100x70", name: "large.raw").code == 0)
        #expect(scratch.bytes("large.raw").count == 100 * 70 * 2)
    }

    @Test func edgesHaveTheirAngle() throws {
        let truth = scratch.path + "/truth.png"
        #expect(try capture("--scene", "edge:0", "--size", "32x16", "--truth", truth, "--noiseless").code == 0)
        let picture = try PictureReaders.read(truth)
        let rows = (0..<32).map { picture.sample(x: $0, y: 0, channel: 1) }
        #expect(rows[..<16].allSatisfy { $0 == rows[0] } && rows[16...].allSatisfy { $0 == rows[31] })
        #expect(rows[0] < rows[31])
        #expect(try capture("--scene", "edge", "--size", "32x16", name: "b.raw").code == 0)
    }

    /// A development of companded samples must be that of linear ones, to the curve's own steps.
    @Test func compandedSamplesDevelopAsLinearOnesDo() throws {
        let common = ["--size", "64x48", "--noiseless", "--scene", "test"]
        for (name, options) in [("a", ["--format", "SRGGB16"]), ("b", ["--format", "SRGGB12", "--compand"])] {
            let run = try Program(["capture", "-o", "\(scratch.path)/\(name).raw"] + common + options)
            #expect(run.code == 0, "\(run.errors)")
            let developed = try Program([
                "develop", "\(scratch.path)/\(name).raw", "-o", "\(scratch.path)/\(name).ppm", "--exposure", "0",
                "--denoise", "0", "--chroma-denoise", "0", "--sharpen", "0",
            ])
            #expect(developed.code == 0, "\(developed.errors)")
        }
        let (a, b) = (scratch.bytes("a.ppm"), scratch.bytes("b.ppm"))
        #expect(a.count == b.count && a.count > 64 * 48 * 3)
        let differences = zip(a, b).map { abs(Int($0) - Int($1)) }
        #expect(differences.max()! <= 6 && differences.reduce(0, +) < differences.count)
    }

    @Test func filtersNeedTheGainsTheyAreSaidToNeed() throws {
        let run = try capture("--size", "48x32", "--color", "identity:2,1,1.5", "--noiseless")
        #expect(run.code == 0, "\(run.errors)")
        let info = try Program(["info", scratch.path + "/frame.raw", "--json"])
        let facts = try #require(try JSONSerialization.jsonObject(with: info.output) as? [String: Any])
        let gains = try #require(facts["wb_gains"] as? [Double])
        for (found, wanted) in zip(gains, [2, 1, 1.5]) { #expect(abs(found / wanted - 1) < 0.002) }
        for wrong in ["identity:1,2", "identity:0,1,1", "identity:", "mine"] {
            #expect(try capture("--size", "48x32", "--color", wrong, name: "wrong.raw").code == 64, "\(wrong)")
        }
    }

    @Test func flickerMakesBands() throws {
        let truth = scratch.path + "/truth.png"
        let run = try capture(
            "--size", "32x64", "--scene", "flat:0.5,0.5,0.5", "--flicker", "90,1", "--exposure-time", "0.0001",
            "--noiseless", "--truth", truth, "--truth-at", "mosaic")
        #expect(run.code == 0, "\(run.errors)")
        let picture = try PictureReaders.read(truth)
        // 90 swings a second are three in the time of a frame.
        let green = stride(from: 0, to: 64, by: 2).map { picture.sample(x: 1, y: $0, channel: 0) }
        var bright = 0
        for i in 1..<31 where green[i] > green[i - 1] && green[i] >= green[i + 1] { bright += 1 }
        #expect((2...3).contains(bright) && green.min()! < green.max()! / 10)
    }

    // MARK: Refusals

    @Test(arguments: [
        (["--scene", "flat"], "flat"), (["--scene", "flat:1,2"], "flat"), (["--scene", "flat:1,,2"], "flat"),
        (["--scene", "edge:99"], "angle"), (["--scene", "edge:x"], "edge"), (["--size", "64"], "--size"),
        (["--size", "64xx48"], "--size"), (["--size", "8x8"], "16"), (["--format", "RGB888"], "--format"),
        (["--format", "SRGGB11"], "SRGGB11"), (["--frames", "0"], "--frames"), (["--frames", "2"], "%04d"),
        (["--threads", "0"], "--threads"), (["--exposure", "0"], "exposure"), (["--exposure", "nan"], "exposure"),
        (["--iso", "1"], "iso"), (["--full-well", "1"], "fullWell"), (["--read-noise", "2000"], "readNoise"),
        (["--post-noise", "2000"], "postNoise"), (["--row-noise", "2000"], "rowNoise"), (["--prnu", "1"], "gain"),
        (["--dsnu", "2000"], "offset"), (["--psf", "9"], "sigma"), (["--kelvin", "100"], "Kelvin"),
        (["--white-fraction", "0"], "whiteFraction"), (["--corner-loss", "1"], "cornerLoss"),
        (["--defects", "1"], "fraction"), (["--color", "purple"], "--color"), (["--pan", "1"], "--pan"),
        (["--pan", "1,9999"], "panY"), (["--flicker", "100"], "--flicker"), (["--flicker", "100,2"], "depth"),
        (["--rate", "0"], "frameRate"), (["--objects", "65"], "objects"), (["--truth-at", "moon"], "--truth-at"),
        (["--truth", "/tmp/nowhere.jpg"], "jpeg"), (["--truth", "/tmp/nowhere"], "extension"),
        (["--format", "SRGGB16", "--compand"], "16 bits"), (["--exposure-time", "0"], "exposureTime"),
        (["--seed", "-1"], "seed"),
    ])
    func wrongOptions(_ options: [String], _ word: String) throws {
        var arguments = ["capture", "-o", scratch.path + "/frame.raw"]
        if !options.contains("--size") { arguments += ["--size", "64x48"] }
        let run = try Program(arguments + options)
        #expect(run.code == 64 && run.errors.contains(word), "\(run.code) \(run.errors)")
        #expect(scratch.names.isEmpty)
    }

    @Test func nothingIsOverwrittenUnlessAsked() throws {
        try scratch.file("frame.raw.json", Array("precious".utf8))
        let refused = try capture("--size", "64x48")
        #expect(refused.code == 73 && refused.errors.contains("--overwrite"))
        #expect(scratch.names == ["frame.raw.json"])
        #expect(try capture("--size", "64x48", "--overwrite").code == 0)
        #expect(scratch.bytes("frame.raw.json").count > 100)
        #expect(try capture("--size", "64x48", "--truth", scratch.path + "/frame.raw.png", name: "b.raw").code == 0)
    }

    @Test func otherFailuresHaveTheirCodes() throws {
        #expect(try capture("--scene", scratch.path + "/none.png").code == 66)
        let text = try scratch.file("text.png", "no picture")
        #expect(try capture("--scene", text).code == 69)
        let cut = try scratch.file("cut.ppm", "P6 100 100 255\nabc")
        let truncated = try capture("--scene", cut)
        #expect(truncated.code == 65 && truncated.errors.contains("cut.ppm"))
        #expect(try capture(name: "no/such/place.raw").code == 73)
        #expect(try Program(["capture", "-o", "-", "--size", "64x48"], output: "/dev/full").code == 74)
        let twice = try capture("--size", "64x48", "--truth", scratch.path + "/x.png", name: "x.png")
        #expect(twice.code == 64 && twice.errors.contains("x.png"))
    }

    @Test func theHelpHasExamples() throws {
        let help = String(decoding: try Program(["capture", "--help"]).output, as: UTF8.self)
        #expect(help.contains("softisp capture -o frame.raw") && help.contains("--flicker"))
    }
}
