// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "StreamFrames",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "SoftISP", path: "../..")],
    targets: [
        .executableTarget(name: "StreamFrames", dependencies: [.product(name: "SoftISP", package: "SoftISP")])
    ],
    swiftLanguageModes: [.v6]
)
