// How large the runtime is: all of it is made at start, nothing grows afterwards.

/// Sizes and counts, fixed from start to stop.
public struct RuntimeConfiguration: Sendable, Hashable {
    /// Raw slots, 1 to 255.
    public var rawSlots = 8
    /// Image slots, 1 to 255; more than ``toleratedStuckWorkers`` and, for full speed, at least two more than workers.
    public var imageSlots = 8
    /// Bytes of a raw slot's payload.
    public var rawBytes = 0
    /// Bytes of an image slot's payload.
    public var imageBytes = 0
    /// Workers that share the work.
    public var workers = 2
    /// Sessions that can be open at once; each has an equal share of both pools.
    public var sessions = 1
    /// Cores with a cache of free raw slots of their own.
    public var cores = 1
    /// Slots such a cache holds; 0 is strict mode: reuse in exactly the order of free_seq. At most
    /// rawSlots / (2 x cores), and 8.
    public var cacheSize = 0
    /// Workers that may be stuck at once, each holding an image slot, before frames wait for one.
    public var toleratedStuckWorkers = 1
    /// Answers a session may have outstanding: published or dropped, but not yet delivered in order.
    public var answerWindow = 256
    /// Commands that can be under way at once.
    public var commands = 64
    /// Workers that are replaced within ``restartWindow``; beyond it the runtime degrades.
    public var restartBudget = 5
    /// The window of the restart budget, in nanoseconds.
    public var restartWindow: UInt64 = 10_000_000_000
    /// Whether the payloads are asked for in huge pages.
    public var hugePages = false
    /// The bits of a slot's epoch that count: all of them, except in tests of its wrapping.
    public var epochMask: UInt32 = .max
    /// The knobs at start.
    public var knobs = Knobs()

    /// The defaults.
    public init() {}

    /// Raw slots each source may hold: an equal share for every session.
    package var rawShare: Int { rawSlots / sessions }

    /// Names of workers: a stuck worker keeps its own until it returns, and its successor needs another.
    package var workerNames: Int { min(Holder.maximumWorkers, 2 * workers + restartBudget) }

    /// Rows of the command table: those of users, and room to tell every new worker the settings of every session.
    package var commandRows: Int { commands + sessions * workerNames }

    /// Checks each size and what must hold between them, the knobs included.
    public func validate() throws(RuntimeError) {
        func check(_ condition: Bool, _ text: @autoclosure () -> String) throws(RuntimeError) {
            if !condition { throw .invalidConfiguration(text()) }
        }
        let slots = 1...CoreCache.maximumSlots
        try check(slots.contains(rawSlots), "\(rawSlots) raw slots; use 1 to \(CoreCache.maximumSlots)")
        try check(slots.contains(imageSlots), "\(imageSlots) image slots; use 1 to \(CoreCache.maximumSlots)")
        try check(
            (1...Holder.maximumWorkers / 2).contains(workers),
            "\(workers) workers; use 1 to \(Holder.maximumWorkers / 2)")
        try check(
            (1...Holder.maximumSources).contains(sessions), "\(sessions) sessions; use 1 to \(Holder.maximumSources)")
        try check(
            (0..<imageSlots).contains(toleratedStuckWorkers),
            "\(toleratedStuckWorkers) tolerated stuck workers; use fewer than the image slots, \(imageSlots)")
        try check(
            sessions <= rawSlots && sessions <= imageSlots - toleratedStuckWorkers,
            "\(sessions) sessions share \(rawSlots) raw slots and \(imageSlots) - \(toleratedStuckWorkers) image slots; "
                + "use at least one of each for every session")
        try check((1...1024).contains(cores), "\(cores) cores; use 1 to 1024")
        try check(
            (0...min(CoreCache.capacity, rawSlots / (2 * max(1, cores)))).contains(cacheSize),
            "a cache of \(cacheSize) slots a core; use at most rawSlots / (2 x cores) = "
                + "\(rawSlots / (2 * max(1, cores))) and \(CoreCache.capacity), or 0 for strict order")
        try check(
            (rawSlots...1 << 20).contains(answerWindow),
            "an answer window of \(answerWindow); use at least the number of raw slots, \(rawSlots)")
        try check((1...4096).contains(commands), "\(commands) commands; use 1 to 4096")
        try check((0...1_000_000).contains(restartBudget), "a restart budget of \(restartBudget); use 0 to 1000000")
        try check(rawBytes >= 0 && imageBytes >= 0, "payloads of \(rawBytes) and \(imageBytes) bytes; use 0 or more")
        try check(
            epochMask != 0 && epochMask & (epochMask &+ 1) == 0, "an epoch mask of \(epochMask); use 2^n - 1")
        try knobs.validate(slots: rawSlots + imageSlots)
    }
}
