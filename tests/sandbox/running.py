"""A running world and a customer that it calls, for tests through the real clients."""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from multidict import CIMultiDict, MultiDict
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from floyd.sandbox.client import SandboxClient
from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.twilio.forms import Form
from floyd.sandbox.world import Plan, World

TIME_SCALE = 10.0
WAIT_S = 20.0
ACCOUNT_SID = "AC" + "5a" * 16
AUTH_TOKEN = "0f" * 16


class RewritingHttpClient(TwilioHttpClient):
    """The SDK's own HTTP client, led to the stand-in."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=WAIT_S)
        self._base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        url = url.replace("https://api.twilio.com", self._base_url)
        return super().request(method, url, *args, **kwargs)


@dataclass
class Posted:
    """A webhook as it came in."""

    url: str
    path: str
    fields: MultiDict[str]
    headers: CIMultiDict[str]


class MediaSocket:
    """The customer's end of a media stream."""

    def __init__(self, socket: web.WebSocketResponse, url: str, headers: CIMultiDict[str]) -> None:
        self.socket = socket
        self.url = url
        self.headers = headers
        self.stream_sid = ""

    async def read(self) -> dict[str, Any] | None:
        """The next message; None when the socket is closed."""
        message = await self.socket.receive()
        if message.type is not WSMsgType.TEXT:
            return None
        content: dict[str, Any] = message.json()
        self.stream_sid = content.get("streamSid", self.stream_sid)
        return content

    async def read_until(self, event: str) -> dict[str, Any]:
        """Skip to the next message of a kind."""
        while (message := await self.read()) is not None:
            if message["event"] == event:
                return message
        raise AssertionError(f"the socket closed before {event}")

    async def send(self, event: str, **content: Any) -> None:
        await self.socket.send_json({"event": event, "streamSid": self.stream_sid, **content})


MediaScript = Callable[[MediaSocket], Awaitable[Any]]


async def _listen_until_closed(media: MediaSocket) -> None:
    while await media.read() is not None:
        pass


@dataclass
class Customer:
    """The server that Twilio calls: keeps what comes, answers as told."""

    url: str = ""
    posted: "queue.Queue[Posted]" = field(default_factory=queue.Queue)
    answers: dict[str, web.Response] = field(default_factory=dict)
    media_script: MediaScript = _listen_until_closed
    media_results: "queue.Queue[Any]" = field(default_factory=queue.Queue)

    @property
    def media_url(self) -> str:
        return self.url.replace("http", "ws") + "/media"

    def answer(self, path: str, text: str, status: int = 200, kind: str = "text/xml") -> None:
        self.answers[path] = web.Response(text=text, status=status, content_type=kind)

    def next_post(self, path: str | None = None) -> Posted:
        """The next webhook, or the next one to a path."""
        while True:
            posted = self.posted.get(timeout=WAIT_S)
            if path is None or posted.path == path:
                return posted

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/media", self._on_media)
        app.router.add_route("*", "/{path:.*}", self._on_post)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def _on_post(self, request: web.Request) -> web.StreamResponse:
        fields: Form = await request.post()
        self.posted.put(
            Posted(
                str(request.url),
                request.path,
                MultiDict((name, str(value)) for name, value in fields.items()),
                CIMultiDict(request.headers),
            )
        )
        answer = self.answers.get(request.path)
        if answer is None:
            return web.Response(status=204)
        return web.Response(text=answer.text, status=answer.status, headers=answer.headers)

    async def _on_media(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        url = str(request.url).replace("http", "ws")
        media = MediaSocket(socket, url, CIMultiDict(request.headers))
        try:
            self.media_results.put(await self.media_script(media))
        except Exception as error:  # noqa: BLE001  # the test's thread shall see it
            self.media_results.put(error)
        return socket

    def media_result(self) -> Any:
        """What the media script returned."""
        result = self.media_results.get(timeout=WAIT_S)
        if isinstance(result, Exception):
            raise result
        return result


@dataclass
class Sandbox:
    """A running world with a customer, seen from a test."""

    world: World
    customer: Customer
    control: SandboxClient
    api_url: str
    environment: dict[str, str]

    @property
    def user_phone(self) -> str:
        return self.world.scenario.user_phone

    @property
    def school_phone(self) -> str:
        return self.world.scenario.school_phone

    @property
    def number(self) -> str:
        return self.world.scenario.floyd_phone

    def twilio(self, sid: str = ACCOUNT_SID, token: str = AUTH_TOKEN) -> Client:
        return Client(sid, token, http_client=RewritingHttpClient(self.api_url))

    def dial(self, twiml: str, to: str | None = None, **options: Any) -> str:
        """Call the school with inline TwiML; gives the call's SID."""
        arguments = {"to": to or self.school_phone, "from_": self.number, "twiml": twiml}
        call = self.twilio().calls.create(**(arguments | options))
        assert call.sid is not None
        return call.sid

    def dial_stream(self, **options: Any) -> str:
        stream = f'<Stream url="{self.customer.media_url}"/>'
        return self.dial(f"<Response><Connect>{stream}</Connect></Response>", **options)

    def wait_for_status(self, sid: str, status: str) -> None:
        self.control.wait_for("call.status", WAIT_S, call=sid, status=status)


class LoopThread:
    """An event loop beside the test's own thread, where the servers live."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT_S)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@contextlib.contextmanager
def running_sandbox(voice_status_path: str = "", **plan: Any) -> Iterator[Sandbox]:
    loop = LoopThread()
    customer = Customer()
    runner = loop.run(customer.start())
    if voice_status_path:
        plan["voice_status_url"] = customer.url + voice_status_path

    async def build() -> tuple[World, dict[str, Any]]:
        world = World(
            Plan(customer.url, account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, **plan),
            SandboxClock(TIME_SCALE, time.time()),
        )
        return world, await world.start()

    world, ready = loop.run(build())
    control = SandboxClient(ready["urls"]["control"])
    control.change_conditions(
        twilio={"api_s": 0, "webhook_s": 0, "socket_s": 0, "ring_s": 0.5, "calls_per_second": 100}
    )
    try:
        yield Sandbox(world, customer, control, ready["urls"]["twilio"], ready["environment"])
    finally:
        loop.run(world.stop())
        loop.run(runner.cleanup())
        loop.stop()
