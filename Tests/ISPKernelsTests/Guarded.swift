// Memory for kernels that notices what it should not: reads past its end, writes beside a row.

import ISPKernels
import ISPTestSupport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A row whose margins may be read and whose surroundings may not be written.
///
/// Around the entries that a kernel may write lie the readable margins, filled with noise, so that what is made of them
/// shows where it should not; after the last one begins a page that must not be touched.
final class GuardedRow<Sample: FixedWidthInteger & BitwiseCopyable> {
    /// The first entry.
    let start: UnsafeMutablePointer<Sample>
    /// Entries that may be written.
    let count: Int
    private let pages: GuardedPages
    private let before: [Sample]
    private let after: [Sample]

    /// Entries with the samples of a function.
    init(_ count: Int, seed: UInt64 = 1, margin: Int = KernelLimits.margin, _ sample: (Int) -> Sample = { _ in 0 }) {
        self.count = count
        let total = count + 2 * margin
        pages = GuardedPages(byteCount: total * MemoryLayout<Sample>.stride)
        let all = pages.bytes.bindMemory(to: Sample.self)
        var random = SeededGenerator(seed: seed)
        for i in 0..<total { all[i] = Sample.random(in: .min ... .max, using: &random) }
        start = all.baseAddress! + margin
        for i in 0..<count { start[i] = sample(i) }
        before = Array(all[..<margin])
        after = Array(all[(margin + count)...])
    }

    subscript(i: Int) -> Int { Int(start[i]) }

    /// The entries that may be written.
    var samples: [Int] { (0..<count).map { Int(start[$0]) } }

    /// Whether everything beside the entries is as it was.
    var isIntact: Bool {
        let margins = before.indices.allSatisfy { start[$0 - before.count] == before[$0] }
        return margins && after.indices.allSatisfy { start[count + $0] == after[$0] }
    }
}

/// Bytes that end where a page begins that can be neither read nor written.
///
/// The last two thousand are kept: a test that only hands out pointers must not worry when the last use of the owner is.
final class GuardedPages: @unchecked Sendable {
    // Sendable: the list below only keeps them; each test has its own.
    private static let kept = Mutex<[GuardedPages]>([])
    private static let mostKept = 2000
    let bytes: UnsafeMutableRawBufferPointer
    private let pages: UnsafeMutableRawPointer
    private let length: Int

    init(byteCount: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let used = (byteCount + page - 1) / page * page
        length = used + page
        guard let pages = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            pages != MAP_FAILED, mprotect(pages + used, page, PROT_NONE) == 0
        else { preconditionFailure("no memory") }
        self.pages = pages
        bytes = UnsafeMutableRawBufferPointer(start: pages + used - byteCount, count: byteCount)
        Self.kept.withLock { kept in
            kept.append(self)
            if kept.count > Self.mostKept { kept.removeFirst(Self.mostKept / 2) }
        }
    }

    deinit { munmap(pages, length) }
}

/// Even and odd columns of a row.
struct GuardedColumns<Sample: FixedWidthInteger & BitwiseCopyable> {
    let even, odd: GuardedRow<Sample>

    init(_ count: Int, seed: UInt64, _ sample: (_ column: Int) -> Sample = { _ in 0 }) {
        even = GuardedRow(count, seed: seed) { sample(2 * $0) }
        odd = GuardedRow(count, seed: seed &+ 1000) { sample(2 * $0 + 1) }
    }

    var row: ParityRow<Sample> { ParityRow(even: even.start, odd: odd.start) }
    var isIntact: Bool { even.isIntact && odd.isIntact }

    /// The value of a column, which may lie in the margins.
    subscript(column: Int) -> Int { column & 1 == 0 ? even[column >> 1] : odd[column >> 1] }

    /// The columns that may be written.
    var samples: [Int] { (0..<(2 * even.count)).map { self[$0] } }
}

typealias GuardedSignal = GuardedColumns<Int16>
typealias GuardedMosaic = GuardedColumns<UInt16>

/// Three guarded signals.
struct GuardedColors {
    let red, green, blue: GuardedSignal

    init(_ count: Int, seed: UInt64, _ sample: (_ column: Int, _ channel: Int) -> Int16 = { _, _ in 0 }) {
        red = GuardedSignal(count, seed: seed) { sample($0, 0) }
        green = GuardedSignal(count, seed: seed &+ 1) { sample($0, 1) }
        blue = GuardedSignal(count, seed: seed &+ 2) { sample($0, 2) }
    }

    var row: ColorRow { ColorRow(red: red.row, green: green.row, blue: blue.row) }
    var isIntact: Bool { red.isIntact && green.isIntact && blue.isIntact }
    /// Those of red, of green and of blue.
    var samples: [[Int]] { [red.samples, green.samples, blue.samples] }
}

/// Random values among which the extremes are frequent.
struct Extremes {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next<Sample: FixedWidthInteger>(_ range: ClosedRange<Sample> = .min ... .max) -> Sample {
        switch UInt8.random(in: 0..<8, using: &random) {
        case 0: range.lowerBound
        case 1: range.upperBound
        case 2: Sample(clamping: Int.random(in: Int(range.lowerBound)...Int(range.lowerBound) + 3, using: &random))
        default: Sample.random(in: range, using: &random)
        }
    }
}

/// Columns of one parity: what every width from 16 to 200 columns becomes in whole groups.
let groupedCounts = Array(
    Set((16...200).map { ($0 + 2 * KernelLimits.group - 1) / (2 * KernelLimits.group) * KernelLimits.group })
).sorted()

/// Products of fractions of 2^15 as kernels round them: half up, and -1 times itself wraps.
func roundedProduct(_ a: Int, _ b: Int) -> Int { wrapped16((a * b + 0x4000) >> 15) }

/// A sum as 16 bits hold it.
func wrapped16(_ v: Int) -> Int { Int(Int16(truncatingIfNeeded: v)) }

/// A sum that ends at the limits of 16 bits.
func limited16(_ v: Int) -> Int { min(max(v, -32768), 32767) }
