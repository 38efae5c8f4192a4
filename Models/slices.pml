/*
 * Slices: several workers share one attempt at a frame, and one of them gets stuck.
 *
 * A lead worker starts the attempt (2b), helpers join it (2c), everybody takes slices until none is left, and the last
 * to finish completes (5). An attempt fails as a whole: when one of its workers is detached, or gives up on its device.
 * The frame then goes to another attempt with an image slot of its own, while workers of the old attempt may still be
 * at it.
 */
#include "token.pml"

#ifndef WORKERS     /* 2 or 3 */
#define WORKERS 2
#endif
#ifndef SLICES
#define SLICES 2
#endif
#ifndef HANGS       /* workers that hang for ever */
#define HANGS 1
#endif
#ifndef DEATHS      /* workers whose job throws, which ends their thread */
#define DEATHS 0
#endif
#ifndef SUSPICIONS  /* workers detached although they are only slow */
#define SUSPICIONS 1
#endif
#ifndef GIVE_UPS
#define GIVE_UPS 0
#endif
#define IMAGES 3
#define BIT(i) (1 << (i))
#define ALL_SLICES ((1 << SLICES) - 1)

Word raw, image[IMAGES];
byte readers, raw_named;                   /* in fact, and by the lease table */
byte lease_attempt[3];                     /* the lease table also says of which attempt a worker's lease is */
byte writers[IMAGES], named[IMAGES];
byte finished[IMAGES];                     /* slices of the picture that are finished, as bits */
byte next_slice;                           /* of the current attempt */
byte image_of;                             /* image of the current attempt */
bool submitted, answered;
byte result = IMAGES;
bool attached[3] = true, hung[3], dead[3];
bool locked;                               /* the SessionManager's lock */
Ref failed_raw, failed[IMAGES];            /* what a detach found in its worker's hands */

byte hangs = HANGS, deaths = DEATHS, suspicions = SUSPICIONS, give_ups = GIVE_UPS;

#define PICK_IMAGE(i, condition) if :: condition(0) -> i = 0 :: condition(1) -> i = 1 :: condition(2) -> i = 2 fi
#define PICK_WORKER(w, condition) if :: condition(0) -> w = 0 :: condition(1) -> w = 1 :: condition(2) -> w = 2 fi

#ifdef MUTANT_NO_ATTEMPT
#define CURRENT(number) true
#else
#define CURRENT(number) (raw.attempt == number)
#endif

inline return_raw() {
    if
    :: raw.state == ACCEPTED && answered && raw.leases == 0 -> assert(readers == 0); renew(raw)
    :: else
    fi
}

inline return_image(i) {
    if
    :: image[i].state == ACCEPTED && image[i].leases == 0 ->
        assert(writers[i] == 0); /* I3 */
        renew(image[i]);
        finished[i] = 0
    :: else
    fi
}

inline end_raw_lease(w) {
    assert(raw_named & BIT(w));
    raw_named = raw_named & ~BIT(w);
    lease_attempt[w] = 0;
    leave(raw);
    return_raw()
}

inline end_image_lease(i, w) {
    assert(named[i] & BIT(w));
    named[i] = named[i] & ~BIT(w);
    leave(image[i]);
    return_image(i)
}

#define FREE_IMAGE(i) (image[i].state == FREE)
#define MAY_START (attached[w] && !locked && !answered && raw.state == QUEUED && raw.holder == WORKER(w))
#define MAY_JOIN \
    (attached[w] && !locked && raw.state == RUNNING && image[image_of].state == RUNNING && next_slice < SLICES && \
     !(raw_named & BIT(w)) && !(named[image_of] & BIT(w)))

