/*
 * The orders of one plan, from permit to end, over lost answers, late facts and crashes.
 *
 * Follows src/execution/order_machine*.cpp (one order), plan_course.cpp (the orders of a plan),
 * actors/executor*.cpp (durable intent, restart) and actors/recovery.cpp (what a start makes of the
 * journal). The moves of an order's state are the table of order_moves.inc, which a test holds
 * equal to the code's.
 *
 * Bounds: one plan of QUANTITY units on one position; ATTEMPTS client order ids; ORDERS begun
 * before its deadline; RESENDS repetitions after a definite refusal; CRASHES. An exit by default,
 * with ENTRY an entry. Whatever the venue tells may be lost, told late, in any order and any number
 * of times, so a report is any that was true at some time. Any request and any answer may get lost,
 * and any answer may say nothing.
 *
 * Abstractions. A handler of an actor is one step. Time is two facts: "no answer in time", and "the
 * horizon has passed". The venue's reduce-only check is left out: our own logic must suffice. The
 * gate is what matters here of it: no permit while an order is unresolved, or while truth does not
 * show what the last one executed. Nobody else trades.
 *
 * What is taken for granted of the venue, each with a switch that shows that it is needed:
 *   LATE_ARRIVAL  a request is taken within recvWindow + 5 s of the last instant at which a byte of
 *                 it may have left, or never;
 *   SLOW_VENUE    MARKET and IOC orders are worked off by then;
 *   BLIND_READS   reads of trades and position that are sent after the horizon show, one of them at
 *                 least, what an order executed before it;
 *   OLD_END       no report of an order that ended without a fill, and whose queries found nothing
 *                 until after the horizon, comes after its id was used again.
 *
 * Seeded defects, each of which must be found: SKIP_DURABLE, RESEND_UNKNOWN, TRUST_NOT_FOUND,
 * NO_EVIDENCE, FORGET_ORDER, RESEND_AFTER_CRASH, JUDGE_ON_OLD_TRUTH, NEVER_PROVE (for the liveness).
 */
#ifndef QUANTITY
#define QUANTITY 2
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 2
#endif
#ifndef ORDERS
#define ORDERS 3
#endif
#ifndef RESENDS
#define RESENDS 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif

mtype:state = { nothing, intended, sent, acknowledged, partially_filled, filled, cancelled,
                rejected, expired, unknown };
mtype:event = { none, send, send_failed, refuse, doubt, acknowledge, part_fill, fill_all, cancel,
                reject, expire, prove_absent };
mtype:venue = { absent, live, over };
mtype:answer = { silence, done, refused_for_now, refused, duplicate_id, unsure };
mtype:stage = { idle, intending, running, down, ended };

#define FINAL(s) (s == filled || s == cancelled || s == rejected || s == expired)
#define OPEN(s) (s != nothing && !FINAL(s))
#define UNTOLD(s) (s == intended || s == sent || s == unknown)

/* ---- the venue: one slot for each client order id */

typedef venue_order {
  mtype:venue is = absent;
  byte asked;      /* Amount of the request. */
  byte executed;
  bit shown;       /* Queries find it. */
  byte under_way;  /* Requests that have left and not arrived. */
  bit old_end      /* An earlier order of this id ended without a fill. */
};
venue_order at[ATTEMPTS];
byte executed_total;

/* ---- the journal: what was appended, and what a crash leaves of it */

typedef journal {
  mtype:state order[ATTEMPTS] = nothing;
  byte executed[ATTEMPTS];
  bit judged;   /* The verdict. */
  bit finished  /* The end of the plan. */
};
journal log;
journal disk;

/* ---- the process: all of it is lost in a crash */

mtype:stage stage = idle;
byte attempt;          /* Of the present order, or of the next one. */
mtype:state state = nothing;
byte executed;         /* As far as the order's machine has been told. */
byte sends;
bit intent_durable;
bit waits_for_answer;  /* The timer for the answer runs. */
bit resend;            /* Definitely refused, to be sent again. */
bit asks;              /* Queries the order. */
bit past_horizon;
bit found_nothing;     /* By a query sent after the horizon. */
bit never_arrived;
bit was_sent;          /* The order was handed to the exchange at least once. */
mtype:answer answer = silence;
byte seen = QUANTITY;  /* Truth: the position as last read. */
bit reflected = 1;     /* Truth shows what the last order executed. */

