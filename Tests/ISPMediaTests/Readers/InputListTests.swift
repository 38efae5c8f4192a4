import Foundation
import ISPImaging
import ISPMedia
import Testing

@Suite struct InputListTests {
    private func paths(_ items: [InputItem], in folder: TestFolder) -> [String] {
        items.map {
            guard case .file(let path) = $0.source else { return "?" }
            return path.hasPrefix(folder.path + "/") ? String(path.dropFirst(folder.path.count + 1)) : path
        }
    }

    @Test func filesAndStandardInput() throws {
        let folder = try TestFolder()
        let file = try folder.write("shot.dng", [1])
        let items = try InputList.expand([file, "-"])
        #expect(items.map(\.source) == [.file(file), .file("-")])
        #expect(items.map { $0.name } == ["shot", "stdin"])
        #expect(items.allSatisfy { !$0.isSequence })
    }

    @Test func namesStayApart() throws {
        let folder = try TestFolder()
        let items = try InputList.expand([
            try folder.write("a.dng", [1]), try folder.write("a.raw", [1]), try folder.write("b.raw", [1]),
        ])
        #expect(items.map { $0.name } == ["a.dng", "a.raw", "b"])
    }

    @Test func aFolderGivesItsRawInputsInNaturalOrder() throws {
        let folder = try TestFolder()
        for name in [
            "f10.dng", "f9.dng", "f9.dng.json", "F1.NEF", "dump.raw", "dump.raw.json", "bare.raw", "map.json", "x.jpg",
            "x.txt", ".hidden.dng",
        ] {
            try folder.write(name, [1])
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/sub.dng", withIntermediateDirectories: true)
        #expect(paths(try InputList.expand([folder.path]), in: folder) == ["F1.NEF", "dump.raw", "f9.dng", "f10.dng"])
        let described = try InputList.expand([folder.path], dump: RawDumpGeometry())
        #expect(paths(described, in: folder) == ["F1.NEF", "bare.raw", "dump.raw", "f9.dng", "f10.dng"])
    }

    @Test func naturalOrder() {
        let sorted = [
            "a10b2", "a2", "a10b10", "a02", "a1", "b", "a", "a999999999999999999999", "a1000000000000000000000",
        ]
        .sorted(by: InputList.precedes)
        #expect(
            sorted == [
                "a", "a1", "a02", "a2", "a10b2", "a10b10", "a999999999999999999999", "a1000000000000000000000", "b",
            ])
    }

    @Test func aSequenceRunsFromTheLowestNumberToTheFirstGap() throws {
        let folder = try TestFolder()
        for number in ["00007", "00008", "00009", "00011", "8"] { try folder.write("f\(number).raw", [1]) }
        let items = try InputList.expand([folder.path + "/f%05d.raw"])
        #expect(paths(items, in: folder) == ["f00007.raw", "f00008.raw", "f00009.raw"])
        #expect(items.allSatisfy { $0.isSequence })
        #expect(items.map { $0.name } == ["f00007", "f00008", "f00009"])
        #expect(paths(try InputList.expand([folder.path + "/f%d.raw"]), in: folder) == ["f8.raw"])
    }

    @Test func percentSignsInNames() throws {
        let folder = try TestFolder()
        try folder.write("50%-1.raw", [1])
        #expect(paths(try InputList.expand([folder.path + "/50%%-%d.raw"]), in: folder) == ["50%-1.raw"])
        #expect(try InputList.expand([folder.path + "/50%-1.raw"]).map { $0.isSequence } == [false])
    }

    @Test func errors() throws {
        let folder = try TestFolder()
        func kind(_ arguments: [String]) -> ISPError.Kind {
            failure { () throws(ISPError) in try InputList.expand(arguments) }.kind
        }
        #expect(kind([]) == .usage)
        #expect(kind([""]) == .usage)
        #expect(kind(["-", "-"]) == .usage)
        #expect(kind([folder.path + "/missing.dng"]) == .cannotOpenInput)
        #expect(kind([folder.path]) == .cannotOpenInput)
        #expect(kind([folder.path + "/f%05d.raw"]) == .cannotOpenInput)
        #expect(kind([folder.path + "/nowhere/f%05d.raw"]) == .cannotOpenInput)
        #expect(kind([folder.path + "/f%d%d.raw"]) == .usage)
        #expect(kind([folder.path + "/f%s.raw"]) == .usage)
        #expect(kind([folder.path + "/f%"]) == .usage)
        #expect(kind([folder.path + "/f%99999d.raw"]) == .usage)
        #expect(kind([folder.path + "/f%%.raw"]) == .usage)
        #expect(kind([folder.path + "/%d/f.raw"]) == .usage)
    }
}
