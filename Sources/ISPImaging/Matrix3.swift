// 3x3 matrices and vectors in double precision: colour conversions are few and must be exact.

/// A column vector of three components.
public struct Vector3: Hashable, Sendable {
    /// First component: red or X.
    public var x: Double
    /// Second component: green or Y.
    public var y: Double
    /// Third component: blue or Z.
    public var z: Double

    /// Creates a vector.
    public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The components in order.
    public var components: [Double] { [x, y, z] }

    /// The component-wise reciprocal.
    public var reciprocal: Vector3 { Vector3(1 / x, 1 / y, 1 / z) }

    /// The component-wise quotient.
    public static func / (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x / b.x, a.y / b.y, a.z / b.z) }

    /// The vector times a number.
    public static func * (a: Vector3, scale: Double) -> Vector3 { Vector3(a.x * scale, a.y * scale, a.z * scale) }

    /// The component-wise sum.
    public static func + (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x + b.x, a.y + b.y, a.z + b.z) }

    /// Whether every component is a finite number.
    public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}

/// A 3x3 matrix, rows first.
public struct Matrix3: Hashable, Sendable {
    /// The rows from top to bottom.
    public var rows: (Vector3, Vector3, Vector3) {
        get { (r0, r1, r2) }
        set { (r0, r1, r2) = newValue }
    }

    private var r0, r1, r2: Vector3

    /// Creates a matrix from its rows.
    public init(_ r0: Vector3, _ r1: Vector3, _ r2: Vector3) {
        self.r0 = r0
        self.r1 = r1
        self.r2 = r2
    }

    /// Creates a matrix from nine numbers, rows first; `nil` for another count.
    public init?(_ values: [Double]) {
        guard values.count == 9 else { return nil }
        self.init(
            Vector3(values[0], values[1], values[2]), Vector3(values[3], values[4], values[5]),
            Vector3(values[6], values[7], values[8]))
    }

    /// The identity.
    public static let identity = Matrix3.diagonal(Vector3(1, 1, 1))

    /// The matrix with `d` on its diagonal and zeros elsewhere.
    public static func diagonal(_ d: Vector3) -> Matrix3 {
        Matrix3(Vector3(d.x, 0, 0), Vector3(0, d.y, 0), Vector3(0, 0, d.z))
    }

    /// The nine numbers, rows first.
    public var values: [Double] { r0.components + r1.components + r2.components }

    /// The transpose.
    public var transposed: Matrix3 {
        Matrix3(Vector3(r0.x, r1.x, r2.x), Vector3(r0.y, r1.y, r2.y), Vector3(r0.z, r1.z, r2.z))
    }

    /// The matrix applied to a vector.
    public static func * (m: Matrix3, v: Vector3) -> Vector3 {
        func dot(_ a: Vector3) -> Double { a.x * v.x + a.y * v.y + a.z * v.z }
        return Vector3(dot(m.r0), dot(m.r1), dot(m.r2))
    }

    /// The matrix product: `(a * b)` applies `b` first.
    public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
        let columns = b.transposed
        return Matrix3(a * columns.r0, a * columns.r1, a * columns.r2).transposed
    }

    /// The matrix times a number.
    public static func * (m: Matrix3, scale: Double) -> Matrix3 { Matrix3(m.r0 * scale, m.r1 * scale, m.r2 * scale) }

    /// The component-wise mix `a * (1 - t) + b * t`.
    public static func mix(_ a: Matrix3, _ b: Matrix3, _ t: Double) -> Matrix3 {
        let p = a * (1 - t)
        let q = b * t
        return Matrix3(p.r0 + q.r0, p.r1 + q.r1, p.r2 + q.r2)
    }

    /// The determinant.
    public var determinant: Double {
        r0.x * (r1.y * r2.z - r1.z * r2.y) - r0.y * (r1.x * r2.z - r1.z * r2.x) + r0.z * (r1.x * r2.y - r1.y * r2.x)
    }

    /// The inverse, or `nil` where the matrix is singular or not finite.
    public var inverse: Matrix3? {
        let det = determinant
        guard det.isFinite, abs(det) > 1e-12 else { return nil }
        let adjugate = Matrix3(
            Vector3(r1.y * r2.z - r1.z * r2.y, r0.z * r2.y - r0.y * r2.z, r0.y * r1.z - r0.z * r1.y),
            Vector3(r1.z * r2.x - r1.x * r2.z, r0.x * r2.z - r0.z * r2.x, r0.z * r1.x - r0.x * r1.z),
            Vector3(r1.x * r2.y - r1.y * r2.x, r0.y * r2.x - r0.x * r2.y, r0.x * r1.y - r0.y * r1.x))
        return adjugate * (1 / det)
    }

    /// The matrix with every row divided by its sum, so that (1, 1, 1) maps to itself; `nil` where a sum is not positive.
    public var rowNormalised: Matrix3? {
        let sums = self * Vector3(1, 1, 1)
        guard sums.components.allSatisfy({ $0 > 1e-9 }) else { return nil }
        return Matrix3.diagonal(sums.reciprocal) * self
    }
}
