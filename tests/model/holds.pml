/*
 * The holds of one symbol's two legs: placed, released by cause and author, kept over crashes.
 *
 * Follows src/ledger/drift_watch.cpp (when a hold is asked for and when it may go),
 * reconcile_core.cpp and hold_book.hpp (what stands), actors/reconciler.cpp (records, word to the
 * gate, the operator's answer once durable), gate_core.cpp (what the gate keeps) and
 * journal/state_fold.cpp with actors/recovery.cpp (what a start finds). The journal is folded here
 * by its records alone: a placed hold is in, a released one is out, by its number.
 *
 * Bounds: two legs, CHANGES of their drift, RELEASES ordered by an operator, CRASHES, ids below 8.
 *
 * Abstractions. Quiet window, confirmations and search for trades are one fact: a drift that stands
 * may become a hold, or not yet. The three causes of a drift are one. Truth is unknown or an order
 * of ours unresolved while `undecided`: nothing is compared then. The hold of a running flatten is
 * the gate's own and not kept; it is not in here. A hold that was placed and not yet durable when
 * the process is killed is gone with it: nobody was shown it, and its drift has to be found anew.
 *
 * Seeded defects, each of which must be found: DROP_HOLD, GATE_FORGETS, FORGET_WATCH, REUSE_ID,
 * ANSWER_EARLY, RELEASE_BY_TIME, RELEASE_NAMELESS, RELEASE_UNTOLD, RELEASE_UNRECORDED, KEEP_FOREVER
 * (for the liveness).
 */
#ifndef CHANGES
#define CHANGES 3
#endif
#ifndef RELEASES
#define RELEASES 1
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#define LEGS 2
#define IDS 8
#define BIT(id) (1 << id)

mtype:author = { nobody, reconciler, operator };
mtype:cause = { no_cause, drift_gone, reason_given };

typedef journal {
  byte standing[LEGS];  /* The fold: one bit for each hold that stands. */
  byte last_id          /* The highest number of any hold. */
};
journal log;   /* All that was appended, */
journal disk;  /* and what a crash leaves of it. */

bit drift[LEGS];
bit undecided;
byte changes_left = CHANGES;
bit undecided_left = 1;
byte releases_left = RELEASES;
byte crashes_left = CRASHES;

/* ---- the process: lost in a crash */

bit up = 1;
byte book[LEGS];      /* The hold that stands, by its id; 0 for none. */
bit watch[LEGS];      /* The watch of the leg knows that one stands. */
byte last_id;
byte at_gate[LEGS];   /* Holds as the gate has them, one bit each. */
chan to_gate = [4] of { byte, byte, bit };
byte unanswered;      /* Holds whose release an operator waits to be told of. */
byte told_released;   /* Ghost: those of which one has been told. Not lost in a crash. */

inline agree(leg) {
  assert(log.standing[leg] == (book[leg] -> BIT(book[leg]) : 0));
  assert(nempty(to_gate) || at_gate[leg] == log.standing[leg])
}

/* ---- records, with what follows from each */

inline placed(leg, id) {
  log.standing[leg] = log.standing[leg] | BIT(id);
  log.last_id = (id > log.last_id -> id : log.last_id);
  to_gate!leg, id, 1
}

inline released(leg, who, why) {
  assert(who != nobody && why != no_cause);
#ifndef RELEASE_UNRECORDED
  log.standing[leg] = log.standing[leg] & ~BIT(book[leg]);
#endif
#ifndef RELEASE_UNTOLD
  to_gate!leg, book[leg], 0;
#endif
  book[leg] = 0;
  watch[leg] = 0
}

/* ---- the reconciler: compares, and does what an operator orders */

proctype compare(byte leg) {
end:
  do
  :: atomic {
       up && !undecided && drift[leg] && !watch[leg] && last_id < IDS - 1 && nfull(to_gate) ->
       watch[leg] = 1;
       last_id++;
       book[leg] = last_id;
       placed(leg, last_id);
       agree(leg)
     }
  :: atomic {
#ifdef KEEP_FOREVER
       false &&
#endif
       up && !undecided && watch[leg] && book[leg] != 0 && nfull(to_gate) &&
       (!drift[leg]
#ifdef RELEASE_BY_TIME
       || 1
#endif
       ) ->
       assert(!drift[leg]);  /* Its cause is gone, or an operator has to say so. */
       released(leg, reconciler, drift_gone);
       agree(leg)
     }
  od
}

