// What is measured, and the round robin over it.

/// A figure: what it is called, its unit, and what it should be.
struct Row {
    let group: String
    let name: String
    var unit = "ns"
    /// What it should not exceed, nil where there is no aim.
    var aim: Double?
    /// Digits after the point.
    var digits = 1
}

/// Something that is measured again and again, in turn with the others.
struct Measurement {
    let rows: [Row]
    /// Measures once: a value for each row, NaN where it could not be measured this time. Throws when what was measured
    /// was wrong.
    let sample: () throws -> [Double]
}

/// A row with its samples.
struct Figure {
    let row: Row
    let samples: [Double]

    /// The median.
    var median: Double { samples.percentile(50) }
    /// What one round in ten stayed below.
    var low: Double { samples.percentile(10) }
    /// What one round in ten exceeded.
    var high: Double { samples.percentile(90) }
    /// Whether the median is within the aim; nil without one.
    var isWithinAim: Bool? { samples.isEmpty ? nil : row.aim.map { median <= $0 } }
}

/// Takes all measurements in turn, so that whatever else the machine does meets all of them alike. A first round does not
/// count.
func interleaved(_ measurements: [Measurement], rounds: Int) throws -> [Figure] {
    var samples = measurements.map { $0.rows.map { _ in [Double]() } }
    for round in 0...rounds {
        for (index, measurement) in measurements.enumerated() {
            let values = try measurement.sample()
            try check(values.count == measurement.rows.count, "\(measurement.rows[0].name) gave \(values.count) values")
            if round == 0 { continue }
            for (row, value) in values.enumerated() where !value.isNaN { samples[index][row].append(value) }
        }
    }
    return zip(measurements, samples).flatMap { measurement, samples in
        zip(measurement.rows, samples).map { Figure(row: $0, samples: $1) }
    }
}

extension Collection<Double> {
    /// The value that `percent` percent of the values do not exceed, NaN without any.
    func percentile(_ percent: Double) -> Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
        return sorted[Swift.max(0, Swift.min(sorted.count - 1, Int(rank) - 1))]
    }
}
