#!/usr/bin/env python3
"""The Python client, installed from its sources, loses no call when servers are killed and cut off.

Usage: python_client_test.py PROGRAM PACKAGES     skipped, saying why, without the packages or where hosts cannot be made
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

import fleet
import fleet_test
import run_client_tests

PACKAGES = pathlib.Path(sys.argv[2])
CALLER = f"""
import json, sys, threading, time
from shortlist_client import Client, ShortlistError

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
outcomes = {{"OK": 0}}
with Client("dns:///{fleet.NAME}:50051", timeout=10) as client:
    end = time.monotonic() + {fleet.LONGEST_LOAD}
    while not ended.wait(0.02) and time.monotonic() < end:
        try:
            client.recommend("user-1", k=3)
            outcomes["OK"] += 1
        except ShortlistError as failure:
            outcomes[failure.code] = outcomes.get(failure.code, 0) + 1
print(json.dumps(outcomes))
"""


def install_client(folder):
    """The directory for PYTHONPATH."""
    sources, library = folder / "python", folder / "library"
    run_client_tests.copy_sources(sources)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--no-deps",
                    "--no-index", "--no-build-isolation", "--target", library, "."], cwd=sources, check=True,
                   env=os.environ | {"PYTHONPATH": str(PACKAGES)})
    return library


def setUpModule():
    if not (PACKAGES / "grpc").is_dir():
        raise unittest.SkipTest(f"there are no Python packages in {PACKAGES}; tools/setup.sh puts them there")
    fleet_test.setUpModule()


class PythonClientTest(unittest.TestCase):
    def test_fails_no_call_when_servers_are_killed_and_cut_off(self):
        made = fleet_test.made
        library = install_client(made.root)
        self.addCleanup(shutil.rmtree, library)
        made.start()
        command = made.names.command(fleet.CLIENT, [sys.executable, "-B", "-c", CALLER])
        caller = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  env=os.environ | {"PYTHONPATH": f"{library}:{PACKAGES}", "no_proxy": "*"})
        self.addCleanup(caller.kill)
        made.await_calls()
        made.servers[0].process.send_signal(signal.SIGSTOP)
        time.sleep(1)
        made.servers[0].kill()
        made.servers[2].await_calls()
        self.addCleanup(made.servers[1].set_link, "up")
        made.servers[1].set_link("down")
        time.sleep(5)
        made.servers[2].await_calls()
        outcomes = json.loads(caller.communicate(timeout=fleet.PATIENCE)[0])
        print(outcomes, end=" ... ", flush=True)
        self.assertEqual(list(outcomes), ["OK"], outcomes)
        self.assertGreater(outcomes["OK"], 10)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was made is removed then, too
    unittest.main(argv=sys.argv[:1], verbosity=2)
