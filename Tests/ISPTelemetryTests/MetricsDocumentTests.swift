// docs/metrics.md says what the code says: its tables are compared with the table they describe.

import Foundation
import ISPRuntime
import ISPTelemetry
import Testing

@Suite struct MetricsDocumentTests {
    private static let lines: [String] = {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/metrics.md")
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n")
    }()

    private static func code(_ text: String?) -> String { text.map { " `\($0)` |" } ?? " |" }

    /// A metric's line of the document.
    private static func line(_ row: MetricRow) -> String {
        let labels = row.labels.isEmpty ? " |" : " " + row.labels.map { "`\($0)`" }.joined(separator: ", ") + " |"
        let middle = row.type == .gauge ? labels : " \(row.type.rawValue) |" + labels + code(row.event?.name)
        return "|" + code(row.name) + middle + code(row.foundingName) + " \(row.description) |"
    }

    /// An event's line of the document.
    private static func line(_ kind: EventKind) -> String {
        let metrics = TelemetryTable.rows(of: kind).map { "`\($0.name)`" }.joined(separator: ", ")
        return "|" + code(kind.name) + (kind.valueMeaning.map { " \($0) |" } ?? " |") + " \(metrics) |"
    }

    @Test(arguments: TelemetryTable.rows.map(line)) func everyMetricHasItsLine(line: String) {
        #expect(Self.lines.contains(line), "docs/metrics.md lacks: \(line)")
    }

    @Test(arguments: EventKind.allCases.map(line)) func everyEventHasItsLine(line: String) {
        #expect(Self.lines.contains(line), "docs/metrics.md lacks: \(line)")
    }

    @Test func theDocumentNamesNoMetricThatIsNot() {
        let documented = Self.lines.filter { $0.hasPrefix("| `softisp_") }
        #expect(documented == documented.filter(Set(TelemetryTable.rows.map(Self.line)).contains))
        #expect(documented.count == TelemetryTable.rows.count)
    }

    @Test func theBoundsOfTheHistogramsAreThere() {
        let bounds = PrometheusText.bounds.map { String(format: "%g", Double($0) / 1e9) }.joined(separator: ", ")
        #expect(Self.lines.joined(separator: " ").contains(bounds), "docs/metrics.md lacks: \(bounds)")
    }
}
