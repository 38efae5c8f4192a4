// The shading gains that the rows at hand lie between.

import ISPImaging

/// Shading gains of the two rows of nodes that a row lies between, for both parities of columns and rows.
final class ShadingRows {
    private let tables: ShadingTables
    private let origin, count: Int
    /// By row parity and column parity: rows of nodes, the upper and the lower one.
    private let memory: [UnsafeMutablePointer<Int16>]
    private var nodes = [-1, -1, -1, -1]

    init(_ tables: ShadingTables, _ scratch: PlanScratch, origin: Int, count: Int) {
        self.tables = tables
        (self.origin, self.count) = (origin, count)
        memory = (0..<8).map { _ in scratch.take(count, of: Int16.self) }
    }

    /// The rows of gains for a row and one parity of columns.
    func rows(
        _ y: Int, parity: Int
    ) -> (first: UnsafeMutablePointer<Int16>, second: UnsafeMutablePointer<Int16>, share: Int16) {
        let index = (y & 1) * 2 + parity
        let (first, second) = (memory[2 * index], memory[2 * index + 1])
        let (node, share) = tables.place(row: y, column: parity)
        if nodes[index] != node {
            nodes[index] = node
            tables.fill(first, node: node, x: origin + parity, y: y, count: count)
            tables.fill(second, node: node + 1, x: origin + parity, y: y, count: count)
        }
        return (first, second, share)
    }

    /// The bytes that the rows take.
    static func bytes(_ count: Int) -> Int { 8 * (2 * count + AlignedMemory.alignment) }
}
