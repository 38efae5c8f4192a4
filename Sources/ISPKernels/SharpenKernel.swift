// Luma sharpening on rows: a Gaussian, the detail it leaves, its gain above the noise, and a limit to overshoot.

import CVector

/// The steps of `Sharpen` on rows of `Display16` luma.
public struct SharpenKernel: Sendable {
    private let gaussian: Gaussian16
    /// The amount as a fraction of `2^doublings`.
    private let amount, overshoot: Int16
    private let doublings: Int
    /// How the detail's energy is counted, and that of the noise; `nil` where there is none.
    private let noise: Noise?

    private struct Noise: Sendable {
        /// Detail is limited to so much and moved up by so many bits before it is squared.
        let limit: Int16
        let shift: Int
        /// By luma: nine times the noise's energy.
        let energy: LumaTableKernel
    }

    /// Creates the kernel.
    /// - Parameters:
    ///   - taps: weights of the Gaussian from the middle outwards, which add up to 1 with those of the other side.
    ///   - amount: the share of the detail that is added, 0 to 8.
    ///   - overshoot: by which share of the range of the 3x3 neighbourhood it may be exceeded, 0 to 1.
    ///   - variance: by luma of 0 to 1, the variance of detail that is noise; `nil` for none.
    public init(taps: [Float], amount: Float, overshoot: Float, variance: ((Float) -> Float)?) {
        gaussian = Gaussian16(taps)
        doublings = (0...3).first { amount <= Float(1 << $0) } ?? 3
        self.amount = Int16(min(amount / Float(1 << doublings) * 32767, 32767).rounded())
        self.overshoot = Int16((overshoot * 32767).rounded())
        func power(_ exponent: Int) -> Float { Float(sign: .plus, exponent: exponent, significand: 1) }
        noise = variance.map { variance in
            let white = Float(Display16.white)
            let most = (0..<64).map { variance(Float($0) / 63) }.max()! * white * white * 9
            // A square is counted as (detail * 2^shift)^2 / 2^15, and the sum of nine ends at 65535. Of more units for the
            // noise, detail far above it would have too little gain; of less, bright parts would have no noise.
            func unit(_ shift: Int) -> Float { power(2 * shift - 15) }
            let shift = (-6...6).last { most * unit($0) <= 2048 } ?? -6
            let scale = white * white * 9 * unit(shift)
            return Noise(
                limit: Int16(32767 >> max(shift, 0)), shift: shift,
                energy: LumaTableKernel { code in Int((variance(Float(code) / white) * scale).rounded()) })
        }
    }

    /// Rows and columns that the Gaussian reaches to each side.
    public var radius: Int { gaussian.radius }

    /// The Gaussian along a row.
    public func blur(_ luma: SignalRow, into blurred: SignalRow, count: Int) {
        blur(luma.sites(isEven: true), into: blurred.even, count)
        blur(luma.sites(isEven: false), into: blurred.odd, count)
    }

    private func blur(
        _ sites: (own: UnsafeMutablePointer<Int16>, left: UnsafeMutablePointer<Int16>),
        into target: UnsafeMutablePointer<Int16>, _ count: Int
    ) {
        let (gaussian, (own, left)) = (gaussian, sites)
        var k = 0
        while k < count {
            let sum = gaussian.sum(own.lanes(k)) { distance in
                // Columns at odd distances are those between.
                let half = distance >> 1
                return distance & 1 == 0
                    ? own.lanes(k &- half) &+ own.lanes(k &+ half)
                    : left.lanes(k &- half) &+ left.lanes(k &+ 1 &+ half)
            }
            target.store(sum, k)
            k &+= Words.scalarCount
        }
    }

