/*
 * The ownership token and its transition table, shared by all models.
 *
 * One Word per slot stands for the 64-bit atomic word of the runtime. Rows of the table are inlines that are named
 * after what they do and carry the contract's number. A row is one `d_step`: guard and effect happen together, which is
 * what a compare-and-swap loop with the guard checked again in every round amounts to. Where the protocol compares with
 * a word that it loaded earlier, the model keeps that copy and compares all of it (SAME).
 *
 * `w` is always a word such as raw[s]; `ok` receives whether the row applied.
 */

mtype = {
    FREE, ALLOC, QUEUED, RUNNING, HANDOFF, ACCEPTED, MONITOR, HW_WAIT, QUARANTINE_WRITER, QUARANTINE_DEVICE
};
mtype = { UNUSED, IN_USE, DONE };

/* Holders: nobody, a source, workers, the batch record. */
#define NOBODY    0
#define SOURCE    1
#define WORKER(i) (2 + (i))
#define BATCH     7

/* Narrow fields, so that epoch and hw_seq wrap within a run. */
#define EPOCHS    4
#define SEQUENCES 4

typedef Word {
    mtype state = FREE;
    mtype hw = UNUSED;
    unsigned seq : 2;
    unsigned holder : 3;
    unsigned attempt : 2;
    unsigned leases : 3;
    unsigned epoch : 2
};

/* What a queue, a batch or the Monitor remembers of a slot: it may have become stale. */
typedef Ref {
    bool there;
    unsigned attempt : 2;
    unsigned epoch : 2
};

#define IDLE(w) (w.hw != IN_USE)
#define SAME(a, b) \
    (a.state == b.state && a.hw == b.hw && a.seq == b.seq && a.holder == b.holder && a.attempt == b.attempt && \
     a.leases == b.leases && a.epoch == b.epoch)
#define MATCHES(w, ref) (w.epoch == ref.epoch && w.attempt == ref.attempt)

inline load(copy, w) {
    d_step {
        copy.state = w.state; copy.hw = w.hw; copy.seq = w.seq; copy.holder = w.holder;
        copy.attempt = w.attempt; copy.leases = w.leases; copy.epoch = w.epoch
    }
}

inline refer(ref, w) {
    d_step { ref.there = true; ref.attempt = w.attempt; ref.epoch = w.epoch }
}

inline forget(ref) {
    d_step { ref.there = false; ref.attempt = 0; ref.epoch = 0 }
}

/* 1: a source takes a free slot and with it one lease, that of the party that fills it. */
inline allocate(w) {
    d_step { assert(w.state == FREE && w.leases == 0); w.state = ALLOC; w.holder = SOURCE; w.leases = 1 }
}

/* 1c: end of stream or a capture error. */
inline cancel(w, ok) {
    d_step {
        ok = (w.state == ALLOC && IDLE(w));
        if :: ok -> w.state = ACCEPTED; w.holder = NOBODY; w.leases = w.leases - 1 :: else fi
    }
}

/* 2: the payload is complete, so the source's lease ends. */
inline publish(w, who, ok) {
    d_step {
        ok = (w.state == ALLOC && IDLE(w));
        if :: ok -> w.state = QUEUED; w.holder = who; w.leases = w.leases - 1 :: else fi
    }
}

/* 2b, the frame. */
inline start(w, who) {
    d_step { assert(w.state == QUEUED && w.holder == who && IDLE(w)); w.state = RUNNING; w.leases = w.leases + 1 }
}

/* 2b, its image. */
inline start_image(w, who, number) {
    d_step {
        assert(w.state == FREE && w.leases == 0);
        w.state = RUNNING; w.holder = who; w.attempt = number; w.leases = 1
    }
}

/* 2c: a lease ends, whatever has become of the slot meanwhile. The lease itself has kept it from being reused. */
inline leave(w) {
    d_step { assert(w.state != FREE && w.leases > 0); w.leases = w.leases - 1 }
}

/* 3: registered in the word before the device is asked. */
inline submit(w, from, who, number, ok) {
    d_step {
        ok = (w.state == from && w.holder == who && w.attempt == number && IDLE(w) && w.seq < SEQUENCES - 1);
        if :: ok -> w.hw = IN_USE; w.seq = w.seq + 1 :: else fi
    }
}

/* 5, the frame: the worker's lease on it ends. */
inline complete(w, who, number, ok) {
    d_step {
        ok = (w.state == RUNNING && w.holder == who && w.attempt == number && IDLE(w));
        if :: ok -> w.state = ACCEPTED; w.holder = NOBODY; w.leases = w.leases - 1 :: else fi
    }
}

/* 5, its image: alone on it, the writer leaves its lease behind as the delivery lease. */
inline complete_image(w, who, number, ok) {
    d_step {
        ok = (w.state == RUNNING && w.holder == who && w.attempt == number && IDLE(w) && w.leases == 1);
        if :: ok -> w.state = ACCEPTED; w.holder = NOBODY :: else fi
    }
}

/* 5b: dropped from a queue. */
inline drop(w) {
    d_step { assert(w.state == QUEUED); w.state = ACCEPTED; w.holder = NOBODY }
}

/* 6: claimed by the batch record. */
inline hand_off(w, from, ref, ok) {
    d_step {
        ok = (w.state == QUEUED && w.holder == from && MATCHES(w, ref));
        if :: ok -> w.state = HANDOFF; w.holder = BATCH :: else fi
    }
}

/* 8: by the Scheduler or by any helper that sees COMMITTED; only the first finds it still in HANDOFF. */
inline accept_handoff(w, ref) {
    d_step {
        if
        :: w.state == HANDOFF && w.holder == BATCH && MATCHES(w, ref) -> w.state = ACCEPTED; w.holder = NOBODY
        :: else
        fi
    }
}

/* 12: the SessionManager takes it over from the Monitor. */
inline convert(w) {
    d_step { assert(w.state == MONITOR && IDLE(w)); w.state = ACCEPTED; w.holder = NOBODY }
}

/* 17, the word alone: what a new generation starts with. */
inline renew(w) {
    d_step {
        assert(w.state == ACCEPTED && w.leases == 0 && IDLE(w));
        w.state = FREE; w.hw = UNUSED; w.seq = 0; w.holder = NOBODY; w.attempt = 0;
        w.epoch = (w.epoch + 1) % EPOCHS
    }
}

/* 18: the next attempt at the same frame. */
inline redispatch(w, who) {
    d_step {
        assert(w.state == ACCEPTED && IDLE(w));
        w.state = QUEUED; w.holder = who; w.attempt = w.attempt + 1
    }
}
