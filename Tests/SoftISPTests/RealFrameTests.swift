// Real frames, where the machine has them.

import Foundation
import ISPImaging
import ISPMedia
import ISPTestSupport
import ISPTuning
import SoftISP
import Testing

@Suite(.enabled(if: TestData.isPresent, Comment(rawValue: TestData.hint))) struct RealFrameTests {
    static let names: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: TestData.path("raw"))) ?? []
        return all.filter { $0.hasSuffix(".raw") || $0.hasSuffix(".dng") }.sorted()
    }()

    func frame(_ name: String) throws -> RawFrame { try Readers.read(.file(TestData.path("raw/" + name))) }

    @Test(arguments: names) func noBorderIsLost(_ name: String) throws {
        let frame = try frame(name)
        let picture = try Development(of: frame, settings: DevelopSettings(), format: .rgb888).run(threads: 2)
        #expect(picture.size == frame.metadata.orientation.uprightSize(of: frame.size))
    }

    /// One-pixel-shifted crops of one frame have the four phases; away from the border the pictures are the same.
    @Test func phasesAgree() throws {
        var settings = DevelopSettings()
        settings.exposure = .ev(0)
        // What looks at the whole frame sees a little less of it in a crop.
        settings.noiseProfile = .profile(NoiseProfile(scale: [1e-3], offset: [1e-6]))
        settings.highlights = .blend
        func develop(_ name: String) throws -> ImageBuffer {
            try Development(of: try frame(name), settings: settings, format: .rgb48).run(threads: 2)
        }
        let whole = try develop("rose_768x512_rggb14.raw")
        for (name, dx, dy) in [("grbg", 1, 0), ("gbrg", 0, 1), ("bggr", 1, 1)] {
            let shifted = try develop("rose_766x510_\(name)14.raw")
            var same = true
            for y in 48..<460 {
                for x in 48..<710 {
                    for c in 0..<3 {
                        same =
                            same
                            && shifted.sample(x: x, y: y, channel: c) == whole.sample(x: x + dx, y: y + dy, channel: c)
                    }
                }
            }
            #expect(same, "\(name)")
        }
    }

    /// 400 dead and hot photosites written into a real frame: nearly all are found, next to nothing else is touched.
    @Test func defectsAreFoundAndDetailIsSpared() throws {
        let damaged = try frame("rose_768x512_rggb14_defects.raw")
        let clean = try frame("rose_768x512_rggb14.raw")
        let development = try Development(of: damaged, settings: DevelopSettings(), format: .rgb888)
        let before = try development.tapped(after: "black-level", threads: 2).picture
        let after = try development.tapped(after: "defect-pixels", threads: 2).picture
        var (defects, found, spoiled, sound) = (0, 0, 0, 0)
        var (rowA, rowB) = ([UInt16](repeating: 0, count: 768), [UInt16](repeating: 0, count: 768))
        for y in 0..<512 {
            rowA.withUnsafeMutableBufferPointer { damaged.unpackRow(y, columns: 0..<768, into: $0.baseAddress!) }
            rowB.withUnsafeMutableBufferPointer { clean.unpackRow(y, columns: 0..<768, into: $0.baseAddress!) }
            for x in 0..<768 {
                let changed = before.sample(x: x, y: y, channel: 0) != after.sample(x: x, y: y, channel: 0)
                if rowA[x] == rowB[x] {
                    sound += 1
                    spoiled += changed ? 1 : 0
                } else {
                    defects += 1
                    found += changed ? 1 : 0
                }
            }
        }
        #expect(defects == 400)
        #expect(Double(found) >= 0.95 * Double(defects), "\(found) of \(defects)")
        #expect(Double(spoiled) <= 0.0005 * Double(sound), "\(spoiled) of \(sound)")
    }

    /// Where green is saturated in the file, the picture must not be magenta.
    @Test(
        arguments: [
            "gopro_hero6_binned_2000x1500_rggb14.raw", "gopro_fusion_front_binned_1552x1500_rggb14.raw",
            "chart_1920x1080_rggb10.raw", "bmpcc4k_crop_1920x1080_rggb16.raw",
        ], ["clip", "blend", "reconstruct"])
    func highlightsAreNotMagenta(_ name: String, _ method: String) throws {
        var frame = try frame(name)
        frame.metadata.orientation = .up
        var settings = DevelopSettings()
        try SettingKey.named("highlights").set(method, in: &settings)
        let picture = try Development(of: frame, settings: settings, format: .rgb888).run(threads: 2)
        var row = [UInt16](repeating: 0, count: frame.size.width)
        var (saturated, magenta) = (0, 0)
        for y in 0..<frame.size.height {
            row.withUnsafeMutableBufferPointer {
                frame.unpackRow(y, columns: 0..<frame.size.width, into: $0.baseAddress!)
            }
            for x in 0..<frame.size.width where frame.format.cfa?.site(column: x, row: y).plane == 1 {
                guard Float(row[x]) > 0.95 * frame.metadata.whiteLevel else { continue }
                saturated += 1
                let (r, g, b) = (
                    picture.sample(x: x, y: y, channel: 0), picture.sample(x: x, y: y, channel: 1),
                    picture.sample(x: x, y: y, channel: 2)
                )
                if min(r, b) - g > 16 { magenta += 1 }
            }
        }
        #expect(Double(magenta) <= 0.005 * Double(max(saturated, 100)), "\(magenta) of \(saturated)")
    }
}
