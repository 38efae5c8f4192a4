/*
 * Handoff of a failed worker's queue, the Monitor's claims, re-dispatch and completion, on the raw slots.
 *
 * A source publishes frames to two workers. A worker may die or hang in its job; the Scheduler may also detach one that
 * is merely slow, which is how a "hung worker that returns late" looks: it goes on at any moment after everybody else
 * has given it up. The queue of a detached worker travels as a batch (6 to 10), what it had in hand goes to the Monitor
 * (11, 12), and the SessionManager sends both to the other worker (18) or drops them.
 */
#include "handoff-state.pml"
#include "handoff-monitor.pml"

active proctype source() {
    byte s, number, frame;
    bool ok;
    do
    :: frame < FRAMES ->
        atomic {
            fifo?s, number;
            assert(number == popped_seq); /* I4 */
            popped_seq = (popped_seq + 1) % 4;
            assert(readers[s] == 0);
            allocate(raw[s]);
            frame_in[s] = frame
        }
#ifdef MUTANT_QUEUE_WHILE_DETACHING
        byte w;
        if :: attached[0] -> w = 0 :: attached[1] -> w = 1 :: else -> w = 0 fi;
        atomic { publish(raw[s], WORKER(w), ok); queue[w] = queue[w] | BIT(s) }
#else
        atomic {
            /* Choosing the worker and queueing are one step against its detach. */
            if
            :: attached[0] -> publish(raw[s], WORKER(0), ok); queue[0] = queue[0] | BIT(s)
            :: attached[1] -> publish(raw[s], WORKER(1), ok); queue[1] = queue[1] | BIT(s)
            :: else -> cancel(raw[s], ok); answer(frame); return_if_over(s)
            fi
        }
#endif
        assert(ok);
        frame++
    :: else -> break
    od
}

proctype worker(byte w) {
    byte s, number;
    bool ok;
end_idle:
    do
    :: atomic {
            attached[w] && queue[w] != 0;
            if
            :: queue[w] == 3 -> s = (frame_in[0] < frame_in[1] -> 0 : 1) /* I11 */
            :: else -> s = queue[w] - 1
            fi;
            queue[w] = queue[w] & ~BIT(s);
            assert(!answered[frame_in[s]]);
            start(raw[s], WORKER(w));
            number = raw[s].attempt;
            assert(!(named[s] & BIT(w)));
            named[s] = named[s] | BIT(w);
            readers[s]++
        }
        if
        :: skip
        :: atomic { faults > 0 -> faults--; hung[w] = true }
end_hung:   false
        :: atomic { faults > 0 -> faults--; dead[w] = true; readers[s]-- }
            break
        fi;
        atomic {
            readers[s]--;
            complete(raw[s], WORKER(w), number, ok);
            if
            :: ok ->
                named[s] = named[s] & ~BIT(w);
                answer(frame_in[s]);
                return_if_over(s)
            :: else -> end_lease(s, w) /* claimed meanwhile: nothing but the lease is still ours */
            fi;
            s = 0; number = 0; ok = false
        }
    :: !attached[w] -> break
    od
}

#define DETACHABLE(w) (attached[w] && (hung[w] || dead[w] || suspicions > 0))
#define ACCEPT_BATCH \
    for (s : 0 .. SLOTS - 1) { if :: batch[s].there -> refer(control[s], raw[s]) :: else fi }

