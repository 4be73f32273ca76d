import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from radix_resources.errors import ModelError
from radix_resources.tracking.local import LocalTracking
from radix_resources.tracking.new_store import TABLES, create_store, migrated_tables

RECORD = {
    "params": {"trials": 16, "long": "x" * 9000},
    "metrics": {"roc_auc": 0.75, "baseline/class shares": 0.5},
    "tags": {"accepted": "true"},
    "loader": "toy_loader",
}


@pytest.fixture(scope="module")
def tracking(tmp_path_factory):
    return LocalTracking(root=str(tmp_path_factory.mktemp("mlflow")))


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "fitted"
    folder.mkdir()
    (folder / "answer.txt").write_text("42")
    return folder


def test_the_same_key_is_recorded_once(tracking, files):
    first = tracking.record("once", key="k1", files=files, register=True, **RECORD)
    assert tracking.record("once", key="k1", files=files, register=True, **RECORD) == first
    assert tracking.record("once", key="k2", files=files, register=True, **RECORD).version == "2"
    assert [version.key for version in tracking.versions("once")] == ["k1", "k2"]


def test_an_unregistered_model_has_a_run_but_no_version(tracking, files):
    recorded = tracking.record("refused", key="k1", files=files, register=False, **RECORD)
    assert recorded.run_id
    assert recorded.version is None
    assert tracking.versions("refused") == []


def test_an_alias_refers_to_one_version(tracking, files):
    for key in ("a", "b"):
        tracking.record("alias", key=key, files=files, register=True, **RECORD)
    tracking.set_alias("alias", "champion", "1")
    tracking.set_alias("alias", "champion", "2")
    assert [version.aliases for version in tracking.versions("alias")] == [(), ("champion",)]


def test_a_forgotten_model_leaves_no_version_and_no_file_and_may_be_recorded_again(tracking, files):
    (files / "answer.txt").write_text("Qzx forty-two")
    kept = tracking.record("forget", key="kept", files=files, register=True, **RECORD)
    forgotten = tracking.record("forget", key="forgotten", files=files, register=True, **RECORD)
    tracking.set_alias("forget", "champion", forgotten.version)
    tracking.forget("forget", forgotten.run_id)
    tracking.forget("forget", forgotten.run_id)
    assert [version.key for version in tracking.versions("forget")] == ["kept"]
    left = [file for file in Path(tracking.root).rglob("answer.txt") if b"Qzx" in file.read_bytes()]
    assert [kept.run_id in str(file) for file in left] == [True]
    again = tracking.record("forget", key="forgotten", files=files, register=True, **RECORD)
    assert again.run_id != forgotten.run_id


def test_a_removed_model_leaves_nothing_and_its_name_is_free(tracking, files):
    for key in ("a", "b"):
        tracking.record("removed", key=key, files=files, register=True, **RECORD)
    other = tracking.record("other", key="k", files=files, register=True, **RECORD)
    tracking.forget("removed", tracking.versions("removed")[0].run_id)
    assert tracking.count("removed") == 2, "a run marked as deleted still exists"
    tracking.remove("removed")
    tracking.remove("removed")
    assert tracking.count("removed") is None
    assert tracking.versions("removed") == []
    assert not Path(tracking.root, "artifacts", "removed").exists()
    assert tracking.versions("other")[0].run_id == other.run_id
    assert tracking.record("removed", key="a", files=files, register=True, **RECORD).version == "1"


def test_reading_an_empty_store_creates_nothing(tmp_path):
    tracking = LocalTracking(root=str(tmp_path / "none"))
    assert tracking.count("shop") is None
    tracking.remove("shop")
    assert not (tmp_path / "none").exists()


def test_an_interrupted_record_is_completed(tracking, files, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(LocalTracking, "_log_model", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(ModelError, match="RDX-MOD-010"):
            tracking.record("cut", key="k", files=files, register=True, **RECORD)
    recorded = tracking.record("cut", key="k", files=files, register=True, **RECORD)
    assert recorded.version == "1"
    with tracking._store() as client:
        experiment = client.get_experiment_by_name("cut").experiment_id
        assert len(client.search_runs([experiment])) == 1
        assert client.get_run(recorded.run_id).info.status == "FINISHED"


def test_concurrent_writers_record_once(tracking, files):
    with ThreadPoolExecutor(4) as pool:
        found = set(
            pool.map(lambda _: tracking.record("race", key="k", files=files, register=True, **RECORD), range(4))
        )
    assert len(found) == 1


def test_mlflow_loads_a_version_by_its_alias_without_a_pickle(tracking, files, monkeypatch, tmp_path):
    (tmp_path / "toy_loader.py").write_text(
        "from pathlib import Path\n"
        "class Toy:\n"
        "    def __init__(self, text): self.text = text\n"
        "    def predict(self, model_input, params=None): return self.text\n"
        "def _load_pyfunc(path): return Toy((Path(path) / 'answer.txt').read_text())\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    tracking.record("load", key="k", files=files, register=True, **RECORD)
    tracking.set_alias("load", "champion", "1")
    code = (
        "import mlflow, sys; mlflow.set_tracking_uri(sys.argv[1]);"
        "print(mlflow.pyfunc.load_model('models:/load@champion').predict(None))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, tracking.uri],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path), "MLFLOW_DISABLE_TELEMETRY": "true", "PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.strip() == "42", done.stderr
    assert not list(Path(tracking.root).rglob("*.pkl"))


def test_an_unusable_store_is_a_coded_error(tmp_path, files):
    (tmp_path / "mlflow").write_text("a file is in the way")
    broken = LocalTracking(root=str(tmp_path / "mlflow"))
    with pytest.raises(ModelError) as caught:
        broken.record("x", key="k", files=files, register=True, **RECORD)
    assert caught.value.code == "RDX-MOD-010"
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "mlflow.db").write_bytes(b"not a database" * 100)
    with pytest.raises(ModelError, match="RDX-MOD-010"):
        LocalTracking(root=str(tmp_path / "damaged")).versions("x")


def test_nothing_is_printed(tmp_path, files):
    code = (
        "import sys; from pathlib import Path; from radix_resources.tracking.local import LocalTracking;"
        "LocalTracking(root=sys.argv[1]).record('quiet', key='k', params={}, metrics={}, tags={},"
        " files=Path(sys.argv[2]), loader='toy_loader', register=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "home"), str(files)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert "INFO" not in done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning")  # MLflow's own mappers
def test_a_new_store_has_the_tables_of_the_installed_mlflow():
    """If this fails after an update of MLflow: python -m radix_resources.tracking.new_store."""
    # Indexes and constraints are created in the order of a set, which differs from process to process.
    stored, migrated = (
        sorted(line.rstrip(",") for line in text.splitlines()) for text in (TABLES.read_text(), migrated_tables())
    )
    assert stored == migrated


def test_a_store_is_created_without_migrations_and_only_once(tmp_path):
    database = tmp_path / "mlflow.db"
    create_store(database)
    made = database.read_bytes()
    create_store(database)
    assert database.read_bytes() == made
    tracking = LocalTracking(root=str(tmp_path))
    tracking.prepare("shop")
    assert tracking.count("shop") == 0
