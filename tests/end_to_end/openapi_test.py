"""The API is what its document says: every path and method of it, asked of a running process."""

import http.client
import re
import unittest

from harness import LIMIT_S, SluiceTestCase, a_reduce, an_open
from schema_check import admits, why_not

BY = {"author": "me", "reason": "the document is tested"}


class OpenApiTestCase(SluiceTestCase):
    def scene(self):
        """Something of everything: a position, orders, a hold, an override, an arming, a flatten."""
        self.run_ready(symbols=20)
        self.document = self.get("/openapi.json").json()
        self.post("/api/v1/plans?wait=5s", an_open("first"))
        self.post("/api/v1/plans?wait=5s", a_reduce("second", symbol="SOLUSDT"))
        self.until("filled", lambda: self.status()["orders"]["filled"] == 1)
        self.venue("POST", "/sim/order", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "1"})

    def answers(self, method, path, body=None):
        reply = self.post(path, body) if method == "post" else self.get(path)
        return reply

    def check(self, method, pattern, reply):
        operation = self.document["paths"][pattern][method]
        declared = operation["responses"].get(str(reply.status))
        self.assertIsNotNone(declared, f"{method} {pattern}: {reply.status} is not declared")
        kinds = declared["content"]
        kind = reply.headers["Content-Type"].split(";")[0]
        self.assertIn(kind, kinds, f"{method} {pattern}")
        if "json" in kind:
            schema = kinds[kind]["schema"]
            self.assertTrue(admits(reply.json(), schema, self.document),
                            f"{method} {pattern}: {why_not(reply.json(), schema, self.document)}")

    def stream(self, pattern):
        host, port = re.match(r"http://([^:]+):(\d+)", self.sluice.url).groups()
        connection = http.client.HTTPConnection(host, int(port), timeout=LIMIT_S)
        connection.request("GET", pattern + ("?last=5" if "events" in pattern else ""))
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        declared = self.document["paths"][pattern]["get"]["responses"]["200"]["content"]
        self.assertIn(answer.headers["Content-Type"], declared)
        self.assertTrue(answer.readline().startswith(b"id: "))
        connection.close()

    def test_every_path_and_method_answers_as_declared(self):
        self.scene()
        asked = set()

        def ask(method, pattern, path=None, body=None, status=(200,)):
            reply = self.answers(method, path or pattern, body)
            self.assertIn(reply.status, status, (method, pattern, reply.text[:500]))
            self.check(method, pattern, reply)
            asked.add((method, pattern))
            return reply

        ask("post", "/api/v1/overrides",
            body={"key": "gate.cooldown", "value": "1s", "for": "30m", **BY})
        ask("post", "/api/v1/closes/{symbol}/arm", "/api/v1/closes/BTCUSDT/arm",
            {"for": "30m", **BY})
        ask("post", "/api/v1/freshness", body={"strategy": "adaptive", **BY})
        ask("post", "/api/v1/resync", body=BY)
        ask("post", "/api/v1/log-levels", body={"component": "gate", "level": "debug", **BY})
        ask("post", "/api/v1/reload", body=BY)
        ask("post", "/api/v1/plans", "/api/v1/plans?dry_run=true", an_open("dry", symbol="BNBUSDT"))
        ask("post", "/api/v1/plans", body=a_reduce("third", symbol="XRPUSDT"),
            status=(200, 202))
        ask("post", "/api/v1/plans", "/api/v1/plans?wait=5s",
            [a_reduce("fourth", symbol="ADAUSDT"), an_open("first")])
        preview = ask("post", "/api/v1/flatten", body={"symbol": "LTCUSDT", **BY}).json()
        begun = ask("post", "/api/v1/flatten", status=(202,),
                    body={"symbol": "LTCUSDT", "confirm": preview["confirm"], **BY}).json()
        self.until("a foreign position", lambda: (self.position("ETHUSDT") or {}).get("amount"))
        parts = {"/api/v1/plans/{id}": "/api/v1/plans/first",
                 "/api/v1/universe/{symbol}": "/api/v1/universe/BTCUSDT",
                 "/api/v1/flatten/{id}": f"/api/v1/flatten/{begun['id']}"}
        for pattern, methods in self.document["paths"].items():
            if "get" not in methods:
                continue
            if "text/event-stream" in methods["get"]["responses"]["200"]["content"]:
                self.stream(pattern)
                asked.add(("get", pattern))
            else:
                ask("get", pattern, parts.get(pattern))
        ask("get", "/api/v1/positions", "/api/v1/positions?all")
        ask("get", "/api/v1/plans/{id}", "/api/v1/plans/second")
        ask("get", "/api/v1/universe/{symbol}", "/api/v1/universe/NOSUCHUSDT")
        ask("post", "/api/v1/overrides/{key}/revert", "/api/v1/overrides/gate.cooldown/revert", BY)
        ask("post", "/api/v1/closes/{symbol}/disarm", "/api/v1/closes/BTCUSDT/disarm", BY)
        released = self.post("/api/v1/holds/BTCUSDT/release", BY)
        self.assertEqual(released.status, 404)
        self.assert_problem(released)
        asked.add(("post", "/api/v1/holds/{symbol}/release"))
        ask("post", "/api/v1/state", body={"state": "halted", **BY})
        self.until("not ready", lambda: self.get("/readyz").status == 503)
        ask("get", "/readyz", status=(503,))
        every = {(method, path) for path, methods in self.document["paths"].items()
                 for method in methods}
        self.assertEqual(asked, every)

    def assert_problem(self, reply):
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        schema = self.document["components"]["schemas"]["Problem"]
        self.assertTrue(admits(reply.json(), schema, self.document), reply.text)
        self.assertEqual(reply.json()["status"], reply.status)

    def test_a_released_hold_and_refusals_are_as_declared(self):
        self.sluice = self.start(self.demo_config(
            symbols=20, extra='\n[reconcile]\nforeign = "hold"\n'))
        self.sluice.wait_url()
        self.until_ready()
        self.document = self.get("/openapi.json").json()
        self.venue("POST", "/sim/order", {"symbol": "ETHUSDT", "side": "BUY", "quantity": "1"})
        self.until("held", lambda: self.get("/api/v1/holds").json()["holds"])
        self.check("get", "/api/v1/holds", self.get("/api/v1/holds"))
        released = self.post("/api/v1/holds/ETHUSDT/release", BY)
        self.assertEqual(released.status, 200)
        self.check("post", "/api/v1/holds/{symbol}/release", released)
        preview = self.post("/api/v1/flatten", {"all": True, **BY})
        self.check("post", "/api/v1/flatten", preview)
        self.assertEqual(len(preview.json()["positions"]), 1)
        for path, methods in self.document["paths"].items():
            if "post" in methods:
                self.assert_problem(self.post(path.replace("{", "").replace("}", ""), "no object"))
                refused = self.post(path, "{}", {"Content-Type": "text/plain"})
                self.assertEqual(refused.status, 415)
                self.assert_problem(refused)
        for path in ("/api/v1/plans?limit=0", "/api/v1/reasons?for=never", "/api/v1/plans/none",
                     "/api/v1/flatten/99", "/api/v1/events?last=many", "/nothing"):
            self.assert_problem(self.get(path))

    def test_the_document_refers_to_nothing_that_is_not_in_it(self):
        self.run_ready(symbols=20)
        document = self.get("/openapi.json").json()
        self.assertTrue(document["openapi"].startswith("3.1"))
        referred, names = set(), set()

        def walk(value):
            if isinstance(value, dict):
                if "$ref" in value:
                    referred.add(value["$ref"])
                if "operationId" in value:
                    self.assertNotIn(value["operationId"], names)
                    names.add(value["operationId"])
            for inner in value.values() if isinstance(value, dict) else \
                    value if isinstance(value, list) else ():
                walk(inner)

        walk(document)
        there = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses")
                 for name in document["components"][kind]}
        self.assertEqual(referred - there, set())
        self.assertEqual(there - referred, set())
        for path, methods in document["paths"].items():
            for operation in methods.values():
                given = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
                self.assertEqual(given, set(re.findall(r"{(\w+)}", path)), path)

    def test_ids_of_the_venue_are_texts_wherever_they_are_told(self):
        self.scene()
        story = self.get("/api/v1/plans/first").json()
        ids = [o["order_id"] for o in story["orders"] if "order_id" in o]
        ids += [f["order_id"] for f in story["fills"]] + [f["trade_id"] for f in story["fills"]]
        self.assertGreater(len(ids), 3)
        # The venue's own ids are past what a double holds exactly.
        self.assertTrue(any(int(i) > 2 ** 53 for i in ids), ids)
        for each in ids:
            self.assertIsInstance(each, str)

        def numbers(value, name=None):
            if isinstance(value, bool):
                return
            if isinstance(value, (int, float)):
                yield name, value
            for key, inner in value.items() if isinstance(value, dict) else \
                    ((name, v) for v in value) if isinstance(value, list) else ():
                yield from numbers(inner, key)

        documents = [self.get(path).json() for path in (
            "/api/v1/status", "/api/v1/positions?all", "/api/v1/orders", "/api/v1/plans",
            "/api/v1/plans/first", "/api/v1/plans/second", "/api/v1/limits", "/api/v1/reasons",
            "/api/v1/universe", "/api/v1/exchange", "/api/v1/holds", "/api/v1/closes",
            "/api/v1/overrides", "/api/v1/flatten")]
        documents.append(self.post("/api/v1/flatten", {"all": True, **BY}).json())
        documents.append(self.post("/api/v1/plans?dry_run=true", an_open("dry")).json())
        told = [pair for document in documents for pair in numbers(document)]
        self.assertLess(max(value for _, value in told), 2 ** 53)
        # A number with a fraction would be money, a price or a quantity, or pass for one.
        self.assertEqual({name for name, value in told if isinstance(value, float)}, set())


if __name__ == "__main__":
    unittest.main()
