// Who holds a slot or a lease: the 8-bit names that stand in tokens, lease tables and events.

/// The name of a party: a source, a sink, a worker or a batch record. One byte, so that it fits a token.
///
/// A name is reused only once nobody refers to it any more.
public struct Holder: Hashable, Sendable {
    /// The byte itself: 0 for nobody, then sources, sinks, workers, batches in ranges of their own.
    public let rawValue: UInt8

    /// A name from its byte.
    @inline(__always)
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nobody in particular: the slot belongs to the SessionManager or the Allocator.
    public static let none = Holder(rawValue: 0)

    /// How many sources there can be.
    public static let maximumSources = 31
    /// How many sinks there can be.
    public static let maximumSinks = 32
    /// How many workers there can be at once, stuck ones included.
    public static let maximumWorkers = 128
    /// How many handoffs can be under way at once.
    public static let maximumBatches = 64

    /// The source `index`, `0 ..< maximumSources`.
    @inline(__always)
    public static func source(_ index: Int) -> Holder { Holder(rawValue: UInt8(1 + index)) }

    /// The sink `index`, `0 ..< maximumSinks`.
    @inline(__always)
    public static func sink(_ index: Int) -> Holder { Holder(rawValue: UInt8(32 + index)) }

    /// The worker `index`, `0 ..< maximumWorkers`.
    @inline(__always)
    public static func worker(_ index: Int) -> Holder { Holder(rawValue: UInt8(64 + index)) }

    /// The batch record `index`, `0 ..< maximumBatches`.
    @inline(__always)
    public static func batch(_ index: Int) -> Holder { Holder(rawValue: UInt8(192 + index)) }

    /// Which kind of party a name belongs to.
    public enum Kind: String, Sendable {
        case none, source, sink, worker, batch
    }

    /// The kind, which follows from the range.
    public var kind: Kind {
        switch rawValue {
        case 0: .none
        case 1...31: .source
        case 32...63: .sink
        case 64...191: .worker
        default: .batch
        }
    }

    /// The number within the kind.
    public var index: Int {
        switch kind {
        case .none: 0
        case .source: Int(rawValue) - 1
        case .sink: Int(rawValue) - 32
        case .worker: Int(rawValue) - 64
        case .batch: Int(rawValue) - 192
        }
    }
}

extension Holder: CustomStringConvertible {
    /// As it appears in event logs: `worker3`.
    public var description: String { kind == .none ? "none" : "\(kind.rawValue)\(index)" }
}

/// A set of names in 32 bytes, without allocation.
public struct HolderSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// The empty set.
    public init() {}

    /// Whether nobody is in it.
    public var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

    /// How many are in it.
    public var count: Int {
        words.0.nonzeroBitCount + words.1.nonzeroBitCount + words.2.nonzeroBitCount + words.3.nonzeroBitCount
    }

    /// Whether `holder` is in it.
    public func contains(_ holder: Holder) -> Bool {
        let bit = UInt64(1) << UInt64(holder.rawValue & 63)
        return word(Int(holder.rawValue >> 6)) & bit != 0
    }

    /// Adds `holder`; says whether it was new.
    @discardableResult
    public mutating func insert(_ holder: Holder) -> Bool {
        let bit = UInt64(1) << UInt64(holder.rawValue & 63)
        let index = Int(holder.rawValue >> 6)
        let before = word(index)
        setWord(index, before | bit)
        return before & bit == 0
    }

    /// Removes `holder`; says whether it was there.
    @discardableResult
    public mutating func remove(_ holder: Holder) -> Bool {
        let bit = UInt64(1) << UInt64(holder.rawValue & 63)
        let index = Int(holder.rawValue >> 6)
        let before = word(index)
        setWord(index, before & ~bit)
        return before & bit != 0
    }

    /// The names in both sets.
    public func intersection(_ other: HolderSet) -> HolderSet {
        var result = HolderSet()
        result.words = (
            words.0 & other.words.0, words.1 & other.words.1, words.2 & other.words.2, words.3 & other.words.3
        )
        return result
    }

    /// The smallest name, nil when empty.
    public var first: Holder? {
        for index in 0..<4 where word(index) != 0 {
            return Holder(rawValue: UInt8(index * 64 + word(index).trailingZeroBitCount))
        }
        return nil
    }

    /// Equality, word by word.
    public static func == (a: HolderSet, b: HolderSet) -> Bool { a.words == b.words }

    /// Feeds the four words.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    private func word(_ index: Int) -> UInt64 {
        switch index {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        default: words.3
        }
    }

    private mutating func setWord(_ index: Int, _ value: UInt64) {
        switch index {
        case 0: words.0 = value
        case 1: words.1 = value
        case 2: words.2 = value
        default: words.3 = value
        }
    }
}

extension HolderSet: Sequence {
    /// The names in ascending order.
    public func makeIterator() -> AnyIterator<Holder> {
        var rest = self
        return AnyIterator {
            guard let next = rest.first else { return nil }
            rest.remove(next)
            return next
        }
    }
}
