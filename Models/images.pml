/*
 * Image slots: start grants and their reserve, completion, delivery in submission order, deadlines and flush.
 *
 * One session's frames are spread over two workers. Every frame has a raw slot of its own here, since the reuse of raw
 * slots is the matter of handoff.pml; image slots are few. The SessionManager's lock is a variable, not one atomic
 * step, where two words change under it (5): the Monitor's claims (11, 11b) do not take it.
 */
#include "images-state.pml"

active proctype source() {
    do
    :: atomic {
            submitted < FRAMES && !locked ->
            if /* 1 and 2 in one step: handoff.pml has them apart */
            :: attached[0] -> raw[submitted].state = QUEUED; raw[submitted].holder = WORKER(0)
            :: attached[1] -> raw[submitted].state = QUEUED; raw[submitted].holder = WORKER(1)
            :: else -> answer(submitted, DROPPED)
            fi;
            epoch_of[submitted] = session_epoch;
            submitted++
        }
    :: submitted == FRAMES -> break
    od
}

#ifdef MUTANT_WAIT_WITH_FRAME_IN_HAND
#define GRANTED(f) (attached[w] && !locked && HEAD(f, w))
#else
#define GRANTED(f) (attached[w] && !locked && HEAD(f, w) && MAY_TAKE_IMAGE(f))
#endif

