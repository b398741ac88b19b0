"""A streamed reply, put together from bytes that may be cut anywhere."""

from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.errors import ModelError
from floyd.services.model.protocol import ToolCall
from floyd.services.model.streamed import StreamedReply


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return b"data: " + orjson.dumps({"choices": [choice]}) + b"\n\n"


def called(index: int, name: str | None, arguments: str) -> bytes:
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    return chunk({"tool_calls": [{"index": index, "function": function}]})


STREAM = b"".join(
    [
        chunk({"role": "assistant", "content": ""}),
        b": a comment\n\n",
        chunk({"content": "Thank you, Zo\u00eb. "}),
        chunk({"content": "Goodbye."}),
        called(1, "second", "{}"),
        called(0, "finish", '{"outcome":'),
        called(0, None, '"done"}'),
        chunk({}, "tool_calls"),
        b'data: {"choices":[],"usage":{}}\r\n\r\n',
        b"data: [DONE]\n\n",
    ]
)


@given(st.lists(st.integers(0, len(STREAM))))
def test_it_does_not_matter_where_the_stream_is_cut(cuts: list[int]) -> None:
    reply = StreamedReply()
    edges = [0, *sorted(cuts), len(STREAM)]
    text = "".join(reply.feed(STREAM[start:end]) for start, end in pairwise(edges))
    assert text == "Thank you, Zo\u00eb. Goodbye."
    assert reply.tool_calls() == [
        ToolCall("finish", '{"outcome":"done"}'),
        ToolCall("second", "{}"),
    ]


def test_a_stream_without_an_end_has_broken_off() -> None:
    reply = StreamedReply()
    reply.feed(chunk({"content": "Thank"}))
    with pytest.raises(ModelError):
        reply.tool_calls()


@pytest.mark.parametrize(
    "received",
    [
        chunk({}, "length"),
        chunk({}, "content_filter"),
        chunk({"refusal": "I can't"}),
        b"data: {oops\n",
        b"data: []\n",
        b'data: {"choices":[{}]}\n',
        b'data: {"error":{"message":"overloaded"}}\n',
    ],
)
def test_what_is_no_reply_is_an_error(received: bytes) -> None:
    with pytest.raises(ModelError):
        StreamedReply().feed(received)
