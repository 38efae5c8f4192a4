// Real frames, where the machine has them: the folder that SOFTISP_DATA names.

import Foundation

/// The test data folder.
public enum TestData {
    /// The folder, or `nil` where SOFTISP_DATA is not set.
    public static let folder: String? = ProcessInfo.processInfo.environment["SOFTISP_DATA"].flatMap {
        $0.isEmpty ? nil : $0
    }
    /// Whether there is one; a condition for `.enabled(if:_:)`.
    public static let isPresent = folder != nil
    /// What a skipped test says.
    public static let hint = "set SOFTISP_DATA to the folder of real frames to run this"

    /// The path of a file of the folder.
    public static func path(_ name: String) -> String { (folder ?? "") + "/" + name }
}
