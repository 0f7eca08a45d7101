"""A forked child works: it has the memory of its parent and none of its threads."""

import multiprocessing
import os
import pickle
import select
import signal
from concurrent.futures import ProcessPoolExecutor

import pyarrow as pa
import pytest

import rolecall
from rolecall._rolecall import Sums

SECONDS = 120


def everything(sample):
    """All that the package does, on all cores; gives what came of it."""
    model = rolecall.Model.default()
    many = pa.concat_tables([sample] * 20)
    trained = rolecall.train(sample)
    half = sample.num_rows // 2
    counts = [rolecall.Counts.of(sample.slice(0, half)), rolecall.Counts.of(sample.slice(half))]
    sums = Sums.sum(part.sums() for part in counts)
    return [
        model.classify(many).to_pyarrow(),
        model.explain(sample["description"][0].as_py()),
        rolecall.audit(sample).to_pyarrow(),
        trained.audit(sample).to_pyarrow(),
        trained.retrain(remove=sample.slice(0, 2)).to_bytes(),
        trained.compact().to_bytes(),
        pickle.dumps(pickle.loads(pickle.dumps(counts))),
        sum(counts).train().to_bytes(),
        sums.others().to_bytes(),
        sums.sampled(),
    ]


def in_child(work):
    """What work gives in a forked child, or a failure if it takes too long."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writing, "wb") as out:
                pickle.dump(work(), out)
        finally:
            os._exit(0)
    os.close(writing)
    try:
        assert select.select([reading], [], [], SECONDS)[0], "the child hangs"
        with os.fdopen(reading, "rb") as given:
            return pickle.load(given)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_child_does_all_that_its_parent_did_on_all_cores(sample):
    expected = everything(sample)
    assert in_child(lambda: everything(sample)) == expected
    assert in_child(lambda: in_child(lambda: everything(sample))) == expected, "a child of a child"
    assert everything(sample) == expected, "the parent goes on"


def test_a_child_works_with_a_model_of_its_parent_and_any_number_of_threads(sample):
    many = pa.concat_tables([sample] * 20)
    model = rolecall.Model.default()
    expected = model.classify(many).to_pyarrow()
    for threads in (None, 1, 3):
        assert in_child(lambda: model.classify(many, threads=threads).to_pyarrow()) == expected


MODEL = rolecall.Model.default()


def roles(table):
    return MODEL.classify(table)["predicted_role"].to_pylist()


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_pools_of_processes_work(sample, method):
    many = pa.concat_tables([sample] * 20)
    expected = roles(many)
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        parts = [pool.submit(roles, many.slice(at, 500)) for at in range(0, many.num_rows, 500)]
        assert [role for part in parts for role in part.result(SECONDS)] == expected
