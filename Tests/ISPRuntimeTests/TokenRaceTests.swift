// Token transfer race stress: the founding plan's first test. `SOFTISP_TRANSFERS=N` runs until N token transfers.

import Foundation
import ISPRuntime
import Testing

@Suite(.serialized) struct TokenRaceTests {
    static func configuration() -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration()
        configuration.rawSlots = 12
        configuration.imageSlots = 12
        configuration.rawBytes = 256
        configuration.imageBytes = 256
        configuration.workers = 3
        configuration.restartBudget = 60
        configuration.toleratedStuckWorkers = 4
        configuration.cores = 2
        configuration.cacheSize = 3
        configuration.knobs.attemptBudget = 16
        configuration.knobs.claimBackoff = 10_000
        configuration.knobs.escalationTimeout = 50_000_000
        configuration.knobs.stallTimeout = 1_000_000_000
        configuration.knobs.dropThreshold = 12
        return configuration
    }

    @Test(arguments: [1, 3]) func tokensSurviveTheRace(slices: Int) throws {
        let goal = ProcessInfo.processInfo.environment["SOFTISP_TRANSFERS"].flatMap(Int.init) ?? 100_000
        let counter = TransferCounter()
        var frames: UInt64 = 0
        var detached = 0
        repeat {
            let race = try TokenRace(Self.configuration(), slices: slices, recorder: counter)
            let result = try race.run(frames: min(200_000, UInt64(max(2_000, goal / 20))), sources: 2, workers: 3)
            #expect(result.violations.isEmpty, "\(result.violations)")
            let snapshot = try #require(result.snapshot)
            #expect(snapshot.residues.isZero, "\(snapshot.residues)")
            #expect(snapshot.held.isEmpty, "\(snapshot.held)")
            #expect(snapshot.unanswered == 0)
            frames += result.frames
            detached += result.detached
            if !result.violations.isEmpty || !snapshot.held.isEmpty { break }
        } while counter.total < goal
        print(
            "token race: \(counter.total) transfers, \(frames) frames, \(detached) workers given up, \(slices) slices")
        #expect(counter.total >= goal)
    }

    @Test func theRacesHistoryIsPossible() throws {
        let trace = TraceRecorder()
        let race = try TokenRace(Self.configuration(), slices: 2, recorder: trace)
        let result = try race.run(frames: 2_000, sources: 2, workers: 3)
        #expect(result.violations.isEmpty, "\(result.violations)")
        #expect(impossibility(in: trace.all) == nil)
    }
}
