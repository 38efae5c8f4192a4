// docs/runtime.md has the table of transitions as the code has it.

import Foundation
import ISPRuntime
import Testing

@Suite struct DocumentTests {
    static let page: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder.appending(path: "docs/runtime.md")
    }()

    /// The rows as the page must have them.
    static var rows: [String] {
        Transition.allCases.map { transition in
            let row = transition.row
            let from = SlotState.allCases.filter { row.from.contains($0) }.map(\.name).joined(separator: ", ")
            let to = row.to?.name ?? (row.endsGeneration ? "FREE" : "same")
            let hardware =
                switch row.hardware {
                case .none: "none"
                case .idle: "not in use"
                case .inUse: "in use"
                case .any: "any"
                }
            let hardwareAfter =
                switch row.hardwareAfter {
                case .same: ""
                case .submitted: " -> in use, hw_seq +1"
                case .done: " -> done"
                }
            let leases =
                switch row.leases {
                case .any: ""
                case .zero: "none"
                case .one: "one"
                case .some: "some"
                }
            let change = row.leaseChange == 0 ? "" : row.leaseChange > 0 ? "+1" : "-1"
            let pools = "\(row.pools)"
            return
                "| \(row.number) | \(transition) | \(pools) | \(from) -> \(to) | \(hardware)\(hardwareAfter) | "
                + "\([leases, change].filter { !$0.isEmpty }.joined(separator: ", ")) | \(row.by) |"
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: page.path()), "docs/ is not beside these tests"))
    func thePageHasTheTableOfTheCode() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let section = text.components(separatedBy: "<!-- transitions -->")
        try #require(section.count == 3, "docs/runtime.md must have the table between two marks")
        let rows = section[1].split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map(String.init)
        let missing = Self.rows.filter { !rows.contains($0) }
        let stale = rows.filter { !Self.rows.contains($0) }
        #expect(missing.isEmpty, "missing:\n\(missing.joined(separator: "\n"))")
        #expect(stale.isEmpty, "stale:\n\(stale.joined(separator: "\n"))")
    }
}
