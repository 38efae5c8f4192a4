// What the runtime needs of the system that Swift's module of libc does not show: where a thread runs.
#ifndef CRUNTIME_H
#define CRUNTIME_H

/// The core this thread runs on at the moment, 0 where the system does not say.
int softisp_current_core(void);

/// Binds the calling thread to one core. Returns 0 or an errno value.
int softisp_bind_to_core(int core);

/// Gives the calling thread real-time priority (SCHED_FIFO), 1 to 99. Returns 0 or an errno value.
int softisp_set_realtime(int priority);

/// Names the calling thread, at most 15 characters.
void softisp_name_thread(const char *name);

/// Asks for huge pages for a mapping. Returns 0 or an errno value.
int softisp_ask_huge_pages(void *start, unsigned long length);

/// A small number that is this thread's own, given in the order of first calls.
int softisp_thread_number(void);

#endif
