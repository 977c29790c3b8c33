"""Has a command run in a fork, and is to its caller what the command would be: `warm_client.py SOCKET COMMAND…`.

Why it exists: a shell script starts its commands itself, by name. This program starts in a hundredth of a second. It
hands its streams, its environment and its folder to a warm server (`warm_server.py`), passes signals on, and ends as
the fork ends.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys


def main() -> int:
    place, *command = sys.argv[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.connect(place)
        request = {
            "command": command,
            "cwd": os.getcwd(),
            "env": dict(os.environ),
            "session": False,
            "unbuffered": False,
        }
        socket.send_fds(server, [json.dumps(request).encode()], [0, 1, 2])
        pid = int(server.recv(64))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda sent, _: os.kill(pid, sent))
        status = os.waitstatus_to_exitcode(int(server.recv(64)))
    if status < 0:
        if -status in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


if __name__ == "__main__":
    sys.exit(main())
