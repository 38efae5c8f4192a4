// Calibration illuminants: EXIF LightSource codes and their names as colour temperatures.

/// The illuminants of EXIF tag LightSource (and DNG CalibrationIlluminant) with the temperatures that the DNG SDK
/// (Adobe, `dng_camera_profile::IlluminantToTemperature`) gives them.
package enum Illuminant {
    private static let table: [(code: Int, kelvin: Double, names: [String])] = [
        (1, 5500, ["daylight"]),
        (2, 4150, ["fluorescent"]),
        (3, 2850, ["tungsten", "incandescent", "tungsten (incandescent)"]),
        (4, 5500, ["flash"]),
        (9, 5500, ["fine weather"]),
        (10, 6500, ["cloudy", "cloudy weather"]),
        (11, 7500, ["shade"]),
        (12, 6400, ["daylight fluorescent"]),
        (13, 5050, ["day white fluorescent"]),
        (14, 4150, ["cool white fluorescent"]),
        (15, 3525, ["white fluorescent"]),
        (16, 2925, ["warm white fluorescent"]),
        (17, 2850, ["standard light a", "a", "stda", "illuminant a"]),
        (18, 5500, ["standard light b", "b", "stdb"]),
        (19, 6500, ["standard light c", "c", "stdc"]),
        (20, 5500, ["d55"]),
        (21, 6500, ["d65"]),
        (22, 7500, ["d75"]),
        (23, 5000, ["d50"]),
        (24, 3200, ["iso studio tungsten"]),
    ]

    /// The correlated colour temperature in kelvin of an EXIF code; `nil` for an unknown one.
    package static func kelvin(code: Int) -> Double? { table.first { $0.code == code }?.kelvin }

    /// The correlated colour temperature in kelvin of an EXIF name, without regard to case; `nil` for an unknown one.
    package static func kelvin(name: String) -> Double? {
        let wanted = name.lowercased()
        return table.first { $0.names.contains(wanted) }?.kelvin
    }
}
