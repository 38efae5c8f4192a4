// Settings files: our YAML, one setting a line.

import ISPImaging
import Yams

/// Reads and writes settings files.
///
/// A file is a mapping of setting names (`softisp list settings`) to values, written as on the command line; number
/// lists may also be YAML sequences. What a file does not name keeps its value.
public enum SettingsFile {
    /// The version written; files of a later version are refused.
    public static let version = 1
    /// The largest file read, in bytes.
    public static let maximumSize = 1 << 20

    /// Applies a settings file on top of `settings`.
    /// - Throws: `ISPError(.usage)` that names the setting, or the place where the YAML is broken.
    public static func apply(_ yaml: String, to settings: inout DevelopSettings) throws(ISPError) {
        guard yaml.utf8.count <= maximumSize else {
            throw ISPError(.usage, "a settings file of \(yaml.utf8.count) bytes; it must be at most \(maximumSize)")
        }
        for (name, text) in try entries(of: yaml) {
            if name == "version" {
                guard let found = Int(text), found == version else {
                    throw ISPError(.usage, "settings of version \(text); this program reads version \(version)")
                }
                continue
            }
            try SettingKey.named(name).set(text, in: &settings)
        }
    }

    /// The text of a settings file that reproduces `settings` exactly.
    public static func text(of settings: DevelopSettings) -> String {
        var lines = ["# SoftISP develop settings", "version: \(version)"]
        for key in SettingKey.all {
            let value = key.text(settings)
            // Quoted where YAML would not read the text back as itself.
            let quoted = value.contains(":") || value.contains(",") ? "\"\(value)\"" : value
            lines.append("\(key.name): \(quoted)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether the text may hold an anchor (`&`) or an alias (`*`): the sign before a character of a name.
    private static func mayHold(_ sign: Unicode.Scalar, _ yaml: String) -> Bool {
        zip(yaml.utf8, yaml.utf8.dropFirst()).contains { first, second in
            guard first == UInt8(ascii: sign) else { return false }
            let name = Unicode.Scalar(second)
            return ("a"..."z").contains(name) || ("A"..."Z").contains(name) || ("0"..."9").contains(name)
                || name == "_" || name == "-"
        }
    }

    private static func entries(of yaml: String) throws(ISPError) -> [(String, String)] {
        // A few lines of keys that repeat each other would keep Yams busy for years.
        if Self.mayHold("&", yaml), Self.mayHold("*", yaml) {
            throw ISPError(.usage, "a settings file has no anchors and aliases (&name, *name); write the values out")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw ISPError(.usage, "the settings file is not YAML: \(error)")
        }
        guard let root else { return [] }
        guard let mapping = root.mapping else {
            throw ISPError(.usage, "a settings file must be a mapping of names to values")
        }
        var entries: [(String, String)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw ISPError(.usage, "a settings file must be a mapping of names to values")
            }
            if let scalar = value.scalar?.string {
                entries.append((name, scalar))
            } else if let items = value.sequence?.map({ $0.scalar?.string }), items.allSatisfy({ $0 != nil }) {
                entries.append((name, items.compactMap { $0 }.joined(separator: ",")))
            } else {
                throw ISPError(.usage, "\(name) must be a value or a list of numbers")
            }
        }
        return entries
    }
}
