// What a picture writer is. The table of all of them is Writers.swift.

import ISPImaging

/// Encodes a finished picture into one file format.
///
/// A writer is a type without instances: a descriptor and a function. It writes front to back into an `OutputFile`
/// and knows nothing of paths, temporaries or existing files; `AtomicFile` does.
public protocol PictureWriter: SendableMetatype {
    /// What the writer is called, takes and honours.
    static var descriptor: WriterDescriptor { get }

    /// Encodes `image` into `file`.
    ///
    /// Call `Writers.write` instead: it checks the pixel format and the options first, and makes the file appear whole.
    /// - Throws: `ISPError(.inputOutput)` where writing fails, `ISPError(.resource)` where the picture is too large for
    ///   the format or memory runs out.
    static func encode(
        _ image: ImageBuffer, _ attributes: PictureAttributes, options: WriterOptions, to file: OutputFile
    ) throws(ISPError)
}

/// What a writer is called, what it takes and which options it honours: the source of help texts and tables.
public struct WriterDescriptor: Hashable, Sendable {
    /// The name on the command line, lower case.
    public let name: String
    /// One line for a person.
    public let summary: String
    /// File extensions that select the writer, lower case, without the dot; the first is the usual one.
    public let extensions: [String]
    /// The pixel formats it takes, best choice first.
    public let formats: [PixelFormat]
    /// The options that make a difference to it.
    public let options: [WriterOption]

    /// Describes a writer.
    public init(
        name: String, summary: String, extensions: [String], formats: [PixelFormat], options: [WriterOption] = []
    ) {
        self.name = name
        self.summary = summary
        self.extensions = extensions
        self.formats = formats
        self.options = options
    }
}

/// The options of `WriterOptions` that only some writers honour.
public enum WriterOption: String, CaseIterable, Sendable {
    /// `WriterOptions.quality`.
    case quality
    /// `WriterOptions.subsampling`.
    case subsampling
    /// `WriterOptions.deflateLevel`.
    case deflateLevel = "deflate-level"
    /// `WriterOptions.threads`.
    case threads
}
