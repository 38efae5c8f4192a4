// What a stage says of itself. Help texts, `softisp list` and the documentation are made from these, never typed twice.

import ISPImaging

/// A numeric parameter of a stage: its name, unit, range and default.
public struct ParameterDescriptor: Hashable, Sendable {
    /// The name, as in a settings file.
    public let name: String
    /// What it does, one line.
    public let summary: String
    /// The unit of the value; empty for a plain number.
    public let unit: String
    /// The accepted values.
    public let range: ClosedRange<Double>
    /// The value when nothing is said.
    public let defaultValue: Double

    /// Creates a descriptor.
    public init(
        _ name: String, _ summary: String, unit: String = "", in range: ClosedRange<Double>, default value: Double
    ) {
        self.name = name
        self.summary = summary
        self.unit = unit
        self.range = range
        self.defaultValue = value
    }

    /// Passes `value` on if it lies in the range.
    /// - Throws: `ISPError(.usage)` that names the parameter and its range.
    public func checked(_ value: Double) throws(ISPError) -> Double {
        guard range.contains(value) else {
            let unit = unit.isEmpty ? "" : " \(unit)"
            throw ISPError(
                .usage, "\(name) is \(value)\(unit), but must be \(range.lowerBound) to \(range.upperBound)\(unit)")
        }
        return value
    }
}

/// A stage of the pipeline: what it does, where it comes from, what can be set.
public struct StageDescriptor: Hashable, Sendable {
    /// What kind of samples a stage takes or gives.
    public enum Signal: String, Sendable {
        /// Stored sensor samples.
        case raw
        /// One linear Float sample a pixel, 0 = black, 1 = sensor saturation before gains.
        case mosaic
        /// Three linear Float planes.
        case linearRGB = "linear RGB"
        /// Three Float planes coded for display, 0 ... 1.
        case displayRGB = "display RGB"
        /// Y, Cb and Cr of display RGB.
        case yCbCr = "YCbCr"
        /// A finished picture.
        case picture
    }

    /// The name, as in a settings file and in `softisp list stages`.
    public let name: String
    /// What it does, one line.
    public let summary: String
    /// Where the method comes from: paper or standard.
    public let citation: String
    /// What it takes.
    public let input: Signal
    /// What it gives.
    public let output: Signal
    /// What can be set.
    public let parameters: [ParameterDescriptor]

    /// Creates a descriptor.
    public init(
        _ name: String, _ summary: String, citation: String, from input: Signal, to output: Signal,
        parameters: [ParameterDescriptor] = []
    ) {
        self.name = name
        self.summary = summary
        self.citation = citation
        self.input = input
        self.output = output
        self.parameters = parameters
    }
}
