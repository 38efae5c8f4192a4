// Settings that change while a stream runs: a file of timed lines.

import ISPImaging
import ISPTuning
import SoftISP

/// Reads `--script`: lines of `TIME NAME=VALUE ...`, such as `2s exposure=-1 saturation=0.5`. Empty lines and those that
/// begin with # count for nothing.
struct SettingScript {
    /// One line: from when on which settings are changed.
    struct Step {
        /// Nanoseconds from the start.
        var time: UInt64
        /// Names and values, checked.
        var changes: [(key: SettingKey, value: String)]
    }

    /// In the order of time.
    var steps: [Step]

    /// - Throws: `ISPError(.usage)` that names the line.
    init(_ text: String, settings: DevelopSettings) throws(ISPError) {
        var steps: [Step] = []
        var trial = settings
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            do throws(ISPError) {
                var step = Step(time: try Duration.nanoseconds(of: first, "the time"), changes: [])
                guard words.count > 1 else { throw ISPError(.usage, "nothing follows the time; write NAME=VALUE") }
                for word in words.dropFirst() {
                    let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
                    guard pair.count == 2 else { throw ISPError(.usage, "'\(word)' must be NAME=VALUE") }
                    let key = try SettingKey.named(pair[0])
                    try key.set(pair[1], in: &trial)
                    step.changes.append((key, pair[1]))
                }
                steps.append(step)
            } catch { throw error.about("line \(number + 1)") }
        }
        self.steps = steps.sorted { $0.time < $1.time }
    }

    /// Applies the steps that are due.
    ///
    /// - Returns: whether there was one.
    mutating func apply(at time: UInt64, to settings: inout DevelopSettings) throws(ISPError) -> Bool {
        var isChanged = false
        while let step = steps.first, step.time <= time {
            for (key, value) in step.changes { try key.set(value, in: &settings) }
            steps.removeFirst()
            isChanged = true
        }
        return isChanged
    }
}