    /// Luma less its Gaussian mean, and the square of that where noise is looked at.
    /// - Parameter blurred: the blurred rows from `radius` above to `radius` below.
    public func detail(
        _ luma: SignalRow, _ blurred: (Int) -> SignalRow, into detail: SignalRow, squares: SignalRow, count: Int
    ) {
        self.detail(luma.even, { blurred($0).even }, detail.even, count)
        self.detail(luma.odd, { blurred($0).odd }, detail.odd, count)
        guard let noise else { return }
        for (values, results) in [(detail.even, squares.even), (detail.odd, squares.odd)] {
            if noise.shift >= 0 {
                let scale = Signals(repeating: 1 &<< Int16(noise.shift))
                square(values, results, noise.limit, count) { $0 &* scale }
            } else {
                let scale = Signals(repeating: Int16(1 << (15 + noise.shift)))
                square(values, results, noise.limit, count) { cv_mulround_s16($0, scale) }
            }
        }
    }

    @inline(__always)
    private func square(
        _ values: UnsafeMutablePointer<Int16>, _ results: UnsafeMutablePointer<Int16>, _ limit: Int16, _ count: Int,
        _ scale: (Signals) -> Signals
    ) {
        let most = Signals(repeating: limit), least = Signals(repeating: -limit)
        var k = 0
        while k < count {
            let x = scale(cv_min_s16(cv_max_s16(values.lanes(k), least), most))
            results.store(cv_mulround_s16(x, x), k)
            k &+= Words.scalarCount
        }
    }

    private func detail(
        _ luma: UnsafeMutablePointer<Int16>, _ row: (Int) -> UnsafeMutablePointer<Int16>,
        _ target: UnsafeMutablePointer<Int16>, _ count: Int
    ) {
        let gaussian = gaussian
        let radius = gaussian.radius
        func pair(_ distance: Int) -> (UnsafeMutablePointer<Int16>, UnsafeMutablePointer<Int16>) {
            distance <= radius ? (row(-distance), row(distance)) : (luma, luma)
        }
        let (middle, p1, p2, p3, p4, p5) = (row(0), pair(1), pair(2), pair(3), pair(4), pair(5))
        var k = 0
        while k < count {
            let sum = gaussian.sum(middle.lanes(k)) { distance in
                let (above, below) =
                    switch distance {
                    case 1: p1
                    case 2: p2
                    case 3: p3
                    case 4: p4
                    default: p5
                    }
                return above.lanes(k) &+ below.lanes(k)
            }
            target.store(luma.lanes(k) &- sum, k)
            k &+= Words.scalarCount
        }
    }

    /// Rows that the last step works in.
    public struct Columns: @unchecked Sendable {
        // Sendable: as `ParityRow`.
        /// Of three rows, for every column: the lowest and the highest luma, and the energy of the detail.
        let lowest, highest, energy: SignalRow

        /// Joins three rows.
        public init(lowest: SignalRow, highest: SignalRow, energy: SignalRow) {
            (self.lowest, self.highest, self.energy) = (lowest, highest, energy)
        }
    }

    /// The sharpened row: luma plus detail, limited.
    /// - Parameters:
    ///   - luma: the rows above, here and below.
    ///   - detail: the row's detail.
    ///   - squares: the squares of the detail above, here and below.
    ///   - columns: rows to work in.
    public func sharpen(
        _ luma: (SignalRow, SignalRow, SignalRow), _ detail: SignalRow, _ squares: (SignalRow, SignalRow, SignalRow),
        columns: Columns, into target: SignalRow, count: Int
    ) {
        fold(luma, squares, columns, count, \.even)
        fold(luma, squares, columns, count, \.odd)
        sharpen(
            luma.1.even, detail.even, Sites(columns, isEven: true), target.even, count)
        sharpen(
            luma.1.odd, detail.odd, Sites(columns, isEven: false), target.odd, count)
    }

    /// Puts the three rows of every column together; also those left and right of the row.
    private func fold(
        _ luma: (SignalRow, SignalRow, SignalRow), _ squares: (SignalRow, SignalRow, SignalRow), _ columns: Columns,
        _ count: Int, _ parity: (SignalRow) -> UnsafeMutablePointer<Int16>
    ) {
        let (l0, l1, l2) = (parity(luma.0), parity(luma.1), parity(luma.2))
        let (lowest, highest) = (parity(columns.lowest), parity(columns.highest))
        var k = 0 &- Words.scalarCount
        while k < count &+ Words.scalarCount {
            let (a, b, c) = (l0.lanes(k), l1.lanes(k), l2.lanes(k))
            lowest.store(cv_min_s16(cv_min_s16(a, b), c), k)
            highest.store(cv_max_s16(cv_max_s16(a, b), c), k)
            k &+= Words.scalarCount
        }
        guard noise != nil else { return }
        let (s0, s1, s2, energy) = (parity(squares.0), parity(squares.1), parity(squares.2), parity(columns.energy))
        k = 0 &- Words.scalarCount
        while k < count &+ Words.scalarCount {
            energy.store(Self.sum(Self.sum(s0.lanes(k), s1.lanes(k)), s2.lanes(k)), k)
            k &+= Words.scalarCount
        }
    }

