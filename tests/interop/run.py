"""Installs the pinned third-party client into the build folder and runs it against the venue.

Ends with 77, which CTest shows as skipped, where Node, npm or the package cannot be had.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
INSTALL_LIMIT_S = 120
RUN_LIMIT_S = 60


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def install(folder):
    """Leaves node_modules in the folder; the lockfile's hashes are checked by npm."""
    npm = shutil.which("npm")
    if not shutil.which("node") or not npm:
        skip("Node.js or npm is missing: scripts/setup --dev installs it")
    folder.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    installed = folder / "installed-lock.json"
    for name in ("package.json", "package-lock.json", "client.mjs"):
        shutil.copy(HERE / name, folder / name)
    if installed.exists() and installed.read_bytes() == lock:
        return
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                              timeout=INSTALL_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        skip("the package registry does not answer")
    if "EINTEGRITY" in done.stderr:
        sys.exit("the package is not the one that was pinned:\n" + done.stderr)
    if done.returncode != 0:
        skip("npm could not install the client: " + done.stderr.strip().splitlines()[-1])
    installed.write_bytes(lock)


def run(host, folder):
    certificate = folder / "venue.pem"
    venue = subprocess.Popen([host, str(certificate)], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    try:
        where = json.loads(venue.stdout.readline())
        environment = dict(os.environ, NODE_EXTRA_CA_CERTS=str(certificate), REST=where["rest"],
                           STREAMS=where["streams"], KEY=where["key"], SECRET=where["secret"])
        done = subprocess.run(["node", "client.mjs"], cwd=folder, env=environment,
                              timeout=RUN_LIMIT_S, check=False)
        return done.returncode
    finally:
        venue.stdin.close()
        venue.wait(timeout=10)


def main():
    host, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    install(folder)
    sys.exit(run(host, folder))


main()
