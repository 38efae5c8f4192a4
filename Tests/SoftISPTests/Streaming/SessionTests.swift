// Streams through the runtime: order, contents, faults, ends.

import Foundation
import ISPImaging
import ISPPlan
import ISPRuntime
import ISPSynthetic
import ISPTuning
import SoftISP
import Testing

@Suite struct SessionTests {
    /// A small camera with some motion.
    static func source(frames: Int?, distinct: Int = 3, isLive: Bool = false) throws -> SyntheticSource {
        var sensor = SensorModel(
            size: Size(width: 96, height: 66), cfa: .grbg, bitsPerSample: 10, blackLevel: 64, whiteLevel: 1023)
        sensor.noise = NoiseModel(fullWell: 8000, readNoise: 3, iso: 100)
        let camera = try SyntheticCamera(sensor: sensor, seed: 5)
        var model = SequenceModel()
        model.panX = 3
        model.frameRate = isLive ? 200 : 30
        let sequence = try SyntheticSequence(
            camera: camera, backdrop: try Scene.testPicture(size: sensor.size, seed: 5), model: model)
        return try SyntheticSource(sequence, distinct: distinct, count: frames, isLive: isLive)
    }

    static func options(workers: Int, slices: Int) -> SessionOptions {
        var options = SessionOptions()
        options.workers = workers
        options.slices = slices
        // Only what really hangs may count as stalled, however busy the machine is.
        options.knobs.stallTimeout = 20_000_000_000
        return options
    }

    /// What `develop` makes of the frames of a sequence: in real time where every stage can, unless the reference is
    /// asked for.
    static func developed(
        _ source: SyntheticSource, _ settings: DevelopSettings, _ format: PixelFormat,
        _ execution: ExecutionChoice = .automatic
    ) throws -> [Data] {
        let lock = SequenceLock()
        let size = source.first.storedByteCount
        return try (0..<3).map { _ in
            let memory = AlignedMemory(byteCount: size)
            let described = try #require(try source.next(into: memory.bytes))
            let frame = try RawFrame(
                format: source.first.format, size: source.first.size, bytesPerRow: source.first.bytesPerRow,
                bytes: UnsafeRawBufferPointer(memory.bytes), owner: memory, metadata: described.metadata)
            let locked = try lock.settings(for: settings, frame: frame, format: format)
            let development = try Development(of: frame, settings: locked, format: format)
            let hasPlan = RealTimePlan.refusals(of: development.pipeline, format: frame.format).isEmpty
            let picture =
                hasPlan && execution != .reference
                ? try development.runInRealTime(threads: 1) : try development.run(threads: 1)
            return Data(picture.bytes)
        }
    }

    @Test(arguments: Preset.allCases, [(1, 1), (2, 1), (2, 3), (3, 64)])
    func picturesAreThoseOfDevelop(preset: Preset, carried: (workers: Int, slices: Int)) async throws {
        try await expectPicturesOfDevelop(preset, .automatic, carried)
    }

    @Test(arguments: Preset.allCases, [(1, 1), (2, 3)])
    func theReferenceCanBeAskedFor(preset: Preset, carried: (workers: Int, slices: Int)) async throws {
        try await expectPicturesOfDevelop(preset, .reference, carried)
    }

    func expectPicturesOfDevelop(
        _ preset: Preset, _ execution: ExecutionChoice, _ carried: (workers: Int, slices: Int)
    ) async throws {
        let expected = try Self.developed(Self.source(frames: nil), preset.settings, .rgb888, execution)
        var options = Self.options(workers: carried.workers, slices: carried.slices)
        options.execution = execution
        let session = try Session(Self.source(frames: 12), settings: preset.settings, options: options)
        #expect(session.isRealTime == (execution == .automatic && preset != .still))
        var next: UInt64 = 0
        for await result in try session.start() {
            #expect(result.frame == next && result.outcome == .done)
            next += 1
            let picture = try #require(result.picture)
            // Compared here, or the expectation would list the difference byte by byte.
            let isRight = Data(picture.bytes) == expected[Int(result.frame) % 3]
            #expect(isRight, "frame \(result.frame)")
        }
        #expect(next == 12)
        #expect(session.wait())
        #expect(session.snapshot().residues.isZero)
    }

