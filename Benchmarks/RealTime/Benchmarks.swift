// The kernels and the plans as benchmarks of package-benchmark: `make bench`.

import Benchmark
import ISPKernels

/// Registers the benchmarks; package-benchmark calls it, and then runs one of them in a process of its own.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = Benchmark.Configuration(
        metrics: [PixelTime.processor, .throughput, .wallClock, .instructions],
        timeUnits: .microseconds, units: [PixelTime.processor: .count, .throughput: .count, .instructions: .kilo],
        warmupIterations: 5, maxDuration: .seconds(2), maxIterations: .max)
    for kernel in KernelTable.all {
        measure("kernel \(kernel.name)") {
            let row = try KernelRows.work(of: kernel.name)
            return { for y in 0..<Rows.size.height { row(y) } }
        }
    }
    for plan in PlanFrames.all {
        measure("plan \(plan.name)") { try PlanFrames.work(of: plan) }
    }
}

/// Registers a benchmark, of which every iteration does the work of a frame.
/// - Parameter make: makes the work, once, right before it is measured.
private func measure(_ name: String, _ make: @escaping () throws -> () -> Void) {
    Benchmark(
        name,
        closure: { benchmark, work in
            benchmark.measurement(PixelTime.processor, PixelTime.picoseconds(work))
        },
        setup: { try make() })
}
