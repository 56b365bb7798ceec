/*
 * Permits against the truth they were given for: two plans on one position, from gate to send.
 *
 * Follows src/gate/gate_core.cpp and flights.cpp (who is permitted, and when not), gate/permit.cpp
 * (spent by its first use), actors/executor_plans.cpp (take, begin, truth_moved) and
 * execution/order_machine.cpp (send: expiry, trading state and version, also before a repetition).
 *
 * Bounds: PLANS on one position, JUDGEMENTS of each, CHANGES of the truth by others, TTL ticks of a
 * permit, DEADLINE ticks of a plan, RESENDS after a definite refusal, one message with a permit
 * that comes twice, one change of the trading state.
 *
 * Abstractions. The look at clock, trading state and version is one instant with the sending, as it
 * is one handler of an actor. What the gate and the executor tell each other comes late, in order.
 * Truth is a content (two values and "unknown") and a version that grows with each change of it.
 * Every other rule of the gate is left out, and so are crashes: no permit outlives one.
 *
 * Seeded defects, each of which must be found: USE_OLD_VERSION, COMPARE_EARLY, COMPARE_CONTENT,
 * USE_OLD_PERMIT, REUSE_PERMIT, IGNORE_HALT, RESEND_UNCHECKED, FORGET_FLIGHT, FORGET_REFLECTION,
 * PERMIT_UNKNOWN, LOSE_REFUSAL (for the liveness).
 */
#ifndef PLANS
#define PLANS 2
#endif
#ifndef JUDGEMENTS
#define JUDGEMENTS 2
#endif
#ifndef CHANGES
#define CHANGES 1
#endif
#ifndef TTL
#define TTL 1
#endif
#ifndef DEADLINE
#define DEADLINE 2
#endif
#ifndef RESENDS
#define RESENDS 1
#endif
#define UNKNOWN 2

mtype:plan = { waiting, judged, over };
mtype:order = { none, intended, sent, refused_for_now, resolved };
mtype:flight = { landed, permitted, unreflected };

typedef permit {
  byte version;
  byte content;   /* Of the truth it was given for. */
  byte expires;
  byte delivered; /* Messages with it that are under way. */
  bit spent;
  bit outdated    /* Ghost: the truth has changed since. */
};

mtype:plan plan[PLANS] = waiting;
byte judgements[PLANS] = JUDGEMENTS;
permit leave[PLANS];
mtype:flight flight[PLANS] = landed;  /* As the gate has it. */
mtype:order order[PLANS] = none;      /* As the executor has it. */
byte sends[PLANS];
byte orders[PLANS];                   /* Ghost: orders sent for the present permit. */
bit executed[PLANS];
bit read_after[PLANS];                /* Truth was read after the order was resolved. */

byte now;
bit halted;
bit halt_left = 1;
byte content;
byte version;
byte changes_left = CHANGES;
bit owed;                             /* Ghost: truth lacks what an order of ours executed. */
bit repeat_left = 1;                  /* One message may come twice. */

/* ---- truth: written by reads and stream, looked at by everybody */

inline truth_becomes(what) {
  content = what;
  version++;
  for (other : 0 .. PLANS - 1) { leave[other].outdated = 1 }
  other = 0
}

proctype truth() {
  byte other;
end:
  do
  :: atomic {
       changes_left > 0 ->
       changes_left--;
       if
       :: content != UNKNOWN -> truth_becomes(1 - content)
       :: content != UNKNOWN -> truth_becomes(UNKNOWN)
       :: content == UNKNOWN -> truth_becomes(0)
       :: content == UNKNOWN -> truth_becomes(1)
       fi
     }
  :: atomic {
       content == UNKNOWN -> truth_becomes(0); owed = 0;
       for (other : 0 .. PLANS - 1) { read_after[other] = (order[other] == resolved -> 1 : 0) }
       other = 0
     }
  :: atomic {
       content != UNKNOWN && (owed || (order[0] == resolved && !read_after[0]) ||
                              (order[PLANS - 1] == resolved && !read_after[PLANS - 1])) ->
       if
       :: owed -> truth_becomes(1 - content)
       :: else
       fi;
       owed = 0;
       for (other : 0 .. PLANS - 1) { read_after[other] = (order[other] == resolved -> 1 : 0) }
       other = 0
     }
  od
}

/* ---- the gate */

#ifdef FORGET_FLIGHT
#define IN_FLIGHT 0
#else
#define IN_FLIGHT (flight[0] != landed || flight[PLANS - 1] != landed)
#endif
#ifdef PERMIT_UNKNOWN
#define TRUTH_KNOWN 1
#else
#define TRUTH_KNOWN (content != UNKNOWN)
#endif

inline land(p) {
  flight[p] = landed;
  order[p] = none;
  executed[p] = 0;
  sends[p] = 0
}

