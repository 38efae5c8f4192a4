// One LibRaw handle: opened, unpacked, closed with its owner.

import CLibRaw
import ISPImaging

/// A file in LibRaw, and the owner of the samples that a `RawFrame` borrows from it.
///
/// `@unchecked Sendable` is true because only the reader that creates it changes it; once a frame holds it, nobody does.
final class LibRawImage: @unchecked Sendable {
    /// The most memory LibRaw takes for samples, in MiB.
    private static let memoryLimit: UInt32 = 2048

    /// LibRaw's data.
    let raw: UnsafeMutablePointer<libraw_data_t>
    /// The file's bytes until they are unpacked.
    private(set) var file: FileBytes?
    private let dataErrors: UnsafeMutablePointer<Int32>

    /// Identifies a file.
    /// - Throws: `ISPError(.unsupportedInput)` where LibRaw does not know the kind, `.damagedInput`.
    init(_ file: FileBytes) throws(ISPError) {
        dataErrors = .allocate(capacity: 1)
        dataErrors.initialize(to: 0)
        guard let raw = softisp_raw_create(dataErrors, Self.memoryLimit) else {
            dataErrors.deallocate()
            throw ISPError(.resource, "no memory for LibRaw; close other programs")
        }
        self.raw = raw
        self.file = file
        try Self.check(softisp_raw_open(raw, file.bytes.baseAddress, file.count))
    }

    deinit {
        libraw_close(raw)
        dataErrors.deallocate()
    }

    /// Decodes the samples and lets go of the file.
    /// - Throws: `ISPError(.damagedInput)` where data is missing or damaged.
    func unpack() throws(ISPError) {
        try Self.check(libraw_unpack(raw))
        guard dataErrors.pointee == 0 else { throw Self.damaged }
        libraw_recycle_datastream(raw)
        file = nil
    }

    private static let damaged = ISPError(
        .damagedInput, "the sensor data is truncated or damaged; copy the file from the camera again")

    private static func check(_ code: Int32) throws(ISPError) {
        switch LibRaw_errors(code) {
        case LIBRAW_SUCCESS: return
        case LIBRAW_FILE_UNSUPPORTED, LIBRAW_NOT_IMPLEMENTED:
            throw ISPError(
                .unsupportedInput,
                "LibRaw \(String(cString: libraw_version())) finds no camera raw data of a kind it knows in it; "
                    + "give a raw file, or convert it to DNG")
        case LIBRAW_UNSUFFICIENT_MEMORY, LIBRAW_TOO_BIG:
            throw ISPError(.resource, "its sensor data needs more than \(memoryLimit) MiB")
        case LIBRAW_DATA_ERROR, LIBRAW_IO_ERROR, LIBRAW_BAD_CROP, LIBRAW_REQUEST_FOR_NONEXISTENT_IMAGE,
            LIBRAW_MEMPOOL_OVERFLOW:
            throw damaged
        default:
            throw ISPError(.damagedInput, "LibRaw cannot decode it: \(String(cString: libraw_strerror(code)))")
        }
    }
}
