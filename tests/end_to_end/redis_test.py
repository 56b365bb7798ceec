"""Plans out of the stream of an existing pipeline, and its keys written back, with a real Redis."""

import json
import os
import signal
import time
import unittest

from harness import OutsideTestCase, SluiceTestCase, free_port
from redis_server import Redis, RedisError

STREAM = "quantum:stream:apply.plan"

REDIS = """
[intake.redis]
enabled = true
address = "unix:{path}"
entry_sources = ["intent_bridge"]
write_permits = true
write_snapshots = true
snapshot_period = "1s"
block = "100ms"
claim_idle = "1s"
reconnect_max = "400ms"
command_timeout = "1s"
{more}
[exits]
enabled = false
"""


def an_open(plan_id, symbol="BTCUSDT", side="BUY", qty="0.01", **more):
    return {"plan_id": plan_id, "decision": "EXECUTE", "symbol": symbol, "side": side,
            "type": "MARKET", "qty": qty, "reduceOnly": "false", "source": "intent_bridge",
            "signature": "intent_bridge", "timestamp": int(time.time()), **more}


def a_close(plan_id, symbol="BTCUSDT", action="FULL_CLOSE_PROPOSED", **more):
    return {"plan_id": plan_id, "decision": "EXECUTE", "symbol": symbol, "action": action,
            "source": "apply_layer", "timestamp": int(time.time()), **more}


class WithRedis:
    def setUp(self):
        super().setUp()
        self.redis = None

    def clean(self):
        if self.redis:
            self.redis.stop()
        super().clean()

    def start_redis(self, keeps=False):
        self.redis = Redis(self.directory, keeps)

    def permit(self, plan_id):
        text = self.redis.ask("GET", f"quantum:permit:p33:{plan_id}")
        return json.loads(text) if text else None

    def until_permit(self, plan_id):
        return self.until(f"permit of {plan_id}", lambda: self.permit(plan_id))

    def amount(self, symbol="BTCUSDT"):
        return (self.position(symbol) or {}).get("amount")

    def orders_sent(self):
        return self.status()["orders"]["sent"]

    def metric(self, name):
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0