inline release_all(who, why) {
  for (leg : 0 .. LEGS - 1) {
    if
    :: book[leg] != 0 ->
       unanswered = unanswered | BIT(book[leg]);
       released(leg, who, why);
       if
       :: drift[leg] = 0  /* The truth is accepted, where it is known. */
       :: skip
       fi;
       agree(leg)
    :: else
    fi
  }
  leg = 0;
#ifdef ANSWER_EARLY
  told_released = told_released | unanswered;
  unanswered = 0
#endif
}

proctype orders() {
  byte leg;
end:
  do
  :: atomic {
       up && releases_left > 0 && (book[0] != 0 || book[1] != 0) && len(to_gate) <= 2 ->
       releases_left--;
       if
       :: undecided              /* Refused: the truth cannot be accepted now. */
       :: !undecided -> release_all(operator, reason_given)
#ifdef RELEASE_NAMELESS
       :: !undecided -> release_all(nobody, no_cause)
#else
       :: !undecided             /* Refused: without author or reason. */
#endif
       fi
     }
  od
}

/* ---- the gate */

proctype gate() {
  byte leg;
  byte id;
  bit stands;
end:
  do
  :: atomic {
       up && nempty(to_gate) ->
       to_gate?leg, id, stands;
       if
       :: stands -> at_gate[leg] = at_gate[leg] | BIT(id)
       :: !stands -> at_gate[leg] = at_gate[leg] & ~BIT(id)
       fi;
       agree(leg);
       leg = 0; id = 0; stands = 0
     }
  od
}

/* ---- the journal, crashes, and what a start finds */

proctype journal_writer() {
end:
  do
  :: atomic {
       up && (log.standing[0] != disk.standing[0] || log.standing[1] != disk.standing[1] ||
              log.last_id != disk.last_id || unanswered != 0) ->
       disk.standing[0] = log.standing[0];
       disk.standing[1] = log.standing[1];
       disk.last_id = log.last_id;
       told_released = told_released | unanswered;
       unanswered = 0
     }
  od
}

inline start(leg) {
  assert((disk.standing[leg] & told_released) == 0);  /* What was said to be gone is gone. */
#ifndef DROP_HOLD
  for (id : 1 .. IDS - 1) {
    if
    :: disk.standing[leg] & BIT(id) -> book[leg] = id
#ifndef FORGET_WATCH
       ; watch[leg] = 1
#endif
    :: else
    fi
  }
  id = 0;
#endif
#ifndef GATE_FORGETS
  at_gate[leg] = disk.standing[leg];
#endif
#ifdef REUSE_ID
  last_id = (book[leg] > last_id -> book[leg] : last_id);
#else
  last_id = disk.last_id;
#endif
  agree(leg)
}

proctype fate() {
  byte leg;
  byte id;
  bit stands;
end:
  do
  :: atomic {
       up && crashes_left > 0 ->
       crashes_left--;
       up = 0;
       do
       :: nempty(to_gate) -> to_gate?leg, id, stands
       :: empty(to_gate) -> break
       od;
       leg = 0; id = 0; stands = 0;
       for (leg : 0 .. LEGS - 1) {
         log.standing[leg] = disk.standing[leg];
         book[leg] = 0;
         watch[leg] = 0;
         at_gate[leg] = 0
       }
       leg = 0;
       log.last_id = disk.last_id;
       last_id = 0;
       unanswered = 0
     }
  :: atomic { !up -> start(0); start(1); up = 1 }
  :: atomic { crashes_left > 0 -> crashes_left = 0 }
  od
}

/* ---- drifts come and go */

proctype world() {
end:
  do
  :: atomic { changes_left > 0 -> changes_left--; if :: drift[0] = !drift[0] :: drift[1] = !drift[1] fi }
  :: atomic { undecided_left -> undecided_left = 0; undecided = 1 }
  :: atomic { undecided -> undecided = 0 }
  :: atomic { releases_left > 0 && changes_left == 0 -> releases_left = 0 }
  od
}

/* Nothing runs in circles, so each run comes to where nothing can happen any more: there a hold
   stands where a drift does, and nowhere else, and nobody waits for an answer. */
proctype rest() {
  byte leg;
  timeout -> assert(up && unanswered == 0);
  for (leg : 0 .. LEGS - 1) {
    assert(disk.standing[leg] == log.standing[leg] && (book[leg] != 0) == drift[leg]);
    agree(leg)
  }
}

init {
  atomic {
    run compare(0); run compare(1); run orders(); run gate(); run journal_writer(); run fate();
    run world(); run rest()
  }
}
