/*
 * One raw slot and the devices that use it: capture DMA while a source fills it, an accelerator while a worker runs it.
 *
 * A device is done in time, late, twice, without a signal, or never; a submission call may return late or hang for
 * ever, so that the device starts on a job long after everybody has given it up. The Monitor waits (13), takes back on
 * the signal (14), escalates (15) and lets a slot out of quarantine only when whoever may touch it is quiescent (16).
 *
 * One slot is enough, since every rule here is about one word. Its generations wrap: a repeated signal is up to three
 * of the four generations old.
 */
#include "hardware-devices.pml"

mtype = { NOT_MINE, FINISHED, GAVE_UP };

/* 11 by the holder itself, its lease with it. */
inline give_up(p, from) {
    atomic {
        if
        :: raw.state == from && raw.holder == HOLDER(p) && raw.attempt == number ->
            raw.state = MONITOR; raw.leases = raw.leases - 1; users--; how = GAVE_UP
        :: else -> how = NOT_MINE
        fi
    }
}

/* A holder uses a device. Afterwards `how` says whether the slot is still the holder's. */
inline use_device(p, from) {
#ifdef MUTANT_HW_OUTSIDE_WORD
    ok = (raw.state == from && raw.holder == HOLDER(p) && raw.attempt == number);
    atomic { if :: ok -> raw.hw = IN_USE; raw.seq = raw.seq + 1; submitting++ :: else fi };
#else
    atomic { submit(raw, from, HOLDER(p), number, ok); if :: ok -> submitting++ :: else fi };
#endif
    if
    :: ok ->
        seq = raw.seq;
        if
        :: skip
        :: atomic { hangs > 0 -> hangs--; hung[p] = true }
end_before: false
        fi;
        atomic { jobs!raw.epoch, seq; touching++ } /* the device may start, and be done, before the call returns */
        if
        :: skip
        :: atomic { hangs > 0 -> hangs--; hung[p] = true }
end_after:  false
        fi;
        submitting--;
        if
        :: atomic { raw.hw == DONE && raw.seq == seq && raw.state == from && raw.attempt == number -> how = FINISHED }
#ifdef MUTANT_COMPLETE_WHILE_IN_USE
        :: how = FINISHED
#endif
        :: give_up(p, from) /* it loses patience */
        fi
    :: else -> give_up(p, from) /* refused at the largest hw_seq, unless the slot was lost meanwhile */
    fi;
    atomic { ok = false; seq = 0 }
}

/* As many submissions as the holder needs. */
inline use_devices(p, from) {
    times = SUBMISSIONS;
    do
    :: times > 0 -> use_device(p, from); times--; if :: how == FINISHED :: else -> break fi
    :: else -> break
    od;
    times = 0
}

active proctype source() {
    byte frame, seq, times;
    byte number = 0;
    bool ok;
    mtype how = NOT_MINE;
end_idle:
    do
    :: atomic {
            frame < FRAMES && raw.state == FREE;
            assert(users == 0 && touching == 0);
            allocate(raw);
            users++;
            frame++;
            attached[SOURCE_PARTY] = true /* a source that came back, or another one */
        }
        use_devices(SOURCE_PARTY, ALLOC);
        atomic {
            if
            :: how == GAVE_UP
            :: how == FINISHED && (attached[1] || attached[2]) ->
                /* The frame is submitted with its publication. */
                if :: attached[1] -> publish(raw, HOLDER(1), ok) :: else -> publish(raw, HOLDER(2), ok) fi;
                users--;
                if
                :: ok -> assert(touching == 0); published = true; submitted = true
                :: else -> end_lease()
                fi
            :: how == FINISHED && !attached[1] && !attached[2] ->
                cancel(raw, ok);
                users--;
                if :: ok -> return_if_over() :: else -> end_lease() fi
            :: how == NOT_MINE -> users--; end_lease()
            fi;
            ok = false; how = NOT_MINE
        }
    od
}

