"""A command that is stopped: how it ends, whatever it computes."""

import os
import signal
import subprocess
import sys

import pytest

COMMAND = """
import subprocess, sys, time
from radix_assets.cli.interrupts import interruptible

def work():
    subprocess.Popen([sys.executable, "-c", "print('begun', flush=True); import time; time.sleep(600)"])
    while True:  # a library that takes an interrupt for an error of its own
        try:
            time.sleep(0.01)
        except BaseException:
            pass

interruptible(work, lambda number: print(number.name, flush=True))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_command_and_its_children(number, code):
    with subprocess.Popen([sys.executable, "-c", COMMAND], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        assert process.stdout.read() == f"{number.name}\n"  # it ends when nobody holds the pipe, the child included
    assert process.returncode == code


def test_control_c_reaches_the_command_alone_and_no_child_prints_a_traceback():
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", COMMAND], **pipes, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        assert process.communicate() == ("SIGINT\n", "")
    assert process.returncode == 130


def test_the_result_and_the_error_of_the_work_are_those_of_the_call():
    from radix_assets.cli.interrupts import interruptible

    before = signal.getsignal(signal.SIGTERM)
    assert interruptible(lambda: 7, print) == 7
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0, print)
    assert signal.getsignal(signal.SIGTERM) == before
