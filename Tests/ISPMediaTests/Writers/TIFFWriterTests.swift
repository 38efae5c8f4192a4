// TIFF files, as libtiff reads them.

import CTIFF
import Foundation
import ISPImaging
import ISPMedia
import Testing

/// An open TIFF file.
private final class ReadTIFF {
    let tiff: OpaquePointer

    init(_ path: String) throws { tiff = try #require(TIFFOpen(path, "r")) }
    deinit { TIFFClose(tiff) }

    private func get<Value>(_ tag: Int32, _ value: inout Value) -> Bool {
        withUnsafeMutablePointer(to: &value) { pointer in
            withVaList([OpaquePointer(pointer)]) { TIFFVGetField(tiff, UInt32(tag), $0) == 1 }
        }
    }

    func short(_ tag: Int32) -> Int? {
        var value: UInt16 = 0
        return get(tag, &value) ? Int(value) : nil
    }

    func long(_ tag: Int32) -> Int? {
        var value: UInt32 = 0
        return get(tag, &value) ? Int(value) : nil
    }

    func offset(_ tag: Int32) -> UInt64? {
        var value: UInt64 = 0
        return get(tag, &value) ? value : nil
    }

    func real(_ tag: Int32) -> Float? {
        var value: Float = 0
        return get(tag, &value) ? value : nil
    }

    func text(_ tag: Int32) -> String? {
        var value: UnsafePointer<CChar>?
        return get(tag, &value) ? value.map { String(cString: $0) } : nil
    }

    func shorts(_ tag: Int32) -> [UInt16]? {
        var count: UInt16 = 0
        var values: UnsafePointer<UInt16>?
        let found = withUnsafeMutablePointer(to: &count) { count in
            withUnsafeMutablePointer(to: &values) { values in
                withVaList([OpaquePointer(count), OpaquePointer(values)]) { TIFFVGetField(tiff, UInt32(tag), $0) == 1 }
            }
        }
        return found ? Array(UnsafeBufferPointer(start: values, count: Int(count))) : nil
    }

    func profile() -> [UInt8]? {
        var count: UInt32 = 0
        var bytes: UnsafePointer<UInt8>?
        let found = withUnsafeMutablePointer(to: &count) { count in
            withUnsafeMutablePointer(to: &bytes) { bytes in
                withVaList([OpaquePointer(count), OpaquePointer(bytes)]) {
                    TIFFVGetField(tiff, UInt32(TIFFTAG_ICCPROFILE), $0) == 1
                }
            }
        }
        return found ? Array(UnsafeBufferPointer(start: bytes, count: Int(count))) : nil
    }

    func pixels(_ byteCount: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for strip in 0..<TIFFNumberOfStrips(tiff) {
            var part = [UInt8](repeating: 0, count: Int(TIFFStripSize(tiff)))
            let count = TIFFReadEncodedStrip(tiff, strip, &part, -1)
            bytes += part.prefix(Int(max(count, 0)))
        }
        return bytes
    }
}

@Suite struct TIFFWriterTests {
    private func read<Result>(_ bytes: [UInt8], _ body: (ReadTIFF) throws -> Result) throws -> Result {
        let scratch = try Scratch()
        let path = scratch.file("a.tif")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try body(try ReadTIFF(path))
    }

    @Test(arguments: TIFFWriter.descriptor.formats) func everySampleSurvives(_ format: PixelFormat) throws {
        for size in oddSizes {
            for level in [nil, 0, 1, 6] {
                let image = try picture(format, size)
                var options = WriterOptions()
                options.deflateLevel = level
                try read(try written(image, fullAttributes, options, as: TIFFWriter.self)) { tiff in
                    #expect(tiff.long(TIFFTAG_IMAGEWIDTH) == size.width)
                    #expect(tiff.long(TIFFTAG_IMAGELENGTH) == size.height)
                    #expect(tiff.short(TIFFTAG_BITSPERSAMPLE) == format.bitsPerSample)
                    #expect(tiff.short(TIFFTAG_SAMPLESPERPIXEL) == format.samplesPerPixel)
                    #expect(tiff.short(TIFFTAG_ORIENTATION) == 1)
                    #expect(tiff.pixels(image.bytes.count) == Array(image.bytes), "\(format) \(size) \(level ?? -1)")
                }
            }
        }
    }