proctype gate(byte p) {
end:
  do
  :: atomic {
       plan[p] == waiting && judgements[p] > 0 && now < DEADLINE && !halted && TRUTH_KNOWN &&
       !IN_FLIGHT ->
       judgements[p]--;
       plan[p] = judged;
       flight[p] = permitted;
       leave[p].version = version;
       leave[p].content = content;
       leave[p].expires = (now + TTL < DEADLINE -> now + TTL : DEADLINE);
       leave[p].delivered = 1;
       leave[p].spent = 0;
       leave[p].outdated = 0;
       orders[p] = 0
     }
  :: atomic { plan[p] == waiting && (now == DEADLINE || judgements[p] == 0) -> plan[p] = over }
     /* The executor's word that the order is over comes some time after it. */
  :: atomic {
       flight[p] == permitted && order[p] == resolved ->
       plan[p] = (executed[p] -> over : waiting);
       if
#ifndef FORGET_REFLECTION
       :: executed[p] -> flight[p] = unreflected
       :: !executed[p] -> land(p)
#else
       :: land(p)
#endif
       fi
     }
  :: atomic { flight[p] == unreflected && read_after[p] && content != UNKNOWN -> land(p) }
  od
}

/* ---- the executor */

#if defined(USE_OLD_VERSION)
#define SAME_TRUTH(p) 1
#define SAME_TRUTH_AT_SEND(p) 1
#elif defined(COMPARE_EARLY)
#define SAME_TRUTH(p) (leave[p].version == version)
#define SAME_TRUTH_AT_SEND(p) 1
#elif defined(COMPARE_CONTENT)
#define SAME_TRUTH(p) (leave[p].content == content)
#define SAME_TRUTH_AT_SEND(p) (leave[p].content == content)
#else
#define SAME_TRUTH(p) (leave[p].version == version)
#define SAME_TRUTH_AT_SEND(p) (leave[p].version == version)
#endif
#ifdef USE_OLD_PERMIT
#define IN_TIME(p) 1
#else
#define IN_TIME(p) (now < leave[p].expires)
#endif
#ifdef IGNORE_HALT
#define TRADING 1
#else
#define TRADING (!halted)
#endif
#define MAY_LEAVE(p) (IN_TIME(p) && TRADING && SAME_TRUTH_AT_SEND(p))

inline hand_over(p) {
  assert(!leave[p].outdated);         /* Not on a truth that has changed, */
  assert(now < leave[p].expires);     /* nor by a permit that has ended, */
  assert(!halted);                    /* nor while trading is halted, */
  assert(!owed);                      /* nor while truth lacks what an order of ours did, */
  assert(leave[p].content != UNKNOWN);
  if
  :: sends[p] == 0 -> orders[p]++
  :: else
  fi;
  assert(orders[p] == 1);             /* nor twice by one permit, */
  for (other : 0 .. PLANS - 1) {
    assert(other == p || order[other] != sent)  /* nor beside another order of the position. */
  }
  other = 0;
  sends[p]++;
  order[p] = sent
}

inline end_order(p, did) {
  order[p] = resolved;
  read_after[p] = 0;
  executed[p] = did
}

proctype executor(byte p) {
  byte other;
end:
  do
  :: atomic {
       leave[p].delivered > 0 ->
       if
       :: repeat_left -> repeat_left = 0
       :: leave[p].delivered--
       fi;
       if
#ifndef REUSE_PERMIT
       :: leave[p].spent
       :: !leave[p].spent ->
#else
       :: true ->
#endif
          leave[p].spent = 1;
          sends[p] = 0;
          if
          :: SAME_TRUTH(p) -> order[p] = intended
          :: else -> end_order(p, 0)  /* Judged again. */
          fi
       fi
     }
     /* The intent is durable. */
  :: atomic {
       order[p] == intended ->
       if
       :: MAY_LEAVE(p) -> hand_over(p)
       :: else ->
#ifndef LOSE_REFUSAL
          end_order(p, 0)
#else
          order[p] = none
#endif
       fi
     }
  :: atomic {
       order[p] == refused_for_now ->
       if
#ifdef RESEND_UNCHECKED
       :: hand_over(p)
#else
       :: MAY_LEAVE(p) -> hand_over(p)
       :: else -> end_order(p, 0)
#endif
       fi
     }
     /* What the venue makes of it, and when that is certain. */
  :: atomic { order[p] == sent && !executed[p] -> executed[p] = 1; owed = 1 }
  :: atomic { order[p] == sent && executed[p] -> end_order(p, 1) }
  :: atomic { order[p] == sent && !executed[p] -> end_order(p, 0) }
  :: atomic {
       order[p] == sent && !executed[p] && sends[p] <= RESENDS -> order[p] = refused_for_now
     }
  od
}

/* ---- time and the operator */

proctype world() {
end:
  do
  :: atomic { now < DEADLINE -> now++ }
  :: atomic { halt_left -> halted = 1; halt_left = 0 }
  :: atomic { halted -> halted = 0 }
  od
}

/* Nothing runs in circles, so each run comes to where nothing can happen any more: every plan has
   ended there. */
proctype rest() {
  byte p;
  timeout -> for (p : 0 .. PLANS - 1) { assert(plan[p] == over) }
}

init {
  byte p;
  atomic {
    run truth(); run world(); run rest();
    for (p : 0 .. PLANS - 1) { run gate(p); run executor(p) }
  }
}