proctype worker(byte p) {
    byte number, seq, times;
    bool ok;
    mtype how = NOT_MINE;
end_idle:
    do
    :: atomic {
            attached[p] && raw.state == QUEUED && raw.holder == HOLDER(p);
            assert(published); /* I8 */
            start(raw, HOLDER(p));
            number = raw.attempt;
            users++
        }
        use_devices(p, RUNNING);
        atomic {
            if
            :: how == GAVE_UP
            :: else ->
                users--;
#ifdef MUTANT_COMPLETE_WHILE_IN_USE
                ok = (raw.state == RUNNING && raw.holder == HOLDER(p) && raw.attempt == number);
                if :: ok -> raw.state = ACCEPTED; raw.holder = NOBODY; raw.leases = raw.leases - 1 :: else fi;
#else
                if :: how == FINISHED -> complete(raw, HOLDER(p), number, ok) :: else fi;
#endif
                if
                :: ok -> assert(touching == 0); answer(); return_if_over()
                :: else -> end_lease()
                fi
            fi;
            number = 0; ok = false; how = NOT_MINE
        }
    :: atomic { !attached[p] -> break }
    od
}

active proctype supervisor() {
    byte p;
end_idle:
    do
    :: atomic {
            if
            :: attached[0] && raw.holder == SOURCE && (hung[0] || suspicions > 0) -> p = 0
            :: attached[1] && (hung[1] || suspicions > 0) -> p = 1
            :: attached[2] && (hung[2] || suspicions > 0) -> p = 2
            fi;
            if :: hung[p] :: else -> suspicions-- fi;
            attached[p] = false;
            p = 0
        }
    od
}

#define OF_DETACHED(p) (!attached[p] && raw.holder == HOLDER(p))

active proctype monitor() {
end_idle:
    do
    :: atomic {
            (raw.state == QUEUED || raw.state == RUNNING) && (OF_DETACHED(1) || OF_DETACHED(2)) -> raw.state = MONITOR
        } /* 11 */
    :: atomic {
            raw.state == ALLOC && OF_DETACHED(0) ->
#ifdef MUTANT_SOURCE_SLOT_FREED
                raw.state = MONITOR; raw.leases = 0
#else
                raw.state = QUARANTINE_WRITER /* 11b */
#endif
        }
    :: atomic { raw.state == QUARANTINE_WRITER && raw.leases == 0 -> raw.state = MONITOR } /* 16 */
#ifdef MUTANT_CHECK_THEN_REGISTER
    :: raw.state == MONITOR && raw.hw == IN_USE -> raw.state = HW_WAIT
#else
    :: atomic { raw.state == MONITOR && raw.hw == IN_USE -> raw.state = HW_WAIT } /* 13, one swap */
#endif
    :: atomic {
#if defined(MUTANT_FAST_PATH_IGNORES_HW)
            raw.state == MONITOR -> raw.state = ACCEPTED; raw.holder = NOBODY;
#elif defined(MUTANT_UNPUBLISHED_DROPPED)
            raw.state == MONITOR && IDLE(raw) && published -> convert(raw);
#else
            raw.state == MONITOR && IDLE(raw) -> convert(raw); /* 12 */
#endif
            if
#ifdef MUTANT_SOURCE_SLOT_REDISPATCHED
            :: !answered && raw.attempt < ATTEMPTS - 1 && (attached[1] || attached[2]) ->
#else
            :: published && !answered && raw.attempt < ATTEMPTS - 1 && (attached[1] || attached[2]) ->
#endif
                assert(published && touching == 0); /* I8; a second reader does no harm, a device that writes would */
                raw.state = QUEUED; /* 18 */
                raw.holder = (attached[1] -> HOLDER(1) : HOLDER(2));
                raw.attempt = raw.attempt + 1
            :: else -> if :: published && !answered -> answer() :: else fi; return_if_over()
            fi
        }
    :: atomic {
            raw.state == HW_WAIT ->
            assert(raw.hw == IN_USE); /* else nobody would ever wake it */
            if :: published && !answered -> answer() :: else fi;
#ifdef MUTANT_ESCALATION_FREES
            raw.hw = DONE; raw.state = MONITOR
#else
            raw.state = QUARANTINE_DEVICE /* 15 */
#endif
        }
    od
}

bool drained;

/* I10. What a party that hangs for ever may still touch is kept, and answered. */
active proctype at_the_end() {
    bool all_answered, all_free;
    timeout;
    atomic {
        all_answered = (!submitted || answered);
        all_free = (raw.state == FREE || hung[0] || hung[1] || hung[2]);
        assert(all_answered);
        assert(all_free);
        drained = true
    }
}

#ifdef LIVENESS
ltl drains { <> drained }
#endif

init {
    atomic { run device(0); run device(1); run worker(1); run worker(2) }
}
