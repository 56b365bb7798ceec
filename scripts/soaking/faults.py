"""What the venue does wrong in a soak: a schedule that follows from a seed."""

import random

PAUSE_S = (10, 30)  # Between two faults.
ORDER = {"method": "POST", "path": "/fapi/v1/order"}
# Each name with what is sent to the venue; all of them end by themselves or when they are cleared.
KINDS = {
    "executed_503": [{**ORDER, "effect": "status", "reply": "unknown_503", "execute": True, "count": 0,
                      "chance_percent": 30}],
    "lost_reply": [{**ORDER, "effect": "reset_after", "count": 0, "chance_percent": 30}],
    "never_arrived": [{**ORDER, "effect": "reset_before", "count": 0, "chance_percent": 30}],
    "hidden_orders": [{"effect": "hide_order", "method": "GET", "path": "/fapi/v1/order", "delay_ms": 1500,
                       "count": 0, "chance_percent": 50},
                      {**ORDER, "effect": "reset_after", "count": 0, "chance_percent": 20}],
    "lost_reads": [{"effect": "hang", "method": "GET", "path": "/fapi/v3/positionRisk", "count": 2}],
    "spoilt_reads": [{"effect": "malform", "method": "GET", "path": "/fapi/v3/positionRisk", "count": 3}],
    "cut_replies": [{"effect": "truncate", "path": "/fapi/", "count": 5}],
    "slow_venue": [{"effect": "delay", "path": "/fapi/", "delay_ms": 400, "count": 0, "chance_percent": 20}],
    "user_stream_cut": [{"effect": "drop_connection", "stream": "user"}],
    "market_stream_cut": [{"effect": "drop_connection", "stream": "market"}],
    "events_lost": [{"effect": "drop_events", "stream": "user", "count": 20}],
    "events_twice": [{"effect": "duplicate_events", "stream": "user", "count": 50}],
    "events_reordered": [{"effect": "reorder_events", "stream": "user", "count": 50}],
    "user_stream_mute": [{"effect": "mute", "stream": "user"}],
    "listen_key_gone": [{"effect": "expire_listen_key"}],
    "connections_refused": [{"effect": "refuse_connection", "count": 8}],
    "offline": [{"for_ms": 3000}],
}


def path_of(name):
    return "/sim/offline" if name == "offline" else "/sim/fault"


def schedule(seed, seconds):
    """(second, name) of each fault; the same for the same seed, and a longer run begins like a shorter one."""
    choice = random.Random(seed)
    names, second, out = [], 0.0, []
    while True:
        second += choice.uniform(*PAUSE_S)
        if second >= seconds:
            return out
        if not names:  # Each once before any comes again.
            names = sorted(KINDS)
            choice.shuffle(names)
        out.append((second, names.pop()))


def restarts(seconds):
    """(second, name of the signal): in each hour, or in the whole of a shorter run, one by each signal.

    They stand close together at the end of it, so that the life before them is long enough to show growth.
    """
    period = min(3600.0, seconds)
    out, begin = [], 0.0
    while begin + period <= seconds + 1e-6:
        out += [(begin + 0.8 * period, "SIGTERM"), (begin + 0.9 * period, "SIGKILL")]
        begin += period
    return out
