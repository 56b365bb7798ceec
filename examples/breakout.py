#!/usr/bin/env python3
"""An example strategy that uses nothing but Sluice's HTTP API.

Buys what rose above its window, sells what fell below it, and leaves every exit to the exit engine.
  examples/breakout.py --url http://127.0.0.1:8645 --symbols 12 --window 60 --notional 150
"""

import argparse
import json
import time
import urllib.error
import urllib.request
from collections import defaultdict, deque
from decimal import Decimal


def call(url, body=None):
    """The reply's document, also of a refusal; waits where the server asks for it."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as refused:
        time.sleep(float(refused.headers.get("Retry-After", 0)))
        return json.load(refused)


def entry(symbol, side, mark, options):
    """Risks half of what it hopes for, and gives up after a while."""
    away = Decimal(1 if side == "buy" else -1) * mark * Decimal(options.risk_bp) / 10_000
    return {"plan_id": f"breakout-{symbol}-{time.time_ns()}", "source": "breakout", "symbol": symbol,
            "kind": "open", "side": side, "notional": options.notional, "ttl": "5s",
            "stop": f"{mark - away:.8f}", "take_profit": f"{mark + 2 * away:.8f}",
            "time_limit": options.time_limit}


def main():
    cli = argparse.ArgumentParser()
    for name, value in (("url", "http://127.0.0.1:8645"), ("notional", "150"),
                        ("time-limit", "10m"), ("symbols", 12), ("window", 60), ("risk-bp", 40),
                        ("period", 1.0)):
        cli.add_argument(f"--{name}", default=value, type=type(value))
    options = cli.parse_args()
    seen = defaultdict(lambda: deque(maxlen=options.window))
    while True:
        rows = call(f"{options.url}/api/v1/positions?all")["positions"]
        for row in [r for r in rows if r["mark"] is not None][:options.symbols]:
            mark, before = Decimal(row["mark"]), seen[row["symbol"]]
            broke_out = len(before) == options.window and not min(before) <= mark <= max(before)
            if broke_out and row["truth"] == "flat":
                plan = entry(row["symbol"], "buy" if mark > max(before) else "sell", mark, options)
                answer = call(f"{options.url}/api/v1/plans?wait=2s", plan)
                verdict = answer.get("judged", {}).get("verdict", {})
                why = verdict.get("refusals") or [{"code": answer.get("title", "")}]
                print(plan["plan_id"], verdict.get("kind", "refused"), why[0]["code"], flush=True)
                before.clear()
            before.append(mark)
        time.sleep(options.period)


if __name__ == "__main__":
    main()
