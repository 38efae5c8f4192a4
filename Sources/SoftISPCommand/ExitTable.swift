// The exit codes, one table for the program, its help and the documentation. They follow BSD's sysexits.

import ISPImaging

/// What the program's exit code says.
enum ExitTable {
    /// The exit code of a kind of failure.
    static func code(of kind: ISPError.Kind) -> Int32 { row(kind).code }

    /// All rows, for documentation.
    static let rows: [(code: Int32, meaning: String)] =
        [(0, "success")] + ISPError.Kind.allCases.map { row($0) }.sorted { $0.code < $1.code }

    /// One line for `--help`.
    static let summary = rows.map { "\($0.code) \($0.meaning)" }.joined(separator: ", ")

    private static func row(_ kind: ISPError.Kind) -> (code: Int32, meaning: String) {
        switch kind {
        case .usage: (64, "wrong usage")
        case .damagedInput: (65, "damaged input")
        case .cannotOpenInput: (66, "input cannot be opened")
        case .unsupportedInput: (69, "input of an unsupported kind")
        case .resource: (71, "out of memory or another limit")
        case .cannotCreateOutput: (73, "output cannot be created")
        case .inputOutput: (74, "reading or writing failed")
        }
    }
}
