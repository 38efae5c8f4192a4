#include "CPlatform.h"

#if defined(__x86_64__)
#include <string.h>
#include <unistd.h>

// This file's own code stays within what every x86-64 processor has. It runs before anything else of the program.
#define BASELINE __attribute__((target("arch=x86-64")))

BASELINE static void refuse(const char *missing) {
    const char *parts[] = {"softisp: error: this program was built for processors with ", missing,
                           ", which this one lacks; build it with `make build SOFTISP_MARCH=`\n"};
    for (int i = 0; i < 3; i++) {
        if (write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0) break;
    }
    _exit(71);  // "Another limit" in the table of exit codes.
}

// The whole package is built for one instruction set (see the Makefile): what this file is built for, all of it is.
__attribute__((constructor)) BASELINE static void check_instruction_sets(void) {
    __builtin_cpu_init();
#if defined(__AVX512F__)
    if (!__builtin_cpu_supports("avx512f")) refuse("AVX-512");
#endif
#if defined(__AVX512BW__)
    if (!__builtin_cpu_supports("avx512bw")) refuse("AVX-512BW");
#endif
#if defined(__AVX512VL__)
    if (!__builtin_cpu_supports("avx512vl")) refuse("AVX-512VL");
#endif
#if defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2")) refuse("AVX2");
#endif
#if defined(__FMA__)
    if (!__builtin_cpu_supports("fma")) refuse("FMA");
#endif
#if defined(__BMI2__)
    if (!__builtin_cpu_supports("bmi2")) refuse("BMI2");
#endif
#if defined(__SSE4_2__)
    if (!__builtin_cpu_supports("sse4.2")) refuse("SSE4.2");
#endif
}
#endif
