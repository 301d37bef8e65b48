"""The list of system calls, on both processors: what Linux would answer is worked out here."""

import errno
import os
import re
from pathlib import Path

import pytest

from dwsep_helpers.grading.confinement import system_calls
from dwsep_helpers.grading.confinement.system_calls import numbers, program_for

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
TABLES = {
    name: getattr(system_calls, name)
    for name in ("_ALLOWED", "_CHECKED", "_PRETENDED", "_NOT_SUPPORTED", "_NOT_PERMITTED")
}
YES, NO, NONE = "allowed", errno.EPERM, errno.ENOSYS
ME = os.getpid()
# Arguments that matter, and what becomes of the call.
CALLS = {
    "read": [((0, 0, 9), YES)],
    "connect": [((3,), NO)],
    "sendmsg": [((3,), NO)],
    "openat": [
        ((0, 0, os.O_RDONLY), YES),
        ((0, 0, 0o101 | 0o1000), YES),  # write, create, empty
        ((0, 0, 0o1000), NO),
        ((0, 0, 0o1003), NO),
        ((0, 0, 2**40 | 0o1000), NO),
    ],
    "fcntl": [
        ((3, 2, 1), YES),
        ((3, 4, 0o4000), YES),
        ((3, 4, 0o24000), NO),
        *(((3, command, 0), NO) for command in (8, 10, 15, 16, 1024, 1026, 1031, 1033, 9999)),
        ((3, 1030, 0), YES),
        ((3, 5, 0), YES),
        *(((3, command, 0), 0) for command in (6, 7, 37, 38)),
    ],
    "ioctl": [((1, 0x5401), YES), ((1, 0x5412), errno.ENOTTY), ((1, 0x8901), errno.ENOTTY)],
    "prctl": [((15,), YES), ((1,), NO), ((4,), NO), ((22,), NO), ((36,), NO), ((2**32 + 1,), NO)],
    "clone": [((0x3D0F00,), YES), ((17,), NO), ((0x3D0B00,), NO), ((0x103D0F00,), NO)],
    "clone3": [((0,), NONE)],
    "close_range": [((3, 9, 0), YES), ((3, 9, 2), errno.EINVAL), ((3, 9, 6), errno.EINVAL)],
    "socket": [((1, 1 | 0o2000000), YES), ((1, 2), NO), ((1, 3), NO), ((2, 1), NO), ((16, 3), NO)],
    "kill": [((ME,), YES), ((1,), NO), ((0,), NO), ((2**32 - 1,), NO)],
    "prlimit64": [((0,), YES), ((ME,), YES), ((1,), NO)],
    "fchmodat": [((0,), 0)],
    "fallocate": [((3, 1), errno.ENOTSUP)],
    "fsetxattr": [((0,), errno.ENOTSUP)],
    "execve": [((0,), NO)],
}


def answer(machine, number, arguments=(), connects=False, architecture=None):
    """Run the program as Linux does."""
    program = program_for(machine, connects=connects)
    words = {0: number, 4: architecture or MACHINES[machine]}
    for position, argument in enumerate(arguments):
        words[16 + 8 * position] = argument & 0xFFFFFFFF
        words[20 + 8 * position] = argument >> 32
    at = value = 0
    while True:
        code, yes, no, operand = program[at]
        at += 1
        if code == 0x20:
            value = words.get(operand, 0)
        elif code == 0x54:
            value &= operand
        elif code == 0x06:
            return YES if operand == 0x7FFF0000 else operand & 0xFFFF
        else:
            test = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}
            at += yes if test[code] else no


@pytest.fixture(params=MACHINES)
def machine(request):
    return request.param


def test_arguments_decide(machine):
    everything = {}
    for table in TABLES.values():
        everything |= numbers(table, machine)
    for name, tries in CALLS.items():
        for arguments, becomes in tries:
            number = everything.get(name, 435)
            assert answer(machine, number, arguments) == becomes, (name, arguments)


def test_what_is_not_listed_does_not_exist(machine):
    listed = {number for table in TABLES.values() for number in numbers(table, machine).values()}
    for number in {*range(600)} - listed:
        assert answer(machine, number) == NONE
    assert answer(machine, 0x40000000) == answer(machine, 2**32 - 1) == NONE
    assert answer(machine, 0, architecture=0x40000003) == NONE  # of 32-bit programs


def test_an_examiner_connects(machine):
    for name in ("connect", "recvmsg"):
        number = numbers(TABLES["_NOT_PERMITTED"], machine)[name]
        assert answer(machine, number, connects=True) == YES
        assert answer(machine, number) == NO


def test_no_call_is_in_two_tables(machine):
    found = [number for table in TABLES.values() for number in numbers(table, machine).values()]
    assert len(found) == len({*found})


def test_jumps_are_short(machine):
    """Linux holds how far to jump in a byte, and takes 4096 instructions."""
    program = program_for(machine)
    assert len(program) <= 4096
    assert all(0 <= jump < 256 for _, *jumps, _ in program for jump in jumps)


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_numbers_are_those_of_linux(machine, header):
    if not Path(header).exists():
        pytest.skip("Linux's headers aren't installed")
    text = Path(header).read_text()
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", text))
    known |= {"newfstatat": known.get("fstatat", known.get("newfstatat"))}
    for table in TABLES.values():
        for name, number in numbers(table, machine).items():
            assert known.get(name, str(number)) == str(number), name
