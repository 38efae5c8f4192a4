// Frames on demand, for a benchmark that runs several programs in turn.

import Foundation
import ISPImaging

/// Answers lines on standard input: `run` makes a frame and prints its nanoseconds, `write FILE` stores the last picture's
/// bytes, `quit` ends.
struct Server {
    private let subject: Subject
    private let threads: Int

    init(_ subject: Subject, threads: Int) {
        self.subject = subject
        self.threads = threads
    }

    func run() throws {
        say("ready \(subject.image.size.width * subject.image.size.height)")
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch words.first {
            case "run": say("\(subject.run(threads: threads))")
            case "write" where words.count == 2:
                try Data(subject.image.bytes).write(to: URL(fileURLWithPath: words[1]))
                say("written")
            case "quit": return
            default: throw ISPError(.usage, "no command '\(line)'")
            }
        }
    }

    private func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