proctype worker(byte w) {
    byte i, number, lead, slice;
    bool image_ok;
end_idle:
    do
    :: atomic {
            MAY_START && (FREE_IMAGE(0) || FREE_IMAGE(1) || FREE_IMAGE(2)) ->
            PICK_IMAGE(i, FREE_IMAGE);
            assert(writers[i] == 0);
            start(raw, WORKER(w));
            number = raw.attempt; lead = raw.holder;
            start_image(image[i], WORKER(w), number);
            raw_named = raw_named | BIT(w); named[i] = BIT(w);
            lease_attempt[w] = number;
            next_slice = 0; image_of = i;
            readers++; writers[i]++
        }
        goto slices
    :: atomic { MAY_JOIN -> locked = true; i = image_of; number = raw.attempt; lead = raw.holder }
        /* Two words: the Monitor may claim between them. */
        atomic {
            if
            :: raw.state == RUNNING && raw.attempt == number ->
                raw.leases = raw.leases + 1; raw_named = raw_named | BIT(w); lease_attempt[w] = number;
                readers++
            :: else -> locked = false; goto over
            fi
        }
#ifdef MUTANT_LEASES_OUTSIDE_WORD
        if :: image[i].state == RUNNING && image[i].attempt == number -> image_ok = true :: else fi;
        locked = false;
        atomic {
            if
            :: image_ok ->
#else
        atomic {
            if
            :: image[i].state == RUNNING && image[i].attempt == number ->
#endif
                image[i].leases = image[i].leases + 1; named[i] = named[i] | BIT(w); writers[i]++;
                assert(image[i].state != FREE); /* I3 */
                locked = false
            :: else -> readers--; end_raw_lease(w); locked = false; goto over
            fi
        }
slices: do
        :: atomic {
                !locked;
                if
                :: raw.state == RUNNING && CURRENT(number) && next_slice < SLICES ->
                    slice = next_slice;
                    next_slice++
                :: else -> break /* none left, or the attempt is over */
                fi
            }
            if
            :: atomic { finished[i] = finished[i] | BIT(slice); slice = 0 }
            :: atomic { hangs > 0 -> hangs--; hung[w] = true }
end_hung:       false
            :: atomic { deaths > 0 -> deaths--; dead[w] = true; readers--; writers[i]-- }
                goto gone
            :: atomic { give_ups > 0 -> give_ups--; goto give_up }
            fi
        od;
        /* Last to finish: the image has no other lease. Then 5, the image's word first. */
        atomic {
            !locked -> locked = true;
            readers--; writers[i]--;
            complete_image(image[i], lead, number, image_ok)
        }
        atomic {
            if
            :: image_ok && raw.state == RUNNING && raw.holder == lead && CURRENT(number) ->
                assert(raw.attempt == number);
                assert(finished[i] == ALL_SLICES && !answered); /* I5 */
                raw.state = ACCEPTED; raw.holder = NOBODY;
                named[i] = named[i] & ~BIT(w); /* what stays is the delivery lease */
                answered = true; result = i;
            :: else -> end_image_lease(i, w)
            fi;
            end_raw_lease(w);
            locked = false
        }
        goto over;
give_up:
        /* 11 by a holder: the frame to the Monitor; the image too, if nobody else writes it. */
        atomic {
            !locked;
            readers--; writers[i]--;
            if :: raw.state == RUNNING && raw.attempt == number -> raw.state = MONITOR :: else fi;
            end_raw_lease(w)
        }
        atomic {
            !locked;
            if
            :: image[i].state == RUNNING && image[i].leases == 1 -> image[i].state = MONITOR
#ifdef MUTANT_GIVE_UP_IGNORES_OTHERS
            :: image[i].state == RUNNING && image[i].leases > 1 ->
                image[i].state = MONITOR; image[i].leases = 1; named[i] = BIT(w)
#else
            :: image[i].state == RUNNING && image[i].leases > 1 -> image[i].state = QUARANTINE_WRITER
#endif
            :: else
            fi;
            end_image_lease(i, w)
        }
over:   atomic { i = 0; number = 0; lead = 0; slice = 0; image_ok = false }
    :: atomic { !attached[w] -> break }
    od;
gone:
    skip
}

#define DETACHABLE(w) (submitted && !locked && w < WORKERS && attached[w] && (hung[w] || dead[w] || suspicions > 0))

active proctype supervisor() {
    byte w, i;
end_idle:
    do
    :: atomic {
            PICK_WORKER(w, DETACHABLE);
            if :: hung[w] || dead[w] :: else -> suspicions-- fi;
            attached[w] = false;
            if
            :: raw.state == RUNNING && (raw_named & BIT(w)) && lease_attempt[w] == raw.attempt ->
                refer(failed_raw, raw)
            :: raw.state == QUEUED && raw.holder == WORKER(w) -> refer(failed_raw, raw)
            :: else
            fi;
            for (i : 0 .. IMAGES - 1) {
                if :: image[i].state == RUNNING && (named[i] & BIT(w)) -> refer(failed[i], image[i]) :: else fi
            }
            w = 0; i = 0
        }
    od
}

#define TO_CLAIM (failed_raw.there && (raw.state == RUNNING || raw.state == QUEUED) && MATCHES(raw, failed_raw))
#define TO_QUARANTINE(i) (failed[i].there && image[i].state == RUNNING && MATCHES(image[i], failed[i]))
#define TO_RELEASE(i) (image[i].state == QUARANTINE_WRITER && image[i].leases == 0)
#define TO_VOID(i) (!locked && image[i].state == MONITOR)
#ifdef MUTANT_REVOKED_BEFORE_CLAIM
#define CLAIMED(word) true
#else
#define CLAIMED(word) (word.state != RUNNING)
#endif
#define REVOCABLE(i, w) (!locked && dead[w] && (named[i] & BIT(w)) && CLAIMED(image[i]))
#define TO_REVOKE(i) (REVOCABLE(i, 0) || REVOCABLE(i, 1) || REVOCABLE(i, 2))
#ifdef MUTANT_LEASE_WITHOUT_ATTEMPT
#define OF_OTHER_ATTEMPT(w) (!MATCHES(raw, failed_raw)) /* it goes by the last claim */
#else
#define OF_OTHER_ATTEMPT(w) (raw.attempt != lease_attempt[w])
#endif
#define TO_REVOKE_RAW(w) (!locked && dead[w] && (raw_named & BIT(w)) && (CLAIMED(raw) || OF_OTHER_ATTEMPT(w)))

active proctype monitor() {
    byte i, w;
end_idle:
    do
    :: atomic { TO_CLAIM -> raw.state = MONITOR } /* 11 */
    :: atomic { PICK_IMAGE(i, TO_QUARANTINE); image[i].state = QUARANTINE_WRITER; forget(failed[i]); i = 0 } /* 11b */
    :: atomic { PICK_IMAGE(i, TO_RELEASE); image[i].state = MONITOR; i = 0 } /* 16 */
    :: atomic { PICK_IMAGE(i, TO_VOID); convert(image[i]); return_image(i); i = 0 } /* 12, only to return */
    :: atomic { PICK_WORKER(w, TO_REVOKE_RAW); end_raw_lease(w); w = 0 }
    :: atomic {
            PICK_IMAGE(i, TO_REVOKE);
            if :: REVOCABLE(i, 0) -> w = 0 :: REVOCABLE(i, 1) -> w = 1 :: REVOCABLE(i, 2) -> w = 2 fi;
            end_image_lease(i, w);
            i = 0; w = 0
        }
    :: atomic { /* 12 and 18: any attached worker leads next, perhaps the same one again */
            raw.state == MONITOR && !locked ->
            convert(raw);
            if
            :: attached[0] && raw.attempt < 3 -> redispatch(raw, WORKER(0))
            :: attached[1] && raw.attempt < 3 -> redispatch(raw, WORKER(1))
            :: attached[2] && raw.attempt < 3 && WORKERS == 3 -> redispatch(raw, WORKER(2))
            :: else -> assert(!answered); answered = true; return_raw()
            fi
        }
    od
}

/* Delivery to one sink that is through at once; images.pml has the rest. */
active proctype delivery() {
end_idle:
    do
    :: atomic {
            !locked && result < IMAGES ->
            assert(image[result].state == ACCEPTED && writers[result] == 0 && finished[result] == ALL_SLICES);
            leave(image[result]);
            return_image(result);
            result = IMAGES
        }
    od
}

bool drained;
#define LET_GO(names) ((hung[0] && (names & 1)) || (hung[1] && (names & 2)) || (hung[2] && (names & 4)))
#define IMAGE_FREE(i) (image[i].state == FREE || LET_GO(named[i]))

/* I10. What a worker that hangs for ever may still touch is kept, and the frame is answered all the same. */
active proctype at_the_end() {
    bool all_free;
    timeout;
    atomic {
        all_free = ((raw.state == FREE || LET_GO(raw_named)) && IMAGE_FREE(0) && IMAGE_FREE(1) && IMAGE_FREE(2));
        assert(answered);
        assert(all_free);
        drained = true
    }
}

#ifdef LIVENESS
ltl drains { <> drained }
#endif

init {
    atomic {
        raw.state = QUEUED;
        raw.holder = WORKER(0);
        submitted = true;
        run worker(0);
        run worker(1);
        if :: WORKERS == 3 -> run worker(2) :: else fi
    }
}
