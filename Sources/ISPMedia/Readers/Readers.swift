// The table of readers: the one way from a path or bytes to a raw frame.

import ISPImaging

/// What a reader is called and what it takes; help texts and `softisp list` are made from it.
public struct ReaderDescriptor: Hashable, Sendable {
    /// A short name.
    public let name: String
    /// What it reads, in one line.
    public let summary: String
    /// The usual extensions of its files, lower case, without the dot. They are a hint: content decides.
    public let fileExtensions: [String]

    /// Creates a descriptor.
    public init(name: String, summary: String, fileExtensions: [String]) {
        self.name = name
        self.summary = summary
        self.fileExtensions = fileExtensions
    }
}

/// One kind of raw file. To add one, write a type in a file of its own and add it to `Readers.table`.
public protocol RawReader: Sendable {
    /// What it is called and what it takes.
    static var descriptor: ReaderDescriptor { get }
    /// Whether the input is of this kind, judged by its first bytes before anything else.
    static func claims(_ input: RawInput) -> Bool
    /// Reads the first frame of an input it claims.
    static func read(_ input: RawInput) throws(ISPError) -> RawFrame
}

/// All readers, and the choice among them.
public enum Readers {
    /// The readers in the order in which they are asked.
    static let table: [any RawReader.Type] = [
        CameraFileReader.self,
        RawDumpReader.self,
    ]

    /// What each reader is called and takes.
    public static let all: [ReaderDescriptor] = table.map { $0.descriptor }

    /// Reads a raw frame.
    ///
    /// - Parameters:
    ///   - source: a file (`-` is standard input) or bytes. A sidecar `NAME.json` beside a file `NAME` describes a raw
    ///     dump, and corrects the colour metadata of a camera file.
    ///   - dump: makes the input a raw dump of the given geometry; what it leaves open comes from the sidecar.
    /// - Throws: `ISPError` with the source's name in front: `.cannotOpenInput` for what cannot be opened,
    ///   `.unsupportedInput` for what is no raw file or one of a kind that is not supported, `.damagedInput`, `.usage`
    ///   for a dump that nobody described, `.resource`, `.inputOutput`.
    public static func read(_ source: RawSource, dump: RawDumpGeometry? = nil) throws(ISPError) -> RawFrame {
        do throws(ISPError) {
            let input = try RawInput(source, geometry: dump)
            return try reader(of: input).read(input)
        } catch {
            throw error.about(source.name)
        }
    }

    /// The reader that claims an input.
    /// - Throws: `ISPError(.unsupportedInput)` where none does, `.usage` for a dump that nobody described.
    static func reader(of input: RawInput) throws(ISPError) -> any RawReader.Type {
        if !input.isDescribedDump, let known = input.signature, known.kind == .notRaw {
            throw ISPError(.unsupportedInput, "this is \(known.name), not a raw file; give the camera's raw file")
        }
        guard let reader = table.first(where: { $0.claims(input) }) else { throw unclaimed(input) }
        return reader
    }

    private static func unclaimed(_ input: RawInput) -> ISPError {
        if RawDumpReader.descriptor.fileExtensions.contains(input.fileExtension) {
            return ISPError(
                .usage,
                "a raw dump needs a description: give its format and size, or put them in a sidecar NAME.json beside it"
            )
        }
        return ISPError(
            .unsupportedInput,
            "not a raw file: it begins like no camera file; for a dump of samples give its format and size or a sidecar"
        )
    }
}