@unittest.skipIf(Redis.missing(), "redis-server is missing: scripts/setup installs it")
class RedisTestCase(WithRedis, SluiceTestCase):
    def run_with_redis(self, more="", positions=""):
        extra = REDIS.format(path=self.directory / "redis.sock", more=more)
        self.run_ready(extra=extra, symbols=20, positions=positions)

    def test_an_upstream_entry_is_carried_out_and_its_permit_can_be_read_for_a_minute(self):
        self.start_redis()
        # Some services write approvals of their own as hashes.
        self.redis.ask("HSET", "quantum:permit:p33:p-1", "allow", "true")
        self.run_with_redis()
        self.redis.add(an_open("p-1"))
        self.until("filled", lambda: self.amount() == "0.01")
        self.until("permit", lambda: self.redis.ask("TYPE", "quantum:permit:p33:p-1") == "string")
        permit = self.permit("p-1")
        self.assertIs(permit["allow"], True)
        self.assertEqual(permit["symbol"], "BTCUSDT")
        self.assertEqual(permit["safe_qty"], 0.01)
        self.assertEqual(permit["safe_close_qty"], 0)
        self.assertLess(abs(permit["created_at"] - time.time()), 60)
        ttl = self.redis.ask("TTL", "quantum:permit:p33:p-1")
        self.assertTrue(30 < ttl <= 60, ttl)
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.until("snapshot", lambda: self.redis.hash(
            "quantum:position:snapshot:BTCUSDT").get("position_amt") == "0.01")
        snapshot = self.redis.hash("quantum:position:snapshot:BTCUSDT")
        self.assertEqual(snapshot["side"], "LONG")
        self.assertGreater(float(snapshot["entry_price"]), 0)
        self.assertGreater(float(snapshot["mark_price"]), 0)
        self.assertLess(abs(int(snapshot["ts_epoch"]) - time.time()), 30)
        self.assertTrue(3000 < self.redis.ask("TTL", "quantum:position:snapshot:BTCUSDT") <= 3600)
        explained = self.get("/api/v1/plans/p-1").json()
        self.assertEqual(explained["plan"]["source"], "intent_bridge")

    def test_upstream_closes_become_targets_and_a_repetition_closes_nothing_more(self):
        self.start_redis()
        self.run_with_redis(positions='"BTCUSDT=0.040", "ETHUSDT=-0.4"')
        half = a_close("half", action="PARTIAL_50")
        self.redis.add(half)
        self.until("half", lambda: self.amount() == "0.02")
        self.assertEqual(self.until_permit("half")["safe_close_qty"], 0.02)
        # A pipeline publishes what it still wants again and again.
        for _ in range(3):
            self.redis.add({**half, "timestamp": int(time.time())})
        self.redis.add(a_close("eth", "ETHUSDT", side="BUY"))
        self.until("closed", lambda: self.position("ETHUSDT")["truth"] == "flat")
        self.until("repetitions", lambda: self.metric(
            'sluice_redis_entries_total{outcome="repeated"}') >= 3)
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual(self.amount(), "0.02")
        self.assertEqual(self.orders_sent(), 2)
        self.until("flat snapshot", lambda: self.redis.hash(
            "quantum:position:snapshot:ETHUSDT").get("side") == "NONE")
        self.assertEqual(self.redis.refused(), [])

    def test_what_is_refused_is_kept_with_its_reason_and_the_rest_goes_on(self):
        self.start_redis()
        self.run_with_redis(positions='"ETHUSDT=0.4"')
        self.redis.add({b"\xff\x00garbage": b"\r\n$9\r\n", "plan_id": "../../etc"})
        self.redis.add({"payload": "{not json"})
        missing = an_open("flip", "ETHUSDT", "SELL", "0.8")
        del missing["reduceOnly"]
        self.redis.add(missing)
        self.redis.add(an_open("old", timestamp=int(time.time()) - 300))
        self.redis.add(an_open("stranger", source="nobody"))
        self.redis.add(a_close("moved", "ETHUSDT", action="UPDATE_SL"))
        self.redis.add({**an_open("skipped"), "decision": "SKIP"})
        self.redis.add(a_close("none", "BTCUSDT"))
        self.redis.add({"payload": json.dumps(an_open("good"))})
        self.until("filled", lambda: self.amount() == "0.01")
        self.until("all ended", lambda: self.redis.pending() == 0 and len(self.redis.refused()) == 6)
        self.assertEqual([r["reason"] for r in self.redis.refused()],
                         ["unreadable", "unreadable", "contradictory", "plan_too_old",
                          "source_not_allowed", "not_done_here"])
        self.assertIn('"reduceOnly"', self.redis.refused()[3]["fields"])
        self.assertEqual(self.until_permit("old")["reason"], "plan_too_old")
        self.assertIs(self.until_permit("none")["allow"], False)
        self.assertEqual(self.until_permit("none")["reason"], "no_position")
        self.assertIn("observed", self.permit("none")["context"]["no_position"])
        self.assertEqual(self.position("ETHUSDT")["amount"], "0.4")
        self.assertEqual(self.orders_sent(), 1)
        self.assertIn("entry_refused", self.sluice.log())

    def test_another_plan_under_a_known_id_changes_nothing_and_overwrites_no_verdict(self):
        self.start_redis()
        self.run_with_redis()
        self.redis.add(an_open("p-1"))
        self.until("filled", lambda: self.amount() == "0.01")
        self.assertIs(self.until_permit("p-1")["allow"], True)
        self.redis.add(an_open("p-1", qty="5"))
        self.redis.add({**an_open("p-1"), "side": "NOTHING"})
        self.until("refused", lambda: len(self.redis.refused()) == 2)
        self.assertEqual({r["reason"] for r in self.redis.refused()},
                         {"duplicate_plan", "unreadable"})
        self.assertIs(self.permit("p-1")["allow"], True)
        self.assertEqual(self.orders_sent(), 1)

    def test_a_backlog_is_not_carried_out_when_the_group_is_new(self):
        self.start_redis()
        ago = int((time.time() - 600) * 1000)
        self.redis.add(an_open("ancient"), entry_id=f"{ago}-0")
        self.run_with_redis()
        self.redis.add(an_open("fresh"))
        self.until("filled", lambda: self.amount() == "0.01")
        self.assertEqual(self.get("/api/v1/plans/ancient").status, 404)
        self.assertEqual(self.orders_sent(), 1)

    def test_what_waits_in_a_group_that_exists_is_refused_when_it_is_old(self):
        self.start_redis()
        self.redis.ask("XGROUP", "CREATE", STREAM, "sluice", "0", "MKSTREAM")
        ago = int((time.time() - 600) * 1000)
        self.redis.add(an_open("ancient", timestamp=0), entry_id=f"{ago}-0")
        self.run_with_redis()
        self.until("refused", lambda: len(self.redis.refused()) == 1)
        self.assertEqual(self.redis.refused()[0]["reason"], "plan_too_old")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual(self.orders_sent(), 0)

    def test_nothing_is_lost_while_redis_is_away(self):
        self.start_redis(keeps=True)
        self.run_with_redis()
        self.redis.add(an_open("first"))
        self.until("filled", lambda: self.amount() == "0.01")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.redis.stop()
        ready = self.until("not ready", lambda: self.get("/readyz").status == 503
                           and self.get("/readyz"))
        self.assertIn("redis_unreachable", ready.text)
        self.until("down", lambda: self.metric('sluice_redis_up{connection="reading"}') == 0)
        # Everything else goes on.
        self.post("/api/v1/plans?wait=5s", {"plan_id": "http", "source": "me", "symbol": "ETHUSDT",
                                            "kind": "open", "side": "buy", "quantity": "0.1"})
        self.until("filled", lambda: self.amount("ETHUSDT") == "0.1")
        self.redis.start()
        self.redis.add(an_open("second", "SOLUSDT", qty="2"))
        self.until("filled", lambda: self.amount("SOLUSDT") == "2")
        self.until_ready()
        self.assertIs(self.until_permit("second")["allow"], True)
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual(self.orders_sent(), 3)

    def test_a_server_that_comes_back_empty_is_read_from_its_first_entry(self):
        self.start_redis()
        self.run_with_redis()
        self.redis.stop()
        self.until("not ready", lambda: self.get("/readyz").status == 503)
        self.redis.start()
        # Nobody knows the group any more, and the entry is there before it.
        self.redis.add(an_open("first"))
        self.until("filled", lambda: self.amount() == "0.01")
        self.redis.ask("XGROUP", "DESTROY", STREAM, "sluice")
        self.redis.add(an_open("second", "ETHUSDT", qty="0.1"))
        self.until("filled", lambda: self.amount("ETHUSDT") == "0.1")
        self.assertEqual(self.orders_sent(), 2)

    def test_keys_of_another_type_are_counted_and_stop_nothing(self):
        self.start_redis()
        self.redis.ask("SET", "quantum:position:snapshot:BTCUSDT", "text")
        self.run_with_redis()
        self.redis.add(an_open("p-1"))
        self.assertIs(self.until_permit("p-1")["allow"], True)
        self.until("counted", lambda: self.metric(
            'sluice_redis_failures_total{kind="snapshot"}') > 0)
        self.assertIn("WRONGTYPE", self.sluice.log())
        self.until("others", lambda: self.redis.hash("quantum:position:snapshot:ETHUSDT"))

    def test_a_stream_of_another_type_is_told_and_read_once_it_is_mended(self):
        self.start_redis()
        self.redis.ask("SET", STREAM, "text")
        self.run_demo(extra=REDIS.format(path=self.directory / "redis.sock", more=""), symbols=20)
        self.until("told", lambda: "WRONGTYPE" in self.get("/readyz").text)
        self.redis.ask("DEL", STREAM)
        self.until_ready()
        self.redis.add(an_open("p-1"))
        self.until("filled", lambda: self.amount() == "0.01")

    def test_an_entry_that_is_too_large_is_refused_by_its_id_and_the_close_behind_it_is_done(self):
        self.start_redis()
        self.run_with_redis(positions='"ETHUSDT=0.4"')
        many = {f"f{i}": "x" for i in range(50_001)}
        large = [self.redis.add(many), self.redis.add(many)]
        self.redis.add(a_close("close", "ETHUSDT"))
        self.until("closed", lambda: self.position("ETHUSDT")["truth"] == "flat")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertIs(self.until_permit("close")["allow"], True)
        refused = self.redis.refused()
        self.assertEqual(sorted({r["entry"] for r in refused}), sorted(large))
        for r in refused:
            self.assertEqual(r["reason"], "unreadable")
            self.assertIn("too large", r["detail"])
            self.assertEqual(r["fields"], "{}")
        self.until_ready()
        self.redis.add(an_open("after"))
        self.until("filled", lambda: self.amount() == "0.01")

    def test_large_entries_that_a_dead_consumer_had_are_taken_over_one_by_one(self):
        self.start_redis()
        self.redis.ask("XGROUP", "CREATE", STREAM, "sluice", "0", "MKSTREAM")
        self.redis.add({f"f{i}": "x" for i in range(50_001)})
        self.redis.add(a_close("close", "ETHUSDT"))
        self.redis.ask("XREADGROUP", "GROUP", "sluice", "dead-4711", "STREAMS", STREAM, ">")
        self.run_with_redis(positions='"ETHUSDT=0.4"')
        self.until("closed", lambda: self.position("ETHUSDT")["truth"] == "flat")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual({r["reason"] for r in self.redis.refused()}, {"unreadable"})

    def test_the_lanes_of_a_source_bind_the_stream_too(self):
        self.start_redis()
        self.run_with_redis(more='[intake.sources.intent_bridge]\nlanes = ["exit"]\n',
                            positions='"ETHUSDT=0.4"')
        self.redis.add(an_open("open"))
        self.redis.add(a_close("close", "ETHUSDT", source="intent_bridge"))
        self.until("closed", lambda: self.position("ETHUSDT")["truth"] == "flat")
        self.until("refused", lambda: len(self.redis.refused()) == 1)
        self.assertEqual(self.redis.refused()[0]["reason"], "source_not_allowed")
        self.assertIn("no entry plans", self.redis.refused()[0]["detail"])
        self.assertEqual(self.orders_sent(), 1)

    def test_a_part_of_nothing_is_refused(self):
        self.start_redis()
        self.run_with_redis()
        self.redis.add(a_close("half", action="PARTIAL_50"))
        self.assertEqual(self.until_permit("half")["reason"], "no_position")
        self.assertIs(self.permit("half")["allow"], False)
        self.assertEqual(self.redis.refused()[0]["reason"], "no_position")
        self.assertEqual(self.orders_sent(), 0)

    def test_a_part_of_a_symbol_that_nobody_lists_is_refused_and_leaves_no_row(self):
        self.start_redis()
        self.run_with_redis()
        self.redis.add(a_close("junk", "NOSUCHUSDT", action="PARTIAL_50"))
        self.assertEqual(self.until_permit("junk")["reason"], "symbol_not_in_universe")
        self.assertEqual(self.redis.refused()[0]["reason"], "symbol_not_in_universe")
        rows = self.get("/api/v1/positions?all").json()["positions"]
        self.assertNotIn("NOSUCHUSDT", [row["symbol"] for row in rows])

    def test_an_entry_waits_while_no_symbol_may_be_opened_and_is_then_carried_out(self):
        self.start_redis()
        extra = REDIS.format(path=self.directory / "redis.sock", more="")
        self.run_demo(extra=extra + '\n[universe]\nallow = ["NOSUCHUSDT"]\n', symbols=20)
        self.until("ready but for the list", lambda: [
            r["reason"] for r in self.get("/readyz").json()["reasons"]] == ["symbols_not_listed"])
        self.redis.add(an_open("p-1"))
        self.until("delivered", lambda: self.redis.pending() == 1)
        time.sleep(1)
        self.assertIsNone(self.permit("p-1"))
        config = self.directory / "sluice.toml"
        config.write_text(config.read_text().replace('allow = ["NOSUCHUSDT"]', 'allow = ["BTCUSDT"]'))
        self.assertEqual(self.post("/api/v1/reload", {"author": "alice", "reason": "a test"}).status, 200)
        self.until("filled", lambda: self.amount() == "0.01")
        self.assertIs(self.until_permit("p-1")["allow"], True)

    def test_two_parts_of_one_burst_close_both_amounts(self):
        self.start_redis()
        self.run_with_redis(positions='"BTCUSDT=0.010"')
        for name in ("first", "second"):
            self.redis.add(a_close(name, action="CLOSE", qty="0.003"))
        self.until("both", lambda: self.amount() == "0.004")
        self.assertIs(self.until_permit("second")["allow"], True)
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual(self.orders_sent(), 2)
        self.assertEqual(self.redis.refused(), [])

    def test_a_refused_part_that_is_handed_out_again_is_refused_again_whatever_is_held(self):
        self.start_redis()
        self.run_with_redis()
        self.redis.add(a_close("half", action="PARTIAL_50"))
        self.assertEqual(self.until_permit("half")["reason"], "no_position")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.redis.add(an_open("later"))
        self.until("filled", lambda: self.amount() == "0.01")
        # As if the transaction had never arrived.
        self.redis.ask("DEL", "quantum:permit:p33:half")
        self.redis.ask("XGROUP", "SETID", STREAM, "sluice", "0")
        self.until("told again", lambda: len(self.redis.refused()) == 2)
        self.assertEqual(self.permit("half")["reason"], "no_position")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual(self.amount(), "0.01")
        self.assertEqual(self.orders_sent(), 1)

    def test_a_refusal_that_cannot_be_kept_is_kept_once_it_can_and_its_entry_has_ended(self):
        self.start_redis()
        self.redis.ask("SET", STREAM + ".refused", "text")
        self.run_with_redis()
        self.redis.add(a_close("half", action="PARTIAL_50"))
        self.assertEqual(self.until_permit("half")["reason"], "no_position")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.until("counted", lambda: self.metric(
            'sluice_redis_failures_total{kind="refusal"}') > 0)
        self.redis.ask("DEL", STREAM + ".refused")
        self.until("kept", lambda: len(self.redis.refused()) == 1)
        self.assertEqual(self.redis.refused()[0]["plan_id"], "half")

    def test_a_user_without_all_rights_reads_on_and_is_told_what_is_missing(self):
        self.start_redis()
        self.redis.ask("ACL", "SETUSER", "sluice", "on", ">word", "~*", "+@all", "-xpending",
                       "-xrange")
        secret = self.directory / "redis.secret"
        secret.write_text("word\n")
        os.chmod(secret, 0o600)
        self.run_with_redis(more=f'username = "sluice"\npassword_file = "{secret}"',
                            positions='"ETHUSDT=0.4"')
        warnings = self.status()["warnings"]
        self.assertEqual([w["reason"] for w in warnings if w["reason"] == "redis_rights"],
                         ["redis_rights"], warnings)
        self.assertIn("XPENDING, XRANGE", str(warnings))
        self.assertIn("rights_missing", self.sluice.log())
        # A read fails, and the next connection finds entries that are ours and new ones.
        self.redis.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        self.redis.add(a_close("close", "ETHUSDT"))
        self.redis.add(an_open("open"))
        self.until("closed", lambda: self.position("ETHUSDT")["truth"] == "flat")
        self.until("filled", lambda: self.amount() == "0.01")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.until_ready()

    def test_in_a_burst_closes_do_not_wait_behind_open_plans(self):
        self.start_redis()
        self.run_with_redis(more="entry_open_max = 2\nwaiting_max = 10", positions='"ETHUSDT=0.4"')
        for i in range(40):
            self.redis.add(an_open(f"p-{i}", "NOSUCHUSDT" if i % 2 else "BTCUSDT", qty="0.001"))
        self.redis.add(a_close("close", "ETHUSDT"))
        self.until("closed", lambda: self.position("ETHUSDT")["truth"] == "flat")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        plans = self.metric('sluice_redis_entries_total{outcome="taken"}')
        shed = self.metric('sluice_redis_entries_total{outcome="queue_full"}')
        self.assertEqual(plans + shed, 41)
        self.assertEqual(len(self.redis.refused()), shed)

    def test_the_password_of_redis_is_read_from_its_file_and_told_nobody(self):
        self.start_redis()
        self.redis.ask("CONFIG", "SET", "requirepass", "secret-word-4711")
        secret = self.directory / "redis.secret"
        secret.write_text("secret-word-4711\n")
        os.chmod(secret, 0o644)
        more = f'password_file = "{secret}"'
        config = self.demo_config(REDIS.format(path=self.directory / "redis.sock", more=more),
                                  symbols=20)
        code, _, errors = self.finish(config)
        self.assertEqual(code, 77, errors)
        os.chmod(secret, 0o600)
        self.run_with_redis(more=more)
        with self.assertRaises(RedisError):
            self.redis.ask("PING")
        shown = (self.sluice.log() + self.get("/api/v1/status").text + self.get("/readyz").text +
                 self.get("/metrics").text + errors)
        self.assertNotIn("secret-word-4711", shown)


