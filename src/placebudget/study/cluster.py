"""A Dask cluster as a place to work: one that stands somewhere, or one of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from placebudget.errors import CannotAnswer
from placebudget.plan.record.record import versions

CLUSTER = "cluster"
"""One of this machine, begun for a sweep and ended with it."""
# Seconds in which a scheduler or its first worker has to answer.
_PATIENCE = 10
# Parts that wait at each worker, so that none is idle and few are lost with it.
_AHEAD = 2
# Versions on which numbers hang.
_DECIDING = ("placebudget", "highspy", "numpy")


def names_cluster(given: object) -> bool:
    """Whether this is an address, the word for a cluster of this machine, or a client."""
    if isinstance(given, str):
        return given == CLUSTER or "://" in given
    return type(given).__module__.partition(".")[0] == "distributed" and hasattr(given, "scatter")


@contextmanager
def joined(given: Any, workers: int | None) -> Iterator[Cluster]:
    """The cluster that is meant; one that was begun for it is ended.

    Raises
    ------
    CannotAnswer
        If it does not answer, has no worker, or its workers have other versions.
    """
    if not isinstance(given, str):
        yield Cluster(given)
        return
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise CannotAnswer(
            "a cluster needs Dask, which is not installed: pip install 'placebudget[cluster]'"
        ) from error
    own = None
    try:
        if given == CLUSTER:
            own = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=":0"
            )
        client = distributed.Client(own or given, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        if own is not None:
            own.close()
        raise CannotAnswer(f"no cluster answers at {given}: {error}") from error
    try:
        yield Cluster(client)
    finally:
        client.close()
        if own is not None:
            own.close()


class Cluster(Executor):
    """An executor of a Dask cluster, which goes on where a worker is lost.

    Parameters
    ----------
    client : distributed.Client
        Stays open.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self._executor = client.get_executor(pure=False)
        self.died = (import_module("distributed").KilledWorker,)
        self._refuse_others()

    def _refuse_others(self) -> None:
        try:
            self.client.wait_for_workers(1, timeout=_PATIENCE)
            held = self.client.run(versions, on_error="return")
        except (OSError, TimeoutError) as error:
            raise CannotAnswer(f"the cluster has no worker yet: {error}. Start one") from error
        here = versions()
        for worker, there in held.items():
            if isinstance(there, ImportError):
                raise CannotAnswer(
                    f"worker {worker} cannot work: {there}. Start workers in an environment that "
                    "has placebudget in the same version"
                ) from there
            if isinstance(there, Exception):  # it ended meanwhile; another begins in its place
                continue
            other = [f"{n} {there[n]}" for n in _DECIDING if there[n] != here[n]]
            if other:
                own = ", ".join(f"{n} {here[n]}" for n in _DECIDING)
                raise CannotAnswer(
                    f"worker {worker} has {', '.join(other)}, and here is {own}: numbers may "
                    "differ. Install the same versions there"
                )

    @property
    def room(self) -> int:
        """How many parts to hand over at a time."""
        return _AHEAD * max(1, len(self.client.scheduler_info(n_workers=-1)["workers"]))

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a part over with all it needs, so that no worker has to outlive another."""
        future: Future[Any] = self._executor.submit(work, *args, **kwargs)
        return future