    @Test func settingsChangeBetweenFramesAndComeWithTheirResults() async throws {
        var darker = Preset.light.settings
        darker.exposure = .ev(-2)
        let before = try Self.developed(Self.source(frames: nil), Preset.light.settings, .rgb888)
        let after = try Self.developed(Self.source(frames: nil), darker, .rgb888)
        let session = try Session(
            Self.source(frames: 200), settings: Preset.light.settings, options: Self.options(workers: 2, slices: 1))
        var numbers: Set<UInt32> = []
        var isUpdated = false
        for await result in try session.start() {
            numbers.insert(result.settingsID)
            let picture = try #require(result.picture)
            let expected = result.settingsID == 0 ? before : after
            let isRight = Data(picture.bytes) == expected[Int(result.frame) % 3]
            #expect(isRight, "frame \(result.frame)")
            if result.settingsID > 0 { #expect(result.settings.exposure == .ev(-2)) }
            if !isUpdated { #expect(try session.update(darker) == 1) }
            isUpdated = true
        }
        #expect(numbers == [0, 1])
    }

    @Test func settingsThatChangeTheSizeAreRefused() throws {
        let session = try Session(Self.source(frames: 1), options: Self.options(workers: 1, slices: 1))
        var cropped = session.settings
        cropped.size = .percent(50)
        #expect(throws: ISPError.self) { try session.update(cropped) }
        var binned = session.settings
        binned.binning = .half
        #expect(throws: ISPError.self) { try session.update(binned) }
    }

    @Test func whatHasNoPlanIsRefusedWhereOneIsAskedFor() throws {
        var options = Self.options(workers: 1, slices: 1)
        options.execution = .realTime
        let error = #expect(throws: ISPError.self) {
            try Session(Self.source(frames: 1), settings: Preset.still.settings, options: options)
        }
        #expect(error?.kind == .usage)
        for stage in ["raw-denoise", "demosaic", "chroma-denoise"] {
            #expect(error?.message.contains(stage) == true, "\(stage)")
        }
        let session = try Session(Self.source(frames: 1), settings: Preset.full.settings, options: options)
        #expect(session.isRealTime)
        // Nor may it get there by a change of settings.
        #expect(throws: ISPError.self) { try session.update(Preset.still.settings) }
    }

    /// A stream remembers about a thousand settings. Frames that wait for longer than that are answered with an error where
    /// their pipeline is not there yet, as with `still`, whose pipelines serve one frame; and the stream goes on.
    @Test(arguments: [Preset.light, .still])
    func settingsMayChangeMoreOftenThanAStreamRemembers(preset: Preset) async throws {
        let count: UInt64 = 60
        let (taken, source) = try CountedSource.counting(Self.source(frames: Int(count)))
        let session = try Session(source, settings: preset.settings, options: Self.options(workers: 1, slices: 1))
        // Nobody takes results yet: pictures fill their slots, and more frames wait behind them.
        let results = try session.start()
        for await number in taken where number == 6 { break }
        var changed = preset.settings
        for number in 1...1100 {
            changed.exposure = .ev(Double(number % 8) / 4)
            #expect(try session.update(changed) == UInt32(number))
        }
        var next: UInt64 = 0
        var outcomes: [Outcome: Int] = [:]
        for await result in results {
            #expect(result.frame == next)
            next = result.frame + result.count
            outcomes[result.outcome, default: 0] += 1
            // Whatever became of them, there are settings to show.
            if result.outcome == .done, result.settingsID == 1100 { #expect(result.settings.exposure == .ev(1)) }
        }
        #expect(next == count)
        #expect((outcomes[.done] ?? 0) > 0 && Set(outcomes.keys).isSubset(of: [.done, .error]), "\(outcomes)")
        #expect(session.wait())
        #expect(session.snapshot().residues.isZero)
    }

    @Test func aStreamSurvivesEveryFaultWithEveryPictureInItsPlace() async throws {
        let expected = try Self.developed(Self.source(frames: nil), Preset.light.settings, .rgb888)
        var options = Self.options(workers: 3, slices: 1)
        options.knobs.stallTimeout = 100_000_000
        options.knobs.drainGracePeriod = 20_000_000
        options.knobs.escalationTimeout = 50_000_000
        options.knobs.attemptBudget = 16
        options.restartBudget = 100
        options.toleratedStuckWorkers = 8
        options.imageSlots = 24
        options.faults = FaultPlan(
            [
                Fault(.workerKill, rate: 0.03), Fault(.workerHang, rate: 0.01, duration: 500_000_000),
                Fault(.workerLateReturn, rate: 0.01), Fault(.deviceLate, rate: 0.03, duration: 10_000_000),
                Fault(.deviceNever, rate: 0.01, duration: 100_000_000), Fault(.deviceDuplicate, rate: 0.03),
                Fault(.busy, rate: 0.02, duration: 10_000_000),
                Fault(.sourceBurst, rate: 0.01, duration: 10_000_000),
            ], seed: 3)
        let session = try Session(Self.source(frames: 300), settings: Preset.light.settings, options: options)
        var next: UInt64 = 0
        for await result in try session.start() {
            #expect(result.frame == next)
            #expect(result.outcome == .done)
            next = result.frame + result.count
            guard let picture = result.picture else { continue }
            // Compared here, or the expectation would list the difference byte by byte.
            let isRight = Data(picture.bytes) == expected[Int(result.frame) % 3]
            #expect(isRight, "frame \(result.frame)")
        }
        #expect(next == 300)
        for fault in session.faults where fault.kind != .sinkStall {
            #expect(fault.count > 0, "\(fault.kind.name) never struck")
        }
        #expect(session.snapshot().residues.isZero)
    }

    @Test func aLiveSourceDeliversThroughItsDevice() async throws {
        var options = Self.options(workers: 2, slices: 1)
        options.frames = 40
        let session = try Session(
            Self.source(frames: nil, isLive: true), settings: Preset.light.settings, options: options)
        var count: UInt64 = 0
        for await result in try session.start() { count += result.count }
        #expect(count == 40)
    }

    @Test func aCameraThatIsResetGoesOn() async throws {
        var options = Self.options(workers: 2, slices: 1)
        options.frames = 100
        options.faults = FaultPlan(
            [Fault(.deviceNever, rate: 0.1, duration: 1_000_000), Fault(.deviceDuplicate, rate: 0.1)], seed: 2)
        let session = try Session(
            Self.source(frames: nil, isLive: true), settings: Preset.light.settings, options: options)
        var next: UInt64 = 0
        // While a frame is waited for in vain others pile up, and on a busy machine some find no room.
        var outcomes: Set<Outcome> = []
        for await result in try session.start() {
            #expect(result.frame == next)
            next = result.frame + result.count
            outcomes.insert(result.outcome)
        }
        #expect(next == 100)
        #expect(outcomes.isSuperset(of: [.done, .dropped(.device)]))
        #expect(outcomes.isSubset(of: [.done, .dropped(.device), .dropped(.backpressure)]))
        #expect(session.snapshot().residues.isZero)
    }

    @Test func cancellingTheReceiverEndsItsSequence() async throws {
        let session = try Session(
            Self.source(frames: nil), settings: Preset.light.settings, options: Self.options(workers: 2, slices: 1))
        let results = try session.start()
        let task = Task {
            var count = 0
            for await _ in results { count += 1 }
            return count
        }
        task.cancel()
        _ = await task.value
        let report = session.stop()
        #expect(report.unanswered == 0 && report.held.isEmpty)
    }

    @Test func aPictureKeepsItsSlotAsLongAsSomebodyHoldsIt() async throws {
        var options = Self.options(workers: 1, slices: 1)
        options.imageSlots = 4
        options.toleratedStuckWorkers = 0
        let session = try Session(Self.source(frames: 20), settings: Preset.light.settings, options: options)
        var held: ImageBuffer?
        var copy: Data?
        for await result in try session.start() where result.frame == 0 || result.frame == 19 {
            guard let picture = result.picture else { continue }
            if held == nil { (held, copy) = (picture, Data(picture.bytes)) }
        }
        #expect(held.map { Data($0.bytes) } == copy)
    }
}
