// The one error type of the imaging rooms: what went wrong, of which kind, and what to do about it.

/// An error whose message tells the user what to do, and whose kind decides the exit code of the command line.
public struct ISPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure; `docs/cli.md` has the exit code of each.
    public enum Kind: String, CaseIterable, Sendable {
        /// A wrong option, name, knob or combination of them.
        case usage
        /// The input is damaged or contradicts itself.
        case damagedInput
        /// The input is sound, but of a kind that is not supported.
        case unsupportedInput
        /// The input cannot be opened.
        case cannotOpenInput
        /// The output cannot be created.
        case cannotCreateOutput
        /// Reading or writing failed half-way: full disk, closed pipe, broken device.
        case inputOutput
        /// A limit of the machine or of SoftISP: memory, size.
        case resource
    }

    /// What sort of failure it is.
    public let kind: Kind
    /// One sentence for a person: what is wrong with what, and what to do.
    public let message: String

    /// Creates an error.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The message alone.
    public var description: String { message }

    /// The same error, with the name of the file (or other subject) it concerns in front.
    public func about(_ subject: String) -> ISPError {
        ISPError(kind, "\(subject): \(message)")
    }
}
