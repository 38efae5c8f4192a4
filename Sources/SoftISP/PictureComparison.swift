// Two pictures of the same scene, compared: PSNR, SSIM, CIEDE2000 and a picture of the difference.

import Foundation
import ISPImaging

/// What is different between two sRGB-coded RGB or grey pictures of one size and format.
public struct PictureComparison: Sendable {
    /// Peak signal-to-noise ratio over all channels, in dB; infinite for equal pictures.
    public let psnr: Double
    /// The structural similarity, mean of the channels, at most 1; `nil` for regions narrower than its window of 11.
    public let ssim: Double?
    /// The mean CIEDE2000 over the pixels.
    public let meanDifference: Double
    /// The CIEDE2000 that 95 % of the pixels stay below.
    public let difference95: Double

    /// Compares the pixels of `region`.
    /// - Throws: `ISPError(.usage)` for pictures of different shape, or neither RGB nor grey.
    public init(_ a: ImageBuffer, _ b: ImageBuffer, in region: Region) throws(ISPError) {
        try Self.check(a, b)
        guard !region.isEmpty, Region(a.size).contains(region) else {
            throw ISPError(.usage, "\(region) is not in pictures of \(a.size)")
        }
        let peak = Double(a.format.maximum)
        let decode = Self.decodeTable(a.format)
        var squares = 0.0
        var differences: [Double] = []
        differences.reserveCapacity(region.width * region.height)
        for y in region.y..<region.maxY {
            for x in region.x..<region.maxX {
                let (p, q) = (Self.codes(a, x, y), Self.codes(b, x, y))
                let d = p + q * -1
                squares += d.x * d.x + d.y * d.y + d.z * d.z
                differences.append(Self.lab(p, decode).difference(to: Self.lab(q, decode)))
            }
        }
        let channels = a.format.samplesPerPixel
        let similarities = (0..<channels).map { channel in
            StructuralSimilarity.mean(
                Self.plane(a, channel, region), Self.plane(b, channel, region), width: region.width, peak: peak)
        }
        ssim = similarities.reduce(Optional(0.0)) { sum, value in sum.flatMap { sum in value.map { sum + $0 } } }
            .map { $0 / Double(channels) }
        psnr = 10 * log10(peak * peak / (squares / Double(3 * differences.count)))
        meanDifference = differences.reduce(0, +) / Double(differences.count)
        differences.sort()
        difference95 = differences[min(differences.count - 1, differences.count * 95 / 100)]
    }

    /// The CIEDE2000 between the mean colours (in linear light) of a region.
    /// - Throws: `ISPError(.usage)` as `init`.
    public static func differenceOfMeans(
        _ a: ImageBuffer, _ b: ImageBuffer, in region: Region
    ) throws(ISPError) -> Double {
        try check(a, b)
        let decode = decodeTable(a.format)
        func mean(_ image: ImageBuffer) -> LabColor {
            var sum = Vector3(0, 0, 0)
            for y in region.y..<region.maxY {
                for x in region.x..<region.maxX { sum = sum + linear(codes(image, x, y), decode) }
            }
            return LabColor(linearSRGB: sum * (1 / Double(region.width * region.height)))
        }
        return mean(a).difference(to: mean(b))
    }

    /// A picture of `a - b` about mid-grey, `gain` times as strong.
    /// - Throws: `ISPError(.usage)` as `init`.
    public static func picture(_ a: ImageBuffer, minus b: ImageBuffer, gain: Double) throws(ISPError) -> ImageBuffer {
        try check(a, b)
        let result = try ImageBuffer(format: .rgb888, size: a.size)
        let peak = Double(a.format.maximum)
        for y in 0..<a.size.height {
            let row = result.row(y)
            for x in 0..<a.size.width {
                let difference = (codes(a, x, y) + codes(b, x, y) * -1) * (255 / peak * gain)
                for (c, value) in difference.components.enumerated() {
                    row[3 * x + c] = UInt8(min(max(128 + value, 0), 255))
                }
            }
        }
        return result
    }

    private static func check(_ a: ImageBuffer, _ b: ImageBuffer) throws(ISPError) {
        let isComparable = a.format.layout == .rgb("rgb") || [.grey8, .grey16].contains(a.format)
        guard a.size == b.size, a.format == b.format, isComparable else {
            throw ISPError(.usage, "pictures of \(a.size) \(a.format) and \(b.size) \(b.format) cannot be compared")
        }
    }

    private static func codes(_ image: ImageBuffer, _ x: Int, _ y: Int) -> Vector3 {
        func code(_ channel: Int) -> Double { Double(image.sample(x: x, y: y, channel: channel)) }
        guard image.format.samplesPerPixel > 1 else { return Vector3(code(0), code(0), code(0)) }
        return Vector3(code(0), code(1), code(2))
    }

    private static func plane(_ image: ImageBuffer, _ channel: Int, _ region: Region) -> [Double] {
        (region.y..<region.maxY).flatMap { y in
            (region.x..<region.maxX).map { x in Double(image.sample(x: x, y: y, channel: channel)) }
        }
    }

    /// The linear value of every sRGB code.
    private static func decodeTable(_ format: PixelFormat) -> [Double] {
        (0...format.maximum).map { TransferFunction.srgb.decode(Double($0) / Double(format.maximum)) }
    }

    private static func linear(_ codes: Vector3, _ decode: [Double]) -> Vector3 {
        Vector3(decode[Int(codes.x)], decode[Int(codes.y)], decode[Int(codes.z)])
    }

    private static func lab(_ codes: Vector3, _ decode: [Double]) -> LabColor {
        LabColor(linearSRGB: linear(codes, decode))
    }
}
