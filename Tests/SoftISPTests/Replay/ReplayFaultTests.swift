// Every kind of fault enacted alone has the outcome of the contract.

import ISPImaging
import ISPRuntime
import ISPTelemetry
import SoftISP
import Testing

@Suite struct ReplayFaultTests {
    /// STALL_TIMEOUT and DRAIN_GRACE_PERIOD of the defaults.
    private static let patience = Knobs().stallTimeout + Knobs().drainGracePeriod

    @Test func aKilledWorkersFrameIsMadeAgain() throws {
        let played = try Played(Log.steady(30) { $0.fault(.workerKill, frame: 10, at: 304) })
        #expect(played.figures.done == 30)
        #expect(played.figures.telemetry.count(.workerDetached) == 1)
        #expect(played.figures.telemetry.count(.frameRedispatched) == 1)
        // 4 ms of the first attempt, 10 ms of the second, on the other worker.
        #expect(played.time(.faultInjected) == 304 * millisecond)
        #expect(played.time(.frameAnswered, frame: 10) == 314 * millisecond)
        #expect(played.events(.workerAttached).count == 3)
        #expect(played.isAtRest)
    }

    @Test func aFrameThatKillsEveryWorkerIsDropped() throws {
        let played = try Played(
            Log.steady(30) { log in
                // The recorded worker took it up three times.
                for attempt in 0..<UInt64(3) {
                    if attempt > 0 { log.start(10, at: 300 + 2 * attempt) }
                    log.fault(.workerKill, frame: 10, at: 301 + 2 * attempt)
                }
            }
        ) { $0.knobs.attemptBudget = 3 }
        #expect(played.outcome(10) == .dropped(.attempts))
        #expect(played.figures.done == 29)
        #expect(played.isAtRest)
    }

    @Test func aHungWorkerIsGivenUpInTime() throws {
        let played = try Played(Log.steady(30) { $0.fault(.workerHang, 2000, frame: 10, at: 304) })
        let hung = try #require(played.time(.faultInjected))
        let gone = try #require(played.time(.workerDetached))
        // Silence is found within 1.25 of STALL_TIMEOUT.
        #expect(gone >= hung + Self.patience - 4 * millisecond)
        #expect(gone <= hung + Self.patience + Knobs().stallTimeout / 4)
        #expect(played.figures.done == 30)
        #expect(played.outcome(10) == .done)
        // It returns two seconds later and finds that it has left.
        let back = try #require(played.time(.workerQuiescent))
        #expect(back == hung + 2000 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func aShortHangIsNoFailure() throws {
        let played = try Played(Log.steady(30) { $0.fault(.workerHang, 200, frame: 10, at: 304) })
        #expect(played.figures.telemetry.count(.workerDetached) == 0)
        #expect(played.time(.frameAnswered, frame: 10) == 510 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func aLateResultIsDiscarded() throws {
        let played = try Played(Log.steady(30) { $0.fault(.workerLateReturn, frame: 10, at: 304) })
        #expect(played.figures.done == 30)
        #expect(played.events(.frameAnswered, frame: 10).count == 1)
        #expect(played.events(.workerDetached).count == 1)
        #expect(played.events(.workerQuiescent).count == 1)
        #expect(played.events(.resultDiscarded, frame: 10).count == 1)
        #expect(played.isAtRest)
    }

    @Test func aLateDeviceMakesItsFrameLate() throws {
        let played = try Played(Log.steady(30) { $0.fault(.deviceLate, 20, frame: 10, at: 310) })
        #expect(played.time(.frameAnswered, frame: 10) == 330 * millisecond)
        #expect(played.figures.done == 30)
        #expect(played.figures.telemetry.count(.frameRedispatched) == 0)
        #expect(played.isAtRest)
    }

    @Test func aLostPictureIsMadeAgainAndItsSlotReclaimedAtTheReset() throws {
        let played = try Played(Log.steady(100) { $0.fault(.deviceNever, 1500, frame: 10, at: 310) })
        #expect(played.figures.done == 100)
        #expect(played.figures.telemetry.count(.frameRedispatched) >= 1)
        // ESCALATION_TIMEOUT of the worker, then that of the Monitor, then the reset.
        #expect(played.time(.frameReclaimTriggered) == 810 * millisecond)
        #expect(played.time(.quarantined) == 1310 * millisecond)
        #expect(played.time(.frameReclaimed) == 1810 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func aSecondSignalHasNoEffect() throws {
        let played = try Played(Log.steady(30) { $0.fault(.deviceDuplicate, frame: 10, at: 310) })
        #expect(played.figures.done == 30)
        #expect(played.events(.lateHardwareDone).count == 1)
        #expect(played.time(.frameAnswered, frame: 10) == 310 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func aCameraThatNeverAnswersCostsItsFrame() throws {
        let played = try Played(
            Log.steady(60, policy: .newestWins) {
                $0.fault(.deviceNever, 1000, frame: 10, at: 290, by: .source(0))
            })
        #expect(played.outcome(10) == .dropped(.device))
        #expect(played.figures.dropped(.device) == 1)
        #expect(played.figures.telemetry.count(.frameReclaimed) == 1)
        #expect(played.isAtRest)
    }

