// libtiff's variadic and va_list functions, which Swift cannot call, with fixed arguments: the writing side.
#pragma once
#include <stdio.h>
#include <tiffio.h>

/// Room for an error message, the terminating NUL included.
#define SOFTISP_TIFF_MESSAGE_SIZE 256

static inline int softisp_tiff_keep_error(
    TIFF *tiff, void *message, const char *module, const char *format, va_list arguments)
{
    (void)tiff;
    (void)module;
    vsnprintf((char *)message, SOFTISP_TIFF_MESSAGE_SIZE, format, arguments);
    return 1;
}

static inline int softisp_tiff_drop_warning(
    TIFF *tiff, void *message, const char *module, const char *format, va_list arguments)
{
    (void)tiff;
    (void)message;
    (void)module;
    (void)format;
    (void)arguments;
    return 1;
}

/// Opens a TIFF for writing over the caller's functions. Errors go into `message` (SOFTISP_TIFF_MESSAGE_SIZE bytes), not
/// to standard error and not through handlers shared by the whole process.
static inline TIFF *softisp_tiff_create(
    const char *mode, void *user, char *message, TIFFReadWriteProc read, TIFFReadWriteProc write, TIFFSeekProc seek,
    TIFFCloseProc close, TIFFSizeProc size)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, softisp_tiff_keep_error, message);
    TIFFOpenOptionsSetWarningHandlerExtR(options, softisp_tiff_drop_warning, NULL);
    TIFF *tiff = TIFFClientOpenExt("picture", mode, user, read, write, seek, close, size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

/// Sets a SHORT field, or one that libtiff widens itself.
static inline int softisp_tiff_set_short(TIFF *tiff, uint32_t tag, uint16_t value)
{
    return TIFFSetField(tiff, tag, (int)value);
}

/// Sets a LONG field.
static inline int softisp_tiff_set_long(TIFF *tiff, uint32_t tag, uint32_t value)
{
    return TIFFSetField(tiff, tag, value);
}

/// Sets the offset of a directory.
static inline int softisp_tiff_set_offset(TIFF *tiff, uint32_t tag, uint64_t value)
{
    return TIFFSetField(tiff, tag, value);
}

/// Sets a RATIONAL field.
static inline int softisp_tiff_set_real(TIFF *tiff, uint32_t tag, double value)
{
    return TIFFSetField(tiff, tag, value);
}

/// Sets an ASCII field, or one of fixed length such as ExifVersion.
static inline int softisp_tiff_set_text(TIFF *tiff, uint32_t tag, const char *value)
{
    return TIFFSetField(tiff, tag, value);
}

/// Sets a SHORT field with a count of its own, such as ISOSpeedRatings.
static inline int softisp_tiff_set_shorts(TIFF *tiff, uint32_t tag, uint16_t count, const uint16_t *values)
{
    return TIFFSetField(tiff, tag, (int)count, values);
}

/// Sets an UNDEFINED field, such as the ICC profile.
static inline int softisp_tiff_set_bytes(TIFF *tiff, uint32_t tag, uint32_t count, const void *values)
{
    return TIFFSetField(tiff, tag, count, values);
}
