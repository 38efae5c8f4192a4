import Foundation
import ISPRuntime
import ISPTelemetry
import Testing

@Suite struct EventLogTests {
    @Test func whatIsRecordedIsInTheLogExactly() throws {
        let file = try TestFile()
        let log = EventLog(descriptor: file.descriptor, shards: 1, capacity: 1024)
        var generator = Seeded(1)
        var events = (0..<700).map { _ in Event.random(using: &generator) }
        for event in events { log.record(event, shard: 0) }
        #expect(log.waiting == 700)
        #expect(try log.drain())
        #expect(log.written == 700 && log.lost == 0 && log.waiting == 0)
        // All times differ, so there is one order.
        events.sort { $0.time < $1.time }
        #expect(try file.lines().map { try EventLine.parse($0).time } == events.map(\.time))
        #expect(
            try Set(file.lines().map { try EventLine.text(EventLine.parse($0)) }) == Set(events.map(EventLine.text)))
    }

    @Test func shardsAreMergedByTime() throws {
        let file = try TestFile()
        let log = EventLog(descriptor: file.descriptor, shards: 4)
        for number in 0..<400 {
            log.record(.numbered(number, time: UInt64(number)), shard: number * 7 % 4)
        }
        try log.drain()
        #expect(try file.lines().map { try EventLine.parse($0).frame } == (0..<400).map(UInt64.init))
    }

    @Test func eventsOfOneMomentStayInTheirOrder() throws {
        let file = try TestFile()
        let log = EventLog(descriptor: file.descriptor, shards: 1)
        for number in 0..<1_000 { log.record(.numbered(number, time: 5), shard: 0) }
        try log.drain()
        #expect(try file.lines().map { try EventLine.parse($0).frame } == (0..<1_000).map(UInt64.init))
    }

    @Test func aFullRingCountsWhatItLoses() throws {
        let file = try TestFile()
        let log = EventLog(descriptor: file.descriptor, shards: 2, capacity: 100)
        for number in 0..<1_000 { log.record(.numbered(number, time: UInt64(number)), shard: 0) }
        log.record(.numbered(5_000, time: 5_000), shard: 1)
        // Rounded up to 128; the other shard is not affected.
        #expect(log.lost == 1_000 - 128)
        #expect(log.waiting == 129)
        try log.drain()
        #expect(try file.lines().map { try EventLine.parse($0).frame } == (0..<128).map(UInt64.init) + [5_000])
        log.record(.numbered(1), shard: 0)
        try log.drain()
        #expect(log.written == 130 && log.lost == 1_000 - 128)
    }

    /// Shards of their own and one for all: no event twice, none changed, none missing that is not counted.
    @Test(arguments: [4, 1]) func concurrentRecordingLosesNothingUncounted(shards: Int) throws {
        let file = try TestFile()
        let (threads, rounds) = (4, 5_000)
        let log = EventLog(descriptor: file.descriptor, shards: shards, capacity: 256)
        onThreads(threads + 1) { thread in
            if thread < threads {
                for round in 0..<rounds { log.record(.numbered(round, session: thread), shard: thread) }
            } else {
                for _ in 0..<200 { #expect(throws: Never.self) { try log.drain() } }
            }
        }
        try log.close()
        let events = try file.lines().map { try EventLine.parse($0) }
        #expect(log.written == UInt64(events.count))
        #expect(log.written + log.lost == UInt64(threads * rounds))
        for thread in 0..<threads {
            let frames = events.filter { $0.session == UInt8(thread) }.map(\.frame)
            #expect(zip(frames, frames.dropFirst()).allSatisfy(<), "a thread's events are in its order, each once")
        }
    }

    @Test func aClosedPipeEndsTheLogAndIsReportedOnce() throws {
        let pipe = TestPipe()
        let log = EventLog(descriptor: pipe.writing, shards: 1)
        log.record(.numbered(0), shard: 0)
        pipe.closeReading()
        #expect(throws: EventLogError.write(EPIPE)) { try log.drain() }
        #expect(log.state == .failed(.write(EPIPE)))
        log.record(.numbered(1), shard: 0)
        #expect(try log.drain())
        #expect(throws: Never.self) { try log.close() }
        #expect(log.written == 0 && log.lost == 2 && log.waiting == 0)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "this system has no /dev/full"))
    func aFullDiskEndsTheLogWithAdvice() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let log = EventLog(descriptor: descriptor, shards: 1)
        log.record(.numbered(0), shard: 0)
        #expect(throws: EventLogError.write(ENOSPC)) { try log.drain() }
        #expect("\(EventLogError.write(ENOSPC))".contains("free some space"))
    }

    @Test(arguments: [-1, 999_999] as [Int32]) func aDescriptorThatIsNotOpenIsAnErrorAtOnce(descriptor: Int32) {
        let log = EventLog(descriptor: descriptor, shards: 1)
        log.record(.numbered(0), shard: 0)
        #expect(throws: EventLogError.write(EBADF)) { try log.drain() }
    }

    @Test func aReaderThatTakesNothingHoldsNobodyUp() throws {
        let pipe = TestPipe()
        let log = EventLog(descriptor: pipe.writing, shards: 1, capacity: 4096)
        var recorded: UInt64 = 0
        func fill() {
            for _ in 0..<6_000 {
                log.record(.numbered(Int(recorded), time: recorded), shard: 0)
                recorded += 1
            }
        }
        fill()
        #expect(try !log.drain(waiting: 0), "the pipe took it all")
        fill()
        #expect(log.state == .open)
        #expect(log.lost > 0)
        #expect(log.written + log.lost + log.waiting == recorded)
        // The reader comes back: what was kept comes whole and in order.
        var bytes: [UInt8] = []
        repeat { bytes += pipe.readSome() } while try !log.drain(waiting: 0)
        repeat { bytes += pipe.readSome() } while try !log.drain(waiting: 0)
        let text = String(decoding: bytes, as: UTF8.self) + pipe.readAll()
        let frames = try text.split(separator: "\n").map { try EventLine.parse($0).frame }
        #expect(UInt64(frames.count) == log.written)
        #expect(log.written + log.lost == recorded)
        #expect(zip(frames, frames.dropFirst()).allSatisfy(<))
    }

    @Test func closingLosesWhatAStuckReaderDidNotTake() throws {
        let pipe = TestPipe()
        let log = EventLog(descriptor: pipe.writing, shards: 1, capacity: 4096)
        for number in 0..<4_000 { log.record(.numbered(number), shard: 0) }
        try log.close(waiting: 0)
        #expect(log.state == .closed)
        #expect(log.lost > 0 && log.waiting == 0)
        #expect(log.written + log.lost == 4_000)
    }

    @Test func aLogThatFailsLosesWhatStillWaited() throws {
        let pipe = TestPipe()
        let log = EventLog(descriptor: pipe.writing, shards: 2, capacity: 4096)
        for number in 0..<4_000 { log.record(.numbered(number), shard: 0) }
        #expect(try !log.drain(waiting: 0), "the pipe took it all")
        for number in 0..<100 { log.record(.numbered(number), shard: 1) }
        pipe.closeReading()
        #expect(throws: EventLogError.write(EPIPE)) { try log.drain() }
        #expect(log.waiting == 0)
        #expect(log.written + log.lost == 4_100)
    }

    @Test func aClosedLogCountsLaterEventsAsLost() throws {
        let file = try TestFile()
        let log = EventLog(descriptor: file.descriptor, shards: 1)
        log.record(.numbered(0), shard: 0)
        try log.close()
        try log.close()
        log.record(.numbered(1), shard: 0)
        #expect(file.lines().count == 1)
        #expect(log.written == 1 && log.lost == 1)
    }
}

