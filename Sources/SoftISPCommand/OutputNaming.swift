// Where each picture goes: a file, a directory, a numbered pattern or standard output.

import Foundation
import ISPImaging
import ISPMedia

/// Turns `-o OUT` and the names of the inputs into output paths and a writer.
struct OutputNaming {
    /// The writer of all pictures.
    let writer: any PictureWriter.Type
    /// The outputs, one for each input.
    let targets: [OutputTarget]

    /// Decides all outputs before any work is done.
    /// - Throws: `ISPError(.usage)` where inputs and output do not go together or two pictures would have one name.
    init(_ output: String, format: String?, inputs: [InputItem]) throws(ISPError) {
        if output == "-" {
            guard inputs.count == 1 else {
                throw ISPError(.usage, "'-o -' takes one input, not \(inputs.count); give a directory instead")
            }
            writer = try Writers.named(format ?? "ppm")
            targets = [try OutputTarget("-")]
            return
        }
        if Self.isDirectory(output) {
            let chosen = try Writers.named(format ?? "jpeg")
            writer = chosen
            try Self.createDirectory(output)
            let folder = output.hasSuffix("/") ? output : output + "/"
            let ending = chosen.descriptor.extensions[0]
            targets = try Self.targets(inputs.map { "\(folder)\($0.name).\(ending)" })
            return
        }
        if let format { writer = try Writers.named(format) } else { writer = try Writers.forPath(output) }
        if let pattern = Self.pattern(in: output) {
            targets = try Self.targets(inputs.indices.map { pattern.name($0 + 1) })
        } else {
            guard inputs.count == 1 else {
                throw ISPError(
                    .usage,
                    "\(inputs.count) inputs cannot go to one file '\(output)'; give a directory or a pattern such as out/%05d.jpg"
                )
            }
            targets = try Self.targets([output])
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return path.hasSuffix("/")
            || (FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue)
    }

    private static func createDirectory(_ path: String) throws(ISPError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ISPError(
                .cannotCreateOutput, "\(path): the directory cannot be created; check the path and its permissions")
        }
    }

    private static func targets(_ paths: [String]) throws(ISPError) -> [OutputTarget] {
        var seen: Set<String> = []
        for path in paths where !seen.insert(path).inserted {
            throw ISPError(.usage, "two inputs would both become '\(path)'; develop them into different directories")
        }
        var targets: [OutputTarget] = []
        for path in paths { targets.append(try OutputTarget(path)) }
        return targets
    }

    /// A path's number field, `%d` or `%05d`, where it has exactly one; any other path names one file.
    static func pattern(in path: String) -> NumberedName? { try? NumberedName(path) }
}
