import Foundation
import ISPImaging
import ISPMedia
import Testing

/// Mutated inputs must give a value or an `ISPError`, never a crash. Seeds are fixed: a failure repeats.
@Suite struct ReaderFuzzTests {
    /// `SOFTISP_FUZZ_FACTOR` multiplies the number of mutations for a longer search.
    private let factor = ProcessInfo.processInfo.environment["SOFTISP_FUZZ_FACTOR"].flatMap { Int($0) } ?? 1

    /// Flips, overwrites, cuts or doubles a few places of `bytes`.
    private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator, within range: Range<Int>? = nil)
        -> [UInt8]
    {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let part = range.map { $0.clamped(to: 0..<result.count) } ?? 0..<result.count
            guard !part.isEmpty else { return result }
            let place = Int.random(in: part, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1, 2: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 3, 4: result[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator)!
            case 5: result[place] = UInt8.random(in: 0...255, using: &generator)
            case 6 where range == nil:
                result.removeSubrange(place..<min(result.count, place + Int.random(in: 1...8, using: &generator)))
            default:
                for i in place..<min(result.count, place + 4) { result[i] = 0xff }
            }
        }
        return result
    }

    @Test func sidecars() {
        var generator = SeededGenerator(state: 1)
        let json = Array(
            #"""
            {"width": 640, "height": 480, "cfa": "GRBG", "format": "SGRBG10", "black_level": [1, 2, 3, 4.5], "white_level": 1000,
             "wb_gains": {"r": 2, "g": 1, "b": 1.5}, "as_shot_neutral": [0.5, 1, 0.8], "exif_orientation": 6,
             "color_matrix_1_xyz_to_camera": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "calibration_illuminant_1": "D65",
             "noise_profile_dng": {"scale": 1e-4, "offset": 1e-7}, "crop_origin_xy": [10, 20], "defects": [[1, 2], [3, 4]]}
            """#.utf8)
        var accepted = 0
        for _ in 0..<(4000 * factor) where (try? Sidecar(json: mutated(json, &generator))) != nil { accepted += 1 }
        #expect(accepted > 0 && accepted < 4000 * factor)
    }

    @Test func gainMapFiles() {
        var generator = SeededGenerator(state: 2)
        let json = Array(
            #"{"maps": [{"top": 0, "left": 1, "bottom": 20, "right": 32, "row_pitch": 2, "col_pitch": 2, "points_v": 2, "points_h": 3, "spacing_v": 1, "spacing_h": 0.5, "gains": [1, 2, 3, 4, 5, 6]}]}"#
                .utf8)
        for _ in 0..<(3000 * factor) {
            guard let maps = try? Sidecar.gainMaps(json: mutated(json, &generator)) else { continue }
            var notes: [String] = []
            _ = try? LensShadingMap.joining(maps, pattern: .rggb, fullFrame: Size(width: 32, height: 20), notes: &notes)
        }
    }

    @Test func opcodeLists() {
        var generator = SeededGenerator(state: 3)
        let list = Opcodes.list([
            Opcodes.gainMap(gains: [1, 2, 3, 4, 5, 6]), Opcodes.gainMap(pitch: 1, gains: [1, 2, 3, 4, 5, 6]),
            Opcodes.badPixels(points: [(1, 2), (3, 4)], rectangles: [[1, 2, 3, 4]]), Opcodes.opcode(1, [1, 2, 3, 4]),
        ])
        for _ in 0..<(5000 * factor) {
            guard let parsed = try? OpcodeList(mutated(list, &generator)) else { continue }
            let maps = parsed.opcodes.compactMap { if case .gainMap(let map) = $0.content { map } else { nil } }
            var notes: [String] = []
            _ = try? LensShadingMap.joining(maps, pattern: .bggr, fullFrame: Size(width: 64, height: 48), notes: &notes)
        }
    }

    @Test(arguments: [false, true])
    func dngDirectories(inSubIFD: Bool) {
        var generator = SeededGenerator(state: 4)
        let list = Opcodes.list([
            Opcodes.gainMap(gains: [1, 2, 3, 4, 5, 6]),
            Opcodes.badPixels(points: [(1, 2)], rectangles: [[0, 0, 40, 40]]),
        ])
        var builder = DNGBuilder(
            black: [10, 20, 30, 40], blackRepeat: (2, 2), activeArea: [2, 2, 46, 62],
            raw: [.undefined(51009, list), .doubles(51041, [1e-4, 1e-6]), .longs(50719, 2, 1), .longs(50720, 40, 30)],
            inSubIFD: inSubIFD)
        builder.common.append(.shorts(274, 6))
        let bytes = builder.bytes()
        let directories = (8 + 2 * 64 * 48)..<bytes.count
        var accepted = 0
        for _ in 0..<(1500 * factor) {
            let input = mutated(bytes, &generator, within: directories)
            guard let frame = try? Readers.read(.bytes(name: "fuzz", input)) else { continue }
            // Whatever is accepted can be read to its last sample, and its metadata is usable.
            _ = RawStatistics(frame)
            #expect(frame.metadata.blackLevel.allSatisfy { $0 < frame.metadata.whiteLevel })
            if let crop = frame.metadata.defaultCrop { #expect(Region(frame.size).contains(crop)) }
            #expect(
                frame.metadata.defects.allSatisfy {
                    Region(frame.size).contains(Region(x: $0.x, y: $0.y, width: 1, height: 1))
                })
            accepted += 1
        }
        #expect(accepted > 0)
    }
}
