// How a picture is to be written: the options of all writers in one value.

import Foundation
import ISPImaging

/// How much of the chroma resolution a JPEG keeps.
public enum ChromaSubsampling: String, CaseIterable, Sendable {
    /// Full chroma resolution.
    case full = "444"
    /// Half the horizontal chroma resolution.
    case halfWidth = "422"
    /// Half the chroma resolution in both directions.
    case half = "420"
}

/// How a picture is to be written. Each writer's descriptor names those it honours; the others are ignored by it.
public struct WriterOptions: Hashable, Sendable {
    /// The accepted JPEG qualities.
    public static let qualityRange = 1...100
    /// The accepted deflate levels.
    public static let deflateRange = 0...9
    /// The accepted thread counts.
    public static let threadRange = 1...1024

    /// JPEG quality, on libjpeg's scale.
    public var quality = 92
    /// JPEG chroma subsampling. `nil` follows the quality as photographers expect: 4:4:4 from 90 upwards, where colour
    /// edges shall stay sharp, and 4:2:0 below, where size matters more.
    public var subsampling: ChromaSubsampling?
    /// Deflate effort: 0 stores without compression, 1 is fast, 9 is small. `nil` leaves each writer its own measured
    /// compromise.
    public var deflateLevel: Int?
    /// The number of threads that may work on one picture. What is written does not depend on it.
    public var threads = max(1, min(ProcessInfo.processInfo.activeProcessorCount, 1024))
    /// Whether an existing file may be replaced.
    public var overwrite = false
    /// Whether to wait until the file has reached the disk before it gets its name; slow, for pictures that must
    /// survive a power cut.
    public var synchronize = false

    /// The default options.
    public init() {}

    /// The chroma subsampling to use: the chosen one, or the one that follows from the quality.
    public var effectiveSubsampling: ChromaSubsampling { subsampling ?? (quality >= 90 ? .full : .half) }

    /// Refuses values out of range.
    /// - Throws: `ISPError(.usage)` that names the option and its range.
    public func check() throws(ISPError) {
        try Self.check("the JPEG quality", quality, Self.qualityRange)
        if let deflateLevel { try Self.check("the deflate level", deflateLevel, Self.deflateRange) }
        try Self.check("the number of threads", threads, Self.threadRange)
    }

    private static func check(_ what: String, _ value: Int, _ range: ClosedRange<Int>) throws(ISPError) {
        guard range.contains(value) else {
            throw ISPError(
                .usage, "\(what) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
