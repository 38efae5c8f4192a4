// A whole runtime with its sources, workers, devices and sinks, none of them a thread: every step of every party is a
// value, so that a test can take them in any order, go back, and try the next one.

import ISPRuntime

/// What a simulated world may contain.
struct WorldLimits: Hashable, Sendable {
    var configuration = RuntimeConfiguration()
    var sessions = 1
    /// Frames each source submits.
    var frames = 2
    var workers = 2
    var slices = 1
    /// Into how many strips a slice's work is cut, so that things may happen in the middle of it.
    var strips = 1
    /// Sources fill slots by a device.
    var sourceDevice = false
    /// Workers use a device on their slots.
    var workerDevice = false
    var sinks = 1
    /// How many times each kind of misfortune may happen.
    var faults: [Fault: Int] = [:]
    /// How many times a session may be flushed.
    var flushes = 0
    /// How many times the settings may change.
    var settings = 0
    /// Frames have a deadline, which the clock passes once.
    var hasDeadlines = false
    /// Workers that join after others were given up.
    var replacements = 1
}

/// What may go wrong.
enum Fault: String, CaseIterable, Hashable, Sendable {
    case workerDies, workerHangs, workerIsSlow, workerGivesUp, workerFails
    case deviceLost, deviceDuplicate, deviceReset
    case sourceDies, sourceCancels, deadline
    case managerBusy, handoffWatchdog, sinkHangs, sourceDeviceGivenUp
}

/// One step of one party.
enum Action: Hashable {
    case allocate(Int), submitCapture(Int), publish(Int), cancel(Int), killSource(Int), confirmSource(Int)
    case next(Int), work(Int), submitWork(Int), finish(Int), failSlice(Int), giveUp(Int), finishCommand(Int)
    case kill(Int), hang(Int), wake(Int), confirm(Int), detach(Int), attach
    case signal(Int), lose(Int), repeatSignal(Int), resetBegins, resetEnds
    case stepHandoff(Int), abortHandoff(Int), stepMonitor(SlotID), decide
    case take(Int), release(Int), hangSink(Int), wakeSink(Int)
    case flush(Int), changeSettings(Int), passDeadlines, busy, notBusy
    /// Time passes, in milliseconds: those at work let their hearts beat, the others are found out.
    case pass(Int)
}

/// Where a worker's thread is when something happens to it: the places a kill is tried at.
enum WorkerPlace: String, CaseIterable, Hashable {
    case idle, started, midStrip, beforeFinish, afterFinish, inCommand, waitingForDevice
}

/// A worker's thread as the world sees it.
struct WorkerThread: Hashable {
    enum Doing: Hashable {
        case idle
        case frame(FrameTask)
        case command(ProcessItem)
        /// Left, or dead.
        case gone
    }

    var name: Holder
    var doing = Doing.idle
    /// Strips it has done of the frame or slice in hand.
    var strips = 0
    /// Its last frame is done, and it has not asked for another.
    var hasFinished = false
    var hasSubmitted = false
    var isHung = false
    /// Its end was told to the runtime.
    var isConfirmed = false
    var failed = false
    /// The settings it is ready for.
    var settings: UInt32 = 0
}

/// A source as the world sees it.
struct SourceParty: Hashable {
    var name: Holder
    var session: Int
    var slot: Int?
    var epoch: UInt32 = 0
    var submitted = 0
    var ticketIssued = false
    var isDead = false
    var isConfirmed = false
}

/// A submission a device works on.
struct DeviceWork: Hashable {
    var ticket: AllocTicket
    /// What it writes when it is done.
    var stamp: UInt64
    /// The device is done with the slot, but its signal was lost.
    var isLost = false
    /// The submitting call has returned.
    var isReturned = true
}

struct SinkParty: Hashable {
    var name: Holder
    var session: Int
    var holding: [Delivery] = []
    var isHung = false
    /// The frame that is due.
    var next: UInt64 = 0
}

/// What was published of a frame: what its result must have been made of.
struct FrameTruth: Hashable {
    var stamp: UInt64
    var settings: UInt32
    var epoch: UInt32
}

