// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors in our own targets; the dependencies keep their own rules.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// A Swift target of this package.
func ours(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// The tests of a target; they mirror `Sources/`.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies + ["ISPTestSupport"],
        exclude: exclude, swiftSettings: strict)
}

/// A C library of the system; `apt` names the Debian package that carries its header.
func system(_ name: String, pkgConfig: String?, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "SoftISP",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SoftISP", targets: ["SoftISP"]),
        .executable(name: "softisp", targets: ["SoftISPCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-atomics", from: "1.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        // Pictures: values, stages, execution, settings, files.
        ours("ISPImaging"),
        ours("ISPStages", ["ISPImaging"]),
        ours("ISPKernels", ["ISPImaging", "CVector"]),
        .target(name: "CVector"),
        ours("ISPPlan", ["ISPImaging", "ISPStages", "ISPKernels"]),
        ours("ISPControl", ["ISPImaging", "ISPStages"]),
        ours("ISPTuning", ["ISPImaging", "ISPStages", .product(name: "Yams", package: "Yams")]),
        ours("ISPSynthetic", ["ISPImaging", "ISPStages"]),
        ours(
            "ISPMedia",
            ["ISPImaging", "CLibRaw", "CTurboJPEG", "CSPNG", "CTIFF", "CLCMS", "CExif", "CISAL"]),

        // The runtime: knows nothing of pixels.
        ours("ISPRuntime", ["CRuntime", .product(name: "Atomics", package: "swift-atomics")]),
        .target(name: "CRuntime"),
        ours("ISPTelemetry", ["ISPRuntime", .product(name: "Atomics", package: "swift-atomics")]),

        // The umbrella and the command line.
        ours(
            "SoftISP",
            [
                "ISPImaging", "ISPStages", "ISPKernels", "ISPPlan", "ISPControl", "ISPTuning", "ISPSynthetic",
                "ISPMedia",
                "ISPRuntime",
                "ISPTelemetry",
            ]),
        .executableTarget(
            name: "SoftISPCommand",
            dependencies: ["SoftISP", "CPlatform", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),

        .target(name: "CPlatform"),

        // What the runtime costs: `make bench-runtime`.
        .executableTarget(
            name: "RuntimeBench",
            dependencies: ["ISPRuntime", "ISPTelemetry", .product(name: "Atomics", package: "swift-atomics")],
            path: "Benchmarks/Runtime", swiftSettings: strict),

        // What streaming costs beside a plain loop: `make bench-stream`.
        .executableTarget(
            name: "StreamBench",
            dependencies: ["SoftISP", "ISPImaging", "ISPPlan", "ISPStages", "ISPSynthetic", "ISPTuning"],
            path: "Benchmarks/Stream", swiftSettings: strict),

        // What plans cost, and how near they are to the reference; serves `make bench-peers`.
        .executableTarget(
            name: "PlanBench",
            dependencies: ["SoftISP", "CVector", "ISPImaging", "ISPMedia", "ISPPlan", "ISPStages", "ISPTuning"],
            path: "Benchmarks/Plan", exclude: ["instructions.txt"], swiftSettings: strict),

        // C libraries. LibRaw's pkg-config file asks for OpenMP flags that SwiftPM refuses, so its module map
        // names the library itself.
        system("CLibRaw", pkgConfig: nil, apt: "libraw-dev"),
        system("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),
        system("CSPNG", pkgConfig: "spng", apt: "libspng-dev"),
        system("CTIFF", pkgConfig: "libtiff-4", apt: "libtiff-dev"),
        system("CLCMS", pkgConfig: "lcms2", apt: "liblcms2-dev"),
        system("CExif", pkgConfig: "libexif", apt: "libexif-dev"),
        system("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),

        // Tests.
        .target(
            name: "ISPTestSupport",
            dependencies: ["ISPImaging", "ISPStages", "ISPPlan", "ISPMedia", "ISPRuntime", "CSPNG"],
            path: "Tests/ISPTestSupport",
            swiftSettings: strict),
        tests("ISPImaging", []),
        tests("ISPStages", ["ISPImaging"]),
        tests("ISPKernels", ["ISPImaging", "CVector"]),
        tests("ISPPlan", ["ISPImaging", "ISPStages", "ISPKernels", "ISPSynthetic"]),
        tests("ISPControl", ["ISPImaging", "ISPStages"]),
        tests("ISPTuning", ["ISPImaging", "ISPStages"]),
        tests("ISPSynthetic", ["ISPImaging", "ISPStages"]),
        tests("ISPMedia", ["ISPImaging"]),
        tests("ISPRuntime", []),
        tests("ISPTelemetry", ["ISPRuntime"]),
        tests("SoftISP", ["ISPSynthetic"], exclude: ["Golden"]),
        .testTarget(
            name: "SoftISPCommandTests", dependencies: ["SoftISPCommand", "SoftISP", "ISPTestSupport"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
