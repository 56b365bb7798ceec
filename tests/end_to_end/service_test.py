"""What the process tells the service manager that started it, from the first word to the last."""

import os
import signal
import unittest
from unittest import mock

from harness import LIMIT_S, OutsideTestCase, Relay, SluiceTestCase, free_port
from service_manager import ServiceManager


class ServiceManagerTestCase(SluiceTestCase):
    def listen(self, address=None):
        self.manager = ServiceManager(address or str(self.directory / "notify"))
        self.addCleanup(self.manager.close)
        return self.manager

    def run_watched(self, address=None, watchdog_s=2):
        manager = self.listen(address)
        with mock.patch.dict(os.environ, manager.environment(watchdog_s)):
            self.run_demo(symbols=20)
        return manager

    def test_the_words_come_in_their_order_from_start_to_end(self):
        manager = self.run_watched()
        self.assertTrue(manager.wait_for("READY=1", LIMIT_S), manager.said())
        self.assertTrue(manager.wait_for("WATCHDOG=1", LIMIT_S, times=3), manager.said())
        self.sluice.process.send_signal(signal.SIGHUP)
        self.assertTrue(manager.wait_for("RELOADING=1", LIMIT_S), manager.said())
        self.assertTrue(manager.wait_for("READY=1", LIMIT_S, times=2), manager.said())
        self.assertEqual(self.sluice.end(), 0)
        said = manager.said()
        ready, stopping = said.index("READY=1"), len(said) - 1
        self.assertTrue(said[0].startswith("EXTEND_TIMEOUT_USEC=30000000\nSTATUS=opening"), said)
        self.assertFalse([s for s in said[:ready] if not s.startswith(("EXTEND_TIMEOUT_USEC=", "STATUS="))],
                         said)
        self.assertTrue(said[ready + 1].startswith("STATUS=demo, active, "), said)
        reloading = next(i for i, s in enumerate(said) if s.startswith("RELOADING=1\nMONOTONIC_USEC="))
        self.assertIn("READY=1", said[reloading:stopping])
        self.assertTrue(said[stopping].startswith("STOPPING=1\nSTATUS=ending: SIGTERM"), said)

    def test_an_abstract_address_is_as_good_as_a_path(self):
        manager = self.run_watched(address=f"@sluice-e2e-{os.getpid()}-{free_port()}", watchdog_s=None)
        self.assertTrue(manager.wait_for("READY=1", LIMIT_S), manager.said())
        self.assertEqual(self.sluice.end(), 0)
        self.assertEqual(manager.count("WATCHDOG=1"), 0)
        self.assertTrue(manager.wait_for("STOPPING=1", LIMIT_S))

    def test_a_watchdog_of_another_process_is_not_ours(self):
        manager = self.listen()
        environment = {**manager.environment(0.5), "WATCHDOG_PID": "1"}
        with mock.patch.dict(os.environ, environment):
            self.run_demo(symbols=20)
        self.assertTrue(manager.wait_for("READY=1", LIMIT_S))
        self.assertTrue(self.sluice.end() == 0)
        self.assertEqual(manager.count("WATCHDOG=1"), 0)

    def test_an_address_that_cannot_be_one_stops_the_start_instead_of_a_kill_later(self):
        with mock.patch.dict(os.environ, {"NOTIFY_SOCKET": "nowhere"}):
            code, _, errors = self.finish(self.demo_config(symbols=20), "run")
        self.assertEqual(code, 78)
        self.assertIn("NOTIFY_SOCKET", errors)

    def test_a_manager_that_is_gone_stops_nothing(self):
        manager = self.run_watched()
        self.assertTrue(manager.wait_for("READY=1", LIMIT_S))
        manager.close()
        self.until("told once", lambda: "service manager_not_reached" in self.sluice.log())
        self.until_ready()
        self.assertEqual(self.sluice.end(), 0)


class ServiceStartTestCase(OutsideTestCase):
    def test_a_start_without_a_venue_asks_for_time_and_says_why_until_the_venue_comes(self):
        self.write_keys()
        port, behind = free_port(), free_port()
        self.start_venue(behind)
        manager = ServiceManager(str(self.directory / "notify"))
        self.addCleanup(manager.close)
        with mock.patch.dict(os.environ, manager.environment(2)):
            self.sluice = self.start(self.outside(port))
        self.sluice.wait_url()
        self.assertTrue(manager.wait_for("EXTEND_TIMEOUT_USEC=30000000", LIMIT_S, times=3), manager.said())
        said = manager.said()
        self.assertNotIn("READY=1", said)
        self.assertNotIn("WATCHDOG=1", said)
        self.assertTrue([s for s in said if s.startswith("STATUS=testnet, active, not ready: ")], said)
        self.until("the cause", lambda: any("exchange_unreachable" in s for s in manager.said()))
        relay = Relay(port, behind)
        self.addCleanup(relay.close)
        self.assertTrue(manager.wait_for("READY=1", LIMIT_S), manager.said())
        self.assertTrue(manager.wait_for("WATCHDOG=1", LIMIT_S), manager.said())


if __name__ == "__main__":
    unittest.main()