@Suite struct EventLogWriterTests {
    @Test func theWriterWritesEverythingBeforeItStops() throws {
        let file = try TestFile()
        let log = EventLog(descriptor: file.descriptor, shards: 2, capacity: 4096)
        let writer = try EventLogWriter(log, every: 1)
        onThreads(2) { thread in
            for round in 0..<2_000 { log.record(.numbered(round, session: thread), shard: thread) }
        }
        writer.stop()
        writer.stop()
        #expect(log.state == .closed)
        #expect(file.lines().count == 4_000)
    }

    @Test func theWriterReportsAClosedPipeOnce() throws {
        let pipe = TestPipe()
        pipe.closeReading()
        let log = EventLog(descriptor: pipe.writing, shards: 1)
        log.record(.numbered(0), shard: 0)
        let reports = Telemetry(shards: 1)
        let writer = try EventLogWriter(log) { error in
            #expect(error == .write(EPIPE))
            reports.record(Event(.knobsChanged), shard: 0)
        }
        writer.stop()
        #expect(reports.snapshot().count(.knobsChanged) == 1)
        #expect(log.state == .failed(.write(EPIPE)))
        log.record(.numbered(1), shard: 0)
        #expect(log.lost == 2)
    }

    @Test func aForgottenWriterEndsItsThreadAndTheLogIsWhole() throws {
        let file = try TestFile()
        let log = EventLog(descriptor: file.descriptor, shards: 1)
        do {
            let writer = try EventLogWriter(log, every: 1000)
            log.record(.numbered(0), shard: 0)
            withExtendedLifetime(writer) {}
        }
        #expect(log.state == .closed)
        #expect(file.lines().count == 1)
    }
}
