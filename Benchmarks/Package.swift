// swift-tools-version: 6.2
import PackageDescription

// Benchmarks of the kernels and plans, apart from the package they measure so that its builds do not pay for them and
// for what they depend on; `make bench` runs them. The other folders here are targets of the main package.

/// Warnings are errors.
let swift: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "SoftISPBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "SoftISP", path: ".."),
        // Without its traits, which count allocations: those need a library of their own, and plans allocate nothing.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        // The plans, shared with PlanBench.
        .target(
            name: "PlanSubject", dependencies: [.product(name: "SoftISP", package: "SoftISP")], path: "Plan/Subject",
            swiftSettings: swift),
        // The plugin runs what stands in a folder named Benchmarks.
        .executableTarget(
            name: "RealTime",
            dependencies: [
                "PlanSubject", .product(name: "SoftISP", package: "SoftISP"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "RealTime", swiftSettings: swift,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