byte crashes_left = CRASHES;
byte orders_left = ORDERS;  /* To be begun before the plan's deadline. */

/* ---- what every input of the machine ends with */

inline move(what) {
  if
#define MOVES(from, event, to) :: (state == from && what == event) -> state = to
#include "order_moves.inc"
  :: else
  fi;
  log.order[attempt] = state;
  log.executed[attempt] = executed
}

inline forget_order() {
  state = nothing; executed = 0; sends = 0; intent_durable = 0; waits_for_answer = 0; resend = 0;
  asks = 0; past_horizon = 0; found_nothing = 0; never_arrived = 0; was_sent = 0; answer = silence
}

inline end_plan() {
  log.finished = 1;
  stage = ended
}

/* order_machine::settle, then plan_course::order_ended or order_not_sent. */
inline settle() {
  if
  :: state != intended -> resend = 0
  :: else
  fi;
  if
  :: !FINAL(state) && state != intended && !waits_for_answer -> asks = 1
  :: !FINAL(state) && (state == intended || waits_for_answer)
  :: FINAL(state) ->
     if
     :: executed > 0 -> reflected = 0
     :: else
     fi;
     stage = idle;
#ifdef ENTRY
     if
     :: was_sent -> end_plan()
     :: else
     fi;
#endif
     if
     :: !never_arrived -> attempt++
     :: else
     fi;
     forget_order()
  fi
}

/* One report of the venue, true now or at some time before. */
inline hear() {
  executed = (told > executed -> told : executed);
  move(what);
  told = 0;
  what = none;
  settle()
}

inline any_report(i) {
  if
  :: at[i].is != absent -> what = acknowledge
  :: at[i].executed > 0 && at[i].asked > at[i].executed -> what = part_fill; told = at[i].executed
  :: at[i].executed > 1 -> what = part_fill; told = 1
  :: at[i].is == over -> last_report(i)
  fi
}

inline last_report(i) {
  told = at[i].executed;
  if
  :: at[i].executed == at[i].asked -> what = fill_all
  :: at[i].executed < at[i].asked && at[i].executed > 0 -> what = cancel
  :: at[i].executed == 0 -> what = expire
  fi
}

inline in_doubt() {
  past_horizon = 0;
  found_nothing = 0;
  move(doubt);
  settle()
}

/* ---- the gate and the executor: a plan is permitted, its intent is written, the order sent */

proctype executor() {
end:
  do
  :: atomic {
       stage == idle && (reflected
#ifdef JUDGE_ON_OLD_TRUTH
       || 1
#endif
       ) ->
       if
       :: seen == 0 || attempt == ATTEMPTS || orders_left == 0 -> end_plan()
       :: seen > 0 && attempt < ATTEMPTS && orders_left > 0 ->
          orders_left--;
#ifndef OLD_END
          at[attempt].is = absent;  /* Of an earlier order of this id nothing is heard any more. */
          at[attempt].shown = 0;
#endif
          at[attempt].asked = seen;
          state = intended;
          log.order[attempt] = intended;
          log.executed[attempt] = 0;
          stage = intending
       fi
     }
  :: atomic {
       ((stage == intending && intent_durable) || (stage == running && resend)
#ifdef SKIP_DURABLE
       || stage == intending
#endif
       ) ->
       stage = running;
       intent_durable = 0;
       resend = 0;
       if
       :: sends++;
          was_sent = 1;
          log.judged = 1;
          at[attempt].under_way++;
          waits_for_answer = 1;
          past_horizon = 0;
          move(send)
       :: move(refuse)  /* The permit ran out, the truth moved, or trading was halted. */
       fi;
       settle()
     }
  od
}

proctype committer() {
  byte i;
end:
  do
  :: d_step {
       (stage != down) && (stage == intending && !intent_durable || log.finished != disk.finished ||
       log.judged != disk.judged || log.order[0] != disk.order[0] ||
       log.executed[0] != disk.executed[0] || log.order[ATTEMPTS - 1] != disk.order[ATTEMPTS - 1] ||
       log.executed[ATTEMPTS - 1] != disk.executed[ATTEMPTS - 1]) ->
       for (i : 0 .. ATTEMPTS - 1) {
         disk.order[i] = log.order[i];
         disk.executed[i] = log.executed[i]
       }
       i = 0;
       disk.judged = log.judged;
       disk.finished = log.finished;
       intent_durable = (stage == intending -> 1 : 0)
     }
  od
}

