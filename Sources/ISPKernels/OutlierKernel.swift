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

        /// Chords of the noise, of which the lowest one is below it everywhere: from which sample on they rise, where they
        /// start, and their slopes in 2^16.
        let foot: UInt16
        let starts, slopes: SIMD4<UInt16>
        /// Deviations count from the root of `signal * slope + offset` on.
        let slope, offset: Float

        /// Creates the limits of a photosite from its black level and deviations, on the scale of the samples; the square
        /// of a deviation must exceed `slope * signal + offset`.
        public init(black: Float, leastDepth: Float, leastDeviation: Float, slope: Float, offset: Float) {
            (self.slope, self.offset) = (slope, offset)
            // Below its zero the line has no root.
            let zero = slope > 0 && offset < 0 ? min((-offset / slope).rounded(.up), 65_534) : 0
            foot = UInt16(zero)
            func noise(_ sample: Float) -> Float { max(slope * sample + offset, 0).squareRoot() }
            func word(_ v: Float) -> UInt16 { UInt16(clamping: Int(max(v, 0).rounded(.down))) }
            // A chord of a root is lower by a share that depends on the ratio of its ends, as counted from where the root is 0.
            let root = max(slope > 0 ? zero + offset / slope : 1, 16)
            let ratio = (65_535 - zero + root) / root
            let (half, quarter) = (ratio.squareRoot(), ratio.squareRoot().squareRoot())
            let ends = [1, quarter, half, half * quarter, ratio].map { zero + root * ($0 - 1) }
            var (starts, slopes) = (SIMD4<UInt16>(), SIMD4<UInt16>())
            for i in 0..<4 {
                let rise = max(noise(ends[i + 1]) - noise(ends[i]), 0) / (ends[i + 1] - ends[i])
                starts[i] = word(noise(ends[i]) - rise * (ends[i] - zero) - (i == 0 ? 0 : 1))
                slopes[i] = word(rise * 65_535)
            }
            (self.starts, self.slopes) = (starts, slopes)
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

    /// The rows of the nearest samples of the same kind above, of the samples themselves, and of the nearest below.
    public struct Rows {
        let upper, here, lower: MosaicRow
        let isMono: Bool

        /// Joins three rows.
        /// - Parameter isMono: whether a sample's neighbours are those beside it, or the next ones of its parity.
        public init(_ upper: MosaicRow, _ here: MosaicRow, _ lower: MosaicRow, isMono: Bool) {
            (self.upper, self.here, self.lower, self.isMono) = (upper, here, lower, isMono)
        }
    }

    /// The rows as the samples of one parity see them.
    private struct Sites {
        typealias Samples = UnsafeMutablePointer<UInt16>
        /// Above, here and below.
        let own, left, right: (Samples, Samples, Samples)

        init(_ rows: Rows, parity: Int) {
            let (upper, here, lower) = (
                rows.upper.sites(isEven: parity == 0), rows.here.sites(isEven: parity == 0),
                rows.lower.sites(isEven: parity == 0)
            )
            own = (upper.own, here.own, lower.own)
            if rows.isMono {
                left = (upper.left, here.left, lower.left)
                right = (upper.left + 1, here.left + 1, lower.left + 1)
            } else {
                left = (upper.own - 1, here.own - 1, lower.own - 1)
                right = (upper.own + 1, here.own + 1, lower.own + 1)
            }
        }
    }

    /// Calls `found` with every entry of a parity that may be defective.
    public func apply(_ rows: Rows, parity: Int, _ site: Site, count: Int, found: (Int) -> Void) {
        let sites = Sites(rows, parity: parity)
        let (upper, here, lower) = sites.own
        let (left, right) = (sites.left.1, sites.right.1)
        let least = Words(repeating: min(site.leastDeviation, site.leastDepth))
        let chords = Chords(site)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count / Words.scalarCount + 1) { groups in
            // Vectors of entries are listed without a branch, which no processor would guess.
            let listed = groups.baseAddress!
            var number = 0
            var k = 0
            while k < count {
                // Of the four nearest neighbours, the second largest and the second smallest are between those of all eight,
                // and values less their noise are in the order of the values: what lies within these is no defect.
                let value = here.lanes(k)
                let (a, b, c, d) = (upper.lanes(k), lower.lanes(k), left.lanes(k), right.lanes(k))
                let lesser = cv_min_u16(cv_max_u16(a, b), cv_max_u16(c, d))
                let greater = cv_max_u16(cv_min_u16(a, b), cv_min_u16(c, d))
                let (high, low) = (cv_max_u16(lesser, greater), cv_min_u16(lesser, greater))
                let distance = cv_max_u16(cv_sub_u16(value, high), cv_sub_u16(low, value))
                listed[number] = Int32(truncatingIfNeeded: k)
                number &+= Int(cv_any_u16(cv_sub_u16(distance, cv_max_u16(chords(low), least))))
                k &+= Words.scalarCount
            }
            for i in 0..<number {
                let k = Int(listed[i])
                var bits = cv_bits_u16(candidates(sites, site, chords, k))
                while bits != 0 {
                    let entry = k &+ bits.trailingZeroBitCount
                    if entry < count { found(entry) }
                    bits &= bits &- 1
                }
            }
        }
    }

    /// Of a vector of entries those that may be defective, as lanes that are not 0.
    @inline(__always)
    private func candidates(_ sites: Sites, _ site: Site, _ chords: Chords, _ k: Int) -> Words {
        let (upper, here, lower) = sites.own
        let value = here.lanes(k)
        let (a, b) = (upper.lanes(k), lower.lanes(k))
        let (greater, lesser) = (cv_max_u16(a, b), cv_min_u16(a, b))
        // The second largest and the second smallest of eight, from two sorted columns of three and one of two.
        let (left, right) = (Column(sites.left, k), Column(sites.right, k))
        let second = cv_max_u16(
            cv_min_u16(left.high, right.high), cv_min_u16(cv_max_u16(left.high, right.high), greater))
        let highest = cv_max_u16(cv_max_u16(second, lesser), cv_max_u16(left.middle, right.middle))
        let last = cv_min_u16(cv_max_u16(left.low, right.low), cv_max_u16(cv_min_u16(left.low, right.low), lesser))
        let lowest = cv_min_u16(cv_min_u16(last, greater), cv_min_u16(left.middle, right.middle))

        let (above, depth) = (cv_sub_u16(value, highest), cv_sub_u16(lowest, value))
        // The spread, rounded down: never too strict.
        let sixteenth = cv_mulhi_u16(cv_sub_u16(highest, lowest), Words(repeating: threshold))
        let spread = cv_min_u16(sixteenth, Words(repeating: 4095)) &<< 4
        let (beyond, below) = (cv_sub_u16(above, spread), cv_sub_u16(depth, spread))
        let least = Words(repeating: site.leastDeviation)
        // Most vectors have nothing beyond the chords of the noise, which are cheaper than its root.
        let noise = chords(lowest)
        let share = cv_add_u16(cv_mulhi_u16(lowest, Words(repeating: 6554)), Words(repeating: site.deadBase))
        let dead = cv_min_u16(cv_sub_u16(share, value), cv_sub_u16(depth, Words(repeating: site.leastDepth)))
        let possible =
            cv_sub_u16(cv_max_u16(beyond, below), cv_max_u16(noise, least)) | cv_min_u16(dead, cv_sub_u16(depth, noise))
        guard cv_any_u16(possible) != 0 else { return possible }
        let stands =
            (cv_sub_u16(beyond, least) & cv_square_above(beyond, highest, site.slope, site.offset))
            | (cv_sub_u16(below, least) & cv_square_above(below, lowest, site.slope, site.offset))
        return stands | (dead & cv_square_above(depth, lowest, site.slope, site.offset))
    }

    /// Less than the noise at a sample, rising with it.
    private struct Chords {
        private let foot: Words
        private let starts, slopes: (Words, Words, Words, Words)

        init(_ site: Site) {
            func lanes(_ v: SIMD4<UInt16>) -> (Words, Words, Words, Words) {
                (Words(repeating: v.x), Words(repeating: v.y), Words(repeating: v.z), Words(repeating: v.w))
            }
            foot = Words(repeating: site.foot)
            (starts, slopes) = (lanes(site.starts), lanes(site.slopes))
        }

        @inline(__always)
        func callAsFunction(_ sample: Words) -> Words {
            let signal = cv_sub_u16(sample, foot)
            let darkest = cv_mulhi_u16(signal, slopes.0) &+ starts.0, dark = cv_mulhi_u16(signal, slopes.1) &+ starts.1
            let bright = cv_mulhi_u16(signal, slopes.2) &+ starts.2
            let brightest = cv_mulhi_u16(signal, slopes.3) &+ starts.3
            return cv_min_u16(cv_min_u16(darkest, dark), cv_min_u16(bright, brightest))
        }
    }

    /// The columns of three rows in order of size.
    private struct Column {
        let high, middle, low: Words

        @inline(__always)
        init(_ rows: (Sites.Samples, Sites.Samples, Sites.Samples), _ k: Int) {
            let (a, h, b) = (rows.0.lanes(k), rows.1.lanes(k), rows.2.lanes(k))
            let (greater, lesser) = (cv_max_u16(a, b), cv_min_u16(a, b))
            let rest = cv_min_u16(greater, h)
            (high, middle, low) = (cv_max_u16(greater, h), cv_max_u16(lesser, rest), cv_min_u16(lesser, rest))
        }
    }
}