    /// The sum of energies, which are unsigned, at most 65535.
    @inline(__always)
    private static func sum(_ a: Signals, _ b: Signals) -> Signals {
        unsafeBitCast(cv_add_u16(unsafeBitCast(a, to: Words.self), unsafeBitCast(b, to: Words.self)), to: Signals.self)
    }

    /// Columns as the sites of one parity see them: their own, and those to the left; the ones to the right are an entry on.
    private struct Sites {
        typealias Row = UnsafeMutablePointer<Int16>
        private let lowest, highest, energy: (own: Row, left: Row)

        init(_ columns: Columns, isEven: Bool) {
            lowest = columns.lowest.sites(isEven: isEven)
            highest = columns.highest.sites(isEven: isEven)
            energy = columns.energy.sites(isEven: isEven)
        }

        @inline(__always)
        func lowest(_ k: Int) -> Signals {
            cv_min_s16(cv_min_s16(lowest.left.lanes(k), lowest.own.lanes(k)), lowest.left.lanes(k &+ 1))
        }

        @inline(__always)
        func highest(_ k: Int) -> Signals {
            cv_max_s16(cv_max_s16(highest.left.lanes(k), highest.own.lanes(k)), highest.left.lanes(k &+ 1))
        }

        @inline(__always)
        func energy(_ k: Int) -> Words {
            let sum = SharpenKernel.sum(energy.left.lanes(k), energy.own.lanes(k))
            return unsafeBitCast(SharpenKernel.sum(sum, energy.left.lanes(k &+ 1)), to: Words.self)
        }
    }

    private func sharpen(
        _ luma: UnsafeMutablePointer<Int16>, _ detail: UnsafeMutablePointer<Int16>, _ sites: Sites,
        _ target: UnsafeMutablePointer<Int16>, _ count: Int
    ) {
        guard let noise else {
            var k = 0
            while k < count {
                target.store(limited(luma.lanes(k), detail.lanes(k), sites, k), k)
                k &+= Words.scalarCount
            }
            return
        }
        var k = 0
        while k < count {
            let (v0, v1) = (luma.lanes(k), luma.lanes(k &+ Words.scalarCount))
            let (n0, n1) = noise.energy.look(v0, v1)
            target.store(limited(v0, above(n0, sites.energy(k), detail.lanes(k)), sites, k), k)
            target.store(
                limited(
                    v1, above(n1, sites.energy(k &+ Words.scalarCount), detail.lanes(k &+ Words.scalarCount)), sites,
                    k &+ Words.scalarCount), k &+ Words.scalarCount)
            k &+= KernelLimits.group
        }
    }

    /// Detail times the share of its energy that is not noise.
    @inline(__always)
    private func above(_ noise: Words, _ energy: Words, _ detail: Signals) -> Signals {
        cv_mulround_s16(detail, cv_share_u16(cv_sub_u16(energy, noise), energy))
    }

    @inline(__always)
    private func limited(_ luma: Signals, _ detail: Signals, _ sites: Sites, _ k: Int) -> Signals {
        let (low, high) = (sites.lowest(k), sites.highest(k))
        let margin = cv_mulround_s16(high &- low, Signals(repeating: overshoot))
        var added = cv_mulround_s16(detail, Signals(repeating: amount))
        for _ in 0..<doublings { added = cv_add_s16(added, added) }
        return cv_max_s16(cv_min_s16(cv_add_s16(luma, added), high &+ margin), low &- margin)
    }
}
