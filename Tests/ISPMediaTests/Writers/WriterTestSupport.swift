// What the writer tests share: pictures with known samples, a directory of their own, and the bytes of a written file.

import Foundation
import ISPImaging
import ISPMedia
import Testing

/// A directory that goes with the test.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/softisp-writers-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// Everything in the directory, hidden files too.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Sizes that show mistakes at borders, strips (64 rows) and rows of odd length.
let oddSizes = [
    Size(width: 1, height: 1), Size(width: 1, height: 3), Size(width: 7, height: 1), Size(width: 16, height: 16),
    Size(width: 33, height: 65), Size(width: 101, height: 129), Size(width: 300, height: 257),
]

/// A picture whose samples are smooth with noise, and reach 0 and the maximum.
func picture(_ format: PixelFormat, _ size: Size) throws -> ImageBuffer {
    let image = try ImageBuffer(format: format, size: size)
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    let bytesPerSample = format.packing == .words ? 2 : 1
    for i in 0..<(image.bytes.count / bytesPerSample) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = Int(truncatingIfNeeded: state >> 58)
        var value = (i * 37 / 11 + noise) % (format.maximum + 1)
        if i % 97 == 0 { value = 0 }
        if i % 89 == 1 { value = format.maximum }
        if bytesPerSample == 2 {
            image.bytes.storeBytes(of: UInt16(value).littleEndian, toByteOffset: 2 * i, as: UInt16.self)
        } else {
            image.bytes[i] = UInt8(truncatingIfNeeded: value)
        }
    }
    return image
}

/// A smooth picture, which JPEG reproduces closely.
func smoothPicture(_ format: PixelFormat, _ size: Size) throws -> ImageBuffer {
    let image = try ImageBuffer(format: format, size: size)
    let channels = format.samplesPerPixel
    for y in 0..<size.height {
        for x in 0..<size.width {
            for c in 0..<channels {
                image.row(y)[x * channels + c] = UInt8(min(255, 40 + 60 * c + x / 3 + y / 4))
            }
        }
    }
    return image
}

extension ImageBuffer {
    /// The samples of an interleaved or mono picture, row after row.
    var samples: [Int] {
        (0..<size.height).flatMap { y in
            (0..<(size.width * format.samplesPerPixel)).map { sample(x: 0, y: y, channel: $0) }
        }
    }
}

/// Attributes with every field set.
let fullAttributes: PictureAttributes = {
    var capture = CaptureInfo()
    capture.make = "Maker"
    capture.model = "Model 5"
    capture.lens = "35mm f/1.8"
    capture.iso = 400
    capture.exposureTime = 1.0 / 60
    capture.aperture = 5.6
    capture.focalLength = 35.5
    capture.dateTime = "2024:02:29 23:59:58"
    return PictureAttributes(colorSpace: .srgb, transfer: .srgb, capture: capture, software: "SoftISP test")
}()

/// The bytes a writer makes of a picture.
func written(
    _ image: ImageBuffer, _ attributes: PictureAttributes = fullAttributes, _ options: WriterOptions = WriterOptions(),
    as writer: any PictureWriter.Type
) throws -> [UInt8] {
    let scratch = try Scratch()
    let path = scratch.file("picture." + writer.descriptor.extensions[0])
    try Writers.write(image, attributes, options: options, as: writer, to: .file(path))
    #expect(scratch.names.count == 1, "nothing but the picture is left")
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> ISPError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ISPError
    }
}
