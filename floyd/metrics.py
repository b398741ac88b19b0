"""The numbers that Prometheus reads: counted as they happen, and what the tables say when asked.

With `PROMETHEUS_MULTIPROC_DIR` set all processes of a server count together.
"""

import os
from collections.abc import Iterator

from peewee import fn
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from floyd.store import queue
from floyd.store.models import Call, Errand, OutboundText

REQUEST_SECONDS = Histogram(
    "floyd_request_seconds",
    "Time to answer a request",
    ["route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15),
)

_BY_STATE = (("errands", Errand), ("calls", Call), ("texts", OutboundText))


class TableCollector(Collector):
    """Counts rows by state and the jobs that wait, at the moment of being asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        for name, model in _BY_STATE:
            gauge = GaugeMetricFamily(f"floyd_{name}", f"Number of {name}", labels=["state"])
            counted = model.select(model.state, fn.COUNT(model.id)).group_by(model.state)
            for state, number in counted.tuples().execute():
                gauge.add_metric([state], number)
            yield gauge
        try:
            yield GaugeMetricFamily("floyd_jobs_waiting", "Jobs that wait", value=queue.length())
        except RedisError:
            return


def exposition() -> bytes:
    """Return all numbers in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    else:
        counted = REGISTRY
    told = CollectorRegistry()
    told.register(TableCollector())
    return generate_latest(counted) + generate_latest(told)
