#define _GNU_SOURCE
#include "CRuntime.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

int softisp_thread_number(void) {
    static atomic_int next;
    static _Thread_local int number = -1;
    if (number < 0) number = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    return number;
}

#if defined(__linux__)

int softisp_current_core(void) {
    int core = sched_getcpu();
    return core < 0 ? 0 : core;
}

int softisp_bind_to_core(int core) {
    if (core < 0 || core >= CPU_SETSIZE) return EINVAL;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

void softisp_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int softisp_ask_huge_pages(void *start, unsigned long length) {
    return madvise(start, length, MADV_HUGEPAGE) == 0 ? 0 : errno;
}

#else

int softisp_current_core(void) { return 0; }

int softisp_bind_to_core(int core) {
    (void)core;
    return ENOTSUP;
}

void softisp_name_thread(const char *name) {
#if defined(__APPLE__)
    pthread_setname_np(name);
#else
    (void)name;
#endif
}

int softisp_ask_huge_pages(void *start, unsigned long length) {
    (void)start;
    (void)length;
    return ENOTSUP;
}

#endif

int softisp_set_realtime(int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
}
