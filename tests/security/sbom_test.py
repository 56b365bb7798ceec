"""scripts/sbom: the list has the right shape, leaves nothing out, and is the same each time."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("SLUICE", "build/dev/sluice")).resolve()
BUILD = BINARY.parent
# What cmake/dependencies.cmake finds, by the name of Debian's source package.
SOURCES = {"OpenSSL": "openssl", "Boost": "boost1.81", "fmt": "fmtlib", "simdjson": "simdjson",
           "tomlplusplus": "tomlplusplus", "spdlog": "spdlog", "SQLite3": "sqlite3", "CLI11": "cli11",
           "caf_core": "actor-framework", "hiredis": "hiredis", "Threads": "glibc"}
SANITIZER = os.environ.get("SLUICE_SANITIZER", "")


def sbom(**environment):
    return subprocess.run([ROOT / "scripts" / "sbom", BUILD], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})


class SbomTestCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for tool in ("dpkg-query", "ninja", "readelf", "ldd"):
            if not shutil.which(tool):
                raise unittest.SkipTest(f"{tool} is missing")
        if not (BUILD / "build.ninja").exists():
            raise unittest.SkipTest("the binary does not stand in a build folder of ninja")
        if SANITIZER:
            raise unittest.SkipTest("a build with a sanitizer has libraries that no package brings")
        done = sbom()
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.text = done.stdout
        cls.document = json.loads(done.stdout)

    def components(self):
        return self.document["components"]

    def values(self, component, name):
        return [p["value"] for p in component.get("properties", ()) if p["name"] == name]

    def test_it_has_the_shape_that_readers_of_cyclonedx_expect(self):
        document = self.document
        self.assertEqual((document["bomFormat"], document["specVersion"], document["version"]), ("CycloneDX", "1.5", 1))
        self.assertRegex(document["serialNumber"], r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        own = document["metadata"]["component"]
        self.assertEqual((own["type"], own["name"]), ("application", "sluice"))
        said = subprocess.run([BINARY, "version"], capture_output=True, text=True, check=True).stdout
        self.assertIn(own["version"], said)
        refs = [own["bom-ref"]]
        for component in self.components():
            self.assertEqual((component["type"], component["scope"]), ("library", "required"))
            self.assertRegex(component["purl"], r"^pkg:(deb/debian|npm)/[a-z0-9.+-]+@[\w.~+%-]+(\?[\w=&.-]+)?$")
            self.assertTrue(component["name"] and component["version"])
            for licence in component["licenses"]:
                self.assertEqual(len(licence["license"]), 1)
                self.assertIn(next(iter(licence["license"])), ("id", "name"))
            refs += [component["bom-ref"], *(inner["bom-ref"] for inner in component.get("components", ()))]
        self.assertEqual(len(refs), len(set(refs)))
        edges = {edge["ref"]: edge["dependsOn"] for edge in document["dependencies"]}
        self.assertEqual(len(edges), len(document["dependencies"]))
        self.assertEqual(set(edges), {own["bom-ref"], *(c["bom-ref"] for c in self.components())})
        for ref, needed in edges.items():
            self.assertEqual(set(needed) - set(refs), set())
            self.assertNotIn(ref, needed)

    def test_every_library_that_is_loaded_is_in_it(self):
        listed = {c["name"] for c in self.components() if "loaded" in self.values(c, "sluice:use")}
        seen = set()
        for line in subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout.splitlines():
            if not (file := re.search(r"(/\S+) \(0x", line)):
                continue
            real = os.path.realpath(file.group(1))
            said = subprocess.run(["dpkg-query", "-S", f"*{real.removeprefix('/usr')}"], capture_output=True, text=True,
                                  check=True).stdout
            packages = {l.split(":")[0] for l in said.splitlines()}
            self.assertTrue(packages & listed, line)
            seen |= packages
        self.assertGreater(len(seen), 10)
        self.assertEqual(listed - seen, set())

    def test_every_library_that_the_build_looks_for_is_in_it(self):
        text = (ROOT / "cmake" / "dependencies.cmake").read_text()
        wanted = set(re.findall(r"^find_package\((\w+)", text, re.M)) | set(
            re.findall(r"find_library\(\w+ (\w+)", text))
        self.assertEqual(wanted, set(SOURCES))
        listed = {v.split()[0] for c in self.components() for v in self.values(c, "debian:source")}
        self.assertEqual({SOURCES[name] for name in wanted} - listed, set())
        # A library of headers alone is loaded by nobody, and yet in the binary.
        cli = next(c for c in self.components() if c["name"] == "libcli11-dev")
        self.assertEqual(self.values(cli, "sluice:use"), ["compiled in"])

    def test_versions_are_those_that_are_installed(self):
        for component in self.components():
            if component["purl"].startswith("pkg:deb/"):
                said = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", component["name"]],
                                      capture_output=True, text=True, check=True).stdout
                self.assertIn(component["version"], said.split())

    def test_what_others_wrote_for_the_dashboard_is_in_it_with_its_sums(self):
        vendor = ROOT / "web" / "vendor"
        listed = {}
        for component in self.components():
            for file in component.get("components", ()):
                self.assertEqual(component["licenses"], [{"license": {"id": "MIT"}}])
                listed[file["name"]] = file["hashes"][0]["content"]
        there = {str(file.relative_to(ROOT)): hashlib.sha256(file.read_bytes()).hexdigest()
                 for file in vendor.rglob("*") if file.is_file() and file.name != "VENDOR.md"}
        self.assertGreater(len(there), 2)
        self.assertEqual(listed, there)

    def test_it_is_the_same_each_time_and_takes_its_time_from_outside(self):
        self.assertEqual(sbom().stdout, self.text)
        self.assertNotIn("timestamp", self.document["metadata"])
        stamped = json.loads(sbom(SOURCE_DATE_EPOCH="1795651200").stdout)
        self.assertEqual(stamped["metadata"]["timestamp"], "2026-11-26T00:00:00Z")

    def test_a_library_of_no_package_is_not_left_out_in_silence(self):
        lines = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
        real = os.path.realpath(re.search(r"libhiredis\S+ => (\S+)", lines).group(1))
        with tempfile.TemporaryDirectory(prefix="sluice-sbom-") as directory:
            shutil.copy(real, pathlib.Path(directory) / re.search(r"(libhiredis\S+) =>", lines).group(1))
            done = sbom(LD_LIBRARY_PATH=directory)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("of no package: /", done.stderr)
        self.assertIn("libhiredis", done.stderr)


if __name__ == "__main__":
    unittest.main()