/// The world. A step is taken by ``apply(_:)``; ``enabled(_:)`` lists what could happen next.
final class World {
    let limits: WorldLimits
    let environment: VirtualEnvironment
    let core: RuntimeCore<VirtualEnvironment>
    var sources: [SourceParty] = []
    var workers: [WorkerThread] = []
    var devices: [DeviceWork] = []
    /// Tickets that were answered, to be answered again.
    var oldTickets: [AllocTicket] = []
    var sinks: [SinkParty] = []
    var reset: DeviceReset?
    var rawPayload: ContiguousArray<UInt64>
    var imagePayload: ContiguousArray<UInt64>
    var truth: [[UInt64: FrameTruth]]
    var answered: [Set<UInt64>]
    var faults: [Fault: Int]
    var flushes: Int
    var settings: Int
    var replacements: Int
    var deadlinesPassed = false
    /// What was found wrong, the first thing.
    var violation: String?
    /// The checker's own copy of every token, changed by what events say.
    var shadowRaw: ContiguousArray<UInt64>
    var shadowImage: ContiguousArray<UInt64>
    /// The session's epochs as this world counts them.
    var epochs: [UInt32]
    /// The party whose call that ends its touching is under way.
    var isEnding: Holder?
    /// How often each place was killed at.
    var kills: [String: Int] = [:]
    var transfers = 0

    init(_ limits: WorldLimits) {
        self.limits = limits
        environment = VirtualEnvironment(limits.configuration)
        core = RuntimeCore(limits.configuration, environment)
        rawPayload = ContiguousArray(repeating: 0, count: limits.configuration.rawSlots)
        imagePayload = ContiguousArray(repeating: 0, count: limits.configuration.imageSlots)
        truth = Array(repeating: [:], count: limits.sessions)
        answered = Array(repeating: [], count: limits.sessions)
        faults = limits.faults
        flushes = limits.flushes
        settings = limits.settings
        replacements = limits.replacements
        epochs = Array(repeating: 1, count: limits.sessions)
        shadowRaw = ContiguousArray(repeating: TokenWord(state: .free).bits, count: limits.configuration.rawSlots)
        shadowImage = ContiguousArray(repeating: TokenWord(state: .free).bits, count: limits.configuration.imageSlots)
        listen()
        for session in 0..<limits.sessions {
            let opened = core.openSession()
            precondition(opened == session)
            sources.append(SourceParty(name: .source(session), session: session))
            for _ in 0..<limits.sinks {
                if let name = core.withManager({ $0.openSink(session: session) }) {
                    sinks.append(SinkParty(name: name, session: session))
                }
            }
        }
        for _ in 0..<limits.workers { attachWorker() }
    }

    /// A copy from which other steps can be taken.
    init(copying other: World) {
        limits = other.limits
        environment = VirtualEnvironment(copying: other.environment)
        core = RuntimeCore(copying: other.core, environment)
        sources = other.sources
        workers = other.workers
        devices = other.devices
        oldTickets = other.oldTickets
        sinks = other.sinks
        reset = other.reset
        rawPayload = other.rawPayload
        imagePayload = other.imagePayload
        truth = other.truth
        answered = other.answered
        faults = other.faults
        flushes = other.flushes
        settings = other.settings
        replacements = other.replacements
        deadlinesPassed = other.deadlinesPassed
        violation = other.violation
        shadowRaw = other.shadowRaw
        shadowImage = other.shadowImage
        epochs = other.epochs
        kills = other.kills
        transfers = other.transfers
        listen()
    }

    private func listen() {
        environment.onEvent = { [unowned self] event in check(event) }
    }

    func attachWorker() {
        if let name = core.attachWorker() {
            // A name comes back only when nobody refers to it: the thread that had it is gone.
            workers.removeAll { $0.name == name }
            workers.append(WorkerThread(name: name))
        }
    }

    func fault(_ fault: Fault) -> Bool { faults[fault, default: 0] > 0 }

    func spend(_ fault: Fault) { faults[fault, default: 0] -= 1 }

    func fail(_ text: @autoclosure () -> String) {
        if violation == nil { violation = text() }
    }

    func worker(_ name: Holder) -> Int? { workers.firstIndex { $0.name == name } }
}
