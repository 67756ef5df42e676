#!/usr/bin/env python3
"""Ranks of a training job are killed at random: the job ends on all ranks, and resuming reaches the same result.

Usage: kills_test.py PROGRAM
"""
import random
import signal
import sys
import time
import unittest

import made_job

PROGRAM = sys.argv[1]

RANKS = 3
KILLS = 20


class Kills(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(1)
        self.job = made_job.Job(PROGRAM)
        self.addCleanup(self.job.scratch.cleanup)
        # Every checkpoint waits for the disk: few of them keep the test to a minute or two on a slow one.
        self.job.configure(sharding="sharded", epochs=2, checkpoint_steps=10)
        self.expected = self.job.train(1)
        start = time.monotonic()
        self.job.train(RANKS)
        self.duration = time.monotonic() - start
        self.job.forget_checkpoints()

    def kill_a_rank(self):
        """Whether the job was killed before its end."""
        processes = self.job.start(RANKS, *self.job.resume_flags())
        self.addCleanup(lambda: [process.kill() for process in processes])
        time.sleep(self.random.uniform(0.1, 0.8) * self.duration)
        victim = self.random.randrange(RANKS)
        processes[victim].send_signal(signal.SIGKILL)
        for rank, process in enumerate(processes):
            errors = process.communicate(timeout=made_job.PATIENCE)[1]
            ends = {0, 1, -signal.SIGKILL} if rank == victim else {0, 1}
            self.assertIn(process.returncode, ends, errors)
        return processes[victim].returncode == -signal.SIGKILL

    def expect_the_same_result(self, ranks):
        report = self.job.train(ranks, *self.job.resume_flags())
        made_job.assert_same_training(self, report, self.expected)

    def test_no_kill_hangs_the_job_or_breaks_its_checkpoint(self):
        killed = 0
        while killed < KILLS:
            if self.kill_a_rank():
                killed += 1
            else:  # the job came to its end before, through all the kills since its start
                made_job.assert_same_training(self, self.job.report(), self.expected)
                self.job.forget_checkpoints()
        self.expect_the_same_result(1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
