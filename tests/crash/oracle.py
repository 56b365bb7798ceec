"""Compares a journal with the venue's own books: what must hold after any crash.

Reads the SQLite file and the venue's ledger and shares nothing with the product; only whether the
journal's state follows from its records is asked of the product itself.
"""

import json
import os
import sqlite3
import subprocess
from collections import defaultdict
from decimal import Decimal


def rows(journal, sql):
    connection = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def signed(fill):
    amount = Decimal(fill["quantity"])
    return amount if fill["side"].lower() == "buy" else -amount


def violations(journal, account, planted=frozenset(), held=frozenset()):
    """Every promise that journal and venue together show broken, as sentences.

    `planted` are client ids of orders that no plan of this journal asked for, though they are ours by
    their ids; orders of persons and of the venue itself are strange in any case. `held` are symbols whose
    books may differ from the venue, since a hold says so.
    """
    strangers = {o["client_order_id"] for o in account["orders"] if o["origin"] != "api"}
    found = []
    found += of_records(journal)
    found += of_verdicts(journal)
    orders = {row[0]: row for row in rows(
        journal, "SELECT client_order_id, plan_id, symbol, direction, amount, reduce_only, state,"
                 " executed FROM orders")}
    found += of_orders(orders, account, strangers | set(planted))
    found += of_plans(journal, orders, account)
    found += of_fills(orders, account)
    found += of_trades(journal, account, strangers)
    found += of_books(journal, account, held)
    return found


def of_records(journal):
    count, first, last = rows(journal, "SELECT count(*), min(seq), max(seq) FROM record")[0]
    if (count, first) != (last, 1):
        return [f"records have gaps: {count} of them from {first} to {last}"]
    return []


def of_verdicts(journal):
    """I4: exactly one terminal verdict for each accepted plan."""
    found = []
    for plan, count in rows(journal, "SELECT p.plan_id, count(v.seq) FROM plan p LEFT JOIN verdict v"
                                     " ON v.plan_id = p.plan_id AND v.continued = 0"
                                     " GROUP BY p.plan_id"):
        if count != 1:
            found.append(f"plan {plan} has {count} verdicts")
    for plan, verdict, ended in rows(journal, "SELECT plan_id, verdict, ended FROM plan"
                                              " WHERE kind <> 'cancel'"):
        if (verdict == "allow") != (ended is not None):
            found.append(f"plan {plan} was judged {verdict} and ended as {ended}")
    return found


def of_orders(orders, account, strangers):
    """I8: nothing arrived whose intent was not durable before; and both tell the same of it."""
    found = []
    for order in account["orders"]:
        if order["client_order_id"] in strangers:
            continue
        known = orders.get(order["client_order_id"])
        if known is None:
            found.append(f"the venue has an order without an intent: {order}")
        elif Decimal(known[7]) != Decimal(order["executed"]):
            found.append(f"{order['client_order_id']} executed {order['executed']} at the venue,"
                         f" {known[7]} in the journal ({known[6]})")
    return found


def of_plans(journal, orders, account):
    """I2: one order at a time for a plan, each within what was permitted; an entry trades by one."""
    entries = {row[0] for row in rows(journal, "SELECT plan_id FROM plan WHERE kind = 'open'")}
    of_plan = defaultdict(list)
    found = []
    for order in account["orders"]:
        known = orders.get(order["client_order_id"])
        if known is None:
            continue
        of_plan[known[1]].append(order)
        if Decimal(order["executed"]) > Decimal(known[4]):
            found.append(f"plan {known[1]} traded {order['executed']} of {known[4]}")
    for plan, sent in of_plan.items():
        sent.sort(key=lambda o: o["order_id"])
        traded = [o for o in sent if Decimal(o["executed"]) > 0]
        if plan in entries and len(traded) > 1:
            found.append(f"entry {plan} traded by {len(traded)} orders")
        for before, after in zip(sent, sent[1:]):
            if before["open"] or after["time"] < before["updated"]:
                found.append(f"plan {plan} had two orders at once: {before}, {after}")
    return found


def of_fills(orders, account):
    """I3: no reduce ever crosses zero or makes a position larger."""
    found = []
    held = defaultdict(Decimal)
    for fill in sorted(account["fills"], key=lambda f: f["trade_id"]):
        before = held[fill["symbol"]]
        after = before + signed(fill)
        held[fill["symbol"]] = after
        known = orders.get(fill["client_order_id"])
        if known is not None and known[5] and not (abs(after) < abs(before) and after * before >= 0):
            found.append(f"a reduce of {fill['symbol']} went from {before} to {after}")
    return found


def of_trades(journal, account, strangers):
    """Every trade is booked once as ours, with its fee and profit; no line was set by anything else
    but where strangers traded.
    """
    found = []
    booked = {(symbol, trade): (Decimal(amount), Decimal(fee), Decimal(realised))
              for symbol, trade, amount, fee, realised in rows(
                  journal, "SELECT symbol, trade_id, amount, fee, realised FROM fill WHERE ours = 1")}
    traded = {(f["symbol"], f["trade_id"]): (Decimal(f["quantity"]), Decimal(f["fee"]),
                                             Decimal(f["realised"])) for f in account["fills"]
              if f["client_order_id"] not in strangers}
    foreign = {f["symbol"] for f in account["fills"] if f["client_order_id"] in strangers}
    for trade in sorted(set(booked) | set(traded)):
        if booked.get(trade) != traded.get(trade):
            found.append(f"trade {trade}: {booked.get(trade)} booked, {traded.get(trade)} traded")
    for symbol, cause in rows(journal, "SELECT symbol, cause FROM ledger_adjustment"
                                       " WHERE cause NOT IN ('explained', 'contained')"):
        if symbol not in foreign:
            found.append(f"the line of {symbol} was set for {cause}")
    return found


def of_books(journal, account, held):
    """The ledger is what the venue holds."""
    booked = {symbol: Decimal(amount) for symbol, amount in rows(
        journal, "SELECT symbol, amount FROM ledger_line")}
    there = {p["symbol"]: Decimal(p["amount"]) for p in account["positions"]}
    return [f"{symbol}: books {booked.get(symbol, 0)}, venue {there.get(symbol, 0)}"
            for symbol in sorted((set(booked) | set(there)) - held)
            if booked.get(symbol, Decimal(0)) != there.get(symbol, Decimal(0))]


def holds(journal):
    """Symbol, cause and evidence of each hold that stands."""
    return rows(journal, "SELECT symbol, cause, evidence FROM hold")


def state_faults(journal):
    """I7: what the fold of the records makes is what the rows of state and their hashes say."""
    done = subprocess.run([os.environ.get("SLUICE", "build/dev/sluice"), "journal", "verify", "--json",
                           str(journal)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [done.stderr.strip()]
    found = json.loads(done.stdout)
    whole = found["records"] == found["last_seq"]
    return [] if whole else [f"verified {found['records']} of {found['last_seq']} records"]
