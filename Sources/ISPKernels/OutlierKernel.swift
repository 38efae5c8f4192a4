// The search for defective photosites: which samples of a row could stand out from their neighbours.

import CVector

/// Finds the photosites of a row that may be defective by `DefectPixels`' rules.
///
/// It errs to one side only: whatever the exact rules find is among the candidates, and those are few. So the decision
/// itself can be left to the exact rules.
public struct OutlierKernel: Sendable {
    /// What depends on the photosite.
    public struct Site: Sendable {
        /// A dead photosite is below `lowest / 10 + this`.
        let deadBase: UInt16
        /// How far below its neighbours a dead photosite is at least.
        let leastDepth: UInt16
        /// How far any other defect stands out at least.
        let leastDeviation: UInt16

        /// The chord of the noise: up to which sample there is none or the least, that, and its slope in 2^16.
        let foot, noise, chord: UInt16
        /// Deviations count from the root of `signal * slope + offset` on.
        let slope, offset: Float

        /// Creates the limits of a photosite from its black level and deviations, on the scale of the samples; the square
        /// of a deviation must exceed `slope * signal + offset`.
        public init(black: Float, leastDepth: Float, leastDeviation: Float, slope: Float, offset: Float) {
            (self.slope, self.offset) = (slope, offset)
            let lowest = max(offset, 0).squareRoot().rounded(.down)
            let highest = max(slope * 65535 + offset, 0).squareRoot().rounded(.down)
            noise = UInt16(clamping: Int(lowest))
            // Below its zero the line has no root; the root is above its chord from there on.
            let zero = slope > 0 && offset < 0 ? min((-offset / slope).rounded(.up), 65_534) : 0
            foot = UInt16(clamping: Int(zero))
            chord = UInt16(clamping: Int((max(highest - lowest, 0) * 65_535 / (65_535 - zero)).rounded(.down)))
            self.leastDeviation = UInt16(clamping: Int(max(leastDeviation, 0).rounded(.down)))
            deadBase = UInt16(clamping: Int((black * 0.9).rounded(.up)) + 1)
            self.leastDepth = UInt16(clamping: Int(max(leastDepth, 0).rounded(.down)))
        }
    }

    private let threshold: UInt16

    /// Creates the kernel.
    /// - Parameter threshold: how far a sample must stand out in units of its neighbours' spread, below 16.
    public init(threshold: Float) {
        self.threshold = UInt16(clamping: Int((threshold * 4096).rounded(.down)))
    }

    /// Rows of samples of one parity: two above, here, two below.
    public typealias Rows = (UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>)

    /// Calls `found` with every entry that may be defective.
    /// - Parameter sorted: three rows with margins, for the columns of the three rows in order of size.
    public func apply(_ rows: Rows, _ site: Site, sorted: Rows, count: Int, found: (Int) -> Void) {
        sort(rows, into: sorted, count)
        let (upper, here, lower) = rows
        let (high, middle, low) = sorted
        let floor = Words(repeating: site.leastDeviation), threshold = Words(repeating: threshold)
        let deadBase = Words(repeating: site.deadBase), leastDepth = Words(repeating: site.leastDepth)
        let foot = Words(repeating: site.foot), noise = Words(repeating: site.noise)
        let chord = Words(repeating: site.chord)
        let tenth = Words(repeating: 6554)
        var k = 0
        while k < count {
            let value = here.lanes(k)
            let (a, b) = (upper.lanes(k), lower.lanes(k))
            let (greater, lesser) = (cv_max_u16(a, b), cv_min_u16(a, b))
            // The second largest and the second smallest of eight, from two sorted columns of three and one of two.
            let (left, right) = (high.lanes(k &- 1), high.lanes(k &+ 1))
            let (middles, others) = (middle.lanes(k &- 1), middle.lanes(k &+ 1))
            let second = cv_max_u16(cv_min_u16(left, right), cv_min_u16(cv_max_u16(left, right), greater))
            let highest = cv_max_u16(cv_max_u16(second, lesser), cv_max_u16(middles, others))
            let (bottomLeft, bottomRight) = (low.lanes(k &- 1), low.lanes(k &+ 1))
            let last = cv_min_u16(
                cv_max_u16(bottomLeft, bottomRight), cv_max_u16(cv_min_u16(bottomLeft, bottomRight), lesser))
            let lowest = cv_min_u16(cv_min_u16(last, greater), cv_min_u16(middles, others))

            let (above, depth) = (cv_sub_u16(value, highest), cv_sub_u16(lowest, value))
            // The root of the noise's line is above its chord.
            let noiseAbove = cv_max_u16(cv_mulhi_u16(cv_sub_u16(highest, foot), chord) &+ noise, floor)
            let noiseBelow = cv_max_u16(cv_mulhi_u16(cv_sub_u16(lowest, foot), chord) &+ noise, floor)
            let deviation = cv_max_u16(cv_sub_u16(above, noiseAbove), cv_sub_u16(depth, noiseBelow))
            // Sixteenths, rounded down on both sides: never too strict.
            let spread = cv_mulhi_u16(cv_sub_u16(highest, lowest), threshold)
            let stands = cv_min_u16(deviation, cv_sub_u16((deviation &>> 4) &+ 1, spread))
            let share = cv_add_u16(cv_mulhi_u16(lowest, tenth), deadBase)
            let dead = cv_min_u16(cv_sub_u16(share, value), cv_sub_u16(depth, leastDepth))
            if cv_any_u16(stands | dead) != 0 {
                let noisyAbove = cv_square_above(above, highest, site.slope, site.offset)
                let noisyBelow = cv_square_above(depth, lowest, site.slope, site.offset)
                let candidates = (stands & (noisyAbove | noisyBelow)) | (dead & noisyBelow)
                if cv_any_u16(candidates) != 0 {
                    for lane in 0..<min(16, count &- k) where candidates[lane] != 0 { found(k &+ lane) }
                }
            }
            k &+= 16
        }
    }

    /// Sorts the columns of three rows: largest, middle, smallest; also those left and right of the row.
    private func sort(_ rows: Rows, into sorted: Rows, _ count: Int) {
        var k = -16
        while k < count &+ 16 {
            let (a, h, b) = (rows.0.lanes(k), rows.1.lanes(k), rows.2.lanes(k))
            let (greater, lesser) = (cv_max_u16(a, b), cv_min_u16(a, b))
            let rest = cv_min_u16(greater, h)
            sorted.0.store(cv_max_u16(greater, h), k)
            sorted.1.store(cv_max_u16(lesser, rest), k)
            sorted.2.store(cv_min_u16(lesser, rest), k)
            k &+= 16
        }
    }
}
