// The command line of PlanBench.

import Foundation
import ISPImaging
import ISPMedia

/// What to run.
struct Options {
    enum Mode { case serve, compare, measure }

    var mode = Mode.measure
    var source = ""
    var size: Size?
    var format: PixelFormat?
    var plan = "camera-pipe"
    var sink = PixelFormat.rgb888
    var threads = 1
    var stripWidth: Int?

    init(_ arguments: [String]) throws {
        var rest = arguments.dropFirst()
        func value(_ name: String) throws -> String {
            guard let value = rest.popFirst() else { throw ISPError(.usage, "\(name) needs a value") }
            return value
        }
        while let name = rest.popFirst() {
            switch name {
            case "--serve": mode = .serve
            case "--compare": mode = .compare
            case "--source": source = try value(name)
            case "--plan": plan = try value(name)
            case "--sink": sink = try PixelFormat.named(try value(name))
            case "--format": format = try PixelFormat.named(try value(name))
            case "--threads": threads = Int(try value(name)) ?? 1
            case "--strip-width": stripWidth = Int(try value(name))
            case "--size":
                let sides = try value(name).split(separator: "x").compactMap { Int($0) }
                guard sides.count == 2 else { throw ISPError(.usage, "--size is WIDTHxHEIGHT") }
                size = Size(width: sides[0], height: sides[1])
            default: throw ISPError(.usage, "unknown option \(name)")
            }
        }
        guard !source.isEmpty else {
            throw ISPError(
                .usage,
                "PlanBench [--serve|--compare] --source FILE [--size WxH --format NAME] --plan NAME --sink FORMAT [--threads N] [--strip-width N]"
            )
        }
    }

    /// The frame to work on: a raw dump of the given size and format, or whatever the readers know.
    func frame() throws -> RawFrame {
        // A sidecar knows more than the command line.
        guard let size, let format, access(source + ".json", R_OK) != 0 else { return try Readers.read(.file(source)) }
        let row = format.minimumBytesPerRow(width: size.width)
        let file = try FileBytes(path: source, offset: 0, count: row * size.height)
        let metadata = FrameMetadata(
            blackLevel: Float(16 << (format.bitsPerSample - 8)), whiteLevel: Float(format.maximum))
        return try RawFrame(
            format: format, size: size, bytesPerRow: row, bytes: file.bytes, owner: file, metadata: metadata)
    }
}
