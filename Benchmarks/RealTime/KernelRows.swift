// A row's work of each kernel.

/// Does the work for a row of the frame.
typealias RowWork = (_ y: Int) -> Void

/// The kernels by name. A new one in `KernelTable` needs a line here.
enum KernelRows {
    /// Makes the work of a kernel.
    static func work(of kernel: String) throws -> RowWork {
        switch kernel {
        case "unpack": try unpack()
        case "outlier": outlier()
        case "bin": bin()
        case "green": green()
        case "gain": gain()
        case "bilinear": demosaic(.bilinear)
        case "malvar": demosaic(.malvar)
        case "matrix": matrix()
        case "tone": try tone(.transfer)
        case "tone, keeping hue": try tone(.filmic)
        case "saturation": saturation()
        case "luma": luma()
        case "sharpen": try sharpen()
        case "block chroma": blockChroma()
        case "round, interleave": try interleave()
        case "video": video()
        default: preconditionFailure("no benchmark of the kernel '\(kernel)'; KernelRows lists them")
        }
    }
}
