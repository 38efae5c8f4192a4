// The inputs of a command: files, standard input, folders and numbered sequences, expanded to a list of sources.

import Foundation
import ISPImaging

/// One input with the name its output files are called by.
public struct InputItem: Hashable, Sendable {
    /// Where it comes from.
    public let source: RawSource
    /// The file's name without folder and extension (with it where two would be the same); `stdin` for standard input.
    public let name: String
    /// Whether it is one frame of a numbered sequence.
    public let isSequence: Bool
}

/// Expands the input arguments of a command line.
public enum InputList {
    /// Expands arguments in their order.
    ///
    /// - A folder stands for the raw inputs in it (not below it), in natural order: files with a camera's extension,
    ///   and raw dumps with a sidecar or, where `dump` describes them, with a dump's extension.
    /// - A name with one printf integer field (`frame%05d.raw`) stands for the existing files with consecutive numbers
    ///   from the lowest on. A file of exactly that name goes before.
    /// - `-` is standard input, once.
    ///
    /// - Throws: `ISPError(.cannotOpenInput)` where a file, a folder's contents or a sequence do not exist,
    ///   `ISPError(.usage)` for no arguments, `-` twice, and malformed patterns.
    public static func expand(_ arguments: [String], dump: RawDumpGeometry? = nil) throws(ISPError) -> [InputItem] {
        guard !arguments.isEmpty else {
            throw ISPError(.usage, "no input given; name a raw file, a folder or - for standard input")
        }
        guard arguments.count(where: { $0 == "-" }) <= 1 else {
            throw ISPError(.usage, "standard input (-) can be read only once")
        }
        var found: [(path: String, isSequence: Bool)] = []
        for argument in arguments {
            do throws(ISPError) {
                found += try expand(argument, dump).map { ($0.path, $0.isSequence) }
            } catch { throw error.about(argument) }
        }
        var uses: [String: Int] = [:]
        for entry in found { uses[stem(entry.path), default: 0] += 1 }
        return found.map { path, isSequence in
            let name = uses[stem(path)]! > 1 ? (path as NSString).lastPathComponent : stem(path)
            return InputItem(source: .file(path), name: name, isSequence: isSequence)
        }
    }

    private static func stem(_ path: String) -> String {
        path == "-" ? "stdin" : ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    private static func expand(
        _ argument: String, _ dump: RawDumpGeometry?
    ) throws(ISPError) -> [(path: String, isSequence: Bool)] {
        guard !argument.isEmpty else { throw ISPError(.usage, "an input has an empty name") }
        if argument == "-" { return [(argument, false)] }
        if argument.contains("%"), !FileManager.default.fileExists(atPath: argument) {
            return try sequence(argument).map { ($0, true) }
        }
        switch try FileBytes.kind(of: argument) {
        case .directory: return try folder(argument, dump).map { ($0, false) }
        case .regular, .stream: return [(argument, false)]
        }
    }

    // MARK: Folders

    private static func folder(_ path: String, _ dump: RawDumpGeometry?) throws(ISPError) -> [String] {
        let names = try list(path)
        let all = Set(names)
        let camera = Set(CameraFileReader.descriptor.fileExtensions)
        let dumps = Set(RawDumpReader.descriptor.fileExtensions)
        let inputs = names.filter { name in
            let kind = (name as NSString).pathExtension.lowercased()
            guard !name.hasPrefix("."), kind != "json" else { return false }
            return camera.contains(kind) || all.contains(name + ".json") || (dump != nil && dumps.contains(kind))
        }
        let files = inputs.sorted(by: precedes).map { (path as NSString).appendingPathComponent($0) }.filter {
            if case .directory? = try? FileBytes.kind(of: $0) { false } else { true }
        }
        guard !files.isEmpty else {
            throw ISPError(
                .cannotOpenInput,
                "no raw files in this folder; camera files and raw dumps with a sidecar NAME.json count")
        }
        return files
    }

    private static func list(_ folder: String) throws(ISPError) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw ISPError(.cannotOpenInput, "the folder cannot be listed; check that it exists and its permissions")
        }
    }

    /// Natural order: runs of digits compare as numbers, so that `frame9` goes before `frame10`.
    package static func precedes(_ a: String, _ b: String) -> Bool {
        var (left, right) = (Array(a.utf8)[...], Array(b.utf8)[...])
        func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
        while let l = left.first, let r = right.first {
            if isDigit(l), isDigit(r) {
                let (m, n) = (left.prefix(while: isDigit), right.prefix(while: isDigit))
                let (x, y) = (Array(m.drop { $0 == 48 }), Array(n.drop { $0 == 48 }))
                if x.count != y.count { return x.count < y.count }
                if x != y { return x.lexicographicallyPrecedes(y) }
                (left, right) = (left.dropFirst(m.count), right.dropFirst(n.count))
            } else if l != r {
                return l < r
            } else {
                (left, right) = (left.dropFirst(), right.dropFirst())
            }
        }
        return left.isEmpty == right.isEmpty ? a < b : left.isEmpty
    }

    // MARK: Numbered sequences

    private static func sequence(_ argument: String) throws(ISPError) -> [String] {
        let pattern = try NumberedName((argument as NSString).lastPathComponent)
        let folder = (argument as NSString).deletingLastPathComponent
        guard !folder.contains("%") || FileManager.default.fileExists(atPath: folder) else {
            throw ISPError(.usage, "the number field must be in the file's name, not in its folder's")
        }
        let existing = Set(try list(folder.isEmpty ? "." : folder))
        guard let first = existing.compactMap(pattern.number).min() else {
            throw ISPError(.cannotOpenInput, "no file has a name like this with a number in it; check the pattern")
        }
        return (first...).lazy.map(pattern.name).prefix { existing.contains($0) }
            .map { folder.isEmpty ? $0 : (folder as NSString).appendingPathComponent($0) }
    }
}
