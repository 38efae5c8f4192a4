/*
 * Handoff: the Monitor. It claims what detached workers had (11), offers it to the SessionManager (12), drops
 * references that have become stale, and revokes the leases of dead workers.
 */

/* A reference is true as long as its attempt is still a detached worker's. */
#define OF_DETACHED(word) (word.holder >= WORKER(0) && !attached[word.holder - WORKER(0)])
#define CLAIMABLE(word) ((word.state == QUEUED || word.state == RUNNING) && OF_DETACHED(word))
#define STALE(i) (!MATCHES(raw[i], waiting[i]) || !(CLAIMABLE(raw[i]) || raw[i].state == MONITOR))
#define TO_FORGET(i) (waiting[i].there && STALE(i))
#define TO_CLAIM(i) (waiting[i].there && !STALE(i) && raw[i].state != MONITOR)
#define TO_CONVERT(i) (waiting[i].there && MATCHES(raw[i], waiting[i]) && raw[i].state == MONITOR)
#define CLAIMED_FROM(i, w) \
    (dead[w] && (named[i] & BIT(w)) && !(raw[i].state == RUNNING && raw[i].holder == WORKER(w)))
#define TO_REVOKE(i) (CLAIMED_FROM(i, 0) || CLAIMED_FROM(i, 1))

#ifdef MUTANT_KEY_WITHOUT_ATTEMPT
#define KEY(s) BIT(0)
#else
#define KEY(s) BIT(raw[s].attempt)
#endif

/* `accept` of the SessionManager: a repeated request is answered as the first was and has no second effect. */
inline accept_item(s) {
    if
#ifndef MUTANT_NO_KEY
    :: converted[s] & KEY(s)
    :: else ->
#else
    :: true ->
#endif
        assert(!control[s].there); /* I5: one effect per key */
        refer(control[s], raw[s]);
        converted[s] = converted[s] | KEY(s)
    fi
}

active proctype monitor() {
    byte s;
    bool yes;
    Word before;
end_idle:
    do
    :: atomic { PICK(s, TO_FORGET); forget(waiting[s]); s = 0 }
    :: atomic { PICK(s, TO_CLAIM); load(before, raw[s]) }
        atomic {
            if
            :: SAME(raw[s], before) -> raw[s].state = MONITOR /* 11; the stuck worker's lease stays */
            :: else
#ifdef MUTANT_DROP_UNCLAIMED
                -> forget(waiting[s])
#endif
            fi;
            s = 0; before.state = FREE; before.holder = 0; before.leases = 0; before.attempt = 0; before.epoch = 0
        }
    :: atomic {
            PICK(s, TO_CONVERT);
            if
            :: accept_item(s); yes = true
            :: busy > 0 -> busy--; yes = false
            fi
        }
        if :: skip :: atomic { yes && repeats > 0 -> repeats--; accept_item(s) } fi;
        atomic {
#ifndef MUTANT_IGNORE_ANSWER
            if
            :: yes ->
#endif
                convert(raw[s]);
                forget(waiting[s])
#ifndef MUTANT_IGNORE_ANSWER
            :: else /* BUSY: the item is kept */
            fi
#endif
            ;
            s = 0; yes = false
        }
    :: atomic { PICK(s, TO_REVOKE); if :: CLAIMED_FROM(s, 0) -> end_lease(s, 0) :: else -> end_lease(s, 1) fi; s = 0 }
    od
}
