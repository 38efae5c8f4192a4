// The sinks of `softisp run`, from the words of the command line.

import ISPImaging
import ISPMedia

/// A sink as it was asked for: a video writer and where it writes.
struct SinkText {
    /// One line for help texts.
    static let help =
        "FILE.y4m, FILE.mjpeg, FILE.yuv, a pattern of pictures (out/%05d.png), null, or WRITER:PATH with - for standard "
        + "output (y4m:-). See `softisp list video-writers`."

    let writer: any VideoWriter.Type
    let target: OutputTarget
    /// As it was written.
    let text: String

    /// - Throws: `ISPError(.usage)`.
    init(_ text: String) throws(ISPError) {
        self.text = text
        if text == "null" {
            writer = NullVideoWriter.self
            target = .standardOutput
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, let named = try? VideoWriters.named(parts[0]) {
            writer = named
            target = try OutputTarget(parts[1])
        } else {
            guard text != "-" else {
                throw ISPError(.usage, "--sink -: say what to write there, for example y4m:- or raw:-")
            }
            writer = try VideoWriters.forPath(text)
            target = try OutputTarget(text)
        }
    }

    /// The pixel formats it takes, best first; `nil` for all.
    private func formats() throws(ISPError) -> [PixelFormat]? {
        if writer is NullVideoWriter.Type || writer is RawVideoWriter.Type { return nil }
        if writer is NumberedPicturesWriter.Type, case .file(let path) = target {
            return try Writers.forPath(path).descriptor.formats
        }
        return writer.descriptor.formats
    }

    /// A pixel format that all sinks take.
    /// - Throws: `ISPError(.usage)` where there is none.
    static func commonFormat(of sinks: [SinkText], bits: Int) throws(ISPError) -> PixelFormat {
        var common: [PixelFormat]?
        for sink in sinks {
            guard let formats = try sink.formats() else { continue }
            common = common.map { $0.filter(formats.contains) } ?? formats
        }
        guard let common else {
            // Raw video and nothing: what its extension says, or RGB.
            for sink in sinks {
                guard case .file(let path) = sink.target, let ending = path.split(separator: ".").last else { continue }
                if ending == "yuv" { return .i420 }
                if let format = PixelFormat.all.first(where: { $0.name.lowercased() == ending.lowercased() }) {
                    return format
                }
            }
            return bits == 16 ? .rgb48 : .rgb888
        }
        guard let first = common.first(where: { $0.bitsPerSample == bits }) ?? common.first else {
            throw ISPError(
                .usage,
                "the sinks \(sinks.map(\.text).joined(separator: ", ")) have no pixel format in common; "
                    + "run them one after another, or convert with ffmpeg")
        }
        return first
    }
}
