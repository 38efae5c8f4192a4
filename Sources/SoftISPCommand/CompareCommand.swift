// `softisp compare`: how different two pictures are, in figures and as a picture.

import ArgumentParser
import Foundation
import ISPImaging
import ISPMedia
import SoftISP

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Measure how different two pictures are.",
        discussion: """
            Reads PNG, JPEG, TIFF and binary PPM of equal size, 8 or 16 bits, taken for sRGB. Prints the peak \
            signal-to-noise ratio (dB, infinite for equal pictures), the structural similarity (1 for equal pictures) and \
            the CIEDE2000 colour difference (about 1 is just noticeable).

            Examples:
              softisp compare mine.png theirs.png
              softisp compare mine.tiff theirs.tiff --difference difference.png --gain 10
              softisp compare a.png b.png --border 8 --json
            """)

    @Argument(help: "A picture.")
    var first: String

    @Argument(help: "Another one.")
    var second: String

    @Option(help: "Write the difference, first minus second about mid-grey, to this picture.")
    var difference: String?

    @Option(help: "How many times the difference is amplified in that picture.")
    var gain: Double = 4

    @Option(help: "Pixels to leave out along every side.")
    var border: Int = 0

    @Flag(help: "Overwrite an existing difference picture.")
    var overwrite = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        guard gain > 0, gain <= 1000 else {
            throw ISPError(.usage, "--gain is \(gain), but must be above 0, up to 1000")
        }
        guard (0...RawFrame.maximumSide).contains(border) else {
            throw ISPError(.usage, "--border is \(border), but must be 0 to \(RawFrame.maximumSide)")
        }
        let (a, b) = try Self.alike(try PictureReaders.read(first), try PictureReaders.read(second))
        let region = Region(a.size).expanded(by: -border)
        guard !region.isEmpty else {
            throw ISPError(.usage, "--border is \(border), which leaves nothing of \(a.size) pixels")
        }
        let comparison = try PictureComparison(a, b, in: region)
        if let difference {
            let target = try OutputTarget(difference)
            var options = WriterOptions()
            options.overwrite = overwrite
            try Writers.write(
                try PictureComparison.picture(a, minus: b, gain: gain), PictureAttributes(), options: options,
                as: try Writers.forPath(difference), to: target)
        }
        try report(comparison)
    }

    private func report(_ comparison: PictureComparison) throws {
        if json {
            // JSON has no infinity: equal pictures have no psnr_db.
            var facts: [String: Any] = [
                "ciede2000_mean": comparison.meanDifference, "ciede2000_95_percent": comparison.difference95,
                "equal": comparison.psnr.isInfinite,
            ]
            if comparison.psnr.isFinite { facts["psnr_db"] = comparison.psnr }
            facts["ssim"] = comparison.ssim
            try Output.json(facts)
        } else {
            let psnr =
                comparison.psnr.isInfinite ? "infinite, the pictures are equal" : format(comparison.psnr, 2) + " dB"
            let ssim = comparison.ssim.map { format($0, 4) } ?? "none below 11 pixels"
            try Output.text(
                """
                PSNR:      \(psnr)
                SSIM:      \(ssim)
                CIEDE2000: \(format(comparison.meanDifference, 2)) mean, 95 % below \(format(comparison.difference95, 2))

                """)
        }
    }

    private func format(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// Pictures of one format: 8 bits become 16, grey becomes colour, where the other one is so.
    private static func alike(_ a: ImageBuffer, _ b: ImageBuffer) throws(ISPError) -> (ImageBuffer, ImageBuffer) {
        guard a.size == b.size else {
            throw ISPError(.usage, "the pictures are of \(a.size) and \(b.size) pixels; only equal sizes are compared")
        }
        let isColor = a.format.samplesPerPixel == 3 || b.format.samplesPerPixel == 3
        let isWide = a.format.bitsPerSample == 16 || b.format.bitsPerSample == 16
        let format: PixelFormat = isColor ? (isWide ? .rgb48 : .rgb888) : (isWide ? .grey16 : .grey8)
        return (try a.converted(to: format), try b.converted(to: format))
    }
}

extension ImageBuffer {
    /// The picture in a format of at least as many bits and channels: RGB or grey, 8 or 16 bits.
    func converted(to format: PixelFormat) throws(ISPError) -> ImageBuffer {
        guard format != self.format else { return self }
        let result = try ImageBuffer(format: format, size: size)
        let widen = format.bitsPerSample == 16 && self.format.bitsPerSample == 8 ? 257 : 1
        let (from, to) = (self.format.samplesPerPixel, format.samplesPerPixel)
        for y in 0..<size.height {
            let row = result.row(y)
            for x in 0..<size.width {
                for c in 0..<to {
                    let code = sample(x: x, y: y, channel: min(c, from - 1)) * widen
                    if format.bitsPerSample == 8 {
                        row[x * to + c] = UInt8(code)
                    } else {
                        row.storeBytes(of: UInt16(code).littleEndian, toByteOffset: 2 * (x * to + c), as: UInt16.self)
                    }
                }
            }
        }
        return result
    }
}
