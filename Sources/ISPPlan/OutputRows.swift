// Finished rows of a strip to their place in the picture.

import ISPImaging
import ISPKernels
import ISPStages

/// Rounds rows and stores them, turned where the picture is mirrored.
final class OutputRows {
    /// Rows of the frame that are needed: those of the picture, and where chroma is shared by two rows, the second of the
    /// last two.
    let rows: Range<Int>
    /// Rows of the frame that the picture's rows show.
    let shownRows: Range<Int>
    /// Whether colour differences stand at odd columns of the frame.
    let chromaAtOdd: Bool

    private let pack: Pack
    private let interleave: InterleaveKernel
    private let video: VideoKernel?
    private let samplesPerPixel: Int
    private let image: ImageBuffer
    private let columns: Range<Int>
    private let origin, count: Int
    /// Upright column and row of frame column and row: `place + step * coordinate`.
    private let column, row: (place: Int, step: Int)
    /// Rows of codes on their way to the picture.
    let bytes: ColorBytes
    /// The colour differences of the first of two rows, which stay where they are until the second one comes.
    private var held: SignalRow?
    /// Whether blue comes first in pixels of four bytes that rows can be stored as at once.
    private let pixelsBlueFirst: Bool?
    private let spare: UnsafeMutablePointer<UInt8>

    init(
        _ plan: RealTimePlan, columns: Range<Int>, rows: Range<Int>, origin: Int, count: Int, _ image: ImageBuffer,
        _ scratch: PlanScratch
    ) {
        pack = plan.pipeline.pack
        samplesPerPixel = pack.format.samplesPerPixel
        (interleave, video, self.image) = (plan.interleave, plan.video, image)
        (self.columns, self.origin, self.count) = (columns, origin, count)
        let shown = pack.shown
        let map = pack.orientation.upright(of: shown.size)
        column = (map.originX - shown.x * map.column.x, map.column.x)
        row = (map.originY - shown.y * map.row.y, map.row.y)
        let sharesRows = pack.format.layout == .nv12 || pack.format.layout == .i420
        let last = sharesRows ? (rows.upperBound + 1) & ~1 : rows.upperBound
        // The inverse of the map; steps are 1 or -1.
        let row = row
        func frameRows(_ rows: Range<Int>) -> Range<Int> {
            let ends = [rows.lowerBound, rows.upperBound - 1].map { ($0 - row.place) * row.step }
            return ends.min()!..<(ends.max()! + 1)
        }
        self.rows = frameRows(rows.lowerBound..<last)
        shownRows = frameRows(rows)
        // The frame's column of the upright picture's column 0.
        chromaAtOdd = (0 - column.place) & 1 == 1
        let size = Self.rowBytes(count)
        bytes = (
            scratch.take(size, of: UInt8.self), scratch.take(size, of: UInt8.self), scratch.take(size, of: UInt8.self)
        )
        let isStraight = column.step == 1 && columns.lowerBound == origin
        switch pack.format.layout {
        case .rgb("bgrx") where isStraight: pixelsBlueFirst = true
        case .rgb("rgbx") where isStraight: pixelsBlueFirst = false
        default: pixelsBlueFirst = nil
        }
        spare = scratch.take(PixelRow.spareBytes, of: UInt8.self)
    }

    private static func rowBytes(_ count: Int) -> Int { 2 * count + 128 }

    /// The bytes that the rows take.
    static func bytes(_ count: Int) -> Int {
        3 * (rowBytes(count) + 128) + PixelRow.spareBytes
    }

    /// The place of a row where its colours can be stored at once: as pixels of four bytes that are not mirrored, and past the
    /// caches.
    func pixels(_ y: Int) -> PixelRow? {
        guard let pixelsBlueFirst else { return nil }
        let place = target(
            upright: row.place + row.step * y, column: upright(columns.lowerBound), bytes: samplesPerPixel)
        let pixels = PixelRow(place, width: columns.count, isBlueFirst: pixelsBlueFirst, spare: spare)
        return pixels.isAligned ? pixels : nil
    }

    /// Stores a row of colours that is in `bytes`.
    func storeBytes(_ y: Int) {
        let first = upright(columns.lowerBound)
        let skipped = columns.lowerBound - origin
        interleave.apply(
            bytes.red + skipped, bytes.green + skipped, bytes.blue + skipped, width: columns.count,
            into: target(upright: row.place + row.step * y, column: first, bytes: samplesPerPixel),
            step: column.step)
    }

    /// Stores a row of a mono frame where the picture has no chroma: as grey, or as colours that are alike.
    func store(grey: SignalRow, _ y: Int) {
        let line = row.place + row.step * y
        RoundKernel.apply(grey, into: bytes.0, count: count)
        if case .mono = pack.format.layout { return storeLuma(line) }
        let skipped = columns.lowerBound - origin
        let source = bytes.0 + skipped
        interleave.apply(
            source, source, source, width: columns.count,
            into: target(upright: line, column: upright(columns.lowerBound), bytes: samplesPerPixel), step: column.step)
    }

