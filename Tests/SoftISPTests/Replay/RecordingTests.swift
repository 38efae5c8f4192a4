// Damaged and odd event logs: one clear error, or a note.

import ISPImaging
import ISPRuntime
import ISPTelemetry
import ISPTestSupport
import SoftISP
import Testing

@Suite struct RecordingTests {
    private static func failure(_ text: String) -> ISPError? {
        do throws(ISPError) { _ = try Recording(log: Array(text.utf8)) } catch { return error }
        return nil
    }

    private static let first = #"{"event":"FRAME_SUBMITTED","t_ns":1,"session":0,"frame":0}"# + "\n"

    private static let damaged: [(text: String, words: String)] = [
        ("", "no frame was submitted"),
        ("\n", "line 1:"),
        ("{}\n", "line 1:"),
        ("no log at all\n", "line 1:"),
        (first + "rubbish\n", "line 2:"),
        (first + first, "a second time"),
        (#"{"event":"FRAME_LOST","t_ns":1}"# + "\n", "line 1:"),
        (#"{"event":"FRAME_SUBMITTED","t_ns":1,"frame":0}"# + "\n", "needs a session"),
        (#"{"event":"FRAME_SUBMITTED","t_ns":1,"session":31,"frame":0}"# + "\n", "needs a session"),
        (#"{"event":"FRAME_SUBMITTED","t_ns":18446744073709551615,"session":0,"frame":0}"# + "\n", "no clock shows"),
        (
            #"{"event":"FRAME_SUBMITTED","t_ns":1,"session":0,"frame":0,"value":18446744073709551615}"# + "\n",
            "no clock shows"
        ),
        (#"{"event":"SOURCE_ATTACHED","t_ns":1,"session":0,"value":3}"# + "\n", "0, 1 and 2"),
        (#"{"event":"FAULT_INJECTED","t_ns":1,"session":0,"frame":0,"value":77}"# + "\n", "no fault 77"),
    ]

    @Test(arguments: damaged) func damageHasOneClearError(text: String, words: String) throws {
        let error = try #require(Self.failure(text))
        #expect(error.kind == .damagedInput)
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test func aLastLineCutShortIsANote() throws {
        let text = Log.steady(5).text
        let whole = try Recording(log: Array(text.utf8))
        #expect(whole.notes.isEmpty)
        let cut = try Recording(log: Array(text.utf8.dropLast(9)))
        #expect(cut.notes.count == 1)
        #expect(cut.notes[0].contains("cut short"))
        #expect(cut.frames == 5)
        // Without its end, but whole.
        #expect(try Recording(log: Array(text.utf8.dropLast())).notes.isEmpty)
    }

    @Test func theOrderOfLinesIsThatOfTime() throws {
        var log = Log.steady(20) { $0.fault(.workerHang, 2000, frame: 10, at: 304) }
        let expected = try Played(log).text
        log.events.reverse()
        // Events of one moment change places; what comes out is decided by what they are about.
        #expect(try Played(log).figures.done == 20)
        #expect(try Played(Log.steady(20) { $0.fault(.workerHang, 2000, frame: 10, at: 304) }).text == expected)
    }

    @Test func whatIsMissingIsTold() throws {
        var log = Log.steady(5)
        log.events.removeAll { $0.kind == .frameSubmitted && $0.frame == 2 }
        let recording = try log.recording()
        #expect(recording.notes.contains { $0.contains("submission is missing") })
        #expect(recording.frames == 4)
        #expect(try Played(recording).figures.done == 4)
        log.events.removeAll { $0.kind == .sourceAttached }
        #expect(try log.recording().notes.contains { $0.contains("without a free slot") })
    }

    @Test func workersThatFailedByThemselvesFailAgain() throws {
        // Worker 0 dies with frame 10 in hand, and later one hangs with frame 20 until it returns after 1500 ms.
        var log = Log()
        for frame in UInt64(0)..<60 {
            log.submit(frame, at: 100 + 20 * frame)
            log.start(frame, at: 100 + 20 * frame)
            if frame == 10 {
                log.add(Event(.workerDetached, holder: .worker(0)), 304)
                log.add(Event(.workerQuiescent, holder: .worker(0)), 304)
                log.start(frame, at: 305, worker: 1)
            }
            if frame == 20 {
                log.add(Event(.workerStalled, holder: .worker(0)), 750)
                log.add(Event(.workerDetached, holder: .worker(0)), 850)
                log.add(Event(.workerQuiescent, holder: .worker(0)), 2000)
                log.start(frame, at: 851, worker: 1)
            }
            log.answer(frame, at: frame == 20 ? 861 : frame == 10 ? 315 : 110 + 20 * frame)
        }
        // While it hangs the worker starts nothing; another one does.
        for index in log.events.indices
        where log.events[index].kind == .frameStarted && log.events[index].frame > 20 {
            log.events[index].holder = .worker(1)
        }
        let recording = try log.recording()
        #expect(recording.notes.contains { $0.contains("2 workers failed without a fault") })
        let played = try Played(recording)
        #expect(played.figures.done == 60)
        #expect(played.figures.faults.first { $0.kind == .workerKill }?.count == 1)
        #expect(played.figures.faults.first { $0.kind == .workerHang }?.count == 1)
        #expect(played.figures.telemetry.count(.workerDetached) == 2)
        #expect(played.events(.workerQuiescent).map(\.time) == [304 * millisecond, 2000 * millisecond])
        #expect(played.isAtRest)
    }

    @Test func aLogWithoutAnyFinishedFrameTakesNoTime() throws {
        var log = Log()
        for frame in 0..<UInt64(5) { log.submit(frame, at: 10 * frame) }
        let played = try Played(log)
        #expect(played.figures.done == 5)
        #expect(played.isAtRest)
    }

    /// Lines with bytes changed, fields swapped, numbers blown up, lines left out and doubled: an error that names its line,
    /// or a recording that plays to its end with balanced books.
    @Test func mutatedLogsAreRefusedOrPlayed() throws {
        let lines = ReplayTests.everything().text.split(separator: "\n").map { Array($0.utf8) }
        var random = SeededGenerator(seed: 7)
        var (refused, played) = (0, 0)
        for round in 0..<300 {
            var text = Array(lines.prefix(round % 2 == 0 ? 60 : lines.count))
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&text, &random) }
            let bytes = Array(text.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
            let recording: Recording
            do throws(ISPError) { recording = try Recording(log: bytes) } catch {
                #expect(error.kind == .damagedInput)
                #expect(error.message.contains("line ") || error.message.contains("no frame"), "\(error.message)")
                refused += 1
                continue
            }
            played += 1
            do {
                let run = try Played(recording)
                #expect(run.isAtRest, "round \(round)")
            } catch let error as ISPError {
                // A fault that lasts for days by now.
                #expect(error.kind == .resource)
            }
        }
        #expect(refused > 50 && played > 50, "\(refused) refused, \(played) played")
    }

    private static func mutate(_ lines: inout [[UInt8]], _ random: inout SeededGenerator) {
        let at = Int.random(in: 0..<lines.count, using: &random)
        let digits = lines[at].indices.filter { (0x30...0x39).contains(lines[at][$0]) }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            lines[at][Int.random(in: 0..<lines[at].count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        case 1: lines.remove(at: at)
        case 2: lines.insert(lines[at], at: Int.random(in: 0...at, using: &random))
        case 3:
            guard let digit = digits.randomElement(using: &random) else { return }
            lines[at][digit] = UInt8.random(in: 0x30...0x39, using: &random)
        case 4:
            guard let digit = digits.randomElement(using: &random) else { return }
            let more = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                UInt8.random(in: 0x30...0x39, using: &random)
            }
            lines[at].insert(contentsOf: more, at: digit + 1)
        default: lines.swapAt(at, Int.random(in: 0..<lines.count, using: &random))
        }
    }
}
