"""A cluster that is lost during the work. In a separate process, with a separate cluster."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import contextlib, sys, threading
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from spark_cluster import CONFIG, cluster
from radix_resources.compute import watch
from radix_resources.compute.spark import SparkCompute
from radix_resources.errors import RadixError

watch.LOST = 2.0
with contextlib.ExitStack() as stack:
    address = stack.enter_context(cluster(Path(sys.argv[1]), workers=1))
    going = stack.pop_all()
    for attempt in ("working", "again"):
        try:
            with SparkCompute(address, CONFIG).session() as session:
                threading.Timer(3, going.close).start()
                long = "range(9999999) a JOIN range(9999999) b ON a.id % 7 = b.id % 7"
                session.sql(f"SELECT count(*) FROM {long}").collect()
        except RadixError as error:
            print(attempt, error.code, error.transient)
"""


@pytest.mark.extended
def test_work_ends_with_a_code_if_all_workers_are_lost(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(tests.parent), str(tests), str(tests / "spark")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.stdout.splitlines()[-2:] == ["working RDX-CMP-004 True", "again RDX-CMP-003 True"], done.stderr[-3000:]
