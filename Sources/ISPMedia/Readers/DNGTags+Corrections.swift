// From a DNG's opcodes and noise profile to what a frame's metadata holds.

import ISPImaging

extension DNGTags {
    /// The most defects taken from opcode lists.
    static let maximumDefects = 1 << 20

    /// Fills lens shading, lens warp, defects and noise profile; what is damaged or not supported is left out with a note, for
    /// the picture is worth more than its corrections.
    ///
    /// - Parameters:
    ///   - metadata: of the frame.
    ///   - active: the visible part of the sensor, in coordinates of the stored image.
    ///   - pattern: the CFA of the visible part; `nil` for mono.
    func apply(to metadata: inout FrameMetadata, active: Region, pattern: CFAPattern?) {
        applyNoiseProfile(to: &metadata)
        for (index, bytes) in opcodeLists.enumerated() where !bytes.isEmpty {
            do throws(ISPError) {
                try apply(try OpcodeList(bytes), number: index + 1, to: &metadata, active: active, pattern: pattern)
            } catch {
                metadata.notes.append("OpcodeList\(index + 1) is not applied: \(error.message)")
            }
        }
    }

    private func applyNoiseProfile(to metadata: inout FrameMetadata) {
        guard !noiseProfile.isEmpty else { return }
        let planes = noiseProfile.count / 2
        let values = noiseProfile.prefix(6)
        guard noiseProfile.count % 2 == 0, planes == 1 || planes >= 3, values.allSatisfy({ $0.isFinite && $0 >= 0 })
        else {
            metadata.notes.append("the file's NoiseProfile makes no sense; it is not used")
            return
        }
        let used = planes == 1 ? 1 : 3
        metadata.noiseProfile = NoiseProfile(
            scale: (0..<used).map { noiseProfile[2 * $0] }, offset: (0..<used).map { noiseProfile[2 * $0 + 1] })
    }

    private func apply(
        _ list: OpcodeList, number: Int, to metadata: inout FrameMetadata, active: Region, pattern: CFAPattern?
    ) throws(ISPError) {
        var maps: [GainMap] = []
        for opcode in list.opcodes {
            switch opcode.content {
            case .gainMap(let map) where number == 2 || (number == 3 && map.rowPitch == 2 && map.columnPitch == 2):
                maps.append(map)
            case .badPixels(let bad) where number < 3:
                // The first list counts from the stored image's corner, the second from the active area's.
                let origin = number == 1 ? active : Region(active.size)
                bad.append(to: &metadata.defects, frame: origin)
            case .warp(let warp) where number == 3 && metadata.lensWarp == nil:
                do throws(ISPError) {
                    metadata.lensWarp = try LensWarp(
                        planes: warp.planes, centerX: warp.centerX, centerY: warp.centerY)
                } catch { metadata.notes.append("OpcodeList3: WarpRectilinear is not applied: \(error.message)") }
            default:
                let must = opcode.isOptional ? "" : ", though the file calls it mandatory"
                metadata.notes.append("OpcodeList\(number): \(opcode.name) is not applied\(must)")
            }
        }
        guard !maps.isEmpty, metadata.lensShading == nil else { return }
        metadata.lensShading = try LensShadingMap.joining(
            maps, pattern: pattern, fullFrame: active.size, notes: &metadata.notes)
    }
}

extension OpcodeList.BadPixels {
    /// Adds the photosites that lie in `frame`, relative to its corner, up to the limit.
    func append(to defects: inout [DefectLocation], frame: Region) {
        func add(_ x: Int, _ y: Int) {
            guard defects.count < DNGTags.maximumDefects else { return }
            defects.append(DefectLocation(x: x - frame.x, y: y - frame.y))
        }
        for point in points {
            let (x, y) = (Int(point.column), Int(point.row))
            if frame.contains(Region(x: x, y: y, width: 1, height: 1)) { add(x, y) }
        }
        for rectangle in rectangles {
            let (x, y) = (Int(rectangle.left), Int(rectangle.top))
            let part = Region(x: x, y: y, width: Int(rectangle.right) - x, height: Int(rectangle.bottom) - y)
                .intersection(frame)
            guard !part.isEmpty else { continue }
            for row in part.y..<part.maxY {
                guard defects.count < DNGTags.maximumDefects else { return }
                for column in part.x..<part.maxX { add(column, row) }
            }
        }
    }
}
