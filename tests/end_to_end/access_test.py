"""Who may look, who may order, and over what: tokens, TLS, and addresses beyond this machine."""

import http.client
import json
import os
import shutil
import ssl
import subprocess
import unittest

from harness import BINARY, LIMIT_S, SluiceTestCase, a_reduce, an_open, ask

READ = "reading-word-000001"
OLD_READ = "reading-word-000000"
WRITE = "ordering-word-00001"
ALPHA = "alpha-word-0000001"


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


class AccessTestCase(SluiceTestCase):
    def secret_file(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text)
        os.chmod(path, mode)
        return path

    def status_table(self, **keys):
        return "".join(f'{key} = "{value}"\n' for key, value in keys.items())

    def guarded(self, extra="", **more):
        read = self.secret_file("read.token", f"{OLD_READ}\n{READ}\n")
        write = self.secret_file("write.token", WRITE + "\n")
        keys = self.status_table(read_token_file=read, write_token_file=write, **more)
        return self.demo_config(symbols=20, extra=extra, replace=[("[log]", keys + "[log]")])

    def run_guarded(self, extra="", **more):
        self.sluice = self.start(self.guarded(extra, **more))
        self.sluice.wait_url()

    def command(self, *words, env=None, stdin=None):
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=LIMIT_S,
                              cwd=self.directory, env={**os.environ, **(env or {})}, input=stdin)
        for secret in (READ, OLD_READ, WRITE, ALPHA):
            self.assertNotIn(secret, done.stdout + done.stderr)
        return done.returncode, done.stdout, done.stderr

    def assert_refused(self, reply, status):
        self.assertEqual(reply.status, status, reply.text)
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        self.assertTrue(reply.headers["WWW-Authenticate"].startswith("Bearer"))
        self.assertEqual(reply.json()["status"], status)


