"""Makes a Python on Linux as bare as one on Windows: for `test_without_posix.py`, which puts this folder on the path.

What Windows does not have is not there: for this package all of it, for the standard library only what it does not need
on Linux. And the package may not leave an encoding to the system, which on Windows is not UTF-8.
"""

import builtins
import os
import signal
import subprocess
import types
import warnings
from collections.abc import Mapping, Sequence

MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
SIGNALS = ["ALRM", "CHLD", "CONT", "HUP", "KILL", "PIPE", "QUIT", "STOP", "TSTP", "USR1", "USR2", "WINCH"]
OF_SIGNAL = ["alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer", "siginterrupt", "sigpending", "sigwait"]
USERS = ["chown", "fchown", "getegid", "geteuid", "getgid", "getuid", "lchown", "setgid", "setuid"]
PROCESSES = ["fork", "forkpty", "getpgid", "getpriority", "killpg", "nice", "posix_spawn", "register_at_fork"]
PROCESSES += ["sched_getaffinity", "setpgid", "setsid", "tcgetpgrp"]
FILES = ["fchmod", "mkfifo", "mknod", "openpty", "pwrite", "statvfs", "sysconf", "uname"]
FILES += ["O_CLOEXEC", "O_DIRECTORY", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK", "O_SYNC"]

# `subprocess` ends processes by signals that the package does not have.
whole = types.ModuleType("signal")
whole.__dict__.update(vars(signal))
vars(subprocess)["signal"] = whole

for module, names in ((os, [*USERS, *PROCESSES, *FILES]), (signal, [*OF_SIGNAL, *(f"SIG{name}" for name in SIGNALS)])):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)

_import = builtins.__import__


def _bare(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> types.ModuleType:
    importer = str((globals or {}).get("__name__", ""))
    if not level and name.partition(".")[0] in MODULES and importer.startswith("pulumi_dashscope_ft"):
        raise ModuleNotFoundError(f"{importer} imports {name}, which Windows does not have", name=name)
    return _import(name, globals, locals, fromlist, level)


builtins.__import__ = _bare
warnings.filterwarnings("ignore", category=EncodingWarning)
warnings.filterwarnings("error", category=EncodingWarning, module=r"pulumi_dashscope_ft(\..*)?")