/* ---- what the machine is told */

proctype answers() {
  mtype:event what = none;
  byte told;
end:
  do
  :: atomic {
       stage == running && answer != silence ->
       waits_for_answer = 0;
       if
       :: answer == done -> answer = silence; any_report(attempt); hear()
       :: answer == duplicate_id || answer == unsure -> answer = silence; in_doubt()
       :: answer == refused_for_now || answer == refused ->
          if
          :: state != sent -> what = none
          :: state == sent && answer == refused_for_now && sends <= RESENDS ->
             what = send_failed; resend = 1
          :: state == sent -> what = refuse
          fi;
          answer = silence;
          move(what);
          what = none;
          settle()
       fi
     }
  od
}

/* No answer in time: whether the request has arrived, or will, nobody knows. */
proctype impatience() {
end:
  do
  :: atomic {
       stage == running && waits_for_answer ->
       waits_for_answer = 0;
#ifdef RESEND_UNKNOWN
       if
       :: state == sent && sends <= RESENDS -> resend = 1; move(send_failed); settle()
       :: else -> in_doubt()
       fi
#else
       in_doubt()
#endif
     }
  od
}

/* The user stream. Only what would change something is worth a step. */
proctype stream() {
  mtype:event what = none;
  byte told;
end:
  do
  :: atomic {
       stage == running && at[attempt].is != absent && UNTOLD(state) ->
       what = acknowledge;
       hear()
     }
  :: atomic {
       stage == running && at[attempt].executed > 0 && at[attempt].executed < at[attempt].asked &&
       (state != partially_filled || executed < at[attempt].executed) ->
       what = part_fill;
       told = at[attempt].executed;
       hear()
     }
  :: atomic {
       stage == running && at[attempt].executed > 1 && state != partially_filled ->
       what = part_fill;
       told = 1;
       hear()
     }
  :: atomic { stage == running && at[attempt].is == over -> last_report(attempt); hear() }
#ifdef OLD_END
  :: atomic { stage == running && at[attempt].old_end -> what = expire; hear() }
#endif
  od
}

proctype queries() {
  mtype:event what = none;
  byte told;
end:
  do
  :: atomic {
       stage == running && asks && at[attempt].is != absent && at[attempt].shown &&
       (at[attempt].is == over || state == unknown) ->
       if
       :: at[attempt].is == over -> last_report(attempt)
       :: at[attempt].is == live && at[attempt].executed > 0 ->
          what = part_fill; told = at[attempt].executed
       :: at[attempt].is == live && at[attempt].executed == 0 -> what = acknowledge
       fi;
       hear()
     }
  :: atomic {
       stage == running && asks && state == unknown && !at[attempt].shown && !found_nothing &&
#if defined(TRUST_NOT_FOUND)
       true ->
#elif defined(NEVER_PROVE)
       false ->
#else
       past_horizon ->
#endif
       found_nothing = 1
     }
  od
}

/* The older of truth and trades was read after the horizon. */
proctype proof() {
end:
  do
  :: atomic {
       stage == running && found_nothing && state == unknown &&
       (at[attempt].executed == 0
#if defined(NO_EVIDENCE) || defined(BLIND_READS)
       || 1
#endif
       ) ->
       never_arrived = 1;
       move(prove_absent);
       settle()
     }
  od
}

/* recvWindow + 5 s after the last instant at which a byte may have left. */
proctype horizon() {
end:
  do
  :: atomic {
       stage == running && state == unknown && !past_horizon && !waits_for_answer &&
       (at[attempt].is != live
#ifdef SLOW_VENUE
       || 1
#endif
       ) ->
#ifndef LATE_ARRIVAL
       at[attempt].under_way = 0;
#endif
       past_horizon = 1
     }
  od
}

/* A read of the position, on demand or not. */
proctype reads() {
end:
  do
  :: atomic {
       stage != down && stage != ended && (!reflected && stage == idle ||
                                           seen != QUANTITY - executed_total) ->
       seen = QUANTITY - executed_total;
       if
       :: stage == idle -> reflected = 1
       :: else
       fi
     }
  od
}

