// The geometry of a raw dump, where no sidecar says it or the sidecar is wrong.

import ArgumentParser
import ISPImaging
import ISPMedia

/// Options that describe raw dumps.
struct DumpOptions: ParsableArguments {
    @Option(
        name: .customLong("raw-format"),
        help: "Sample format of raw dumps, in any dialect: SRGGB10, pRAA, bayer_rggb16le ...")
    var format: String?

    @Option(name: .customLong("raw-size"), help: "Size of raw dumps, WIDTHxHEIGHT.")
    var size: String?

    @Option(name: .customLong("raw-stride"), help: "Bytes from row to row of raw dumps (default: no padding).")
    var stride: Int?

    @Option(name: .customLong("raw-offset"), help: "Bytes before the first row of raw dumps.")
    var offset: Int = 0

    @Option(name: .customLong("black-level"), help: "Black level of raw dumps: one number, or R,Gr,Gb,B.")
    var blackLevel: String?

    @Option(name: .customLong("white-level"), help: "White level of raw dumps.")
    var whiteLevel: Float?

    /// The geometry, or `nil` where no option was given.
    func geometry() throws(ISPError) -> RawDumpGeometry? {
        if format == nil && size == nil && stride == nil && offset == 0 && blackLevel == nil && whiteLevel == nil {
            return nil
        }
        var geometry = RawDumpGeometry()
        if let format { geometry.format = try PixelFormat.named(format) }
        if let size { geometry.size = try Self.size(size) }
        geometry.bytesPerRow = stride
        geometry.offset = offset
        if let blackLevel { geometry.blackLevel = try Self.levels(blackLevel) }
        geometry.whiteLevel = whiteLevel
        return geometry
    }

    private static func size(_ text: String) throws(ISPError) -> Size {
        let parts = text.lowercased().split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2 else {
            throw ISPError(.usage, "--raw-size is '\(text)', but must be WIDTHxHEIGHT, for example 1920x1080")
        }
        return Size(width: parts[0], height: parts[1])
    }

    private static func levels(_ text: String) throws(ISPError) -> [Float] {
        let levels = text.split(separator: ",").map { Float($0) }
        guard levels.count == 1 || levels.count == 4, levels.allSatisfy({ $0 != nil }) else {
            throw ISPError(.usage, "--black-level is '\(text)', but must be one number or four: R,Gr,Gb,B")
        }
        let values = levels.compactMap { $0 }
        return values.count == 4 ? values : Array(repeating: values[0], count: 4)
    }
}
