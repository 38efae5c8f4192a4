// The oracle for the chart's colours: linear sRGB of the 24 patches as computed by the colour-science Python package
// (BSD-3-Clause) from "ColorChecker24 - After November 2014", Bradford from D50 to D65.

let publishedLinearSRGB: [(name: String, red: Double, green: Double, blue: Double)] = [
    ("dark skin", 0.173683, 0.078793, 0.052856),
    ("light skin", 0.559784, 0.277447, 0.210892),
    ("blue sky", 0.104201, 0.188915, 0.32893),
    ("foliage", 0.105744, 0.150754, 0.050837),
    ("blue flower", 0.227439, 0.212408, 0.426446),
    ("bluish green", 0.115293, 0.507441, 0.411129),
    ("orange", 0.745903, 0.202143, 0.029868),
    ("purplish blue", 0.058742, 0.101182, 0.387748),
    ("moderate red", 0.56013, 0.080153, 0.114586),
    ("purple", 0.109167, 0.042, 0.138137),
    ("yellow green", 0.33275, 0.497386, 0.042596),
    ("orange yellow", 0.771037, 0.357918, 0.020449),
    ("blue", 0.020956, 0.047534, 0.284129),
    ("green", 0.046062, 0.292048, 0.061479),
    ("red", 0.446171, 0.036406, 0.040551),
    ("yellow", 0.841684, 0.574408, 0.004662),
    ("magenta", 0.522342, 0.077817, 0.289313),
    ("cyan", -0.043918, 0.233662, 0.37719),
    ("white 9.5 (.05 D)", 0.879529, 0.885028, 0.834247),
    ("neutral 8 (.23 D)", 0.584493, 0.592168, 0.584478),
    ("neutral 6.5 (.44 D)", 0.357694, 0.367077, 0.365266),
    ("neutral 5 (.70 D)", 0.190094, 0.190866, 0.189814),
    ("neutral 3.5 (1.05 D)", 0.085929, 0.088735, 0.089804),
    ("black 2 (1.5 D)", 0.031354, 0.031496, 0.032323),
]
