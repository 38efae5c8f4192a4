// What the Swift side needs of LibRaw, as flat functions: LibRaw's structures hold arrays too large for Swift to
// import, and they grow with every release.
#pragma once
#include <libraw/libraw.h>

// MARK: Life cycle

/// Counts damaged data instead of printing to stderr; LibRaw 0.20 reports some truncation through this alone.
static void softisp_raw_count_data_error(void *counter, const char *file, const int offset) {
    (void)file;
    (void)offset;
    ++*(int *)counter;
}

/// Silences LibRaw's report of exhausted memory; the error code says it.
static void softisp_raw_ignore_memory_error(void *context, const char *file, const char *where) {
    (void)context;
    (void)file;
    (void)where;
}

/// A handle that hands out sensor data as it is (floating point stays floating point), takes no more than
/// `memory_mb` and counts data errors in `*data_errors`.
static inline libraw_data_t *softisp_raw_create(int *data_errors, unsigned memory_mb) {
    libraw_data_t *raw = libraw_init(LIBRAW_OPTIONS_NONE);
    if (!raw) return raw;
    libraw_set_dataerror_handler(raw, softisp_raw_count_data_error, data_errors);
    libraw_set_memerror_handler(raw, softisp_raw_ignore_memory_error, NULL);
    raw->params.raw_processing_options &= ~(unsigned)LIBRAW_PROCESSING_CONVERTFLOAT_TO_INT;
    raw->params.max_raw_memory_mb = memory_mb;
    return raw;
}

static inline int softisp_raw_open(libraw_data_t *raw, const void *bytes, size_t count) {
    return libraw_open_buffer(raw, (void *)bytes, count);
}

// MARK: Geometry

static inline int softisp_raw_width(const libraw_data_t *raw) { return raw->sizes.raw_width; }
static inline int softisp_raw_height(const libraw_data_t *raw) { return raw->sizes.raw_height; }
static inline int softisp_raw_visible_width(const libraw_data_t *raw) { return raw->sizes.width; }
static inline int softisp_raw_visible_height(const libraw_data_t *raw) { return raw->sizes.height; }
static inline int softisp_raw_left_margin(const libraw_data_t *raw) { return raw->sizes.left_margin; }
static inline int softisp_raw_top_margin(const libraw_data_t *raw) { return raw->sizes.top_margin; }
static inline int softisp_raw_pitch(const libraw_data_t *raw) { return (int)raw->sizes.raw_pitch; }
static inline int softisp_raw_flip(const libraw_data_t *raw) { return raw->sizes.flip; }
static inline double softisp_raw_pixel_aspect(const libraw_data_t *raw) { return raw->sizes.pixel_aspect; }

// MARK: Kind of sensor

static inline unsigned softisp_raw_filters(const libraw_data_t *raw) { return raw->idata.filters; }
static inline int softisp_raw_colors(const libraw_data_t *raw) { return raw->idata.colors; }
static inline const char *softisp_raw_color_letters(const libraw_data_t *raw) { return raw->idata.cdesc; }
static inline int softisp_raw_is_foveon(const libraw_data_t *raw) { return raw->idata.is_foveon != 0; }
static inline unsigned softisp_raw_dng_version(const libraw_data_t *raw) { return raw->idata.dng_version; }
static inline unsigned softisp_raw_image_count(const libraw_data_t *raw) { return raw->idata.raw_count; }
static inline int softisp_raw_fuji_width(const libraw_data_t *raw) { return raw->rawdata.ioparams.fuji_width; }
/// Samples of one channel a photosite, or NULL where the file holds something else.
static inline const unsigned short *softisp_raw_samples(const libraw_data_t *raw) { return raw->rawdata.raw_image; }
static inline int softisp_raw_is_float(const libraw_data_t *raw) {
    return raw->rawdata.float_image || raw->rawdata.float3_image || raw->rawdata.float4_image;
}
static inline int softisp_raw_is_multichannel(const libraw_data_t *raw) {
    return raw->rawdata.color3_image || raw->rawdata.color4_image;
}

// MARK: Levels

static inline unsigned softisp_raw_black(const libraw_data_t *raw) { return raw->color.black; }
static inline unsigned softisp_raw_cblack(const libraw_data_t *raw, int i) {
    return i >= 0 && i < LIBRAW_CBLACK_SIZE ? raw->color.cblack[i] : 0;
}
static inline float softisp_raw_dng_black(const libraw_data_t *raw) { return raw->color.dng_levels.dng_fblack; }
static inline float softisp_raw_dng_cblack(const libraw_data_t *raw, int i) {
    return i >= 0 && i < LIBRAW_CBLACK_SIZE ? raw->color.dng_levels.dng_fcblack[i] : 0;
}
static inline int softisp_raw_cblack_size(void) { return LIBRAW_CBLACK_SIZE; }
static inline unsigned softisp_raw_maximum(const libraw_data_t *raw) { return raw->color.maximum; }
static inline unsigned softisp_raw_dng_white(const libraw_data_t *raw, int channel) {
    return raw->color.dng_levels.dng_whitelevel[channel];
}
static inline long softisp_raw_linear_maximum(const libraw_data_t *raw, int channel) {
    return raw->color.linear_max[channel];
}

// MARK: Colour

static inline float softisp_raw_camera_multiplier(const libraw_data_t *raw, int channel) {
    return raw->color.cam_mul[channel];
}
static inline float softisp_raw_as_shot_neutral(const libraw_data_t *raw, int channel) {
    return raw->color.dng_levels.asshotneutral[channel];
}
static inline float softisp_raw_analog_balance(const libraw_data_t *raw, int channel) {
    return raw->color.dng_levels.analogbalance[channel];
}
static inline float softisp_raw_baseline_exposure(const libraw_data_t *raw) {
    return raw->color.dng_levels.baseline_exposure;
}
static inline int softisp_raw_illuminant(const libraw_data_t *raw, int which) {
    return raw->color.dng_color[which].illuminant;
}
static inline float softisp_raw_color_matrix(const libraw_data_t *raw, int which, int camera, int xyz) {
    return raw->color.dng_color[which].colormatrix[camera][xyz];
}
static inline float softisp_raw_forward_matrix(const libraw_data_t *raw, int which, int xyz, int camera) {
    return raw->color.dng_color[which].forwardmatrix[xyz][camera];
}
static inline float softisp_raw_camera_calibration(const libraw_data_t *raw, int which, int row, int column) {
    return raw->color.dng_color[which].calibration[row][column];
}
/// XYZ to camera under D65, of a camera that is no DNG writer.
static inline float softisp_raw_camera_xyz(const libraw_data_t *raw, int camera, int xyz) {
    return raw->color.cam_xyz[camera][xyz];
}

// MARK: Capture

static inline const char *softisp_raw_make(const libraw_data_t *raw) { return raw->idata.make; }
static inline const char *softisp_raw_model(const libraw_data_t *raw) { return raw->idata.model; }
static inline const char *softisp_raw_lens(const libraw_data_t *raw) {
    return raw->lens.Lens[0] ? raw->lens.Lens : raw->lens.makernotes.Lens;
}
static inline float softisp_raw_iso(const libraw_data_t *raw) { return raw->other.iso_speed; }
static inline float softisp_raw_shutter(const libraw_data_t *raw) { return raw->other.shutter; }
static inline float softisp_raw_aperture(const libraw_data_t *raw) { return raw->other.aperture; }
static inline float softisp_raw_focal_length(const libraw_data_t *raw) { return raw->other.focal_len; }
static inline long long softisp_raw_timestamp(const libraw_data_t *raw) { return (long long)raw->other.timestamp; }
