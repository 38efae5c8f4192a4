// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, apart from the package they test so that its builds do not pay for them. Scripts/fuzz builds and runs
// them; README.md says how and why.

/// Warnings are errors. No file is called main.swift.
let swift: [SwiftSetting] = [.treatAllWarnings(as: .error), .unsafeFlags(["-parse-as-library"])]

/// A fuzz target: one file with `LLVMFuzzerTestOneInput`.
func fuzz(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzSupport", .product(name: "SoftISP", package: "SoftISP")], swiftSettings: swift)
}

let package = Package(
    name: "SoftISPFuzz",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "raw-dump", targets: ["FuzzRawDump"]),
        .executable(name: "settings", targets: ["FuzzSettings"]),
        .executable(name: "camera-file", targets: ["FuzzCameraFile"]),
        .executable(name: "picture", targets: ["FuzzPicture"]),
        .executable(name: "pipeline", targets: ["FuzzPipeline"]),
        .executable(name: "plan", targets: ["FuzzPlan"]),
        .executable(name: "recording", targets: ["FuzzRecording"]),
        .executable(name: "seeds", targets: ["FuzzSeeds"]),
    ],
    dependencies: [.package(name: "SoftISP", path: "..")],
    targets: [
        .target(name: "CFuzzer"),
        .target(
            name: "FuzzSupport", dependencies: ["CFuzzer", .product(name: "SoftISP", package: "SoftISP")],
            swiftSettings: swift),
        fuzz("FuzzRawDump"),
        fuzz("FuzzSettings"),
        fuzz("FuzzCameraFile"),
        fuzz("FuzzPicture"),
        fuzz("FuzzPipeline"),
        fuzz("FuzzPlan"),
        fuzz("FuzzRecording"),
        fuzz("FuzzSeeds"),
    ],
    swiftLanguageModes: [.v6]
)
