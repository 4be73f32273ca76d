import dagster as dg
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from radix_resources.metadata.sqlite_storage import EventLog, Runs, Schedules


def test_dagsters_own_storage_reads_the_same_files(home, instance):
    assert isinstance(instance.event_log_storage, EventLog)
    assert isinstance(instance.run_storage, Runs)
    assert isinstance(instance.schedule_storage, Schedules)
    key = dg.AssetKey(["shop", "raw"])
    run = instance.create_run_for_job(dg.job(name="tidy")(lambda: None))
    instance.report_runless_asset_event(dg.AssetMaterialization(key))
    instance.report_run_failed(run, message="stopped")
    own = DagsterSqliteStorage.from_local(str(home.state))
    own.register_instance(instance)
    assert own.event_log_storage.all_asset_keys() == [key]
    assert [entry.message for entry in own.event_log_storage.get_logs_for_run(run.run_id)] == ["stopped"]
    assert [run.status for run in own.run_storage.get_runs()] == [dg.DagsterRunStatus.FAILURE]


def test_tables_and_columns_are_looked_up_once(instance):
    log = instance.event_log_storage
    assert log.has_asset_key_col("cached_status_data")
    assert not log.has_asset_key_col("no_such_column")
    assert log.supports_asset_checks
    assert {("column", "cached_status_data"), ("table", "asset_check_executions")} <= log._present
    assert ("column", "no_such_column") not in log._present