    @Test(arguments: TIFFWriter.descriptor.formats) func threadsDoNotChangeTheFile(_ format: PixelFormat) throws {
        let image = try picture(format, Size(width: 131, height: 64 * 7 + 5))
        var files: [[UInt8]] = []
        for threads in [1, 2, 3, 8, 100] {
            var options = WriterOptions()
            options.threads = threads
            files.append(try written(image, fullAttributes, options, as: TIFFWriter.self))
        }
        for file in files { #expect(file == files[0]) }
    }

    @Test func tagsExifAndProfileComeBack() throws {
        let size = Size(width: 70, height: 90)
        try read(try written(try picture(.rgb48, size), as: TIFFWriter.self)) { tiff in
            #expect(tiff.text(TIFFTAG_MAKE) == "Maker")
            #expect(tiff.text(TIFFTAG_MODEL) == "Model 5")
            #expect(tiff.text(TIFFTAG_SOFTWARE) == "SoftISP test")
            #expect(tiff.text(TIFFTAG_DATETIME) == "2024:02:29 23:59:58")
            #expect(tiff.profile() == (try ICCProfile.rgb(.srgb, .srgb)))
            let exif = try #require(tiff.offset(TIFFTAG_EXIFIFD))
            try #require(TIFFReadEXIFDirectory(tiff.tiff, exif) == 1)
            #expect(abs(try #require(tiff.real(EXIFTAG_EXPOSURETIME)) - 1 / 60) < 1e-7)
            #expect(tiff.real(EXIFTAG_FNUMBER) == 5.6)
            #expect(tiff.real(EXIFTAG_FOCALLENGTH) == 35.5)
            #expect(tiff.shorts(EXIFTAG_ISOSPEEDRATINGS) == [400])
            #expect(tiff.text(EXIFTAG_LENSMODEL) == "35mm f/1.8")
            #expect(tiff.text(EXIFTAG_DATETIMEORIGINAL) == "2024:02:29 23:59:58")
            #expect(tiff.short(EXIFTAG_COLORSPACE) == 1)
            #expect(tiff.long(EXIFTAG_PIXELXDIMENSION) == size.width)
        }
        let grey = try ICCProfile.grey(.srgb)
        try read(try written(try picture(.grey16, size), PictureAttributes(), as: TIFFWriter.self)) { tiff in
            #expect(tiff.text(TIFFTAG_MAKE) == nil)
            #expect(tiff.profile() == grey)
        }
    }

    @Test func picturesBeyondFourGigabytesBecomeBigTIFF() throws {
        #expect(!TIFFWriter.needsBigTIFF(byteCount: 54_000_000))
        #expect(!TIFFWriter.needsBigTIFF(byteCount: 4_000_000_000))
        #expect(TIFFWriter.needsBigTIFF(byteCount: 4_294_967_295))
        let image = try picture(.rgb48, Size(width: 65, height: 130))
        let scratch = try Scratch()
        let path = scratch.file("big.tif")
        try AtomicFile.write(to: .file(path), overwrite: false) { file throws(ISPError) in
            try TIFFWriter.encode(image, fullAttributes, options: WriterOptions(), big: true, to: file)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(4) == Data([0x49, 0x49, 43, 0]))
        let tiff = try ReadTIFF(path)
        #expect(tiff.pixels(image.bytes.count) == Array(image.bytes))
        #expect(tiff.offset(TIFFTAG_EXIFIFD) != nil)
    }
}
