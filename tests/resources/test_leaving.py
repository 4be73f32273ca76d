import subprocess
import sys

import pytest

SCRIPT = """
import atexit, sys, threading, time
from radix_resources.processes import leave

def work():
    atexit.register(print, "exit function")
    threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
    sys.stdout.write("work\\n")
    {last}

leave(work)
"""


@pytest.mark.parametrize(
    ("last", "code", "message"),
    [
        ("return 7", 0, ""),
        ("sys.exit(2)", 2, ""),
        ("sys.exit('no such project')", 1, "no such project\n"),
        ("raise KeyError('shop')", 1, "KeyError: 'shop'\n"),
    ],
)
def test_a_process_ends_as_the_interpreter_would_end_it(last, code, message):
    command = [sys.executable, "-c", SCRIPT.format(last=last)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert done.stdout == "work\nthread\nexit function\n"
    assert done.stderr.endswith(message)
