// TIFF through libtiff: RGB and grey, 8 and 16 bits, as programs for pictures write it.

import CTIFF
import ISPImaging

enum TIFFPicture {
    static func decode(_ bytes: UnsafeRawBufferPointer) throws(ISPError) -> ImageBuffer {
        var memory = softisp_tiff_memory()
        memory.bytes = bytes.bindMemory(to: UInt8.self).baseAddress
        memory.count = UInt64(bytes.count)
        return try withUnsafeMutablePointer(to: &memory) { memory throws(ISPError) in
            let limit = Int64(PictureReaders.maximumPixels) * 8
            guard let tiff = softisp_tiff_open_memory(memory, limit) else { throw damaged(memory) }
            defer { TIFFClose(tiff) }
            return try decode(tiff, memory)
        }
    }

    private static func decode(
        _ tiff: OpaquePointer, _ memory: UnsafeMutablePointer<softisp_tiff_memory>
    ) throws(ISPError) -> ImageBuffer {
        func long(_ tag: Int32) -> Int {
            var value: UInt32 = 0
            return softisp_tiff_get_u32(tiff, UInt32(tag), &value) == 1 ? Int(value) : 0
        }
        func short(_ tag: Int32, default fallback: Int) -> Int {
            var value: UInt16 = 0
            return softisp_tiff_get_u16(tiff, UInt32(tag), &value) == 1 ? Int(value) : fallback
        }
        let samples = short(TIFFTAG_SAMPLESPERPIXEL, default: 1)
        let bits = short(TIFFTAG_BITSPERSAMPLE, default: 1)
        let photometric = Int32(short(TIFFTAG_PHOTOMETRIC, default: Int(PHOTOMETRIC_MINISBLACK)))
        let isGrey = photometric == PHOTOMETRIC_MINISBLACK && samples == 1
        let isColor = photometric == PHOTOMETRIC_RGB && (3...4).contains(samples)
        let isChunky = samples == 1 || short(TIFFTAG_PLANARCONFIG, default: 1) == Int(PLANARCONFIG_CONTIG)
        let isInteger = short(TIFFTAG_SAMPLEFORMAT, default: 1) == Int(SAMPLEFORMAT_UINT)
        guard isGrey || isColor, bits == 8 || bits == 16, isChunky, isInteger, TIFFIsTiled(tiff) == 0 else {
            throw ISPError(
                .unsupportedInput,
                "a TIFF of \(samples) samples of \(bits) bits is not read; convert it to RGB or grey of 8 or 16 bits in strips"
            )
        }
        let (width, height) = (long(TIFFTAG_IMAGEWIDTH), long(TIFFTAG_IMAGELENGTH))
        let format: PixelFormat = isGrey ? (bits == 8 ? .grey8 : .grey16) : (bits == 8 ? .rgb888 : .rgb48)
        let image = try PictureReaders.allocate(format, width: width, height: height)
        let lineSize = Int(TIFFScanlineSize(tiff))
        guard lineSize >= width * samples * bits / 8 else { throw damaged(memory) }
        let line = AlignedMemory(byteCount: lineSize)
        defer { withExtendedLifetime(line) {} }
        let (stored, kept) = (samples * bits / 8, format.samplesPerPixel * bits / 8)
        for y in 0..<height {
            guard TIFFReadScanline(tiff, line.bytes.baseAddress, UInt32(y), 0) == 1 else { throw damaged(memory) }
            let row = image.row(y)
            guard stored != kept else {
                row.copyMemory(from: UnsafeRawBufferPointer(rebasing: line.bytes[..<row.count]))
                continue
            }
            for x in 0..<width {
                for i in 0..<kept { row[x * kept + i] = line.bytes[x * stored + i] }
            }
        }
        return image
    }

    private static func damaged(_ memory: UnsafeMutablePointer<softisp_tiff_memory>) -> ISPError {
        let reason = withUnsafePointer(to: &memory.pointee.message) { message in
            message.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        return ISPError(.damagedInput, "the TIFF picture is damaged" + (reason.isEmpty ? "" : ": \(reason)"))
    }
}
