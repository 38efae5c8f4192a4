// The result: a table to read, or JSON.

import Foundation

/// What was measured.
struct Report {
    private var figures: [Figure] = []
    private var latencies: [LatencyRow] = []
    private let isQuick: Bool

    /// A stream's latencies, in microseconds.
    struct LatencyRow: Codable {
        let carrier: String
        let rate: String
        let workers: Int
        let frames: Int
        let p50: Double
        let p99: Double
        let p999: Double
        let maximum: Double
    }

    /// A figure as it stands in JSON.
    private struct FigureRow: Codable {
        let group: String
        let name: String
        let unit: String
        let median: Double?
        let low: Double?
        let high: Double?
        let rounds: Int
        let aim: Double?
    }

    private struct Document: Codable {
        let isQuick: Bool
        let figures: [FigureRow]
        let startLatencies: [LatencyRow]
    }

    init(_ options: Options) { isQuick = options.isQuick }

    /// Measures in turn.
    mutating func add(_ measurements: [Measurement], rounds: Int) throws {
        figures += try interleaved(measurements, rounds: rounds)
    }

    mutating func add(_ streams: Streams) {
        figures += streams.figures
        for kind in streams.kinds {
            let all = streams.latencies(kind)
            latencies.append(
                LatencyRow(
                    carrier: kind.carrier.rawValue, rate: kind.rate.name, workers: kind.workers, frames: all.count,
                    p50: all.percentile(50) / 1000, p99: all.percentile(99) / 1000, p999: all.percentile(99.9) / 1000,
                    maximum: all.percentile(100) / 1000))
        }
    }

    func json() throws -> String {
        func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
        let rows = figures.map {
            FigureRow(
                group: $0.row.group, name: $0.row.name, unit: $0.row.unit, median: known($0.median),
                low: known($0.low), high: known($0.high), rounds: $0.samples.count, aim: $0.row.aim)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let document = Document(isQuick: isQuick, figures: rows, startLatencies: latencies)
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    /// Both tables, in Markdown.
    func table() -> String {
        var lines: [String] = []
        if !figures.isEmpty {
            lines += Self.aligned(
                [["what", "median", "p10 to p90", "unit", "aim"]] + figures.map(Self.cells), numbers: [1, 2])
        }
        if !latencies.isEmpty {
            if !lines.isEmpty { lines.append("") }
            let head = ["publish to start of job, us", "workers", "p50", "p99", "p99.9", "max", "frames"]
            let rows = latencies.map { row in
                ["\(row.rate), \(row.carrier)", "\(row.workers)"]
                    + [row.p50, row.p99, row.p999, row.maximum].map { Self.text($0, digits: 1) } + ["\(row.frames)"]
            }
            lines += Self.aligned([head] + rows, numbers: [1, 2, 3, 4, 5, 6])
        }
        return lines.joined(separator: "\n")
    }

    private static func cells(_ figure: Figure) -> [String] {
        let digits = figure.row.digits
        let aim = figure.row.aim.map { aim in
            "<= \(text(aim, digits: 0))" + (figure.isWithinAim == false ? " missed" : "")
        }
        return [
            "\(figure.row.group): \(figure.row.name)", text(figure.median, digits: digits),
            "\(text(figure.low, digits: digits)) to \(text(figure.high, digits: digits))", figure.row.unit, aim ?? "",
        ]
    }

    private static func text(_ value: Double, digits: Int) -> String {
        value.isNaN ? "-" : String(format: "%.\(digits)f", value)
    }

    private static func aligned(_ rows: [[String]], numbers: Set<Int>) -> [String] {
        let widths = rows[0].indices.map { column in max(3, rows.map(\.[column].count).max() ?? 0) }
        var lines = rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return numbers.contains(column) ? padding + cell : cell + padding
            }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            numbers.contains(column)
                ? String(repeating: "-", count: width - 1) + ":" : String(repeating: "-", count: width)
        }
        lines.insert("| " + rule.joined(separator: " | ") + " |", at: 1)
        return lines
    }
}
