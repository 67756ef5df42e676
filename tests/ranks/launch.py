#!/usr/bin/env python3
"""Starts the ranks of a job on this machine, with the variables that torchrun sets.

Usage: launch.py RANKS COMMAND...

Ends with the status of the first rank that failed, and leaves no rank behind.
"""
import os
import socket
import subprocess
import sys


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(ranks, command, **options):
    """One process per rank, rank 0 first."""
    port = free_port()
    return [
        subprocess.Popen(command, env=os.environ | {
            "RANK": str(rank), "WORLD_SIZE": str(ranks), "LOCAL_RANK": str(rank), "LOCAL_WORLD_SIZE": str(ranks),
            "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
        }, **options) for rank in range(ranks)
    ]


def main():
    processes = start(int(sys.argv[1]), sys.argv[2:])
    try:
        statuses = [process.wait() for process in processes]
    finally:
        for process in processes:
            process.kill()
    sys.exit(next((abs(status) for status in statuses if status), 0))


if __name__ == "__main__":
    main()
