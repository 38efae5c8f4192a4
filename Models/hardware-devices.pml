/*
 * Hardware: the slot, the devices that use it, what their signals do to its word, and the reset.
 */
#include "token.pml"

#ifndef FRAMES      /* slots taken by the source */
#define FRAMES 2
#endif
#ifndef ATTEMPTS    /* attempts at a frame */
#define ATTEMPTS 2
#endif
#ifndef HANGS       /* parties that hang for ever in a device call */
#define HANGS 1
#endif
#ifndef SUSPICIONS  /* parties detached although they are only slow */
#define SUSPICIONS 1
#endif
#ifndef REPEATS     /* signals that come twice */
#define REPEATS 1
#endif
#ifndef LOSSES      /* jobs whose signal never comes, whether the device is through or not */
#define LOSSES 1
#endif
#ifndef SUBMISSIONS /* to a device, one after another, by one holder */
#define SUBMISSIONS 1
#endif

#define SOURCE_PARTY 0                     /* parties: the source, workers 1 and 2 */
#define HOLDER(p) (SOURCE + p)

Word raw;
bool published;                            /* envelope and payload are complete */
byte users;                                /* parties, devices aside, that touch the payload in fact */
byte touching;                             /* devices that touch the payload in fact */
byte submitting;                           /* calls to a device for this slot that have not returned */
bool attached[3] = true, hung[3];
bool submitted, answered;                  /* of the frame in the slot */

chan jobs = [2] of { byte, byte };         /* tickets: epoch and hw_seq */
bool working[2], killed[2];                /* by device; a reset kills what a device works on */
byte late_hw_done;

byte hangs = HANGS, suspicions = SUSPICIONS, repeats = REPEATS, losses = LOSSES;

inline answer() {
    d_step { assert(submitted && !answered); answered = true }
}

/* 17. A slot that was never published has no frame to wait for. */
inline return_if_over() {
    if
    :: raw.state == ACCEPTED && (answered || !published) && raw.leases == 0 && IDLE(raw) ->
        assert(users == 0 && touching == 0 && submitting == 0); /* I3 */
        renew(raw);
        published = false; submitted = false; answered = false
    :: else
    fi
}

inline end_lease() {
    leave(raw);
    return_if_over()
}

/* FRAME_HW_DONE: 4, 14 and the signal's part of 16, one swap each, only for exactly the ticket that is current. */
#if defined(MUTANT_DONE_WITHOUT_EPOCH)
#define CURRENT(e, q) (raw.seq == q && raw.hw == IN_USE)
#elif defined(MUTANT_DONE_WITHOUT_SEQ)
#define CURRENT(e, q) (raw.epoch == e && raw.hw == IN_USE)
#else
#define CURRENT(e, q) (raw.epoch == e && raw.seq == q && raw.hw == IN_USE)
#endif

inline signal(e, q) {
    atomic {
        if
        :: CURRENT(e, q) ->
            raw.hw = DONE;
            if
#ifdef MUTANT_DONE_FREES
            :: true -> raw.state = ACCEPTED; raw.leases = 0; answered = true; return_if_over()
#endif
#ifdef MUTANT_DONE_TAKES_FROM_WRITER
            :: raw.state == QUARANTINE_WRITER -> raw.state = MONITOR; raw.leases = 0
#endif
            :: raw.state == HW_WAIT || raw.state == QUARANTINE_DEVICE -> raw.state = MONITOR
            :: else -> assert(raw.state != FREE && raw.state != QUEUED && raw.state != ACCEPTED)
            fi
        :: else -> late_hw_done = 1
        fi
    }
}

proctype device(byte d) {
    byte epoch, seq;
    bool lost;
end_idle:
    do
    :: atomic { jobs?epoch, seq -> working[d] = true }
        if
        :: skip
        :: atomic { losses > 0 -> losses--; lost = true }
            if :: skip :: killed[d] /* it never gets through */ fi
        fi;
        atomic {
            if :: killed[d] -> killed[d] = false :: else -> touching-- fi;
            working[d] = false
        }
        if :: !lost -> signal(epoch, seq) :: else fi;
        if
        :: skip
        :: atomic { repeats > 0 && !lost -> repeats-- } signal(epoch, seq)
        fi;
        atomic { epoch = 0; seq = 0; lost = false }
    od
}

#ifdef MUTANT_RESET_BEFORE_RETURN
#define ALL_RETURNED true
#else
#define ALL_RETURNED (submitting == 0)
#endif

/* A reset kills what devices work on. It speaks only for the ticket that was quarantined when it began. */
active proctype reset() {
    byte epoch, seq, d;
end_idle:
    do
    :: atomic { raw.state == QUARANTINE_DEVICE && ALL_RETURNED -> epoch = raw.epoch; seq = raw.seq }
        atomic {
            do :: jobs?_, _ -> touching-- :: empty(jobs) -> break od;
            for (d : 0 .. 1) { if :: working[d] && !killed[d] -> killed[d] = true; touching-- :: else fi };
            d = 0
        }
        atomic {
            if
#ifdef MUTANT_RESET_WITHOUT_TICKET
            :: raw.state == QUARANTINE_DEVICE ->
#else
            :: raw.state == QUARANTINE_DEVICE && raw.epoch == epoch && raw.seq == seq ->
#endif
                assert(raw.hw == IN_USE);
#ifndef MUTANT_RESET_KEEPS_HW
                raw.hw = DONE;
#endif
                raw.state = MONITOR /* 16 */
            :: else
            fi;
            epoch = 0; seq = 0
        }
    od
}
