# SPDX-License-Identifier: GPL-3.0-or-later
"""interrupt.py TIMES PROGRAM ARGUMENT...: runs a program whose answers fill a pipe that is not
read. While the program waits there, sends Ctrl-C TIMES times, and then reads the pipe. Copies the
output of the program, and ends with the program's exit status."""
import array
import fcntl
import signal
import subprocess
import sys
import termios
import time


def is_pending(pid, number):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        pending = [line.split()[1] for line in file if line.startswith("ShdPnd:")]
    return bool(pending) and int(pending[0], 16) >> number - 1 & 1


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # SIGINT is ignored if this was started in the background
    process = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE)
    room = fcntl.fcntl(process.stdout, fcntl.F_GETPIPE_SZ)
    waiting = array.array("i", [0])
    while waiting[0] <= room - 4096:
        if process.poll() is not None:
            sys.exit("ended before its answers filled a pipe")
        time.sleep(0.01)
        fcntl.ioctl(process.stdout, termios.FIONREAD, waiting)
    for _ in range(int(sys.argv[1])):
        process.send_signal(signal.SIGINT)
        while is_pending(process.pid, signal.SIGINT):  # several pending signals count as one
            time.sleep(0.01)
    sys.stdout.buffer.write(process.stdout.read())
    sys.exit(abs(process.wait()))


main()
