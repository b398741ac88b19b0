"""The numbers that Prometheus reads: counted as they happen, and what the tables say when asked.

With `PROMETHEUS_MULTIPROC_DIR` set all processes of a server count together.
"""

import os
from collections.abc import Iterator, Mapping

from peewee import fn
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
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

# The steps of a reply, in their order; each counts from the end of the callee's speech.
TURN_STEPS = ("endpoint", "first_token", "first_clause", "first_sound", "sent")
TURN_SECONDS = Histogram(
    "floyd_turn_seconds",
    "Time from the end of the callee's speech to a step of the reply",
    ["step"],
    buckets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10),
)
WASTED_DRAFTS = Counter(
    "floyd_wasted_drafts", "Replies that were prepared in vain: the callee went on"
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


def count_turn(timings: Mapping[str, int]) -> None:
    """Count a reply by its timings in milliseconds, if it answered a turn of the callee's."""
    if "endpoint" not in timings:
        return
    for step in TURN_STEPS:
        if step in timings:
            TURN_SECONDS.labels(step).observe(timings[step] / 1000)
    WASTED_DRAFTS.inc(timings.get("wasted_drafts", 0))


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
