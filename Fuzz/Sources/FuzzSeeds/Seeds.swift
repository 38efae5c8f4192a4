// Writes the corpora that fuzzing starts from, and the dictionaries: `seeds FOLDER` makes FOLDER/TARGET/ and
// FOLDER/TARGET.dict. They are made when needed, so that nothing binary lies in the repository and new settings are in.

import Foundation
import FuzzSupport
import ISPImaging
import ISPMedia
import ISPRuntime
import ISPTuning

/// Nothing to fuzz here, but everything of this package is linked with libFuzzer, which asks for it.
@_cdecl("LLVMFuzzerTestOneInput")
public func noTest(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 { 0 }

@main struct Seeds {
    private let folder: URL

    static func main() throws {
        guard CommandLine.arguments.count == 2 else { fatalError("usage: seeds FOLDER") }
        let seeds = Seeds(folder: URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory))
        try seeds.rawDumps()
        try seeds.settings()
        try seeds.cameraFiles()
        try seeds.pictures()
        try seeds.decisions("pipeline", seed: 2)
        try seeds.decisions("plan", seed: 3)
        try seeds.recordings()
    }

    private func write(_ target: String, _ inputs: [[UInt8]]) throws {
        let corpus = folder.appending(path: target)
        try FileManager.default.createDirectory(at: corpus, withIntermediateDirectories: true)
        for (index, input) in inputs.enumerated() {
            try Data(input).write(to: corpus.appending(path: "seed-\(index)"))
        }
    }

    /// A dictionary in libFuzzer's format.
    private func write(_ target: String, dictionary entries: [[UInt8]]) throws {
        let lines = entries.map { entry in
            let escaped = entry.map { byte in
                let digits = String(byte, radix: 16)
                return "\\x" + (digits.count == 1 ? "0" + digits : digits)
            }
            return "\"\(escaped.joined())\"\n"
        }
        try Data(lines.joined().utf8).write(to: folder.appending(path: "\(target).dict"))
    }

    // MARK: Recordings

    /// A small run with a fault of each kind, file and live.
    private func recordings() throws {
        let logs = (UInt64(0)...2).map { policy in
            var lines = [
                #"{"event":"WORKER_ATTACHED","t_ns":0,"holder":"worker0"}"#,
                #"{"event":"WORKER_ATTACHED","t_ns":0,"holder":"worker1"}"#,
                #"{"event":"SOURCE_ATTACHED","t_ns":0,"holder":"source0","session":0,"value":\#(policy)}"#,
            ]
            for frame in UInt64(0)...9 {
                let time = 100_000_000 + 20_000_000 * frame
                let about = #""session":0,"frame":\#(frame)"#
                let holder = frame == 6 ? "sink0" : frame > 6 ? "source0" : "worker0"
                lines.append(#"{"event":"FRAME_SUBMITTED","t_ns":\#(time),\#(about),"value":\#(time - 1000)}"#)
                lines.append(#"{"event":"FRAME_STARTED","t_ns":\#(time + 1),"holder":"worker0",\#(about)}"#)
                if frame < 9 {
                    lines.append(
                        #"{"event":"FAULT_INJECTED","t_ns":\#(time + 2),"holder":"\#(holder)",\#(about),"value":\#(frame)}"#
                    )
                }
                lines.append(#"{"event":"FRAME_ANSWERED","t_ns":\#(time + 9_000_000),\#(about),"outcome":"done"}"#)
                lines.append(#"{"event":"FRAME_DELIVERED","t_ns":\#(time + 9_000_000),\#(about)}"#)
            }
            return Array((lines.joined(separator: "\n") + "\n").utf8)
        }
        try write("recording", logs)
        let words = EventKind.allCases.map(\.name) + ["t_ns", "holder", "session", "frame", "outcome", "value"]
        try write("recording", dictionary: words.map { Array("\"\($0)\"".utf8) })
    }

    // MARK: Raw dumps

    private func rawDumps() throws {
        let gainMap =
            #"{"maps": [{"bottom": 20, "right": 32, "row_pitch": 1, "col_pitch": 1, "points_v": 2, "points_h": 3, "#
            + #""spacing_v": 1, "spacing_h": 0.5, "origin_v": 0, "origin_h": 0, "gains": [1, 2, 3, 4, 5, 6]}]}"#
        let sidecars: [(String, bytes: Int)] = [
            (
                #"{"width": 32, "height": 20, "format": "SGRBG10", "black_level": [1, 2, 3, 4.5], "white_level": 1000}"#,
                1280
            ),
            (#"{"width": 16, "height": 16, "cfa": "RGGB", "bits_per_sample": 8, "stride_bytes": 20}"#, 320),
            (
                #"{"width": 32, "height": 16, "cfa": "MONO", "bits_per_sample": 12, "packing": "csi2", "exif_orientation": 6}"#,
                768
            ),
            (
                #"{"width": 32, "height": 20, "format": "SRGGB12", "gain_map_file": "map.json", "crop_origin_xy": [3, 5], "#
                    + #""full_frame_wh": [64, 48], "defects": [[1, 2], [3, 4]], "iso": 400, "exposure_s": 0.01}"#, 1280
            ),
            (
                #"{"width": 32, "height": 20, "format": "SBGGR16", "wb_gains": {"r": 2, "g": 1, "b": 1.5}, "#
                    + #""noise_profile_dng": {"scale": 1e-4, "offset": 1e-7}, "baseline_exposure_ev": 1.5, "#
                    + #""color_matrix_1_xyz_to_camera": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "calibration_illuminant_1": 17, "#
                    + #""color_matrix_2_xyz_to_camera": [[1, 0, 0.1], [0, 1, 0], [0, 0.2, 1]], "calibration_illuminant_2": "D65"}"#,
                1280
            ),
            (
                #"{"width": 32, "height": 20, "format": "SGBRG14_CSI2P", "as_shot_neutral": [0.5, 1, 0.8], "#
                    + #""colorchecker": {"measured_wb_gains_from_neutral_6p5": [2, 1, 2]}, "#
                    + #""ccm_camera_to_rgb_rows": [[1.5, -0.5, 0], [0, 1, 0], [0, -0.5, 1.5]]}"#, 1120
            ),
            (
                #"{"width": 32, "height": 20, "format": "SRGGB10", "black_level": 64, "white_level": 4000, "#
                    + #""linearization": [0, 100, 400, 900, 1600, 4000], "defects_xy": [[5, 6]], "lens_warp": {"center": "#
                    + #"[0.5, 0.4], "planes": [{"radial": [1, -0.02, 0, 0], "tangential": [0.001, 0]}]}}"#, 1280
            ),
        ]
        var random = SeededGenerator(seed: 1)
        try write(
            "raw-dump",
            sidecars.map { json, count in
                let samples = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) & 0x0f }
                return Array(json.utf8) + [0] + Array(gainMap.utf8) + [0] + samples
            })
        var words = Set<Substring>()
        for json in sidecars.map(\.0) + [gainMap] {
            words.formUnion(json.split { "{}[]:, ".contains($0) }.filter { $0.hasPrefix("\"") })
        }
        let numbers = ["1e308", "-1e-308", "9223372036854775808", "1048576", "65535", "0.000001", "null", "true"]
        try write("raw-dump", dictionary: (words.sorted() + numbers.map { $0[...] }).map { Array($0.utf8) })
    }

    // MARK: Settings

    private static let values = [
        "5200K", "2,1,1.5", "-1.25", "1.5,-0.25,-0.25,0,1,0,0,-0.5,1.5", "0:0,0.18:0.5,1:1", "4,8,100,50", "0.5", "50%",
        "640x480", "0.001,1e-06", "0.001,0.002,0.003,1e-06,2e-06,3e-06", "file", "auto", "camera", "full", "none",
        "[1, 2, 3]", "&a", "*a", "1e309", "0x10", "infinity",
    ]

    private func settings() throws {
        let defaults = SettingsFile.text(of: DevelopSettings())
        let options = SettingKey.all.flatMap { key in Self.values.prefix(10).map { "\(key.name)=\($0)\n" } }
        let sequences = "white_balance: [2, 1, 1.5]\nmatrix:\n  - 1\n  - 0\ntone: \"0:0,1:1\"\nbits: 16\n"
        try write("settings", [defaults, options.joined(), sequences].map { Array($0.utf8) })
        let words = SettingKey.all.flatMap { key in
            [key.name + ": ", key.name + "="] + key.values.split(separator: ", ").map(String.init)
        }
        try write("settings", dictionary: (words + Self.values + ["version: 1"]).map { Array($0.utf8) })
    }

    // MARK: Camera files

    private func cameraFiles() throws {
        let list = Opcodes.list([
            Opcodes.gainMap(gains: [1, 2, 3, 4, 5, 6]), Opcodes.gainMap(pitch: 1, gains: [1, 2, 3, 4, 5, 6]),
            Opcodes.badPixels(points: [(1, 2), (3, 4)], rectangles: [[1, 2, 3, 4]]), Opcodes.opcode(2, [1, 2, 3, 4]),
        ])
        let warp = Opcodes.list([
            Opcodes.warp([[1.01, -0.02, 0, 0, 0, 0], [1, -0.02, 0, 0, 0.001, 0], [0.99, -0.02, 0, 0, 0, 0]])
        ])
        var full = DNGBuilder(
            width: 40, height: 32, black: [10, 20, 30, 40], blackRepeat: (2, 2), activeArea: [2, 2, 30, 38],
            raw: [
                .undefined(51009, list), .undefined(51022, warp), .doubles(51041, [1e-4, 1e-6]), .longs(50719, 2, 1),
                .longs(50720, 20, 16),
            ])
        full.common.append(.shorts(274, 6))
        var behind = full
        behind.inSubIFD = true
        let mono = DNGBuilder(
            width: 32, height: 24, photometric: 34892, raw: [.undefined(51008, list)],
            exif: [.shorts(34855, 400), .rationals(33434, [0.01])])
        let files = [
            DNGBuilder(width: 32, height: 24), full, behind, mono, DNGBuilder(width: 32, height: 24, bitsPerSample: 8),
            DNGBuilder(width: 24, height: 24, cfa: [1, 2, 0, 1], asShotNeutral: nil),
        ]
        // A seed that is refused leads nowhere. (LibRaw takes no frame below 22 pixels.)
        for file in files { _ = try Readers.read(.bytes(name: "seed", file.bytes())) }
        try write("camera-file", files.map { $0.bytes() })
        let tags: [UInt16] = [
            254, 256, 257, 258, 259, 262, 273, 274, 277, 278, 279, 284, 322, 323, 324, 325, 330, 339, 33421, 33422,
            34665,
            50706, 50708, 50710, 50711, 50712, 50713, 50714, 50715, 50716, 50717, 50718, 50719, 50720, 50721, 50722,
            50727,
            50728, 50730, 50778, 50779, 50829, 50830, 50931, 50932, 50964, 51008, 51009, 51022, 51041,
        ]
        let types = (UInt16(1)...13).map { little($0) }
        let opcodes = [UInt32(1), 4, 5, 9, 0x0103_0000].map { big($0) }
        let extremes = [1e300, -1e300, 1e-300, .infinity, .nan, 0.5].flatMap { [big($0), little($0.bitPattern)] }
        try write("camera-file", dictionary: tags.map { little($0) } + types + opcodes + extremes)
    }

    // MARK: Pictures

    private func pictures() throws {
        var inputs = [Array("P5 # grey\n3 2\n100\n".utf8) + [0, 1, 2, 3, 50, 100]]
        let folder = FileManager.default.temporaryDirectory.appending(path: "picture-seeds")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (ending, formats) in [
            ("png", [PixelFormat.rgb888, .rgb48, .grey8, .grey16]), ("tiff", [.rgb888, .rgb48, .grey8, .grey16]),
            ("ppm", [.rgb888, .rgb48, .grey8, .grey16]), ("jpg", [.rgb888, .grey8]),
        ] {
            for format in formats {
                let image = try ImageBuffer(format: format, size: Size(width: 13, height: 9))
                for i in 0..<image.bytes.count { image.bytes[i] = UInt8(truncatingIfNeeded: i * 7) }
                let path = folder.appending(path: "seed.\(ending)").path
                var options = WriterOptions()
                options.overwrite = true
                try Writers.write(
                    image, PictureAttributes(), options: options, as: try Writers.forPath(path), to: .file(path))
                inputs.append(Array(try Data(contentsOf: URL(filePath: path))))
            }
        }
        for input in inputs { _ = try PictureReaders.decode(input) }
        try write("picture", inputs)
        let words = ["IHDR", "IDAT", "PLTE", "tRNS", "IEND", "P5 ", "P6\n", "65535\n", "JFIF"].map { Array($0.utf8) }
        let markers: [[UInt8]] = [[0xff, 0xc0], [0xff, 0xc2], [0xff, 0xc4], [0xff, 0xda], [0xff, 0xd9]]
        let tags = [UInt16(256), 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 338, 339].map { little($0) }
        try write("picture", dictionary: words + markers + tags)
    }

    // MARK: Pipelines and plans

    /// Inputs of a target that makes decisions out of bytes: any bytes will do.
    private func decisions(_ target: String, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let inputs = (0..<24).map { index in
            (0..<(40 + 12 * index)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        try write(target, inputs)
    }
}
