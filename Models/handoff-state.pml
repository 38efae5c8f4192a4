/*
 * Handoff: what the processes of handoff.pml share, and the two things the SessionManager does in many places: a lease
 * ends, a slot returns to the FIFO.
 */
#include "token.pml"

#define SLOTS 2
#ifndef FRAMES
#define FRAMES 2
#endif
#ifndef FAULTS      /* workers that die or hang for ever */
#define FAULTS 1
#endif
#ifndef SUSPICIONS  /* workers detached although they are only slow */
#define SUSPICIONS 1
#endif
#ifndef DROPS       /* frames dropped from a queue, at any moment */
#define DROPS 1
#endif
#ifndef BUSY        /* how often the SessionManager refuses an item or a batch */
#define BUSY 1
#endif
#ifndef TIMEOUTS    /* how often the watchdog aborts an undecided batch */
#define TIMEOUTS 1
#endif
#ifndef REPEATS     /* how often the Monitor asks for the same conversion twice */
#define REPEATS 0
#endif
#define BIT(i) (1 << (i))

mtype = { NO_BATCH, UNDECIDED, COMMITTED, ABORTED };

Word raw[SLOTS];
byte frame_in[SLOTS];                      /* envelope: which frame is in the slot */
byte readers[SLOTS];                       /* who touches the payload in fact, whatever the leases say */
byte named[SLOTS];                         /* lease table: workers with a lease, as bits */
chan fifo = [SLOTS] of { byte, byte };     /* the pool's FIFO: slot and free_seq */
byte free_seq, popped_seq;

bool attached[2] = true, hung[2], dead[2];
byte queue[2];                             /* slots queued on a worker; their order is that of the frames */
Ref batch[SLOTS];                          /* items of the batch record */
mtype decision = NO_BATCH;
Ref waiting[SLOTS];                        /* the Monitor's waiting queue */
Ref control[SLOTS];                        /* control items of the SessionManager */
byte converted[SLOTS];                     /* keys (this ticket, attempt, conversion) applied, as bits by attempt */
bool answered[FRAMES];

byte faults = FAULTS, suspicions = SUSPICIONS, drops = DROPS, busy = BUSY, timeouts = TIMEOUTS, repeats = REPEATS;

/* Picks a slot, or a worker, for which `condition` holds; waits where there is none. */
#define PICK(i, condition) if :: condition(0) -> i = 0 :: condition(1) -> i = 1 fi

inline answer(frame) {
    d_step { assert(!answered[frame]) /* I5 */; answered[frame] = true }
}

/* 17, if all of its conditions hold; part of whichever critical section made the last of them true. */
inline return_if_over(s) {
    if
    :: raw[s].state == ACCEPTED && answered[frame_in[s]] && raw[s].leases == 0 ->
        assert(readers[s] == 0); /* I3 */
        renew(raw[s]);
        frame_in[s] = 0;
        converted[s] = 0;
#ifdef MUTANT_FREE_SEQ_OUTSIDE
        returned!s, free_seq;
#else
        assert(nfull(fifo)); /* I2 */
        fifo!s, free_seq;
#endif
        free_seq = (free_seq + 1) % 4
    :: else
    fi
}

#ifdef MUTANT_FREE_SEQ_OUTSIDE
/* The number is given in the critical section, the append follows when the returning party gets to it. */
chan returned = [SLOTS] of { byte, byte };
active [2] proctype append() {
    byte s, number;
end_idle:
    do
    :: returned?s, number -> fifo!s, number
    od
}
#endif

inline end_lease(s, w) {
    assert(named[s] & BIT(w));
    leave(raw[s]);
    named[s] = named[s] & ~BIT(w);
    return_if_over(s)
}
