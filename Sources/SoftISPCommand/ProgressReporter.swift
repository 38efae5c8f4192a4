// What is seen while a batch runs: a bar on a terminal, JSON lines for programs, a line a file for everybody.

import ArgumentParser
import Foundation
import ISPImaging
import Synchronization

/// How progress is shown.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
    /// A bar on a terminal, otherwise a line a file.
    case auto
    /// One JSON object a line on standard error.
    case json
    /// Errors only.
    case none
}

/// Reports a batch. Its methods are called from several threads.
final class ProgressReporter: Sendable {
    private struct State {
        var fractions: [Int: Double] = [:]
        var finished = 0
        var barShown = false
        var lastPercent = -1
    }

    private let style: ProgressStyle
    private let total: Int
    private let state = Mutex(State())

    init(_ style: ProgressStyle, total: Int) {
        self.style = style
        self.total = total
    }

    /// A file has come to a fraction of its way.
    func advanced(_ index: Int, _ name: String, to fraction: Double) {
        guard style != .none else { return }
        state.withLock { state in
            state.fractions[index] = fraction
            let percent = Self.percent(state, total)
            guard percent != state.lastPercent else { return }
            state.lastPercent = percent
            if style == .json {
                Diagnostics.json(["event": "progress", "input": name, "percent": percent])
            } else if Diagnostics.isTerminal {
                drawBar(&state, percent)
            }
        }
    }

    /// A file is done.
    func finished(_ index: Int, _ name: String, output: String, summary: String, notes: [String], seconds: Double) {
        state.withLock { state in
            state.fractions[index] = nil
            state.finished += 1
            switch style {
            case .none: break
            case .json:
                Diagnostics.json([
                    "event": "finished", "input": name, "output": output, "seconds": seconds, "notes": notes,
                ])
            case .auto:
                clearBar(&state)
                Diagnostics.line("\(name) -> \(output): \(summary), \(String(format: "%.2f", seconds)) s")
                for note in notes { Diagnostics.line("  note: \(note)") }
            }
        }
    }

    /// A file has failed; the error's message names it.
    func failed(_ index: Int, _ name: String, _ error: ISPError) {
        state.withLock { state in
            state.fractions[index] = nil
            state.finished += 1
            if style == .json {
                Diagnostics.json([
                    "event": "failed", "input": name, "error": error.message, "kind": error.kind.rawValue,
                    "exit_code": Int(ExitTable.code(of: error.kind)),
                ])
            } else {
                clearBar(&state)
                Diagnostics.error(error.message)
            }
        }
    }

    /// The batch is over.
    func ended(failures: [String]) {
        state.withLock { state in
            if style == .json {
                Diagnostics.json(["event": "summary", "developed": total - failures.count, "failed": failures])
                return
            }
            clearBar(&state)
            guard total > 1, style != .none || !failures.isEmpty else { return }
            let failed = failures.isEmpty ? "" : ", \(failures.count) failed: \(failures.joined(separator: ", "))"
            Diagnostics.line("\(total - failures.count) of \(total) developed\(failed)")
        }
    }

    private static func percent(_ state: State, _ total: Int) -> Int {
        Int(100 * (Double(state.finished) + state.fractions.values.reduce(0, +)) / Double(total))
    }

    private func drawBar(_ state: inout State, _ percent: Int) {
        state.barShown = true
        let width = 40
        let filled = percent * width / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        Diagnostics.write("\r[\(bar)] \(percent) %  \(state.finished)/\(total)")
    }

    private func clearBar(_ state: inout State) {
        guard state.barShown else { return }
        state.barShown = false
        state.lastPercent = -1
        Diagnostics.write("\r\u{1b}[K")
    }
}
