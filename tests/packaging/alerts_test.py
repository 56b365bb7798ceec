"""The alert rules: promtool takes them, each fires when it should and not before, and each is explained."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "packaging" / "prometheus" / "sluice.rules.yml"
NAMES = {"job": "sluice", "instance": "a"}

# alert: series, labels of series and alert, values every 15 s, when it fires, when not yet,
# {{ $value }} as it is shown.
CASES = {
    "SluiceDown": ("up", {}, "1 0x20", "1m", "15s", "0"),
    "SluiceRestarting": ("sluice_start_time_seconds", {}, "1 2 3 4 4 4", "1m15s", "30s", "3"),
    "SluiceNotReady": ("sluice_ready", {}, "0x20", "1m", "45s", "0"),
    "SluiceExitsBlocked": ("sluice_exits_blocked_total", {"reason": "halted"}, "_ _ 1x20", "30s", "15s",
                           "1"),
    "SluiceTruthOld": ("sluice_truth_oldest_as_of_timestamp_seconds", {}, "1x20", "1m15s", "30s",
                       "1m 14s"),
    "SluiceTruthUnknown": ("sluice_truth_symbols", {"kind": "unknown"}, "3x20", "2m", "1m45s", "3"),
    "SluiceHalted": ("sluice_trading_state", {"state": "halted"}, "1x40", "5m", "4m45s", "1"),
    "SluiceReduceOnly": ("sluice_trading_state", {"state": "reduce_only"}, "1x250", "1h", "59m", "1"),
    "SluiceHoldStands": ("sluice_holds", {}, "1x80", "15m", "14m45s", "1"),
    "SluiceOverrideStands": ("sluice_override_active", {"key": "gate.cooldown"}, "1x250", "1h", "59m",
                             "1"),
    "SluicePositionWithoutStop": ("sluice_positions_without_stop", {}, "2x20", "30s", "15s", "2"),
    "SluiceFlattenGivenUp": ("sluice_flattens_ended_total", {"how": "given_up"}, "_ _ 1x20", "30s", "15s",
                             "1"),
    "SluiceLogLinesLost": ("sluice_log_dropped_total", {}, "0 0 0 5 5", "45s", "30s", "5"),
    "SluiceLogWritesFail": ("sluice_log_write_failures_total", {}, "0 0 0 5 5", "45s", "30s", "5"),
    "SluicePositionsUnprotected": ("sluice_positions_unprotected", {}, "2x20", "1m", "45s", "2"),
    "SluiceOrdersRejected": ("sluice_orders_total", {"state": "rejected"}, "_ 5 5 6x20", "45s", "30s", "6"),
    "SluiceRedisDown": ("sluice_redis_up", {"connection": "reading"}, "0x20", "30s", "15s", "0"),
    "SluiceRedisWritesFail": ("sluice_redis_failures_total", {"kind": "permit"}, "_ _ 1x20", "30s", "15s", "1"),
    "SluiceLinesRefused": ("sluice_dead_letters_total", {"outcome": "lost"}, "_ _ 1x20", "30s", "15s", "1"),
    "SluiceRedisEntriesRefused": ("sluice_redis_entries_total", {"outcome": "malformed"}, "_ _ 1x20", "30s", "15s",
                                  "malformed"),
    "SluicePlansRejected": ("sluice_plans_rejected_total", {}, "0 0 0 20 20", "45s", "30s", "20"),
    "SluiceDeadManFails": ("sluice_dead_man_calls_total", {"outcome": "refused"}, "_ _ 1x20", "30s", "15s", "1"),
    "SluiceHttpCrowded": ("sluice_http_connections_refused_total", {}, "0 0 0 5 5", "45s", "30s", "5"),
    "SluiceStageBehind": ("sluice_actor_mailbox_messages", {"actor": "gate"}, "0 2000x20", "1m30s", "1m", "2000"),
    "SluiceHandlerSlow": ("sluice_actor_handler_longest_seconds", {"actor": "gate"}, "0.1 0.75 0.75", "15s", "0s",
                          "750ms"),
    "SluiceConfigReloadRefused": ("sluice_config_last_reload_successful", {}, "0x40", "5m", "4m45s", "0"),
    "SluiceSeriesDropped": ("sluice_metric_series_dropped_total", {}, "0 0 0 5 5", "45s", "30s", "5"),
}

# The same for alerts that compare two series: the second one, with its values.
BESIDE = {
    "SluiceRequestWeightHigh": (("sluice_request_weight_used", {}, " ".join(["2000 100 900 1500"] * 6),
                                 "2m", "1m45s", "0.83"),
                                ("sluice_request_weight_limit", {}, "2400x20")),
    "SluiceLossLimitNear": (("sluice_limit_used", {"limit": "daily_loss"}, "85x20", "1m", "45s", "85%"),
                            ("sluice_limit_max", {"limit": "daily_loss"}, "100x20")),
    "SluiceLimitReached": (("sluice_limit_used", {"limit": "entries_per_hour"}, "60x40", "5m", "4m45s", "1"),
                           ("sluice_limit_max", {"limit": "entries_per_hour"}, "60x40")),
    "SluiceExitVerdictsSlow": (("sluice_verdict_latency_seconds_bucket", {"lane": "exit", "le": "5"}, "0x40",
                                "1m15s", "1m", "29.75s"),
                               ("sluice_verdict_latency_seconds_bucket", {"lane": "exit", "le": "30"},
                                "0 10+10x40"),
                               ("sluice_verdict_latency_seconds_bucket", {"lane": "exit", "le": "+Inf"},
                                "0 10+10x40")),
}
# Labels that the alert does not have, for its rule sums over them.
SUMMED = ("lane", "le")
# A limit that is no limit is never used up.
QUIET = {
    "SluiceLimitReached": (("sluice_limit_used", {"limit": "entries_per_hour"}, "60x40"),
                           ("sluice_limit_max", {"limit": "entries_per_hour"}, "0x40")),
}


def rules():
    """Alert to its text, as the file has it."""
    parts = re.split(r"^      - alert: ", RULES.read_text(), flags=re.M)[1:]
    return {part.split("\n", 1)[0]: part for part in parts}


def field(text, name):
    return re.search(rf"^ +{name}: (.*)$", text, re.M).group(1).strip('"')


def told(text, labels, value):
    for name, content in labels.items():
        text = text.replace("{{ $labels." + name + " }}", content)
    return re.sub(r"\{\{ \$value.*?\}\}", value, text)


def input_series(series, labels, values):
    text = ", ".join(f'{k}="{v}"' for k, v in {**NAMES, **labels}.items())
    return {"series": f"{series}{{{text}}}", "values": values}


def case(alert, rule, series, when, fires=None):
    """`fires`: labels and shown value of the alert, or None when it must be quiet."""
    expected = []
    if fires is not None:
        labels = {k: v for k, v in {**NAMES, **fires[0]}.items() if k not in SUMMED}
        expected = [{"exp_labels": {**labels, "severity": field(rule, "severity")},
                     "exp_annotations": {name: told(field(rule, name), labels, fires[1])
                                         for name in ("summary", "description")}}]
    return {"interval": "15s", "name": f"{alert} at {when}",
            "input_series": [input_series(*each) for each in series],
            "alert_rule_test": [{"eval_time": when, "alertname": alert, "exp_alerts": expected}]}


class AlertsTestCase(unittest.TestCase):
    def promtool(self, *words):
        if not shutil.which("promtool"):
            self.skipTest("promtool is missing: scripts/setup --dev installs it")
        done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_takes_the_rules(self):
        self.promtool("check", "rules", str(RULES))

    def test_every_alert_fires_when_it_should_and_not_before(self):
        cases = dict(CASES)
        for alert, text in rules().items():
            if cause := re.search(r'sluice_stalled\{cause="(\w+)"\}', text):
                cases[alert] = ("sluice_stalled", {"cause": cause.group(1)}, "0 1x20", "30s", "15s", "1")
        tests = []
        for alert, (first, *others) in {**{a: (c,) for a, c in cases.items()}, **BESIDE}.items():
            series, labels, values, fires, quiet, value = first
            every = [(series, labels, values), *others]
            tests.append(case(alert, rules()[alert], every, fires, (labels, value)))
            tests.append(case(alert, rules()[alert], every, quiet))
        tests += [case(alert, rules()[alert], every, "10m") for alert, every in QUIET.items()]
        self.assertEqual(set(cases) | set(BESIDE), set(rules()))
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "cases.json"
            file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "15s",
                                        "tests": tests}))
            self.promtool("test", "rules", str(file))

    def test_every_cause_of_a_stall_has_an_alert(self):
        header = (ROOT / "include/sluice/actors/stall.hpp").read_text()
        body = re.search(r"enum class stall_cause.*?\{(.*?)\};", header, re.S).group(1)
        causes = set(re.findall(r"^\s+(\w+),", body, re.M))
        self.assertGreater(len(causes), 5)
        told_of = set(re.findall(r'sluice_stalled\{cause="(\w+)"\}', RULES.read_text()))
        self.assertEqual(causes, told_of)

    def test_every_metric_that_is_asked_for_exists(self):
        table = (ROOT / "include/sluice/status/metric_table.hpp").read_text()
        known = set(re.findall(r'"(sluice_\w+)"', table))
        for file in (RULES, ROOT / "packaging" / "grafana" / "sluice.json"):
            for name in set(re.findall(r"\bsluice_\w+", file.read_text())):
                self.assertIn(re.sub(r"_(bucket|sum|count)$", "", name), known, file.name)

    def test_every_label_that_is_asked_for_is_one_the_program_gives(self):
        sources = "".join(file.read_text() for folder in ("src", "include")
                          for file in sorted((ROOT / folder).rglob("*.[ch]pp")))
        asked = set()
        for values in re.findall(r'\w+=~?\\?"([\w|]+)\\?"', RULES.read_text()):
            asked |= set(values.split("|"))
        self.assertGreater(len(asked), 15)
        for value in asked - {"sluice"}:
            self.assertIn(f'"{value}"', sources)

    def test_every_panel_asks_what_promtool_understands(self):
        panels = json.loads((ROOT / "packaging" / "grafana" / "sluice.json").read_text())["panels"]
        asked = [t["expr"].replace("$job", "sluice") for p in panels for t in p["targets"]]
        self.assertGreater(len(asked), 10)
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "panels.json"
            file.write_text(json.dumps({"groups": [{"name": "panels", "rules": [
                {"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(asked)]}]}))
            self.promtool("check", "rules", str(file))

    def test_what_shows_one_value_shows_that_of_now(self):
        panels = json.loads((ROOT / "packaging" / "grafana" / "sluice.json").read_text())["panels"]
        shown = [t for p in panels if p["type"] == "stat" for t in p["targets"]]
        self.assertIn("up", {t["expr"].split("{")[0] for t in shown})
        for target in shown:
            # The last value of a range is green for an hour after a crash.
            self.assertIs(target.get("instant"), True, target["expr"])

    def test_every_alert_says_what_to_do(self):
        page = (ROOT / "docs" / "alerts.md").read_text()
        self.assertEqual(set(re.findall(r"^### (Sluice\w+)$", page, re.M)), set(rules()))


if __name__ == "__main__":
    unittest.main()
