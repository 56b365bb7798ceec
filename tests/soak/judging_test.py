"""What a soak calls broken, each shown with made-up samples; and that its schedule follows from the seed."""

import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts" / "soaking"))

import faults  # noqa: E402
import judging  # noqa: E402
import load  # noqa: E402

GOOD_END = {"ready_after_s": 1.2, "differ": [], "exit_code": 0}


def life(minutes, number=1, begin_s=0.0, rss=lambda minute: 100.0, fds=lambda minute: 80,
         threads=lambda minute: 11):
    return [{"number": m, "life": number, "up_s": m * 60.0, "at_s": begin_s + m * 60.0, "rss_mib": rss(m),
             "descriptors": fds(m), "threads": threads(m), "overdue": [], "late": [], "lost": [],
             "broken_replies": []} for m in range(1, minutes + 1)]


def jittered(seed):
    choice = random.Random(seed)
    return lambda minute: 100 + choice.uniform(-3, 3)


class GrowthTestCase(unittest.TestCase):
    def broken(self, samples, end=None):
        return judging.violations(samples, GOOD_END if end is None else end)

    def test_a_soak_in_which_nothing_grows_holds(self):
        for seed in range(20):
            choice = random.Random(seed)
            self.assertEqual(self.broken(life(120, rss=jittered(seed),
                                              fds=lambda m, c=choice: 80 + c.randint(0, 12))), [])

    def test_memory_that_grows_by_more_than_eight_mebibytes_is_named_with_its_sample(self):
        found = self.broken(life(120, rss=lambda m: 100 + m * 0.2))
        self.assertEqual(len(found), 1)
        self.assertIn("rss_mib grew: 12.0 MiB an hour on 118.0 MiB", found[0])
        self.assertIn("sample 120 (7200 s)", found[0])

    def test_memory_that_rises_while_warming_up_and_then_stays_holds(self):
        self.assertEqual(self.broken(life(120, rss=lambda m: 40 + min(m, 50) * 2)), [])

    def test_a_rise_within_eight_mebibytes_is_no_leak(self):
        self.assertEqual(self.broken(life(120, rss=lambda m: 100 + m * 0.1)), [])

    def test_a_rise_of_less_than_a_percent_an_hour_is_no_leak(self):
        self.assertEqual(self.broken(life(48 * 60, rss=lambda m: 5000 + m * 0.5)), [])
        self.assertNotEqual(self.broken(life(48 * 60, rss=lambda m: 1000 + m * 0.5)), [])

    def test_a_leak_too_small_for_one_life_is_seen_over_many(self):
        one = life(50, rss=lambda m: 60 + m * 0.1)
        self.assertEqual(self.broken(one), [])
        many = [s for n in range(8) for s in life(50, n, n * 3600.0, rss=lambda m: 60 + m * 0.1)]
        self.assertIn("rss_mib grew: 6.0 MiB an hour", self.broken(many)[0])

    def test_a_level_that_differs_between_lives_is_no_growth(self):
        lives = [s for n in range(8) for s in life(50, n, n * 3600.0, rss=lambda m, n=n: 60 + 10 * n)]
        self.assertEqual(self.broken(lives), [])

    def test_descriptors_that_grow_are_named(self):
        found = self.broken(life(120, fds=lambda m: 80 + m // 4))
        self.assertIn("descriptors grew", found[0])
        self.assertEqual(len(found), 1)

    def test_threads_that_grow_are_named(self):
        found = self.broken(life(120, threads=lambda m: 11 + m // 15))
        self.assertIn("threads grew", found[0])
        self.assertEqual(len(found), 1)

    def test_what_fills_up_in_the_first_hour_of_a_longer_run_is_no_growth(self):
        rising = life(48, rss=lambda m: 60 + m)
        self.assertIn("rss_mib grew", self.broken(rising)[0])
        self.assertEqual(self.broken(rising + life(50, 2, 3600.0) + life(60, 3, 7200.0)), [])

    def test_too_short_a_life_tells_nothing_of_growth(self):
        short = life(12, rss=lambda m: 100 + m * 20)
        self.assertIsNone(judging.growth(short, "rss_mib"))
        self.assertEqual(self.broken(short), [])

    def test_growth_ends_a_soak_that_runs_only_after_four_hours_of_second_halves(self):
        self.assertEqual(judging.so_far(life(120, rss=lambda m: 100 + m * 0.2)), [])
        self.assertIn("rss_mib grew", judging.so_far(life(9 * 60, rss=lambda m: 100 + m * 0.2))[0])

    def test_a_plan_without_a_verdict_ends_a_soak_that_runs_at_once(self):
        samples = life(5)
        samples[4]["overdue"] = ["soak-1-7"]
        self.assertIn("soak-1-7", judging.so_far(samples)[0])

    # ---- single samples

    def test_each_plan_without_a_verdict_in_time_is_named_with_its_sample(self):
        for key, words in (("overdue", "had no verdict by its deadline"), ("late", "judged after its deadline"),
                           ("lost", "accepted and is in no journal")):
            samples = life(5)
            samples[2][key] = ["soak-1-7"]
            found = self.broken(samples)
            self.assertEqual(len(found), 1, key)
            self.assertIn(words, found[0])
            self.assertIn("soak-1-7", found[0])
            self.assertIn("sample 3 (180 s)", found[0])

    def test_a_process_that_ends_by_itself_is_named(self):
        found = self.broken(life(3) + [{"number": 4, "at_s": 200.0, "ended": -11}])
        self.assertEqual(found, ["the process ended by itself with -11, at sample 4 (200 s)"])

    def test_an_end_of_its_own_with_zero_is_one_too(self):
        self.assertEqual(len(self.broken([{"number": 1, "at_s": 9.0, "ended": 0}])), 1)

    def test_a_reply_that_no_service_gives_by_design_is_named(self):
        samples = life(2)
        samples[1]["broken_replies"] = ["500 oh"]
        self.assertEqual(self.broken(samples), ["a request was answered with 500 oh, at sample 2 (120 s)"])

    # ---- the end

    def test_readiness_that_does_not_come_back_in_time_is_named(self):
        self.assertIn("user_stream_mute", self.broken(life(2), {
            **GOOD_END, "ready_after_s": None, "not_ready": "user_stream_mute"})[0])
        self.assertIn("40.3 s", self.broken(life(2), {**GOOD_END, "ready_after_s": 40.3})[0])
        self.assertEqual(self.broken(life(2), {**GOOD_END, "ready_after_s": 39.9}), [])

    def test_a_process_that_is_not_ready_for_much_of_the_time_is_named(self):
        def lived(ready):
            samples = life(len(ready))
            for s, is_ready in zip(samples, ready):
                s.update(ready=is_ready, not_ready=[] if is_ready else ["truth_stale"])
            return samples

        self.assertEqual(self.broken(lived([True, False, True, True, False] * 4)), [])
        self.assertEqual(self.broken(lived([False] * 9)), [])
        self.assertEqual(self.broken(lived([True, False] * 4 + [False, True])),
                         ["not READY in 5 of 10 samples, the last time at sample 9 (540 s): truth_stale"])

    def test_books_that_differ_from_the_venues_are_named(self):
        self.assertEqual(self.broken(life(2), {**GOOD_END, "differ": ["BTCUSDT: books 1, venue 2"]}),
                         ["books and venue differ: BTCUSDT: books 1, venue 2"])

    def test_a_bad_exit_code_of_the_last_end_is_named(self):
        self.assertIn("74", self.broken(life(2), {**GOOD_END, "exit_code": 74})[0])


class ScheduleTestCase(unittest.TestCase):
    def test_faults_follow_from_the_seed_and_each_kind_comes_in_every_round(self):
        hours = faults.schedule(7, 7200)
        self.assertEqual(hours, faults.schedule(7, 7200))
        self.assertNotEqual(hours, faults.schedule(8, 7200))
        self.assertEqual(faults.schedule(7, 600), [f for f in hours if f[0] < 600])
        self.assertEqual({name for _, name in hours[:len(faults.KINDS)]}, set(faults.KINDS))

    def test_every_hour_has_one_restart_by_each_signal(self):
        self.assertEqual(faults.restarts(7200), [(2880, "SIGTERM"), (3240, "SIGKILL"),
                                                 (6480, "SIGTERM"), (6840, "SIGKILL")])
        self.assertEqual(faults.restarts(100), [(80, "SIGTERM"), (90, "SIGKILL")])

    def test_of_a_reply_only_what_was_taken_in_is_waited_for(self):
        self.assertEqual(load.accepted_ids('{"plan_id":"a","status":"accepted"}'), ["a"])
        self.assertEqual(load.accepted_ids(
            '[{"plan_id":"a","status":"accepted"},{"plan_id":"b","status":"duplicate","duplicate_of":"a"},'
            '{"plan_id":"c","status":"repeated"},{"title":"Conflict","status":409}]'), ["a"])


if __name__ == "__main__":
    unittest.main()
