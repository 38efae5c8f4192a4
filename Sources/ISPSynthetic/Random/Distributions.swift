// The two distributions a sensor needs: the normal one for read noise, Poisson's for photons.

/// Random variates made from uniform numbers by inversion: one uniform number in, one variate out.
package enum Distributions {
    /// The standard normal quantile of `p`, 0 < p < 1; relative error about 1e-7.
    ///
    /// Wichura 1988, "Algorithm AS 241: The percentage points of the normal distribution" (PPND7).
    package static func normal(_ p: Double) -> Double {
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
                / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1)
        }
        var r = (-PortableMath.ln(q < 0 ? p : 1 - p)).squareRoot()
        let magnitude: Double
        if r <= 5 {
            r -= 1.6
            magnitude =
                (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
                / ((0.12021132975 * r + 0.73700164250) * r + 1)
        } else {
            r -= 5
            magnitude =
                (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
                / ((0.012258202635 * r + 0.24197894225) * r + 1)
        }
        return q < 0 ? -magnitude : magnitude
    }

    /// The mean from which on a Poisson count is approximated by a corrected normal variate.
    package static let poissonNormalFrom = 32.0

    /// The Poisson quantile of `p` for a mean of `mean` events, a whole number.
    ///
    /// Below `poissonNormalFrom` by summing the distribution (Devroye 1986, "Non-Uniform Random Variate Generation",
    /// X.3.3), exact. From there on `mean + sqrt(mean) z + (z^2 - 1) / 6`, rounded: the normal quantile z with the skew
    /// term of Cornish and Fisher 1938; the variance is too large by 1/18 + 1/12 events squared, under 0.5 %.
    package static func poisson(mean: Double, _ p: Double) -> Double {
        guard mean > 0 else { return 0 }
        if mean < poissonNormalFrom {
            var term = PortableMath.exp(-mean)
            var sum = term
            var count = 0.0
            while p > sum && count < 256 {
                count += 1
                term *= mean / count
                sum += term
            }
            return count
        }
        let z = normal(p)
        return max(0, (mean + mean.squareRoot() * z + (z * z - 1) / 6).rounded())
    }
}
