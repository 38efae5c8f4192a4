// What a file is, told from its first bytes: extensions lie, and LibRaw believes too much (it takes a headerless
// dump for some camera's file when the byte count fits), so it sees only files that this table or an extension names.

/// A kind of file known by its first bytes.
package struct FileSignature: Sendable {
    /// What becomes of such a file.
    package enum Kind: Sendable {
        /// LibRaw is asked.
        case camera
        /// A finished picture or another well-known kind: refused by name.
        case notRaw
    }

    /// What it is.
    package let kind: Kind
    /// What a person calls it.
    package let name: String
    private let offset: Int
    private let magic: [UInt8]

    private init(_ kind: Kind, _ name: String, _ magic: String, at offset: Int = 0) {
        self.kind = kind
        self.name = name
        self.offset = offset
        self.magic = magic.unicodeScalars.map { UInt8($0.value) }
    }

    /// How many bytes `find` wants to see.
    package static let length = 32

    /// The signature of a file that begins with `head`, if it is one of the table's.
    package static func find(_ head: some Collection<UInt8>) -> FileSignature? {
        let head = Array(head.prefix(length))
        return all.first { entry in
            head.count >= entry.offset + entry.magic.count && head[entry.offset...].starts(with: entry.magic)
        }
    }

    private static let all: [FileSignature] = [
        .init(.camera, "Canon CR3", "ftypcrx", at: 4),
        .init(.camera, "Canon CRW", "HEAPCCDR", at: 6),
        .init(.camera, "TIFF", "II*\0"),
        .init(.camera, "TIFF", "MM\0*"),
        .init(.camera, "BigTIFF", "II+\0"),
        .init(.camera, "BigTIFF", "MM\0+"),
        .init(.camera, "Olympus ORF", "IIRO"),
        .init(.camera, "Olympus ORF", "IIRS"),
        .init(.camera, "Olympus ORF", "MMOR"),
        .init(.camera, "Panasonic RW2", "IIU\0"),
        .init(.camera, "Phase One IIQ", "IIII"),
        .init(.camera, "Phase One IIQ", "MMMM"),
        .init(.camera, "Fujifilm RAF", "FUJIFILM"),
        .init(.camera, "Foveon X3F", "FOVb"),
        .init(.camera, "Minolta MRW", "\0MRM"),
        .init(.camera, "ARRIRAW", "ARRI"),
        .init(.camera, "Nokia raw", "NOKIARAW"),
        .init(.camera, "Sinar raw", "DSC-Image"),

        .init(.notRaw, "a JPEG picture", "\u{ff}\u{d8}\u{ff}"),
        .init(.notRaw, "a PNG picture", "\u{89}PNG"),
        .init(.notRaw, "a GIF picture", "GIF8"),
        .init(.notRaw, "a WebP picture", "WEBP", at: 8),
        .init(.notRaw, "an HEIF picture", "ftyphe", at: 4),
        .init(.notRaw, "an HEIF picture", "ftypmif", at: 4),
        .init(.notRaw, "an AVIF picture", "ftypavif", at: 4),
        .init(.notRaw, "a Y4M video", "YUV4MPEG2"),
        .init(.notRaw, "a PDF document", "%PDF"),
        .init(.notRaw, "a ZIP archive", "PK\u{3}\u{4}"),
        .init(.notRaw, "a gzip archive", "\u{1f}\u{8b}"),
    ]
}