proctype worker(byte w) {
    byte f, i, number;
    bool over, image_ok, raw_ok;
end_idle:
    do
    :: atomic {
            PICK_FRAME(f, GRANTED);
            start(raw[f], WORKER(w));
            number = raw[f].attempt;
#ifdef MUTANT_WAIT_WITH_FRAME_IN_HAND
        }
end_wait: atomic {
            !locked && MAY_TAKE_IMAGE(f);
#endif
            PICK_IMAGE(i, FREE_IMAGE);
            assert(writers[i] == 0 && readers[i] == 0); /* I3 */
            start_image(image[i], WORKER(w), number);
            writers[i]++
        }
        if
        :: skip
        :: atomic { hangs > 0 -> hangs--; hung[w] = true }
end_hung:   false
        :: atomic { give_ups > 0 -> give_ups--; writers[i]-- }
            /* 11 by the holder itself, word by word, each with its lease. */
            atomic {
                !locked;
                if :: raw[f].state == RUNNING && raw[f].holder == WORKER(w) -> raw[f].state = MONITOR :: else fi;
                leave(raw[f]);
                return_raw(f)
            }
            atomic {
                if :: image[i].state == RUNNING && image[i].leases == 1 -> image[i].state = MONITOR :: else fi;
                leave(image[i])
            }
            goto next
        fi;
        /* 5, in the SessionManager's lock, the image's word first. */
        atomic {
            !locked -> locked = true;
            made_for[i] = f + 1;
            writers[i]--;
            over = (outcome[f] != UNANSWERED || OLD_EPOCH(f))
        }
#ifdef MUTANT_SECOND_OUTCOME
        over = false;
#endif
#ifdef MUTANT_COMPLETE_IN_TWO_STEPS
        locked = false;
        atomic { !locked -> locked = true }
#endif
#ifdef MUTANT_RAW_FIRST
        complete(raw[f], WORKER(w), number, raw_ok);
        atomic {
            complete_image(image[i], WORKER(w), number, image_ok);
#else
        complete_image(image[i], WORKER(w), number, image_ok);
        atomic {
            if
            :: image_ok || over -> complete(raw[f], WORKER(w), number, raw_ok)
            :: else -> raw_ok = false
            fi;
#endif
            if :: raw_ok :: else -> leave(raw[f]) fi;
            if
            :: image_ok && raw_ok && !over ->
                assert(f >= flushed_to); /* I12 */
                answer(f, RESULT);
                result[f] = i
#ifdef MUTANT_NO_DELIVERY_LEASE
                ; leave(image[i])
#endif
            :: else -> leave(image[i]) /* void, or in quarantine and now without a writer */
            fi;
            return_image(i);
            return_raw(f);
            locked = false
        }
next:   atomic { f = 0; i = 0; number = 0; over = false; image_ok = false; raw_ok = false }
    :: atomic { !attached[w] -> break }
    od
}

#define DETACHABLE(w) (attached[w] && (hung[w] || suspicions > 0))
active proctype supervisor() {
    byte w;
end_idle:
    do
    :: atomic {
            /* In the lock, so that it never comes between the two words of a start grant. */
            if :: !locked && DETACHABLE(0) -> w = 0 :: !locked && DETACHABLE(1) -> w = 1 fi;
            if :: hung[w] :: else -> suspicions-- fi;
            attached[w] = false;
            w = 0
        }
    od
}

#define OF_DETACHED(word) \
    ((word.holder == WORKER(0) && !attached[0]) || (word.holder == WORKER(1) && !attached[1]))
#define TO_CLAIM(f) ((raw[f].state == QUEUED || raw[f].state == RUNNING) && OF_DETACHED(raw[f]))
#define TO_QUARANTINE(i) (image[i].state == RUNNING && OF_DETACHED(image[i]))
#define TO_RELEASE(i) (image[i].state == QUARANTINE_WRITER && image[i].leases == 0)
#define TO_CONVERT(f) (!locked && raw[f].state == MONITOR)
#define TO_VOID(i) (!locked && image[i].state == MONITOR)

active proctype monitor() {
    byte f, i;
end_idle:
    do
    :: atomic { PICK_FRAME(f, TO_CLAIM); raw[f].state = MONITOR; f = 0 } /* 11 */
    :: atomic {
            PICK_IMAGE(i, TO_QUARANTINE);
#ifdef MUTANT_IMAGE_FREED_AT_ONCE
            image[i].state = MONITOR; image[i].leases = 0;
#else
            image[i].state = QUARANTINE_WRITER; /* 11b */
#endif
            i = 0
        }
    :: atomic { PICK_IMAGE(i, TO_RELEASE); image[i].state = MONITOR; i = 0 } /* 16 */
    :: atomic { PICK_IMAGE(i, TO_VOID); convert(image[i]); return_image(i); i = 0 } /* 12, only to return */
    :: atomic { /* 12, and 18 where there is another attempt to make */
            PICK_FRAME(f, TO_CONVERT);
            convert(raw[f]);
            if
            :: outcome[f] == UNANSWERED && !OLD_EPOCH(f) && raw[f].attempt < 2 && attached[0] ->
                redispatch(raw[f], WORKER(0))
            :: outcome[f] == UNANSWERED && !OLD_EPOCH(f) && raw[f].attempt < 2 && attached[1] ->
                redispatch(raw[f], WORKER(1))
            :: else -> if :: outcome[f] == UNANSWERED -> answer(f, DROPPED) :: else fi; return_raw(f)
            fi;
            f = 0
        }
    od
}

#define TO_DROP(f) (!locked && raw[f].state == QUEUED && outcome[f] != UNANSWERED)
#define LATE(f) (!locked && gaps > 0 && f < submitted && outcome[f] == UNANSWERED)

/* Deadlines, and what is still queued of answered frames (5b). */
active proctype session_manager() {
    byte f;
end_idle:
    do
    :: atomic { PICK_FRAME(f, LATE); gaps--; answer(f, DROPPED); return_raw(f); f = 0 }
    :: atomic { PICK_FRAME(f, TO_DROP); drop(raw[f]); return_raw(f); f = 0 }
    od
}

#ifdef MUTANT_DELIVERED_OUT_OF_TURN
#define DUE(f) (!locked && f < submitted && outcome[f] == RESULT)
#else
#define DUE(f) (!locked && f == turn && f < submitted && outcome[f] == RESULT)
#endif
#define GAP(f) (!locked && f == turn && f < submitted && outcome[f] == DROPPED)

/* Results leave in submission order, a frame without one is a gap. */
active proctype delivery() {
    byte f;
end_idle:
    do
    :: atomic { PICK_FRAME(f, GAP); turn++; f = 0 }
    :: atomic {
            PICK_FRAME(f, DUE);
            assert(!flush_returned || f >= flushed_to); /* I12 */
            assert(image[result[f]].state == ACCEPTED)
        }
        do
        :: atomic {
                given < SINKS && !locked && nfull(to_sink[given]) ->
                image[result[f]].leases = image[result[f]].leases + 1; /* 2c: a sink joins */
                to_sink[given]!f, result[f];
                given++
            }
        :: atomic {
                given == SINKS && !locked ->
                leave(image[result[f]]); /* every sink holds its own lease now */
                return_image(result[f]);
#ifdef MUTANT_DELIVERED_OUT_OF_TURN
                outcome[f] = DROPPED; /* its turn will pass as if it were a gap */
#else
                turn++;
#endif
                result[f] = 0; given = 0; f = 0;
                break
            }
        od
    od
}

proctype sink(byte n) {
    byte f, i, expected;
end_idle:
    do
    :: atomic {
            to_sink[n]?f, i ->
            assert(f >= expected); /* I11 */
            assert(made_for[i] == f + 1);
            expected = f + 1;
            readers[i]++
        }
        atomic {
            !locked;
            assert(made_for[i] == f + 1 && writers[i] == 0);
            readers[i]--;
            leave(image[i]);
            return_image(i);
            f = 0; i = 0
        }
    od
}

#define OLD_UNANSWERED(f) (!locked && f < flushed_to && outcome[f] == UNANSWERED)
#define OLD_ANSWERED(f) (f >= flushed_to || outcome[f] != UNANSWERED)

/* Flush bumps the session epoch, answers the old frames one by one, and returns when their answers are delivered. */
active proctype flush() {
    byte f;
end_idle:
    do
    :: atomic {
            flushes > 0 && !locked ->
            flushes--;
            flushed_to = submitted;
#ifndef MUTANT_EPOCH_NOT_BUMPED
            session_epoch++
#endif
        }
        do
        :: atomic { PICK_FRAME(f, OLD_UNANSWERED); answer(f, DROPPED); return_raw(f); f = 0 }
        :: atomic {
#ifdef MUTANT_FLUSH_RETURNS_EARLY
                !locked && OLD_ANSWERED(0) && OLD_ANSWERED(1) && OLD_ANSWERED(2) && OLD_ANSWERED(3) ->
#else
                !locked && turn >= flushed_to ->
#endif
                flush_returned = true;
                break
            }
        od
    od
}

bool drained;
#define FRAME_OVER(f) (f >= FRAMES || outcome[f] != UNANSWERED)
#define SOME_HUNG(w, word) (hung[w] && word.leases > 0)
#define RAW_FREE(f) (f >= FRAMES || raw[f].state == FREE || SOME_HUNG(0, raw[f]) || SOME_HUNG(1, raw[f]))
#define IMAGE_FREE(i) (image[i].state == FREE || SOME_HUNG(0, image[i]) || SOME_HUNG(1, image[i]))

/* I10. What a worker that hangs for ever may still touch is kept, and its frame is answered all the same. */
active proctype at_the_end() {
    bool all_answered, all_free;
    timeout;
    d_step {
        all_answered = (FRAME_OVER(0) && FRAME_OVER(1) && FRAME_OVER(2) && FRAME_OVER(3));
        all_free = (RAW_FREE(0) && RAW_FREE(1) && RAW_FREE(2) && RAW_FREE(3));
        all_free = (all_free && IMAGE_FREE(0) && IMAGE_FREE(1) && IMAGE_FREE(2));
        assert(all_answered);
        assert(all_free);
        assert(turn == FRAMES);
        assert(flush_returned || FLUSHES == 0);
        drained = true
    }
}

#ifdef LIVENESS
ltl drains { <> drained }
#endif

init {
    byte n;
    atomic {
        run worker(0);
        run worker(1);
        for (n : 0 .. SINKS - 1) { run sink(n) }
    }
}