class TokenTest(AccessTestCase):
    def test_looking_needs_one_token_and_ordering_the_other(self):
        self.run_guarded()
        self.until("ready", lambda: self.get("/readyz").status == 200)
        self.assertEqual(self.get("/healthz").status, 200)
        self.assertEqual(self.get("/").status, 200)
        self.assertEqual(self.get("/assets/app.js").status, 200)
        for path in ("/api/v1/status", "/api/v1/plans", "/api/v1/config", "/api/v1/logs",
                     "/api/v1/events", "/metrics", "/version", "/no/such/path"):
            self.assert_refused(self.get(path), 401)
            self.assert_refused(self.get(path, bearer("wrong-word-00000001")), 401)
            self.assert_refused(self.get(path, {"Authorization": f"Basic {READ}"}), 401)
        for token in (READ, OLD_READ, WRITE):
            for path in ("/api/v1/status", "/metrics", "/version"):
                self.assertEqual(self.get(path, bearer(token)).status, 200)
        order = {"state": "reduce_only", "author": "me", "reason": "secret plans"}
        self.assert_refused(self.post("/api/v1/state", order), 401)
        self.assert_refused(self.post("/api/v1/state", order, bearer("wrong")), 401)
        self.assert_refused(self.post("/api/v1/state", order, bearer(READ)), 403)
        self.assert_refused(self.post("/api/v1/flatten", {"all": True}, bearer(READ)), 403)
        self.assertEqual(self.post("/api/v1/state", order, bearer(WRITE)).status, 200)
        status = self.get("/api/v1/status", bearer(READ)).json()
        self.assertEqual(status["trading_state"], "reduce_only")

    def test_who_may_not_look_learns_of_readiness_the_words_alone(self):
        self.run_guarded()
        self.until("ready", lambda: self.get("/readyz").status == 200)
        halt = {"state": "halted", "author": "me", "reason": "secret plans"}
        self.assertEqual(self.post("/api/v1/state", halt, bearer(WRITE)).status, 200)
        told = self.until("halted", lambda: self.get("/readyz").status == 503
                          and self.get("/readyz"))
        self.assertEqual(told.json(), {"ready": False, "reasons": [{"reason": "halted"}]})
        whole = self.get("/readyz", bearer(READ)).json()
        self.assertIn("detail", whole["reasons"][0])
        self.assertEqual(whole["trading_state"], "halted")

    def test_plans_need_their_sources_token_or_the_one_for_orders(self):
        alpha = self.secret_file("alpha.token", ALPHA)
        self.run_guarded(extra=f'\n[intake.sources.alpha]\ntoken_file = "{alpha}"\n')
        self.until("ready", lambda: self.get("/readyz").status == 200)
        own = {**a_reduce("a-1"), "source": "alpha"}
        for token, status in ((None, 401), ("wrong", 401), (READ, 403)):
            self.assert_refused(self.post("/api/v1/plans", a_reduce("t-1"), bearer(token)), status)
        # A source's token is good for the source alone.
        self.assertEqual(self.post("/api/v1/plans", a_reduce("t-1"), bearer(ALPHA)).status, 403)
        self.assertEqual(self.post("/api/v1/plans", own, bearer(WRITE)).status, 403)
        self.assertEqual(self.post("/api/v1/plans", own).status, 401)
        listed = self.get("/api/v1/plans", bearer(READ)).json()["plans"]
        self.assertEqual(listed, [])
        self.assertIn(self.post("/api/v1/plans", own, bearer(ALPHA)).status, (200, 202))
        self.assertEqual(self.post("/api/v1/plans?wait=5s", a_reduce("t-2"),
                                   bearer(WRITE)).status, 200)
        self.assertEqual(self.get("/api/v1/plans", bearer(ALPHA)).status, 403)
        # A stranger's bytes are not even read.
        self.assert_refused(self.post("/api/v1/plans", "no json"), 401)

    def test_refused_tokens_are_counted_and_no_token_is_told(self):
        self.run_guarded()
        for n in range(30):
            self.assert_refused(self.get("/api/v1/status", bearer(f"wrong-word-{n:09}")), 401)
        self.assert_refused(self.get("/api/v1/status"), 401)
        self.assert_refused(self.post("/api/v1/state", {}, bearer(READ)), 403)
        metrics = self.get("/metrics", bearer(READ)).text
        self.assertIn('sluice_http_tokens_refused_total{why="unknown"} 30', metrics)
        self.assertIn('sluice_http_tokens_refused_total{why="missing"} 1', metrics)
        self.assertIn('sluice_http_tokens_refused_total{why="not_enough"} 1', metrics)
        self.until("logged", lambda: "token_refused" in self.sluice.log())
        lines = [l for l in self.sluice.log().splitlines() if "token_refused" in l]
        self.assertLessEqual(len(lines), 6, lines)
        self.assertIn("from=127.0.0.1", lines[0])
        config = self.get("/api/v1/config", bearer(READ)).text
        self.assertIn("write.token", config)
        self.assertEqual(self.sluice.end(), 0)
        shown = [metrics, config, self.sluice.log()]
        for path in (self.directory / "state").iterdir():
            shown.append(path.read_bytes().decode(errors="replace"))
        for text in shown:
            for word in (READ, OLD_READ, WRITE, "wrong-word"):
                self.assertNotIn(word, text)

    def test_of_a_method_that_nobody_knows_the_log_says_no_more(self):
        self.run_guarded()
        port = int(self.sluice.url.rsplit(":", 1)[1])
        self.assert_refused(ask(http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S),
                                "BUYMYWORDS", "/api/v1/status"), 401)
        self.until("logged", lambda: "token_refused" in self.sluice.log())
        self.assertIn("method=other", self.sluice.log())
        self.assertNotIn("BUYMYWORDS", self.sluice.log())

    def test_the_commands_show_the_token_of_a_file(self):
        self.run_guarded()
        self.until("ready", lambda: self.get("/readyz").status == 200)
        url = ("--url", self.sluice.url)
        read = ("--token-file", str(self.directory / "read.token"))
        write = ("--token-file", str(self.directory / "write.token"))
        by_environment = {"SLUICE_TOKEN_FILE": str(self.directory / "read.token")}
        for words in (("status",), ("doctor",), ("why",), ("show-config",), ("top", "--once"),
                      ("state",), ("hold",), ("flatten",), ("tail", "--no-follow")):
            code, _, errors = self.command(*words, *url)
            self.assertNotEqual(code, 0, words)
            self.assertIn("token", errors, words)
            # 1 of doctor: something is worth a look.
            for code, out, errors in (self.command(*words, *url, *read),
                                      self.command(*words, *url, env=by_environment)):
                self.assertIn(code, (0, 1) if words == ("doctor",) else (0,), (words, errors))
        order = ("state", "reduce_only", "--reason", "test", "--author", "me")
        code, _, errors = self.command(*order, *url, *read)
        self.assertEqual(code, 1, errors)
        self.assertEqual(self.command(*order, *url, *write)[0], 0)
        plan = json.dumps(a_reduce("c-1"))
        self.assertEqual(self.command("plan", "-", *url, stdin=plan)[0], 1)
        self.assertEqual(self.get("/api/v1/plans", bearer(READ)).json()["plans"], [])
        # 1 where it is denied before the answer goes out.
        self.assertIn(self.command("plan", "-", *url, *write, stdin=plan)[0], (0, 1))
        plans = self.get("/api/v1/plans", bearer(READ)).json()["plans"]
        self.assertEqual([p["plan_id"] for p in plans], ["c-1"])
        loose = ("--token-file", str(self.secret_file("loose.token", READ, 0o644)))
        self.assertEqual(self.command("status", *url, *loose)[0], 2)

    def test_a_file_of_tokens_that_proves_nothing_ends_the_start(self):
        config = self.guarded()
        os.chmod(self.directory / "write.token", 0o640)
        code, _, errors = self.finish(config)
        self.assertEqual(code, 77, errors)
        self.assertIn("status.write_token_file", errors)
        self.secret_file("write.token", "short\n")
        code, _, errors = self.finish(config)
        self.assertEqual(code, 78, errors)
        self.assertNotIn("short\n", errors)
        code, out, _ = self.command("doctor", "--config", str(config))
        self.assertEqual(code, 3, out)
        self.assertIn("status.write_token_file", out)


