// Luma sharpening on rows: a Gaussian, the detail it leaves, its gain above the noise, and a limit to overshoot.

import CVector

/// The steps of `Sharpen` on rows of `Display16` luma.
public struct SharpenKernel: Sendable {
    private let gaussian: Gaussian16
    /// The amount as a fraction of `2^doublings`.
    private let amount, overshoot: Int16
    private let doublings: Int
    private let sparesNoise: Bool
    /// How the detail's energy is counted, and that of the noise, where it is spared.
    private let noise: Noise

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
        sparesNoise = variance != nil
        let none = Noise(limit: 0, shift: 0, energy: LumaTableKernel { _ in 0 })
        noise =
            variance.map { variance in
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
            } ?? none
    }

    /// Rows and columns that the Gaussian reaches to each side.
    public var radius: Int { gaussian.radius }

    /// The Gaussian along a row.
    public func blur(_ luma: SignalRow, into blurred: SignalRow, count: Int) {
        gaussian.withRadius { blur(luma, blurred, count, radius: $0) }
    }

    @inline(__always)
    private func blur(_ luma: SignalRow, _ blurred: SignalRow, _ count: Int, radius: Int) {
        let (gaussian, even, odd) = (gaussian, luma.even, luma.odd)
        var k = 0
        while k < count {
            // Columns at odd distances are those of the other parity. Both before either is stored: they share what they load.
            let ofEven = gaussian.sum(even.lanes(k), radius: radius) { distance in
                let half = distance >> 1
                return distance & 1 == 0
                    ? even.lanes(k &- half) &+ even.lanes(k &+ half) : odd.lanes(k &- 1 &- half) &+ odd.lanes(k &+ half)
            }
            let ofOdd = gaussian.sum(odd.lanes(k), radius: radius) { distance in
                let half = distance >> 1
                return distance & 1 == 0
                    ? odd.lanes(k &- half) &+ odd.lanes(k &+ half) : even.lanes(k &- half) &+ even.lanes(k &+ 1 &+ half)
            }
            blurred.even.store(ofEven, k)
            blurred.odd.store(ofOdd, k)
            k &+= Words.scalarCount
        }
    }

    /// Luma less its Gaussian mean, and the square of that where noise is looked at.
    /// - Parameter blurred: the blurred rows from `radius` above to `radius` below.
    public func detail(
        _ luma: SignalRow, _ blurred: (Int) -> SignalRow, into detail: SignalRow, squares: SignalRow, count: Int
    ) {
        gaussian.withRadius { radius in
            self.detail(luma.even, { blurred($0).even }, detail.even, count, radius: radius)
            self.detail(luma.odd, { blurred($0).odd }, detail.odd, count, radius: radius)
        }
        guard sparesNoise else { return }
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

    @inline(__always)
    private func detail(
        _ luma: UnsafeMutablePointer<Int16>, _ row: (Int) -> UnsafeMutablePointer<Int16>,
        _ target: UnsafeMutablePointer<Int16>, _ count: Int, radius: Int
    ) {
        let gaussian = gaussian
        func pair(_ distance: Int) -> (UnsafeMutablePointer<Int16>, UnsafeMutablePointer<Int16>) {
            distance <= radius ? (row(-distance), row(distance)) : (luma, luma)
        }
        let (middle, p1, p2, p3, p4, p5) = (row(0), pair(1), pair(2), pair(3), pair(4), pair(5))
        var k = 0
        while k < count {
            let sum = gaussian.sum(middle.lanes(k), radius: radius) { distance in
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
    public struct Columns: Sendable {
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
        // A loop is made for each: with noise and without, with an amount of more than 1 and without.
        let folded = Folding(luma: luma, squares: squares, columns: columns)
        switch (sparesNoise, doublings) {
        case (true, 0): sharpen(folded, detail, target, count, noise, doublings: 0)
        case (true, _): sharpen(folded, detail, target, count, noise, doublings: doublings)
        case (false, 0): sharpen(folded, detail, target, count, nil, doublings: 0)
        case (false, _): sharpen(folded, detail, target, count, nil, doublings: doublings)
        }
    }

    /// The three rows of every column put together.
    private struct Folding {
        let luma, squares: (SignalRow, SignalRow, SignalRow)
        let columns: Columns

        @inline(__always)
        func apply(_ k: Int, withEnergy: Bool) {
            for parity in 0..<2 {
                let (a, b, c) = (luma.0[parity].lanes(k), luma.1[parity].lanes(k), luma.2[parity].lanes(k))
                columns.lowest[parity].store(cv_min_s16(cv_min_s16(a, b), c), k)
                columns.highest[parity].store(cv_max_s16(cv_max_s16(a, b), c), k)
                guard withEnergy else { continue }
                // Squares are below 2^15.
                let pair = squares.0[parity].lanes(k) &+ squares.1[parity].lanes(k)
                columns.energy[parity].store(SharpenKernel.sum(pair, squares.2[parity].lanes(k)), k)
            }
        }
    }

    /// The sum of energies, which are unsigned, at most 65535.
    @inline(__always)
    private static func sum(_ a: Signals, _ b: Signals) -> Signals {
        unsafeBitCast(cv_add_u16(unsafeBitCast(a, to: Words.self), unsafeBitCast(b, to: Words.self)), to: Signals.self)
    }

    @inline(__always)
    private func sharpen(
        _ folding: Folding, _ detail: SignalRow, _ target: SignalRow, _ count: Int, _ noise: Noise?, doublings: Int
    ) {
        let (luma, columns) = (folding.luma.1, folding.columns)
        let (lowest, highest, energy) = (columns.lowest, columns.highest, columns.energy)
        let limit = Limit(overshoot: overshoot, amount: amount, doublings: doublings)
        // Columns are put together also left and right of the row, and so far ahead of where they are looked at that they have
        // reached the cache: what takes time there is loading rows, and here dividing.
        let (ahead, end) = (6 &* Words.scalarCount, count &+ Words.scalarCount)
        var k = 0 &- Words.scalarCount
        while k < min(ahead, end) {
            folding.apply(k, withEnergy: noise != nil)
            k &+= Words.scalarCount
        }
        k = 0
        while k < count {
            if k &+ ahead < end { folding.apply(k &+ ahead, withEnergy: noise != nil) }
            // Of three neighbouring columns, even and odd sites have two in common.
            let low = cv_min_s16(lowest.even.lanes(k), lowest.odd.lanes(k))
            let high = cv_max_s16(highest.even.lanes(k), highest.odd.lanes(k))
            let (even, odd) = (luma.even.lanes(k), luma.odd.lanes(k))
            var (ofEven, ofOdd) = (detail.even.lanes(k), detail.odd.lanes(k))
            if let noise {
                let (noEven, noOdd) = noise.energy.look(even, odd)
                let both = Self.sum(energy.even.lanes(k), energy.odd.lanes(k))
                ofEven = above(noEven, Self.sum(both, energy.odd.lanes(k &- 1)), ofEven)
                ofOdd = above(noOdd, Self.sum(both, energy.even.lanes(k &+ 1)), ofOdd)
            }
            target.even.store(
                limit.add(
                    ofEven, to: even, between: cv_min_s16(low, lowest.odd.lanes(k &- 1)),
                    and: cv_max_s16(high, highest.odd.lanes(k &- 1))), k)
            target.odd.store(
                limit.add(
                    ofOdd, to: odd, between: cv_min_s16(low, lowest.even.lanes(k &+ 1)),
                    and: cv_max_s16(high, highest.even.lanes(k &+ 1))), k)
            k &+= Words.scalarCount
        }
    }

    /// Detail times the share of its energy that is not noise.
    @inline(__always)
    private func above(_ noise: Words, _ energy: Signals, _ detail: Signals) -> Signals {
        let energy = unsafeBitCast(energy, to: Words.self)
        return cv_mulround_s16(detail, cv_share_u16(cv_sub_u16(energy, noise), energy))
    }

    /// How detail is added.
    private struct Limit {
        private let overshoot, amount, least, most: Signals
        private let doublings: Int

        @inline(__always)
        init(overshoot: Int16, amount: Int16, doublings: Int) {
            (self.overshoot, self.amount) = (Signals(repeating: overshoot), Signals(repeating: amount))
            self.doublings = doublings
            let limit = Int16.max >> Int16(doublings)
            (least, most) = (Signals(repeating: -limit), Signals(repeating: limit))
        }

        @inline(__always)
        func add(_ detail: Signals, to luma: Signals, between low: Signals, and high: Signals) -> Signals {
            let margin = cv_mulround_s16(high &- low, overshoot)
            var added = cv_mulround_s16(detail, amount)
            if doublings > 0 { added = cv_min_s16(cv_max_s16(added, least), most) &<< Int16(doublings) }
            return cv_max_s16(cv_min_s16(cv_add_s16(luma, added), high &+ margin), low &- margin)
        }
    }
}
