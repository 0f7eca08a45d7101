"""On Spark nothing is lost or counted twice, even if an executor dies at work."""

import json
import os
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

import rolecall
from rolecall import spark

TIMES = 100


@pytest.fixture(scope="module")
def rows(sample):
    """The sample many times over, each row with a number of its own."""
    many = pa.concat_tables([sample] * TIMES)
    return many.append_column("number", pa.array(range(many.num_rows)))


@pytest.fixture(scope="module")
def frame(session, rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    pa.parquet.write_table(rows, path)
    return session.read.parquet(str(path)).repartition(12)


def executors(application: str) -> dict[str, int]:
    """Processes that are executors of an application, by their number."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if "--executor-id" in words and application in words:
            found[words[words.index("--executor-id") + 1]] = int(folder.name)
    return found


def while_one_is_killed(session, work):
    """What work gives, during which an executor is killed."""
    killed = []
    application = session.sparkContext.applicationId

    def kill():
        tracker = session.sparkContext.statusTracker()
        while not killed:
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            if any(stage and stage.numCompletedTasks and stage.numActiveTasks for stage in stages):
                number, process = min(executors(application).items())
                os.kill(process, 9)
                killed.append(number)
            time.sleep(0.02)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    given = work()
    assert killed, "it was done before anyone could be killed"
    assert killed[0] not in executors(application)
    return given


def test_verdicts_are_the_same_though_an_executor_dies(session, frame, rows):
    expected = rolecall.Model.default().classify(rows).to_pyarrow()
    classified = spark.classify(frame)
    assert classified.columns == expected.column_names
    found = while_one_is_killed(session, lambda: classified.toArrow()).sort_by("number")
    assert found.num_rows == rows.num_rows
    assert found.to_pylist() == expected.to_pylist()


def test_the_model_is_the_same_though_an_executor_dies(session, frame, rows):
    how = {"count_twice": True, "data_name": "sample", "date": "2026-11-30"}
    expected = rolecall.train(rows, **how)
    found = while_one_is_killed(session, lambda: spark.train(frame, **how))
    assert found.to_bytes() == expected.to_bytes()


def test_postings_that_stand_twice_are_counted_once(session, sample):
    again = pa.concat_tables([sample, sample.slice(10, 30)])
    frame = session.createDataFrame(again).repartition(7)
    assert spark.train(frame).to_bytes() == rolecall.train(again).to_bytes()


def test_too_few_organisations_are_refused(session, sample):
    with pytest.raises(ValueError, match="organisations"):
        spark.train(session.createDataFrame(sample.slice(0, 1)))


def test_findings_are_the_same(session, sample):
    frame = session.createDataFrame(sample)
    assert spark.audit(frame).to_pyarrow().equals(rolecall.audit(sample).to_pyarrow())


def ranked(table):
    return sorted(table.to_pylist(), key=lambda row: (-row["suspicion"], row["row"], row["issue"]))


@pytest.mark.parametrize("partitions", [1, 5])
def test_findings_by_a_model_are_the_same_wherever_the_rows_are(session, sample, partitions):
    again = pa.concat_tables([sample, sample.slice(10, 30)])
    # Kept, so that its rows are in the same order whenever they are looked at.
    frame = session.createDataFrame(again).repartition(partitions).persist()
    rows = pa.Table.from_batches(frame._collect_as_arrow(), again.schema)
    for model in [rolecall.Model.default(), rolecall.train(sample.slice(20))]:
        for how in [{}, {"label": "title"}]:
            expected = model.audit(rows, **how)
            found, summary = spark.audit_by_model(frame, model, **how)
            assert ranked(found.toArrow()) == ranked(expected.to_pyarrow())
            assert len(expected) > 0
            assert summary == {**expected.summary, "findings": summary["findings"]}


def test_an_audit_by_a_model_needs_rows_of_a_role(session):
    frame = session.createDataFrame([{"title": "Baker", "description": "You bake bread."}])
    with pytest.raises(ValueError, match="no row states a role"):
        spark.audit_by_model(frame)


def test_mistakes_show_at_once(frame):
    with pytest.raises(ValueError, match="no column"):
        spark.classify(frame, description="none")


def test_the_program_is_a_filter(session, sample):
    lines = [json.dumps(row) for row in sample.to_pylist()]
    command = f"{os.environ['ROLECALL']} classify - -q --format jsonl"
    piped = session.sparkContext.parallelize(lines, 5).pipe(command, checkCode=True).collect()
    expected = rolecall.Model.default().classify(sample).to_pyarrow()
    for name in ["id", "predicted_role", "decision", "evidence"]:
        assert [json.loads(line)[name] for line in piped] == expected[name].to_pylist()
