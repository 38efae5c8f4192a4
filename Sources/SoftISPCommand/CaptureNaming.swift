// Where each captured frame goes, decided and checked before the first is made.

import Foundation
import ISPImaging
import ISPMedia
import ISPSynthetic

/// The files of a capture.
struct CaptureNaming: Sendable, CustomStringConvertible {
    /// The files of one frame.
    struct Paths {
        let raw: String
        let truth: String?
        var sidecar: String { raw + ".json" }
        var gainMap: String { raw + ".gainmap.json" }
    }

    /// Accepted numbers of frames.
    static let countRange = 1...100_000

    let count: Int
    let overwrite: Bool
    /// The writer of the truth, where it is wanted.
    let truthWriter: (any PictureWriter.Type)?
    private let output: String
    private let truth: String?

    /// Whether the samples go to standard output, without anything beside them.
    var isStream: Bool { output == "-" }
    var description: String { isStream ? "standard output" : output }

    /// - Throws: `ISPError(.usage)` where names and number of frames do not go together, `.cannotCreateOutput` for a file
    ///   that exists or cannot be made.
    init(output: String, truth: String?, tap: TruthTap, frames: Int, overwrite: Bool) throws(ISPError) {
        guard Self.countRange.contains(frames) else {
            throw ISPError(
                .usage,
                "--frames is \(frames), but must be \(Self.countRange.lowerBound) to \(Self.countRange.upperBound)")
        }
        count = frames
        self.overwrite = overwrite
        self.output = output
        self.truth = truth
        for (option, path) in [("--output", output), ("--truth", truth ?? "-")]
        where frames > 1 && path != "-" && OutputNaming.pattern(in: path) == nil {
            throw ISPError(
                .usage, "\(frames) frames cannot go to one file '\(path)'; give \(option) a pattern such as %04d")
        }
        truthWriter = try truth.map { (path) throws(ISPError) in
            let writer = try Writers.forPath(path)
            try Writers.check(tap == .mosaic ? .grey16 : .rgb48, for: writer)
            return writer
        }
        try checkTargets()
    }

    /// The files of a frame; patterns are numbered from 1.
    func paths(of index: Int) -> Paths {
        Paths(raw: Self.filled(output, index), truth: truth.map { Self.filled($0, index) })
    }

    /// Refuses gain maps that cannot be written; they exist with lens shading only.
    func checkGainMaps() throws(ISPError) {
        guard !isStream else { return }
        for index in 0..<count { try AtomicFile.check(OutputTarget(paths(of: index).gainMap), overwrite: overwrite) }
    }

    private func checkTargets() throws(ISPError) {
        var seen: Set<String> = []
        for index in 0..<count {
            let paths = paths(of: index)
            var names = isStream ? [] : [paths.raw, paths.sidecar]
            if let truth = paths.truth { names.append(truth) }
            for name in names {
                guard seen.insert(name).inserted else {
                    throw ISPError(.usage, "two files would both become '\(name)'; give them different names")
                }
                try AtomicFile.check(OutputTarget(name), overwrite: overwrite)
            }
        }
    }

    /// The last part of a path.
    static func name(of path: String) -> String { (path as NSString).lastPathComponent }

    private static func filled(_ path: String, _ index: Int) -> String {
        OutputNaming.pattern(in: path)?.name(index + 1) ?? path
    }
}