/* ---- the venue */

inline reply(i, what_of_it) {
  if
  :: stage == running && attempt == i && OPEN(state) -> answer = what_of_it
  :: else
  fi
}

inline accept(i) {
  assert(OPEN(disk.order[i]));  /* P8: its intent was durable, and not ended. */
  for (other : 0 .. ATTEMPTS - 1) {
    assert(at[other].is != live)  /* P2: at most one live order for the plan. */
  }
  other = 0;
#ifdef OLD_END
  if
  :: at[i].is == over && at[i].executed == 0 -> at[i].old_end = 1
  :: else
  fi;
#endif
  at[i].is = live;
  at[i].executed = 0;
  if
  :: at[i].shown = 0
  :: at[i].shown = 1
  fi
}

proctype venue(byte i) {
  byte other;
end:
  do
  :: atomic {
       at[i].under_way > 0 ->
       at[i].under_way--;
       if
       :: at[i].is == live -> reply(i, duplicate_id)
       :: at[i].is != live -> accept(i); reply(i, done)
       :: at[i].is != live -> accept(i); reply(i, unsure)
       :: at[i].is != live -> accept(i)
       :: at[i].is != live -> reply(i, refused_for_now)
       :: at[i].is != live -> reply(i, refused)
       :: at[i].is != live -> reply(i, unsure)
       :: skip
       fi
     }
  :: atomic {
       at[i].is == live ->
       at[i].executed++;
       executed_total++;
       assert(executed_total <= QUANTITY);
       if
       :: at[i].executed == at[i].asked -> at[i].is = over
       :: else
       fi
     }
  :: atomic { at[i].is == live -> at[i].is = over }
  :: atomic { at[i].is != absent && !at[i].shown -> at[i].shown = 1 }
  od
}

/* ---- crashes, and what a start makes of the journal */

inline lose_all() {
  forget_order();
  attempt = 0;
  seen = QUANTITY - executed_total;
  reflected = 0;
  for (i : 0 .. ATTEMPTS - 1) {
    log.order[i] = disk.order[i];
    log.executed[i] = disk.executed[i]
  }
  i = 0;
  log.judged = disk.judged;
  log.finished = disk.finished;
  stage = down
}

inline start() {
  /* The number after the last order that has ended; none is open before it. */
  do
  :: attempt < ATTEMPTS && FINAL(disk.order[attempt]) -> attempt++
  :: else -> break
  od;
  if
#ifndef FORGET_ORDER
  :: attempt < ATTEMPTS && disk.order[attempt] != nothing ->
     state = disk.order[attempt];
     executed = disk.executed[attempt];
     was_sent = 1;
     stage = running;
#ifdef RESEND_AFTER_CRASH
     if
     :: state == intended -> resend = 1
     :: else -> in_doubt()
     fi
#else
     in_doubt()
#endif
  :: else ->
#else
  :: else -> if :: attempt < ATTEMPTS && disk.order[attempt] != nothing -> attempt++ :: else fi;
#endif
     if
     :: disk.finished -> stage = ended
#ifdef ENTRY
     :: !disk.finished -> end_plan()
#else
     :: !disk.finished && !disk.judged -> end_plan()  /* Undecided: it expires, interrupted. */
     :: !disk.finished && disk.judged -> stage = idle
#endif
     fi
  fi
}

proctype fate() {
  byte i;
end:
  do
  :: atomic { stage != down && crashes_left > 0 -> crashes_left--; lose_all() }
  :: atomic { crashes_left > 0 -> crashes_left = 0 }  /* The last fault has ended. */
  :: atomic { stage == down -> start() }
  od
}

/* Nothing runs in circles, so each run comes to where nothing can happen any more. There every
   order has to be resolved, and the plan to have ended. */
proctype rest() {
  timeout -> assert(stage == ended)
}

init {
  byte i;
  atomic {
    run executor(); run committer(); run answers(); run impatience(); run stream(); run queries();
    run proof(); run horizon(); run reads(); run fate(); run rest();
    for (i : 0 .. ATTEMPTS - 1) { run venue(i) }
  }
}
