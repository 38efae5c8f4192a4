/*
 * Images: what the processes of images.pml share, how slots return, and which frame may take an image slot.
 */
#include "token.pml"

#ifndef FRAMES      /* at most 4 */
#define FRAMES 3
#endif
#ifndef IMAGES      /* at most 3 */
#define IMAGES 3
#endif
#ifndef TOLERATED   /* stuck workers for whom the capacity has a slot to spare */
#define TOLERATED 1
#endif
#ifndef HANGS       /* workers that hang for ever, at most TOLERATED */
#define HANGS 1
#endif
#ifndef SUSPICIONS  /* workers detached although they are only slow */
#define SUSPICIONS 0
#endif
#ifndef GIVE_UPS    /* workers that give up on their device */
#define GIVE_UPS 0
#endif
#ifndef GAPS        /* frames answered at their deadline, at any moment */
#define GAPS 0
#endif
#ifndef FLUSHES     /* at most one */
#define FLUSHES 0
#endif
#ifndef SINKS
#define SINKS 1
#endif
#ifdef MUTANT_SHARE_OF_ALL
#define SHARE IMAGES
#else
#define SHARE (IMAGES - TOLERATED)
#endif

mtype = { UNANSWERED, RESULT, DROPPED };

Word raw[4];                               /* the raw slot of every frame */
Word image[3];
byte writers[3], readers[3];               /* who touches the payload in fact, whatever the leases say */
byte made_for[3];                          /* which frame's picture is in it, from 1 */
bool attached[2] = true, hung[2];
bool locked;                               /* the SessionManager's lock */

mtype outcome[4] = UNANSWERED;
byte result[4];                            /* the image of a frame with a result */
byte submitted;                            /* frames so far */
byte session_epoch, epoch_of[4];
byte turn, given;                          /* delivery: whose turn, and how many sinks hold it already */
byte flushed_to;                           /* frames before it are of an old session epoch */
bool flush_returned;
chan to_sink[SINKS] = [1] of { byte, byte };

byte hangs = HANGS, suspicions = SUSPICIONS, give_ups = GIVE_UPS, gaps = GAPS, flushes = FLUSHES;

/* Picks a frame or an image for which `condition` holds; waits where there is none. */
#define PICK_FRAME(f, condition) \
    if :: condition(0) -> f = 0 :: condition(1) -> f = 1 :: condition(2) -> f = 2 :: condition(3) -> f = 3 fi
#define PICK_IMAGE(i, condition) if :: condition(0) -> i = 0 :: condition(1) -> i = 1 :: condition(2) -> i = 2 fi

#define OLD_EPOCH(f) (epoch_of[f] != session_epoch)

inline answer(f, how) {
    d_step { assert(outcome[f] == UNANSWERED); /* I5 */ outcome[f] = how }
}

/* 17 of either pool, part of whichever critical section made the last condition true. */
inline return_raw(f) {
    if
    :: raw[f].state == ACCEPTED && outcome[f] != UNANSWERED && raw[f].leases == 0 -> renew(raw[f])
    :: else
    fi
}

inline return_image(i) {
    if
    :: image[i].state == ACCEPTED && image[i].leases == 0 ->
        assert(writers[i] == 0 && readers[i] == 0); /* I3 */
        renew(image[i]);
        made_for[i] = 0
    :: else
    fi
}

/* The start grant, 2b. A worker may start the frame at the head of its queue, which is in submission order. */
#define STARTABLE(f, w) (raw[f].state == QUEUED && raw[f].holder == WORKER(w) && outcome[f] == UNANSWERED)
#ifdef MUTANT_QUEUE_OUT_OF_ORDER
#define PRECEDES(g, f) (raw[g].attempt < raw[f].attempt || (raw[g].attempt == raw[f].attempt && g < f))
#else
#define PRECEDES(g, f) (g < f)
#endif
#define NOT_BEFORE(g, f, w) (!(PRECEDES(g, f) && STARTABLE(g, w)))
#define HEAD(f, w) \
    (STARTABLE(f, w) && NOT_BEFORE(0, f, w) && NOT_BEFORE(1, f, w) && NOT_BEFORE(2, f, w) && NOT_BEFORE(3, f, w))

/* Images against the session's share; those that stuck workers keep in quarantine are what TOLERATED is for. */
#ifdef MUTANT_QUARANTINE_COUNTED
#define USED(i) (i < IMAGES && image[i].state != FREE)
#else
#define USED(i) (image[i].state == RUNNING || image[i].state == ACCEPTED)
#endif
#define LEFT (SHARE - USED(0) - USED(1) - USED(2))
#define FREE_IMAGE(i) (i < IMAGES && image[i].state == FREE)
#define SOME_FREE (FREE_IMAGE(0) || FREE_IMAGE(1) || FREE_IMAGE(2))
#define ANSWERED_IF_BEFORE(g, f) (g >= f || outcome[g] != UNANSWERED)
#define OLDEST(f) (ANSWERED_IF_BEFORE(0, f) && ANSWERED_IF_BEFORE(1, f) && ANSWERED_IF_BEFORE(2, f))
#if defined(MUTANT_NO_RESERVE)
#define MAY_TAKE_IMAGE(f) (LEFT >= 1 && SOME_FREE)
#else
#define MAY_TAKE_IMAGE(f) ((LEFT > 1 || (LEFT == 1 && OLDEST(f))) && SOME_FREE)
#endif