@unittest.skipUnless(shutil.which("openssl"), "openssl is missing: scripts/setup --dev installs it")
class TlsTest(AccessTestCase):
    def make_certificate(self, names="IP:127.0.0.1,DNS:localhost"):
        key, pem = self.directory / "server.key", self.directory / "server.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=sluice",
                        "-addext", f"subjectAltName={names}", "-keyout", key, "-out", pem],
                       check=True, capture_output=True)
        os.chmod(key, 0o600)
        return {"tls_certificate_file": pem, "tls_key_file": key}

    def connection(self):
        context = ssl.create_default_context(cafile=str(self.directory / "server.pem"))
        port = int(self.sluice.url.rsplit(":", 1)[1])
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=LIMIT_S, context=context)

    def test_all_is_served_over_tls_and_nothing_without(self):
        self.run_guarded(**self.make_certificate())
        self.assertTrue(self.sluice.url.startswith("https://127.0.0.1:"))
        self.until("ready", lambda: self.get("/readyz").status == 200)
        self.assertEqual(self.get("/api/v1/status", bearer(READ)).status, 200)
        judged = self.post("/api/v1/plans?wait=5s", an_open("s-1"), bearer(WRITE)).json()
        self.assertEqual(judged["judged"]["verdict"]["kind"], "allow")
        port = int(self.sluice.url.rsplit(":", 1)[1])
        with self.assertRaises((http.client.HTTPException, OSError)):
            ask(http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S), "GET", "/healthz")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(self.directory / "server.pem")
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError)):
            ask(http.client.HTTPSConnection("127.0.0.1", port, timeout=LIMIT_S, context=old),
                "GET", "/healthz")

    def test_the_commands_speak_tls_to_whom_they_can_trust(self):
        self.run_guarded(**self.make_certificate())
        self.until("ready", lambda: self.get("/readyz").status == 200)
        port = self.sluice.url.rsplit(":", 1)[1]
        read = ("--token-file", str(self.directory / "read.token"))
        ca = ("--ca-file", str(self.directory / "server.pem"))
        for host in ("127.0.0.1", "localhost"):
            code, out, errors = self.command("status", "--url", f"https://{host}:{port}", *read, *ca)
            self.assertEqual(code, 0, (out, errors))
        url = ("--url", self.sluice.url)
        by_environment = {"SLUICE_CA_FILE": str(self.directory / "server.pem")}
        self.assertIn(self.command("doctor", *url, *read, env=by_environment)[0], (0, 1))
        code, out, errors = self.command("tail", "--events", "--no-follow", *url, *read, *ca)
        self.assertEqual(code, 0, errors)
        self.assertIn("process_started", out)
        code, _, errors = self.command("status", *url, *read)
        self.assertEqual(code, 69)
        self.assertIn("not trusted", errors)
        self.assertEqual(self.command("status", "--url", "http://10.0.0.1:8645", *read)[0], 2)

    def test_a_key_that_others_may_read_or_that_does_not_fit_ends_the_start(self):
        files = self.make_certificate()
        config = self.guarded(**files)
        os.chmod(files["tls_key_file"], 0o644)
        code, _, errors = self.finish(config)
        self.assertEqual(code, 77, errors)
        self.assertIn("status.tls_key_file", errors)
        os.chmod(files["tls_key_file"], 0o600)
        files["tls_certificate_file"].write_text("no certificate")
        self.assertEqual(self.finish(config)[0], 78)

    def test_beyond_this_machine_it_listens_with_both_tokens_and_tls_alone(self):
        keys = {"read_token_file": "r", "write_token_file": "w", "tls_certificate_file": "c",
                "tls_key_file": "k"}
        for left_out in keys:
            given = {k: v for k, v in keys.items() if k != left_out}
            config = self.demo_config(symbols=20, replace=[
                ("127.0.0.1:0", "10.1.2.3:8645"), ("[log]", self.status_table(**given) + "[log]")])
            code, out, errors = self.finish(config, "check")
            self.assertEqual(code, 78, out)
            self.assertIn(f"missing: {left_out}", out + errors)
        config = self.demo_config(symbols=20, replace=[
            ("127.0.0.1:0", "10.1.2.3:8645"), ("[log]", self.status_table(**keys) + "[log]")])
        self.assertEqual(self.finish(config, "check")[0], 0)


if __name__ == "__main__":
    unittest.main()