active proctype scheduler() {
    byte w, s;
    bool ok, refused;
    Word before;
end_idle:
    do
    :: atomic {
            PICK(w, DETACHABLE);
            if :: hung[w] || dead[w] :: else -> suspicions-- fi;
            attached[w] = false;
            decision = UNDECIDED;
            for (s : 0 .. SLOTS - 1) {
                assert(raw[s].state != HANDOFF); /* the batch record is free again */
                if
                :: queue[w] & BIT(s) -> refer(batch[s], raw[s])
                :: raw[s].state == RUNNING && raw[s].holder == WORKER(w) ->
#ifdef MUTANT_BATCH_TAKES_RUNNING
                    refer(batch[s], raw[s])
#else
                    refer(waiting[s], raw[s])
#endif
                :: else
                fi
            }
            queue[w] = 0
        }
        for (s : 0 .. SLOTS - 1) {
            atomic {
                if
                :: batch[s].there ->
                    hand_off(raw[s], WORKER(w), batch[s], ok);
                    if
                    :: ok
                    :: else ->
                        /* Dropped meanwhile, so the reference is stale. Nothing else can keep a claim from succeeding:
                           otherwise the fast path would not be one. */
                        assert(!MATCHES(raw[s], batch[s]) || raw[s].state == ACCEPTED);
                        forget(batch[s])
                    fi
                :: else
                fi
            }
        }
#ifdef MUTANT_PARTIAL_ACCEPT
        atomic {
            for (s : 0 .. SLOTS - 1) {
                if
                :: batch[s].there && decision == UNDECIDED -> refer(control[s], raw[s])
                :: batch[s].there && decision == UNDECIDED && busy > 0 -> busy--; decision = ABORTED
                :: else
                fi
            }
            if :: decision == UNDECIDED -> decision = COMMITTED :: else fi
        }
#else
        atomic {
            if
            :: decision == UNDECIDED -> ACCEPT_BATCH; decision = COMMITTED /* 7 */
            :: decision == UNDECIDED && busy > 0 -> busy--; decision = ABORTED /* 9 */
            :: decision == ABORTED /* 9, by the watchdog */
            fi
        }
#endif
        for (s : 0 .. SLOTS - 1) {
            if
            :: batch[s].there && decision == COMMITTED ->
                atomic {
#ifndef MUTANT_BATCH_RECORD_REUSED
                    accept_handoff(raw[s], batch[s]); /* 8; the record serves again only when no item is left in it */
#endif
                    forget(batch[s])
                }
            :: batch[s].there && decision == ABORTED ->
                do
                :: load(before, raw[s]);
                    assert(before.state == HANDOFF);
                    assert(!control[s].there); /* I6 */
                    atomic {
                        if
#ifdef MUTANT_PLAIN_ROLLBACK
                        :: load(raw[s], before);
#else
                        :: SAME(raw[s], before) ->
#endif
                            raw[s].state = QUEUED; /* 10 */
                            raw[s].holder = WORKER(w);
                            refer(waiting[s], raw[s]); /* PACKET_MOVED_TO_MONITOR */
                            forget(batch[s]);
                            break
#ifndef MUTANT_PLAIN_ROLLBACK
                        :: else
#endif
                        fi
                    }
                od
            :: else
            fi
        }
        atomic { decision = NO_BATCH; w = 0; ok = false; before.state = FREE; before.holder = 0; before.leases = 0;
            before.attempt = 0; before.epoch = 0 }
    od
}

active proctype watchdog() {
end_idle:
    do
    :: atomic { decision == UNDECIDED && timeouts > 0 -> decision = ABORTED; timeouts-- }
    od
}

#define COMMITTED_ITEM(i) (control[i].there && raw[i].state == HANDOFF && decision == COMMITTED)
#define CONTROL_ITEM(i) (control[i].there && raw[i].state == ACCEPTED)
#define DROPPABLE(i) (drops > 0 && raw[i].state == QUEUED)

active proctype session_manager() {
    byte s;
end_idle:
    do
    :: atomic { PICK(s, COMMITTED_ITEM); accept_handoff(raw[s], control[s]); s = 0 }
    :: atomic {
            PICK(s, CONTROL_ITEM);
            assert(MATCHES(raw[s], control[s]));
            forget(control[s]);
            if
            :: answered[frame_in[s]] -> skip
            :: attached[0] && !answered[frame_in[s]] -> redispatch(raw[s], WORKER(0)); queue[0] = queue[0] | BIT(s)
            :: attached[1] && !answered[frame_in[s]] -> redispatch(raw[s], WORKER(1)); queue[1] = queue[1] | BIT(s)
            :: else -> answer(frame_in[s])
            fi;
            return_if_over(s);
            s = 0
        }
    :: atomic {
            PICK(s, DROPPABLE);
            drops--;
            drop(raw[s]);
            answer(frame_in[s]);
            queue[0] = queue[0] & ~BIT(s);
            queue[1] = queue[1] & ~BIT(s);
            return_if_over(s);
            s = 0
        }
    od
}

/* I10: when nobody can do anything any more, every frame has its outcome and every slot is free, but for what a worker
   that hangs for ever may still touch. */
#define LET_GO(i) (raw[i].state == FREE || (hung[0] && (named[i] & 1)) || (hung[1] && (named[i] & 2)))

bool drained;
active proctype at_the_end() {
    byte i;
    bool all_answered = true, all_free = true;
    timeout;
    atomic {
        for (i : 0 .. FRAMES - 1) { all_answered = (all_answered && answered[i]) }
        for (i : 0 .. SLOTS - 1) { all_free = (all_free && LET_GO(i)) }
        assert(all_answered);
        assert(all_free);
        drained = true
    }
}

#ifdef LIVENESS
ltl drains { <> drained }
#endif

init {
    atomic {
        fifo!0, 0; fifo!1, 1;
        free_seq = 2;
        run worker(0);
        run worker(1)
    }
}
