"""The usage of a step is measured correctly, and memory is shared between steps."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from radix_resources.errors import ConfigError, TransientComputeError
from radix_resources.sizing.measure import measuring
from radix_resources.sizing.memory import memory_for_steps, reserved

MB = 10**6
PATIENCE = 240.0
"""Seconds after which a test fails."""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own mark is Linux's")
def test_the_peak_is_measured_however_short_and_reset_for_the_next_step():
    code = """
from radix_resources.sizing.measure import measuring
with measuring() as first:
    block = bytes(range(256)) * 800_000
    del block
with measuring() as second:
    pass
for one in (first, second):
    print(one.usage.peak_bytes - one.usage.start_bytes, int(one.exact))
"""
    # A separate process, as other tests leave memory in this one that comes and goes.
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    first, exact, second, _ = map(int, output.split())
    assert exact
    assert first > 190 * MB
    assert second < 100 * MB


def test_child_processes_are_counted():
    code = "block = bytearray(150_000_000); input()"
    with (
        measuring() as found,
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as child,
    ):
        until = time.monotonic() + PATIENCE
        while found.usage.peak_bytes <= found.usage.start_bytes + 140 * MB:
            assert time.monotonic() < until, "the child is never measured"
            time.sleep(0.02)
        child.communicate(b"\n")
    usage = found.usage
    assert usage.peak_bytes > usage.start_bytes + 140 * MB
    assert usage.seconds > 0
    assert not usage.exact


def test_cpu_seconds_include_all_threads():
    with measuring() as found:
        threads = [threading.Thread(target=lambda: sum(range(2_000_000))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found.usage.cpu_seconds > 0


def test_steps_that_do_not_fit_together_wait_and_a_single_one_always_runs(tmp_path: Path):
    with reserved(tmp_path, "a", 60, 100):
        with reserved(tmp_path, "b", 40, 100):
            pass
        with pytest.raises(TransientComputeError, match="RDX-CMP-008"), reserved(tmp_path, "b", 41, 100, patience=0.1):
            pass
    with reserved(tmp_path, "large", 1000, 100):
        pass
    assert list(tmp_path.glob("*.json")) == []


def test_a_waiting_step_starts_as_soon_as_the_other_ends(tmp_path: Path):
    order = []

    def other() -> None:
        with reserved(tmp_path, "b", 60, 100):
            order.append("b")

    with reserved(tmp_path, "a", 60, 100):
        waiting = threading.Thread(target=other)
        waiting.start()
        time.sleep(0.1)
        order.append("a")
    waiting.join()
    assert order == ["a", "b"]


def test_the_reservation_of_a_killed_process_is_released(tmp_path: Path):
    code = (
        "import os, signal; from pathlib import Path; from radix_resources.sizing.memory import reserved\n"
        f"with reserved(Path({str(tmp_path)!r}), 'a', 90, 100): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert len(list(tmp_path.glob("*.json"))) == 1
    with reserved(tmp_path, "b", 90, 100, patience=0.1):
        pass


def test_memory_for_steps_follows_the_setting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RADIX_MEMORY", "1.5 GB")
    assert memory_for_steps() == 1_500_000_000
    monkeypatch.setenv("RADIX_MEMORY", "512MiB")
    assert memory_for_steps() == 512 * 2**20
    monkeypatch.setenv("RADIX_MEMORY", "much")
    with pytest.raises(ConfigError, match="RDX-CFG-014"):
        memory_for_steps()
    monkeypatch.delenv("RADIX_MEMORY")
    assert memory_for_steps() > 0