    /// Stores a row of luma, and of every second row the chroma, or of every row where the format has it so.
    func store(luma: SignalRow, chroma: SignalRow, _ y: Int) {
        let line = row.place + row.step * y
        guard let video else { return }
        switch pack.format.layout {
        case .yuyv:
            video.luma(luma, into: bytes.0, count: count)
            storeChroma(chroma, chroma)
            storePairs(line)
        default:
            if line < image.size.height { store(luma, line, video) }
            // Of two rows that share chroma, which comes second depends on the way the picture is turned.
            let isSecond = (line & 1 == 1) == (row.step == 1)
            if !isSecond {
                held = chroma
            } else if let held {
                storeChroma(held, chroma)
                storeShared(line / 2)
            }
        }
    }

    /// Makes everything stored visible to other threads.
    func finish() { InterleaveKernel.finish() }

    private func upright(_ x: Int) -> Int { column.place + column.step * x }

    private func target(upright line: Int, column: Int, bytes: Int) -> UnsafeMutablePointer<UInt8> {
        precondition(
            column >= 0 && column < image.size.width
                && (self.column.step == 1 ? column + columns.count <= image.size.width : column + 1 >= columns.count))
        return image.row(line).baseAddress!.assumingMemoryBound(to: UInt8.self) + column * bytes
    }

    /// Stores codes of luma: as many as kernels write at a time at once, the others by way of `bytes`.
    private func store(_ luma: SignalRow, _ line: Int, _ video: VideoKernel) {
        let skipped = columns.lowerBound - origin
        guard column.step == 1, skipped & 1 == 0 else {
            video.luma(luma, into: bytes.0, count: count)
            return storeLuma(line)
        }
        let target = target(upright: line, column: upright(columns.lowerBound), bytes: 1)
        let whole = columns.count / 2 / KernelLimits.group * KernelLimits.group
        func part(from entry: Int) -> SignalRow {
            SignalRow(even: luma.even + (skipped / 2 + entry), odd: luma.odd + (skipped / 2 + entry))
        }
        video.luma(part(from: 0), into: target, count: whole)
        guard 2 * whole < columns.count else { return }
        video.luma(part(from: whole), into: bytes.0, count: KernelLimits.group)
        (target + 2 * whole).update(from: bytes.0, count: columns.count - 2 * whole)
    }

    private func storeLuma(_ line: Int) {
        let target = target(upright: line, column: upright(columns.lowerBound), bytes: 1)
        let source = bytes.0 + (columns.lowerBound - origin)
        if column.step == 1 {
            target.update(from: source, count: columns.count)
        } else {
            for i in 0..<columns.count { target[-i] = source[i] }
        }
    }

    /// Cb and Cr codes of all entries.
    private func storeChroma(_ first: SignalRow, _ second: SignalRow) {
        video?.chroma(first.even, second.even, into: bytes.1, count: count)
        video?.chroma(first.odd, second.odd, into: bytes.2, count: count)
    }

    /// The chroma samples of the strip: the first and how many, as upright columns of the half size, and the buffers'
    /// entry of the first one, from which entries go on in the direction of the frame.
    private var samples: (places: Range<Int>, entry: Int) {
        let centres = columns.lowerBound + ((columns.lowerBound & 1 == 1) == chromaAtOdd ? 0 : 1)
        let number = max(0, (columns.upperBound - centres + 1) / 2)
        guard number > 0 else { return (0..<0, 0) }
        let (first, last) = (upright(centres) / 2, upright(centres + 2 * (number - 1)) / 2)
        return (min(first, last)..<(max(first, last) + 1), (centres - origin) >> 1)
    }

    private func storeShared(_ line: Int) {
        let (places, entry) = samples
        guard !places.isEmpty else { return }
        let isPlanar = pack.format.layout == .i420
        let first = image.row(line, plane: 1)
        let second = isPlanar ? image.row(line, plane: 2) : first
        precondition((isPlanar ? places.upperBound : 2 * places.upperBound) <= first.count)
        let (cb, cr) = (bytes.1 + entry, bytes.2 + entry)
        let number = places.count
        if isPlanar, column.step == 1 {
            first.baseAddress!.copyMemory(cb, to: places.lowerBound, number)
            second.baseAddress!.copyMemory(cr, to: places.lowerBound, number)
        } else if column.step == 1 {
            InterleaveKernel.pairs(
                cb, cr, into: first.baseAddress!.assumingMemoryBound(to: UInt8.self) + 2 * places.lowerBound,
                count: number)
        } else {
            for i in 0..<number {
                let place = places.upperBound - 1 - i
                first[isPlanar ? place : 2 * place] = cb[i]
                second[isPlanar ? place : 2 * place + 1] = cr[i]
            }
        }
    }

    /// A row of Y Cb Y Cr.
    private func storePairs(_ line: Int) {
        let (places, entry) = samples
        let row = image.row(line)
        for i in 0..<places.count {
            let place = column.step == 1 ? places.lowerBound + i : places.upperBound - 1 - i
            let centre = 2 * (entry + i) + (chromaAtOdd ? 1 : 0)
            row[4 * place] = bytes.0[centre]
            row[4 * place + 1] = bytes.1[entry + i]
            row[4 * place + 2] = bytes.0[centre + column.step]
            row[4 * place + 3] = bytes.2[entry + i]
        }
    }
}

extension UnsafeMutableRawPointer {
    /// Copies bytes to a place.
    fileprivate func copyMemory(_ source: UnsafeMutablePointer<UInt8>, to place: Int, _ count: Int) {
        (self + place).copyMemory(from: source, byteCount: count)
    }
}