@unittest.skipIf(Redis.missing(), "redis-server is missing: scripts/setup installs it")
class RedisOverRestartsTestCase(WithRedis, OutsideTestCase):
    def setUp(self):
        super().setUp()
        self.write_keys()
        self.port = free_port()
        self.start_venue(self.port)
        self.start_redis()

    def run_with_redis(self, wait=True):
        config = self.outside(self.port)
        config.write_text(config.read_text() + '\n[gate]\ncooldown = "0ms"\n' + REDIS.format(
            path=self.directory / "redis.sock", more=""))
        self.sluice = self.start(config)
        self.sluice.wait_url()
        if wait:
            self.until_ready()

    def filled_orders(self):
        """What the venue itself has done, by symbol."""
        orders = self.venue("GET", "/sim/ledger")["accounts"][0]["orders"]
        return sorted(o["symbol"] for o in orders)

    def test_entries_taken_before_a_kill_and_those_of_a_dead_consumer_are_carried_out_once(self):
        self.run_with_redis()
        self.redis.add(an_open("before"))
        self.until("filled", lambda: self.amount() == "0.01")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.sluice.end(signal.SIGKILL)
        # As if it had been killed between the commit and the acknowledgement.
        self.redis.ask("XGROUP", "SETID", STREAM, "sluice", "0")
        self.redis.add(an_open("unseen", "ETHUSDT", qty="0.1"))
        taken = self.redis.ask("XREADGROUP", "GROUP", "sluice", "sluice-1", "STREAMS", STREAM, ">")
        self.assertEqual(len(taken[0][1]), 2)
        self.redis.add(an_open("of-the-dead", "SOLUSDT", qty="2"))
        self.redis.ask("XREADGROUP", "GROUP", "sluice", "dead-4711", "STREAMS", STREAM, ">")
        self.assertEqual(self.redis.pending(), 3)
        self.run_with_redis()
        self.until("carried out", lambda: self.amount("ETHUSDT") == "0.1" and
                   self.amount("SOLUSDT") == "2")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual(self.filled_orders(), ["BTCUSDT", "ETHUSDT", "SOLUSDT"])
        self.assertEqual(self.amount(), "0.01")
        self.assertEqual(self.redis.refused(), [])

    def test_a_part_that_is_delivered_again_after_a_kill_closes_nothing_more(self):
        self.venue("POST", "/sim/order", {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.040"})
        self.run_with_redis()
        half = self.redis.add(a_close("half", action="PARTIAL_50"))
        self.until("half", lambda: self.amount() == "0.02")
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.sluice.end(signal.SIGKILL)
        before = self.filled_orders()
        self.redis.ask("XGROUP", "SETID", STREAM, "sluice", "0")
        self.redis.ask("XREADGROUP", "GROUP", "sluice", "sluice-1", "STREAMS", STREAM, ">")
        self.redis.add(a_close("half", action="PARTIAL_50"))
        self.assertEqual(self.redis.pending(), 1, half)
        self.run_with_redis()
        self.until("repeated", lambda: self.metric(
            'sluice_redis_entries_total{outcome="repeated"}') >= 2)
        self.until("acknowledged", lambda: self.redis.pending() == 0)
        self.assertEqual(self.amount(), "0.02")
        self.assertEqual(self.filled_orders(), before)
        self.assertEqual(self.redis.refused(), [])

    def test_an_exit_that_waits_when_the_process_starts_is_not_judged_by_what_was_never_read(self):
        self.venue("POST", "/sim/order", {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.040"})
        self.redis.ask("XGROUP", "CREATE", STREAM, "sluice", "0", "MKSTREAM")
        self.redis.add(a_close("early"))
        self.run_with_redis(wait=False)
        self.until("closed", lambda: self.position("BTCUSDT") and
                   self.position("BTCUSDT")["truth"] == "flat")
        self.assertIs(self.until_permit("early")["allow"], True)


if __name__ == "__main__":
    unittest.main()
