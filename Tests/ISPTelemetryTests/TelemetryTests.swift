import ISPRuntime
import ISPTelemetry
import Testing

@Suite struct TelemetryTests {
    @Test func everyKindIsCountedAsItself() {
        let telemetry = Telemetry(shards: 2)
        for (index, kind) in EventKind.allCases.enumerated() {
            for _ in 0...index { telemetry.record(Event(kind), shard: index) }
        }
        let snapshot = telemetry.snapshot()
        for (index, kind) in EventKind.allCases.enumerated() {
            #expect(snapshot.count(kind) == UInt64(index + 1), "\(kind.name)")
        }
    }

    @Test func framesAreCountedByOutcomeAndReason() {
        let telemetry = Telemetry(shards: 1)
        let outcomes = [.done, .error] + DropReason.allCases.map(Outcome.dropped)
        for (index, outcome) in outcomes.enumerated() {
            for _ in 0...index { telemetry.record(.answered(outcome), shard: 0) }
        }
        let snapshot = telemetry.snapshot()
        for (index, outcome) in outcomes.enumerated() { #expect(snapshot.frames(outcome) == UInt64(index + 1)) }
        #expect(outcomes.reduce(0) { $0 + snapshot.frames($1) } == snapshot.count(.frameAnswered))
    }

    @Test func handoffsAreCountedByBatchAndByItem() {
        let telemetry = Telemetry(shards: 1)
        for items in [3, 0, 4] as [UInt64] {
            telemetry.record(Event(.handoffFastForwarded, holder: .batch(0), value: items), shard: 0)
        }
        telemetry.record(Event(.handoffAborted, holder: .batch(0), value: 9), shard: 0)
        telemetry.record(Event(.workerDetached, holder: .worker(0), value: 16), shard: 0)
        let snapshot = telemetry.snapshot()
        #expect(snapshot.count(.handoffFastForwarded) == 3)
        #expect(snapshot.items(.handoffFastForwarded) == 7)
        #expect(snapshot.count(.handoffAborted) == 1)
        #expect(snapshot.items(.handoffAborted) == 9)
        #expect(snapshot.items(.workerDetached) == 16)
    }

    @Test func transitionsAreCountedByRow() {
        let telemetry = Telemetry(shards: 1, recordsTransitions: true)
        #expect(telemetry.recordsTransitions)
        for (index, transition) in Transition.allCases.enumerated() {
            var event = Event(.transition, slot: .raw(0))
            event.transition = transition
            for _ in 0...index { telemetry.record(event, shard: 0) }
        }
        let snapshot = telemetry.snapshot()
        for (index, transition) in Transition.allCases.enumerated() {
            #expect(snapshot.count(transition) == UInt64(index + 1))
        }
    }

    @Test func latenciesGoToTheHistogramOfTheirEvent() {
        let telemetry = Telemetry(shards: 3)
        telemetry.record(Event(.frameStarted, session: 0, frame: 0, value: 1_000), shard: 0)
        telemetry.record(.answered(.done, after: 2_000), shard: 1)
        telemetry.record(Event(.frameDelivered, session: 0, frame: 0, value: 3_000), shard: 2)
        let snapshot = telemetry.snapshot()
        #expect(Latency.allCases.map { snapshot.histogram($0).sum } == [1_000, 2_000, 3_000])
        #expect(Latency.allCases.allSatisfy { snapshot.histogram($0).count == 1 })
    }

    /// Fewer shards than threads as well: threads that share one must not lose an event.
    @Test(arguments: [1, 3, 8]) func concurrentRecordingSumsExactly(shards: Int) {
        let (threads, rounds) = (4, 20_000)
        let telemetry = Telemetry(shards: shards, recordsTransitions: true)
        onThreads(threads) { thread in
            for round in 0..<rounds {
                telemetry.record(.answered(.dropped(.deadline), after: UInt64(round * threads + thread)), shard: thread)
                telemetry.record(Event(.handoffFastForwarded, holder: .batch(0), value: 3), shard: thread)
                telemetry.record(Event(.tokenTransferFailed, slot: .raw(1)), shard: thread)
            }
        }
        let snapshot = telemetry.snapshot()
        let events = UInt64(threads * rounds)
        #expect(snapshot.count(.tokenTransferFailed) == events)
        #expect(snapshot.count(.frameAnswered) == events)
        #expect(snapshot.frames(.dropped(.deadline)) == events)
        #expect(snapshot.items(.handoffFastForwarded) == 3 * events)
        let histogram = snapshot.histogram(.answer)
        #expect(histogram.count == events)
        #expect(histogram.sum == events * (events - 1) / 2)
        #expect(histogram.maximum == events - 1)
    }

    @Test func readingWhileThreadsRecordNeverGoesBack() {
        let telemetry = Telemetry(shards: 2)
        onThreads(3) { thread in
            if thread < 2 {
                for _ in 0..<20_000 { telemetry.record(.answered(.done, after: 1_000_000), shard: thread) }
            } else {
                var last: UInt64 = 0
                for _ in 0..<50 {
                    let histogram = telemetry.snapshot().histogram(.answer)
                    #expect(histogram.count >= last)
                    #expect(histogram.count == 0 || histogram.p50 > 0)
                    last = histogram.count
                }
            }
        }
        #expect(telemetry.snapshot().count(.frameAnswered) == 40_000)
    }

    @Test(arguments: [-1, Int.min, Int.max, 7, 1_000_003]) func anyShardNumberWillDo(shard: Int) {
        let telemetry = Telemetry(shards: 7)
        telemetry.record(Event(.knobsChanged), shard: shard)
        #expect(telemetry.snapshot().count(.knobsChanged) == 1)
    }

    @Test func pairsHearTheSameAndTransitionsOnlyWhereWanted() {
        let counting = Telemetry(shards: 1)
        let tracing = Telemetry(shards: 1, recordsTransitions: true)
        let pair = RecorderPair(counting, tracing)
        #expect(pair.recordsTransitions)
        pair.record(Event(.quarantined, slot: .raw(0)), shard: 0)
        pair.record(Event(.transition, slot: .raw(0)), shard: 0)
        #expect(counting.snapshot().count(.quarantined) == 1)
        #expect(tracing.snapshot().count(.quarantined) == 1)
        #expect(counting.snapshot().count(.transition) == 0)
        #expect(tracing.snapshot().count(.transition) == 1)
        #expect(!RecorderPair(counting, counting).recordsTransitions)
    }
}