    @Test func aLateCameraIsLateAndNoMore() throws {
        let played = try Played(
            Log.steady(30, policy: .newestWins) { $0.fault(.deviceLate, 15, frame: 10, at: 290, by: .source(0)) })
        #expect(played.time(.frameSubmitted, frame: 10) == 315 * millisecond)
        #expect(played.figures.done == 30)
        #expect(played.isAtRest)
    }

    @Test func aStalledSinkHoldsItsPictureOnly() throws {
        let played = try Played(Log.steady(30) { $0.fault(.sinkStall, 100, frame: 10, at: 310, by: .sink(0)) })
        #expect(played.figures.done == 30)
        #expect(played.figures.telemetry.histogram(.delivery).maximum == 10 * millisecond)
        #expect(played.figures.faults.first { $0.kind == .sinkStall }?.count == 1)
        #expect(played.isAtRest)
    }

    @Test func aSinkThatStandsStillForLongStopsItsSource() throws {
        let played = try Played(Log.steady(60) { $0.fault(.sinkStall, 500, frame: 10, at: 310, by: .sink(0)) }) {
            $0.rawSlots = 4
            $0.imageSlots = 6
        }
        #expect(played.figures.done == 60)
        let worst = played.figures.telemetry.histogram(.delivery).maximum
        #expect(worst > 300 * millisecond && worst < 500 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func aBusyManagerOnlyDelaysWhatFailed() throws {
        let played = try Played(
            Log.steady(30) {
                $0.fault(.busy, 50, frame: 10, at: 300, by: .none)
                $0.fault(.workerKill, frame: 10, at: 304)
            })
        #expect(played.figures.done == 30)
        #expect(played.figures.telemetry.count(.managerBusy) >= 1)
        let answered = try #require(played.time(.frameAnswered, frame: 10))
        // Free again at 350, then the next back-off and 10 ms of work.
        #expect(answered >= 360 * millisecond && answered <= 380 * millisecond)
        #expect(played.isAtRest)
    }

    @Test func aBurstComesAtOnce() throws {
        let played = try Played(
            Log.steady(30) { $0.fault(.sourceBurst, 100, frame: 10, at: 285, by: .source(0)) })
        // The source stands still from 280, when it is through with frame 9, to 380: frames of 300 to 380 are there then.
        for frame in UInt64(10)...14 { #expect(played.time(.frameSubmitted, frame: frame) == 380 * millisecond) }
        #expect(played.time(.frameSubmitted, frame: 15) == 400 * millisecond)
        #expect(played.figures.done == 30)
        #expect(played.isAtRest)
    }

    @Test func aLiveSourceWithoutASlotDrops() throws {
        var log = Log(workers: 1, policy: .newestWins)
        for frame in 0..<UInt64(40) { log.develop(frame, from: 100 + 10 * frame, for: 30) }
        let recording = try log.recording()
        var replay = ReplayOptions()
        let newest = try Played(recording, replay)
        replay.livePolicy = .strict
        let strict = try Played(recording, replay)
        for played in [newest, strict] {
            #expect(played.figures.submitted == 40)
            #expect(played.figures.dropped(.backpressure) > 10)
            #expect(played.figures.dropped == played.figures.dropped(.backpressure))
            #expect(played.isAtRest)
        }
        // The newest frame is what `newestWins` keeps.
        #expect(newest.outcome(39) == .done)
    }

    @Test func withoutABudgetFramesAreAnsweredAllTheSame() throws {
        let played = try Played(
            Log.steady(30, workers: 1) { $0.fault(.workerKill, frame: 10, at: 304) }
        ) { $0.restartBudget = 0 }
        #expect(played.figures.done == 10)
        #expect(played.figures.dropped(.noWorker) == 20)
        #expect(played.events(.restartBudgetSpent).count == 1)
        #expect(played.summary.snapshot.residues.isZero)
        #expect(played.summary.snapshot.unanswered == 0)
    }

    @Test func durationsCanBeOverruled() throws {
        let recording = try Log.steady(30) { $0.fault(.workerHang, 2000, frame: 10, at: 304) }.recording()
        var replay = ReplayOptions()
        replay.durations[.workerHang] = 5 * millisecond
        let played = try Played(recording, replay)
        #expect(played.figures.telemetry.count(.workerDetached) == 0)
        #expect(played.time(.frameAnswered, frame: 10) == 315 * millisecond)
    }

    @Test func marksSurviveTheLog() {
        for kind in FaultKind.allCases {
            for duration in [1, 20_000_000, FaultMark.longest] as [UInt64] {
                #expect(FaultMark(value: FaultMark(kind, duration).value) == FaultMark(kind, duration))
            }
            // Logs that give the kind alone mean the usual time.
            #expect(FaultMark(value: UInt64(kind.rawValue))?.duration == kind.usualDuration)
        }
        #expect(FaultMark(FaultKind.workerHang, 0).value >> 8 == 1)
        #expect(FaultMark(value: 255) == nil)
        #expect(FaultMark(value: .max) == nil)
    }
}
