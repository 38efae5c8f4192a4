// What stands before the synthetic camera, from the words of the command line.

import ISPImaging
import ISPMedia
import ISPSynthetic

/// Reads `--scene`.
enum CaptureScene {
    /// The size where neither an option nor a picture says one.
    static let standardSize = Size(width: 1536, height: 1024)

    /// - Parameter size: of the frame; a picture keeps its own.
    /// - Throws: `ISPError(.usage)` for wrong words or sizes, and what `PictureReaders.read` throws.
    static func read(_ text: String, size: Size?, seed: UInt64) throws(ISPError) -> Scene {
        let wanted = size ?? standardSize
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count > 1 ? parts[1] : nil) {
        case ("test", nil): return try Scene.testPicture(size: wanted, seed: seed)
        case ("edge", nil): return try Scene.slantedEdge(size: wanted)
        case ("edge", let angle?):
            let numbers = try CaptureText.numbers(angle, "the angle of --scene edge", count: 1, example: "edge:5")
            return try Scene.slantedEdge(size: wanted, angle: numbers[0])
        case ("flat", let color?):
            let c = try CaptureText.numbers(color, "the colour of --scene flat", count: 3, example: "flat:0.2,0.2,0.2")
            return try Scene.flat(size: wanted, color: Vector3(c[0], c[1], c[2]))
        case ("flat", nil):
            throw ISPError(.usage, "--scene flat needs a colour, for example flat:0.2,0.2,0.2")
        default: return try picture(text)
        }
    }

    private static func picture(_ path: String) throws(ISPError) -> Scene {
        let picture = try PictureReaders.read(path)
        let channels = picture.format.samplesPerPixel
        var samples: [UInt16] = []
        samples.reserveCapacity(picture.size.width * picture.size.height * channels)
        for y in 0..<picture.size.height {
            for x in 0..<(picture.size.width * channels) {
                samples.append(UInt16(picture.sample(x: x / channels, y: y, channel: x % channels)))
            }
        }
        do throws(ISPError) {
            return try Scene.picture(
                size: picture.size, channels: channels, bitsPerSample: picture.format.bitsPerSample, samples: samples)
        } catch { throw error.about(path) }
    }
}

/// Numbers and sizes as the options of `capture` write them.
enum CaptureText {
    /// `WIDTHxHEIGHT`.
    static func size(_ text: String, _ option: String) throws(ISPError) -> Size {
        let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1] else {
            throw ISPError(.usage, "\(option) is '\(text)', but must be WIDTHxHEIGHT, for example 1920x1080")
        }
        return Size(width: width, height: height)
    }

    /// Numbers with commas between them.
    static func numbers(_ text: String, _ option: String, count: Int, example: String) throws(ISPError) -> [Double] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
        guard numbers.count == count, numbers.allSatisfy(\.isFinite),
            text.split(separator: ",", omittingEmptySubsequences: false).count == count
        else {
            throw ISPError(
                .usage,
                "\(option) is '\(text)', but must be \(count == 1 ? "a number" : "\(count) numbers"), for example \(example)"
            )
        }
        return numbers
    }
}
