// A tone curve that keeps the hue.

import CVector

/// A curve for the largest and the smallest channel, and the middle one at its place between them.
struct HueLanes: ToneLanes {
    let light, coding: CurveLanes<TwoKnees>

    @inline(__always)
    func callAsFunction(_ a: Colors, _ b: Colors) -> (Colors, Colors) {
        let (first, second) = (Extremes(a), Extremes(b))
        let top = light(first.largest, second.largest)
        let foot = light(first.smallest, second.smallest)
        let (m0, m1) = (first.middle(top.0, foot.0), second.middle(top.1, foot.1))
        let (t, f, m) = (coding(top.0, top.1), coding(foot.0, foot.1), coding(m0, m1))
        return (first.choose(a, t.0, f.0, m.0), second.choose(b, t.1, f.1, m.1))
    }

    /// The largest, the smallest and the middle one of three channels.
    private struct Extremes {
        let largest, smallest: Signals
        private let between: Words

        @inline(__always)
        init(_ c: Colors) {
            largest = cv_max_s16(cv_max_s16(c.red, c.green), c.blue)
            smallest = cv_min_s16(cv_min_s16(c.red, c.green), c.blue)
            let floor = Signals(repeating: Int16(Linear16.signedZero))
            // What lies outside the gamut counts from black.
            let middle = cv_max_s16(c.red ^ c.green ^ c.blue ^ largest ^ smallest, floor)
            let low = cv_max_s16(smallest, floor)
            let part = unsafeBitCast(middle &- low, to: Words.self)
            let whole = unsafeBitCast(cv_max_s16(largest, floor) &- low, to: Words.self)
            between = unsafeBitCast(cv_share_u16(part, whole), to: Words.self)
        }

        @inline(__always)
        func middle(_ top: Signals, _ foot: Signals) -> Signals {
            foot &+ cv_mulround_s16(top &- foot, unsafeBitCast(between, to: Signals.self))
        }

        @inline(__always)
        func choose(_ c: Colors, _ top: Signals, _ foot: Signals, _ middle: Signals) -> Colors {
            @inline(__always)
            func chosen(_ value: Signals) -> Signals {
                let notTop = cv_select_s16(cv_equal_s16(value, smallest), foot, middle)
                return cv_select_s16(cv_equal_s16(value, largest), top, notTop)
            }
            return Colors(chosen(c.red), chosen(c.green), chosen(c.blue))
        }
    }
}
