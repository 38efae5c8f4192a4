// What every fuzz target needs: the way into libFuzzer, and the way to say that a promise was broken.

import CFuzzer

/// The function that libFuzzer calls with every input.
public typealias FuzzTest = @convention(c) (_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32

/// libFuzzer.
public enum Fuzzer {
    /// Hands the program over to libFuzzer. SwiftPM renames the `main` of an executable, so libFuzzer's own is not used.
    public static func run(_ test: FuzzTest) {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        _ = LLVMFuzzerRunDriver(&count, &arguments, test)
    }

    /// The bytes of an input.
    public static func array(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}

/// Ends the program with a finding unless `condition` holds.
public func promise(_ condition: Bool, _ broken: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: \(broken())") }
}
