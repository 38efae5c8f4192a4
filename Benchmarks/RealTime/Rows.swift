// Rows for kernels to work on.

import ISPImaging
import ISPKernels
import ISPSynthetic

/// Makes rows of a 1080p frame: values that rise from left to right, with noise.
///
/// What matters is that they are there, in the cache: the time of all kernels but `outlier` does not depend on values. They
/// are never given back, since the process ends with its benchmark.
struct Rows {
    /// The frame that a benchmark's iteration is worth.
    static let size = Size(width: 1920, height: 1080)
    /// Columns of one parity, in whole groups.
    static let count = (size.width / 2 + KernelLimits.group - 1) / KernelLimits.group * KernelLimits.group

    private let random = RandomStream(seed: 1)
    private var drawn = 0

    /// So many samples with room on both sides, from the one value to the other.
    private mutating func samples<Sample: FixedWidthInteger & BitwiseCopyable>(
        _ range: ClosedRange<Sample>
    ) -> UnsafeMutablePointer<Sample> {
        let margin = KernelLimits.margin
        let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
        let memory = Self.memory(Self.count + 2 * margin, of: Sample.self)
        for i in 0..<(Self.count + 2 * margin) {
            let place = min(max(Double(i - margin) / Double(Self.count), 0), 1)
            let noise = random.uniform(drawn, in: -100..<100)
            drawn += 1
            (memory + i).initialize(to: Sample(min(max(low + (high - low) * place + noise, low), high)))
        }
        return memory + margin
    }

    private mutating func row<Sample: FixedWidthInteger & BitwiseCopyable>(
        _ range: ClosedRange<Sample>
    ) -> ParityRow<Sample> {
        ParityRow(even: samples(range), odd: samples(range))
    }

    /// A row of a mosaic, above a black level of 4096.
    mutating func mosaic() -> MosaicRow { row(6000...60_000) }

    /// Five of them.
    mutating func window() -> MosaicWindow { MosaicWindow(mosaic(), mosaic(), mosaic(), mosaic(), mosaic()) }

    /// A row of display luma.
    mutating func luma() -> SignalRow { row(0...Int16(Display16.white)) }

    /// Rows of colours in linear light, from black to white.
    mutating func linearColors() -> ColorRow {
        colors(Int16(Linear16.signedZero)...Int16(Linear16.signedZero + Linear16.white))
    }

    /// Rows of display colours.
    mutating func displayColors() -> ColorRow { colors(0...Int16(Display16.white)) }

    private mutating func colors(_ range: ClosedRange<Int16>) -> ColorRow {
        ColorRow(red: row(range), green: row(range), blue: row(range))
    }

    /// A row of blocks.
    mutating func blocks() -> BlockRow {
        BlockRow(luma: samples(0...Int16(Display16.white)), cb: samples(-2000...2000), cr: samples(-2000...2000))
    }

    /// Room for a row of bytes of each colour.
    func bytes() -> ColorBytes {
        let size = 2 * Self.count
        return (
            Self.memory(size, of: UInt8.self), Self.memory(size, of: UInt8.self), Self.memory(size, of: UInt8.self)
        )
    }

    /// Room for samples, all zero, aligned for vectors.
    private static func memory<Sample: FixedWidthInteger>(
        _ count: Int, of type: Sample.Type
    ) -> UnsafeMutablePointer<Sample> {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Sample>.stride, alignment: AlignedMemory.alignment)
        return memory.initializeMemory(as: type, repeating: 0, count: count)
    }
}
