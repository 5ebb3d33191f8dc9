"""Starts a program whose fsync and fdatasync succeed without doing anything. Linux only; run as a script, which becomes the program:

    python -I -S without_fsync.py PROGRAM ARGUMENT...

A database that syncs every commit waits for the disk thousands of times a second. A local platform need not: what a program has written belongs to
the kernel at once and survives the death of any process, `kill -9` included. Only a power cut or a crash of the machine reaches further, and for that
the platform itself syncs the files every other second (see `dynoxide`). Done with a seccomp filter, so the program is not changed. Where the kernel
or the processor does not allow it, the program runs as it is: slower, no less right.
"""

import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ANSWER_ZERO = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with errno 0: the call is skipped and returns 0
SYSTEM_CALLS = {"x86_64": (0xC000003E, 74, 75), "aarch64": (0xC00000B7, 82, 83)}
"""Of each machine: the audit architecture, fsync's and fdatasync's numbers (linux/audit.h, asm/unistd.h)."""


class SockFprog(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def program(architecture: int, fsync: int, fdatasync: int) -> bytes:
    """The filter, as classic BPF over `struct seccomp_data` (the call's number at 0, the architecture at 4)."""
    instructions = (
        (LOAD, 0, 0, 4),
        (JUMP_IF_EQUAL, 0, 3, architecture),
        (LOAD, 0, 0, 0),
        (JUMP_IF_EQUAL, 2, 0, fsync),
        (JUMP_IF_EQUAL, 1, 0, fdatasync),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, ANSWER_ZERO),
    )
    return b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)


def skip_syncs() -> bool:
    """From now on this process and what it becomes skip syncs; False where that is not possible."""
    numbers = SYSTEM_CALLS.get(os.uname().machine)
    if numbers is None or not sys.platform.startswith("linux"):
        return False
    code = program(*numbers)
    buffer = ctypes.create_string_buffer(code, len(code))
    loaded = SockFprog(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None)
    # A filter needs this promise first: no program started from here gains rights.
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(loaded), 0, 0) == 0)


if __name__ == "__main__":
    skip_syncs()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the platform's own argument list
