// The command line of the benchmark.

/// What was asked for.
struct Options {
    /// A run of a few seconds, for CI.
    var isQuick = false
    /// JSON instead of a table.
    var isJSON = false
    /// Only measurements whose group or name contains this.
    var only: String?
    /// Only `single` or only `threads`.
    var part: String?
    /// Rounds, where they are not the usual number.
    var givenRounds: Int?

    static let usage = """
        usage: RuntimeBench [--quick] [--json] [--part single|threads] [--only TEXT] [--rounds N]
        """

    init(_ arguments: some Sequence<String>) throws {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--json": isJSON = true
            case "--part": part = try Self.value(of: argument, &rest)
            case "--only": only = try Self.value(of: argument, &rest)
            case "--rounds":
                guard let rounds = Int(try Self.value(of: argument, &rest)), rounds > 0 else {
                    throw BenchError("--rounds takes a number from 1 on")
                }
                givenRounds = rounds
            default: throw BenchError("unknown argument \(argument)\n\(Self.usage)")
            }
        }
        if let part, !["single", "threads"].contains(part) { throw BenchError("--part takes single or threads") }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws -> String {
        guard let value = rest.popFirst() else { throw BenchError("\(option) needs a value") }
        return value
    }

    /// Rounds over the measurements on one thread.
    var rounds: Int { givenRounds ?? (isQuick ? 15 : 200) }
    /// Rounds over the streams.
    var streamRounds: Int { givenRounds ?? (isQuick ? 2 : 16) }

    /// Whether a part shall run.
    func isWanted(_ part: String) -> Bool { self.part == nil || self.part == part }

    /// The measurements that were asked for.
    func filter(_ measurements: [Measurement]) -> [Measurement] {
        measurements.filter { $0.rows.contains { isWanted(name: $0.group + " " + $0.name) } }
    }

    /// Whether something of that name was asked for.
    func isWanted(name: String) -> Bool { only.map { name.contains($0) } ?? true }
}

/// The benchmark can not go on, or found something wrong in what it measured.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Fails unless `condition` holds: a figure of something that went wrong is worth nothing.
func check(_ condition: Bool, _ text: @autoclosure () -> String) throws {
    if !condition { throw BenchError("wrong: " + text()) }
}

/// The value of an optional that is there unless something is wrong.
func required<Value>(_ value: Value?, _ text: @autoclosure () -> String) throws -> Value {
    guard let value else { throw BenchError("wrong: " + text()) }
    return value
}
