// What the runtime costs: `make bench-runtime`. Measures, prints a table, and fails when something it measured was wrong.

import Foundation
import ISPRuntime

@main
struct RuntimeBench {
    static func main() {
        do {
            try run(Options(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("RuntimeBench: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ options: Options) throws {
        // A program with one thread gets cheaper mutexes from libc; the runtime's programs have several.
        try startThread {}
        var report = Report(options)
        if options.isWanted("single") {
            let all = try TokenTransfers.all() + Pools.all() + WholeFrames.all()
            try report.add(options.filter(all), rounds: options.rounds)
        }
        if options.isWanted("threads") {
            let streams = Streams(options)
            try streams.run(rounds: options.streamRounds)
            report.add(streams)
        }
        print(options.isJSON ? try report.json() : report.table())
    }
}
