// Values and small machines: knobs, configuration, rings, names, budgets.

import ISPRuntime
import Testing

@Suite struct ValueTests {
    @Test func knobsThatDoNotFitAreRefusedWithAdvice() {
        func refusal(_ change: (inout Knobs) -> Void) -> String? {
            var knobs = Knobs()
            change(&knobs)
            do {
                try knobs.validate(slots: 8)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.maxCommandsBeforeFrame = 0 }?.contains("max_cmds_before_frame") == true)
        #expect(refusal { $0.stallTimeout = 0 }?.contains("STALL_TIMEOUT") == true)
        #expect(refusal { $0.cancelRetryCount = 9 }?.contains("CANCEL_RETRY_COUNT") == true)
        #expect(refusal { $0.dropThreshold = 9 }?.contains("DROP_THRESHOLD") == true)
        #expect(refusal { $0.attemptBudget = 17 } != nil)
        #expect(refusal { $0.claimBackoff = 0 } != nil)
        #expect(refusal { $0.escalationTimeout = 950_000_000 }?.contains("1000 ms") == true)
        #expect(refusal { $0.drainGracePeriod = .max }?.contains("DRAIN_GRACE_PERIOD") == true)
        #expect(Knobs.drainGracePeriod(frameInterval: 33_000_000) == 66_000_000)
        #expect(Knobs.drainGracePeriod(frameInterval: 500_000_000) == 200_000_000)
    }

    @Test func configurationsThatCanNotBeAreRefused() {
        func isRefused(_ change: (inout RuntimeConfiguration) -> Void) -> Bool {
            var configuration = RuntimeConfiguration()
            change(&configuration)
            return (try? configuration.validate()) == nil
        }
        #expect(!isRefused { _ in })
        #expect(isRefused { $0.rawSlots = 0 })
        #expect(isRefused { $0.rawSlots = 256 })
        #expect(isRefused { $0.imageSlots = 0 })
        #expect(isRefused { $0.workers = 0 })
        #expect(isRefused { $0.sessions = 0 })
        #expect(isRefused { $0.cores = 0 })
        #expect(isRefused { $0.toleratedStuckWorkers = 8 })
        #expect(isRefused { $0.cacheSize = 5 })
        #expect(isRefused { $0.answerWindow = 7 })
        #expect(isRefused { $0.commands = 0 })
        #expect(isRefused { $0.rawBytes = -1 })
        #expect(isRefused { $0.epochMask = 5 })
        #expect(isRefused { $0.knobs.attemptBudget = 0 })
    }

    @Test func namesKeepTheirKindAndNumber() {
        for index in 0..<Holder.maximumSources { #expect(Holder.source(index).index == index) }
        for index in 0..<Holder.maximumSinks { #expect(Holder.sink(index).kind == .sink) }
        for index in 0..<Holder.maximumWorkers { #expect(Holder.worker(index).index == index) }
        for index in 0..<Holder.maximumBatches { #expect(Holder.batch(index).index == index) }
        #expect(Holder.none.kind == .none && Holder.worker(3).description == "worker3")
    }

    @Test func aSetOfNamesHoldsAllOfThem() {
        var set = HolderSet()
        for value in UInt8.min...UInt8.max {
            let isNew = set.insert(Holder(rawValue: value))
            #expect(isNew)
        }
        let isNewAgain = set.insert(.worker(1))
        #expect(set.count == 256 && !isNewAgain)
        #expect(Array(set).map(\.rawValue) == Array(0...255))
        for value in UInt8.min...UInt8.max {
            let was = set.remove(Holder(rawValue: value))
            #expect(was)
        }
        #expect(set.isEmpty && set.first == nil)
    }

    @Test func aRingKeepsOrderAroundItsEnd() {
        var ring = Ring<Int>(capacity: 4)
        for turn in 0..<10 {
            ring.append(2 * turn)
            ring.append(2 * turn + 1)
            let taken = [ring.popFirst(), ring.popFirst()]
            #expect(taken == [2 * turn, 2 * turn + 1])
        }
        for value in [5, 1, 3] { ring.insert(value) { $0 < $1 } }
        #expect((0..<3).map { ring[$0] } == [1, 3, 5])
        let middle = ring.remove(at: 1)
        #expect(middle == 3)
        #expect((0..<2).map { ring[$0] } == [1, 5])
    }

    @Test func aRestartBudgetIsSpentAndComesBack() {
        var budget = RestartBudget(intensity: 2, period: 100)
        #expect([0, 50, 99].map { budget.spend(at: $0) } == [true, true, false])
        #expect(budget.nextChance == 100)
        #expect([100, 149].map { budget.spend(at: $0) } == [true, false])
        var none = RestartBudget(intensity: 0, period: 100)
        #expect([0, 1_000].map { none.spend(at: $0) } == [false, false])
    }

    @Test func outcomesHaveCodesOfTheirOwn() {
        let outcomes: [Outcome] = [.done, .error] + DropReason.allCases.map { .dropped($0) }
        for outcome in outcomes { #expect(Outcome(code: outcome.code) == outcome) }
        #expect(Set(outcomes.map(\.code)).count == outcomes.count)
        #expect(Outcome(code: 250) == nil)
    }

    @Test func anArenaLaysOutEverySlotApart() throws {
        var configuration = RuntimeConfiguration()
        configuration.rawBytes = 5_000
        configuration.imageBytes = 100
        let arena = try SlotArena(configuration)
        var last = UInt(0)
        for slot in (0..<8).map(SlotID.raw) + (0..<8).map(SlotID.image) {
            let payload = arena.payload(slot)
            let address = UInt(bitPattern: payload.baseAddress)
            #expect(address % 4096 == 0 && address > last)
            #expect(payload.allSatisfy { $0 == 0 })
            last = address
        }
        #expect(throws: RuntimeError.self) {
            configuration.rawBytes = .max / 4
            _ = try SlotArena(configuration)
        }
    }
}
