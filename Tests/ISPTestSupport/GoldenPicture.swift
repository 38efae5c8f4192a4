// Pictures in the repository that a development must come out as.

import CSPNG
import Foundation
import ISPImaging
import ISPMedia
import Testing

/// Compares pictures with PNG files kept beside the tests.
///
/// A failure attaches the picture and its difference from the golden one (`swift test --attachments-path DIR`).
/// `SOFTISP_UPDATE_GOLDEN=1` writes the files anew: look at them before committing.
public struct GoldenPicture {
    private let folder: String

    /// Golden pictures in the folder `Golden` beside a test file.
    public init(beside file: String = #filePath) {
        folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Golden").path
    }

    /// Expects an 8-bit picture to differ from the golden one by at most `tolerance` codes anywhere and hardly at all in
    /// the mean: the mathematics library of another system may round a curve's nodes another way, no more.
    public func expect(
        _ image: ImageBuffer, is name: String, tolerance: Int = 2, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let path = "\(folder)/\(name).png"
        if ProcessInfo.processInfo.environment["SOFTISP_UPDATE_GOLDEN"] == "1" {
            var options = WriterOptions()
            options.overwrite = true
            try Writers.write(
                image, PictureAttributes(), options: options, as: PNGWriter.self, to: OutputTarget(path))
        }
        let golden = try Self.decode(try Data(contentsOf: URL(fileURLWithPath: path)), format: image.format)
        guard golden.size == image.size else {
            Issue.record("\(name): \(image.size) instead of \(golden.size)", sourceLocation: sourceLocation)
            return
        }
        let differences = zip(image.bytes, golden.bytes).map { abs(Int($0) - Int($1)) }
        let (worst, mean) = (differences.max() ?? 0, Double(differences.reduce(0, +)) / Double(differences.count))
        guard worst > tolerance || mean > 0.02 else { return }
        Issue.record("\(name): up to \(worst) codes off, \(mean) in the mean", sourceLocation: sourceLocation)
        try Self.attach(image, "\(name)-actual.png", sourceLocation)
        let difference = try ImageBuffer(format: image.format, size: image.size)
        for (i, d) in differences.enumerated() { difference.bytes[i] = UInt8(min(255, d * 16)) }
        try Self.attach(difference, "\(name)-difference.png", sourceLocation)
    }

    private static func attach(_ image: ImageBuffer, _ name: String, _ location: SourceLocation) throws {
        let path = NSTemporaryDirectory() + UUID().uuidString + ".png"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Writers.write(
            image, PictureAttributes(), options: WriterOptions(), as: PNGWriter.self, to: OutputTarget(path))
        Attachment.record(
            Array(try Data(contentsOf: URL(fileURLWithPath: path))), named: name, sourceLocation: location)
    }

    private static func decode(_ png: Data, format: PixelFormat) throws -> ImageBuffer {
        let image: ImageBuffer = try Array(png).withUnsafeBytes { bytes in
            let context = try #require(spng_ctx_new(0))
            defer { spng_ctx_free(context) }
            try #require(spng_set_png_buffer(context, bytes.baseAddress, bytes.count) == 0)
            var header = spng_ihdr()
            try #require(spng_get_ihdr(context, &header) == 0)
            let size = Size(width: Int(header.width), height: Int(header.height))
            let image = try ImageBuffer(format: format, size: size)
            let layout = Int32(format == .grey8 ? SPNG_FMT_G8.rawValue : SPNG_FMT_RGB8.rawValue)
            try #require(spng_decode_image(context, image.bytes.baseAddress, image.bytes.count, layout, 0) == 0)
            return image
        }
        return image
    }
}
