#!/usr/bin/env python3
"""turns.py WHAT ROUNDS FILE: runs the commands of FILE (NAME<tab>COMMAND a line) in turns and prints, of
each, the best wall clock and CPU time in seconds and the smallest resident set: what else the machine does
makes a run only worse."""
import os
import sys
import time


def run(command):
    """Wall and CPU seconds, and kilobytes."""
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) > 1:
        sys.exit(f"{' '.join(command)}: status {status}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main():
    what, rounds, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        tools = [line.rstrip("\n").split("\t") for line in file]
    runs = {name: [] for name, _ in tools}
    for _ in range(int(rounds)):
        for name, command in tools:
            runs[name].append(run(command.split()))
    for name, seen in runs.items():
        wall, cpu, kb = (min(column) for column in zip(*seen))
        print(f"{what} {name} {wall:.3f} s {cpu:.3f} cpu-s {kb:.0f} kB")


main()
