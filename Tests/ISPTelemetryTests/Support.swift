// What the tests of this target share: random events, threads that start together, pipes and files.

import Dispatch
import Foundation
import ISPRuntime

/// A small generator with a seed, so that a failure can be repeated (SplitMix64; Steele, Lea, Flood, 2014).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension Event {
    /// Any event at all, also those the runtime would never record; fields are at their defaults as often as not.
    static func random(using generator: inout Seeded) -> Event {
        func sometimes<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
        var event = Event(EventKind.allCases.randomElement(using: &generator) ?? .transition)
        event.time = generator.next() >> UInt64.random(in: 0...63, using: &generator)
        event.holder = Holder(rawValue: sometimes(UInt8(truncatingIfNeeded: generator.next())) ?? 0)
        event.pool = sometimes(.image) ?? .raw
        event.slot = sometimes(Int16(truncatingIfNeeded: generator.next())) ?? -1
        event.session = sometimes(UInt8(truncatingIfNeeded: generator.next())) ?? 255
        event.frame = sometimes(generator.next()) ?? 0
        event.outcome = sometimes(Outcome(code: UInt8.random(in: 0...10, using: &generator))) ?? nil
        event.transition = sometimes(Transition.allCases.randomElement(using: &generator)) ?? nil
        event.before = sometimes(generator.next()) ?? 0
        event.after = sometimes(generator.next()) ?? 0
        event.value = sometimes(generator.next()) ?? 0
        return event
    }

    /// An event that can be told from others of its thread.
    static func numbered(_ number: Int, session: Int = 0, time: UInt64 = 0) -> Event {
        var event = Event(.frameSubmitted, session: session, frame: UInt64(number))
        event.time = time
        return event
    }

    /// A frame's answer.
    static func answered(_ outcome: Outcome, after nanoseconds: UInt64 = 0) -> Event {
        var event = Event(.frameAnswered, session: 0, frame: 0, value: nanoseconds)
        event.outcome = outcome
        return event
    }
}

/// Runs `body` on `count` threads at once, with the number of each, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        Thread {
            body(number)
            group.leave()
        }.start()
    }
    group.wait()
}

/// A pipe that both ends of the test can see.
final class TestPipe {
    private let pipe = Pipe()

    var writing: Int32 { pipe.fileHandleForWriting.fileDescriptor }

    func closeReading() { try? pipe.fileHandleForReading.close() }

    /// Takes what is in the pipe, at least one byte.
    func readSome() -> [UInt8] { [UInt8](pipe.fileHandleForReading.availableData) }

    /// Closes the writing end and takes everything.
    func readAll() -> String {
        try? pipe.fileHandleForWriting.close()
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? nil
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}

/// A file that exists only while it is open.
final class TestFile {
    private let file: UnsafeMutablePointer<FILE>

    init() throws {
        guard let file = tmpfile() else { throw CocoaError(.fileWriteUnknown) }
        self.file = file
    }

    deinit { fclose(file) }

    var descriptor: Int32 { fileno(file) }

    /// The lines that were written so far.
    func lines() -> [String] {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = pread(descriptor, &buffer, buffer.count, off_t(text.count)), count > 0 {
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
