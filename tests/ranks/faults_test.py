#!/usr/bin/env python3
"""One rank of a job fails: every other rank says which and ends with an error, and nothing hangs.

Usage: faults_test.py FAULT_PROGRAM [MPIRUN]     without MPIRUN the tests of MPI are skipped
"""
import os
import signal
import socket
import subprocess
import sys
import unittest

import launch

PROGRAM = sys.argv[1]
MPIRUN = sys.argv[2:]

RANKS = 3
FAULTY = 1
# Of the job, where waiting is what is tested, and where it must not be reached.
SHORT, LONG = "4", "600"
# A job that has not ended by then hangs.
PATIENCE = 120


class RanksOverTcp(unittest.TestCase):
    def run_job(self, fault, timeout):
        """Statuses and error output by rank; a stopped rank is ended once the others have."""
        processes = launch.start(RANKS, [PROGRAM, fault, str(FAULTY), timeout],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: [process.kill() for process in processes])
        results = {}
        for rank in sorted(range(RANKS), key=lambda rank: rank == FAULTY):
            if fault == "stop" and rank == FAULTY:
                processes[rank].send_signal(signal.SIGCONT)
            _, errors = processes[rank].communicate(timeout=PATIENCE)
            results[rank] = (processes[rank].returncode, errors)
        return results

    def assert_others_blame(self, results, words):
        for rank in set(range(RANKS)) - {FAULTY}:
            status, errors = results[rank]
            self.assertEqual(status, 1, errors)
            self.assertIn(f"rank {FAULTY} on {socket.gethostname()}", errors)
            self.assertIn(words, errors)
            self.assertEqual(errors.count("error:"), 1, errors)

    def test_no_fault(self):
        for status, errors in self.run_job("none", LONG).values():
            self.assertEqual((status, errors.count("error")), (0, 0), errors)

    def test_a_killed_rank_is_named_at_once(self):
        results = self.run_job("kill", LONG)
        self.assertEqual(results[FAULTY][0], -signal.SIGKILL)
        self.assert_others_blame(results, "has died")

    def test_a_rank_that_hangs_is_named_and_ends_itself(self):
        results = self.run_job("hang", SHORT)
        self.assert_others_blame(results, f"did not answer within {SHORT} s")
        status, errors = results[FAULTY]
        self.assertEqual(status, 1)
        self.assertIn("error: this rank hangs", errors)

    def test_a_stopped_rank_is_named_and_ends_when_it_goes_on(self):
        results = self.run_job("stop", SHORT)
        self.assert_others_blame(results, f"{SHORT} s")
        self.assertEqual(results[FAULTY][0], 1, results[FAULTY][1])

    def test_a_rank_with_an_error_of_its_own_is_named_at_once(self):
        results = self.run_job("error", LONG)
        self.assertEqual(results[FAULTY][0], 1)
        self.assertIn("the disk is full", results[FAULTY][1])
        self.assert_others_blame(results, "has stopped with an error; see its log")

    def test_a_rank_that_ends_early_is_named_at_once(self):
        results = self.run_job("early", LONG)
        self.assertEqual(results[FAULTY][0], 0)
        self.assert_others_blame(results, "has ended its part already")


@unittest.skipUnless(MPIRUN, "no MPI")
class RanksOverMpi(unittest.TestCase):
    def run_job(self, fault, timeout):
        """Status and error output of mpirun, which ends all ranks when one has failed."""
        return subprocess.run([*MPIRUN, "-n", str(RANKS), PROGRAM, fault, str(FAULTY), timeout],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)

    def test_no_fault(self):
        result = self.run_job("none", LONG)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_killed_rank_ends_the_job(self):
        result = self.run_job("kill", LONG)
        self.assertNotEqual(result.returncode, 0)
        self.assertRegex(" ".join(result.stderr.split()),
                         f"process rank {FAULTY} with PID [0-9]+ on node {os.uname().nodename} exited on signal 9")

    def test_a_rank_that_hangs_is_named(self):
        result = self.run_job("hang", SHORT)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(f"rank {FAULTY} on {os.uname().nodename} did not answer within {SHORT} s", result.stderr)

    def test_an_error_of_one_rank_ends_the_job(self):
        result = self.run_job("error", LONG)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("the disk is full", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
