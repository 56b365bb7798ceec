"""No secret in any output (I9): a run with everything in it, and a search through all that came out.

What is searched for is everything secret of that run: the key, the secret, the signature of each request that
the venue saw, the keys of the streams, the tokens of readers, of writers and of a source, wrong tokens that differ
from them by a letter, and the password of Redis, in every form that tests/security/forms.py knows. A word that is
no secret is given as the reason of an order and must be found: who does not find it does not look.
"""

import base64
import hashlib
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

from forms import Scanner, forms  # noqa: E402
from harness import VENUE  # noqa: E402
from redis_server import Redis  # noqa: E402
from scene import KEY, READ, ROOT, SECRET, SceneTestCase  # noqa: E402


@unittest.skipIf(Redis.missing(), "redis-server is not installed")
class SecrecyTestCase(SceneTestCase):
    def test_no_secret_of_a_run_with_everything_in_it_comes_out_anywhere(self):
        self.search()


@unittest.skipIf(Redis.missing() or not shutil.which("openssl"), "redis-server or openssl is not installed")
class OwnKeySecrecyTestCase(SceneTestCase):
    """The same with a private key of our own, whose signatures openssl makes again."""

    KEY_TYPE = "ed25519"

    def openssl(self, *words):
        return subprocess.run(["openssl", *words], capture_output=True, check=True, cwd=self.directory).stdout

    def make_key(self):
        (self.directory / "secret").write_bytes(self.openssl("genpkey", "-algorithm", "ed25519"))
        (self.directory / "public").write_bytes(self.openssl("pkey", "-in", "secret", "-pubout"))
        self.SECRET = (self.directory / "secret").read_text().splitlines()[1]

    def start_venue(self, port):
        text = VENUE.format(port=port, dir=self.directory).replace(
            f'api_secret_file = "{self.directory}/secret"', f'api_public_key_file = "{self.directory}/public"')
        venue = self.start(self.write_config(text, "venue.toml"), "sim")
        self.venue_port = int(venue.wait_url().rsplit(":", 1)[1])
        return venue

    def more_secrets(self):
        return {"seed of the key": base64.b64decode(self.SECRET)[-32:]}

    def signature_bytes(self, payload):
        (self.directory / "payload").write_text(payload)
        signed = self.openssl("pkeyutl", "-sign", "-rawin", "-inkey", "secret", "-in", "payload")
        (self.directory / "payload").unlink()
        return signed

    def signature(self, payload):
        return base64.b64encode(self.signature_bytes(payload)).decode()

    def test_no_secret_of_a_run_with_a_private_key_comes_out_anywhere(self):
        self.search()


class ScannerTestCase(unittest.TestCase):
    """The search itself: what it must find, and what it must leave alone."""

    SECRETS = {"key": KEY, "secret": SECRET, "token": READ, "signature": hashlib.sha256(b"x").hexdigest(),
               "bytes": hashlib.sha256(b"y").digest()}
    AROUND = b'ts=2026-11-26T00:00:00Z INFO gate "judged" {"plan_id":"a-1","quantity":"0.010"}\n' * 50

    def test_a_planted_secret_is_found_in_every_form(self):
        scanner = Scanner(self.SECRETS)
        seen = set()
        for name, secret in self.SECRETS.items():
            secret = secret.encode() if isinstance(secret, str) else secret
            for form, text in forms(secret):
                found = scanner.find(self.AROUND + b"x=" + text + b"&y" + self.AROUND)
                self.assertIn(name, {each for each, _ in found}, form)
                seen.add(form)
        self.assertEqual(len(seen), 16)

    def test_a_planted_secret_is_found_within_what_was_encoded_with_it(self):
        scanner = Scanner(self.SECRETS)
        for before in range(7):
            whole = b"u" * before + READ.encode() + b":more"
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                self.assertTrue(scanner.find(self.AROUND + encode(whole)), (before, encode))

    def test_a_part_of_a_secret_is_found_too(self):
        scanner = Scanner(self.SECRETS)
        self.assertTrue(scanner.find(b"key=" + KEY[:16].encode() + b"..."))
        self.assertTrue(scanner.find(b"..." + KEY[-16:].encode()))
        for at in range(len(KEY) - 31):
            self.assertTrue(scanner.find(KEY[at:at + 31]), at)

    def test_what_holds_no_secret_is_left_alone(self):
        scanner = Scanner(self.SECRETS)
        self.assertEqual(scanner.find(self.AROUND), set())
        self.assertEqual(scanner.find(KEY[:15] + " " + KEY[15:30] + " " + "0123456789abcdef" * 8), set())
        self.assertEqual(scanner.find((ROOT / "docs/openapi.json").read_bytes()), set())


if __name__ == "__main__":
    unittest.main()
