"""The control API: tests, demo and command line steer the world and look at it, over HTTP.

It is the sandbox's own and has no counterpart at any real service; Floyd never sees it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from floyd.sandbox.faults import Fault
from floyd.sandbox.judge import problems
from floyd.sandbox.network.phones import UnansweredPhone
from floyd.sandbox.records import Record
from floyd.sandbox.twilio.errors import TwilioError
from floyd.sandbox.twilio.live_call import LiveCall
from floyd.sandbox.twilio.message import Media

if TYPE_CHECKING:
    from floyd.sandbox.world import World

LONGEST_WAIT_S = 60.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The routes over one world."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def build_app(self) -> web.Application:
        """The API as an application."""
        app = web.Application(middlewares=[_refuse])
        app.add_routes(
            [
                web.get("/scenario", self._get_scenario),
                web.put("/scenario", self._put_scenario),
                web.post("/texts", self._send_text),
                web.get("/texts/{number}", self._get_thread),
                web.put("/phones/{number}", self._put_phone),
                web.get("/calls", self._get_calls),
                web.post("/calls", self._call_floyd),
                web.post("/calls/{sid}/keys", self._press_keys),
                web.post("/calls/{sid}/lose-socket", self._lose_socket),
                web.post("/calls/{sid}/hang-up", self._hang_up),
                web.get("/order-books", self._get_order_books),
                web.get("/verdict", self._get_verdict),
                web.get("/conditions", self._get_conditions),
                web.patch("/conditions", self._change_conditions),
                web.post("/faults", self._add_fault),
                web.post("/holds/release", self._release),
                web.get("/records", self._get_records),
                web.post("/reset", self._reset),
            ]
        )
        return app

    async def _get_scenario(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.scenario.as_json())

    async def _put_scenario(self, request: web.Request) -> web.Response:
        """Tell another story: {seed, story}; nothing is left of the one before."""
        content = await request.json()
        self._world.tell(content["seed"], content["story"])
        return await self._get_scenario(request)

    async def _get_verdict(self, request: web.Request) -> web.Response:
        found = problems(self._world.scenario, self._world.order_books.all())
        return web.json_response({"problems": found})

    # Texts and phones

    async def _send_text(self, request: web.Request) -> web.Response:
        """A phone texts Floyd: {from, body, media?: [{content_type, content | url}]}."""
        content = await request.json()
        sender = content["from"]
        self._connect(sender)
        media = [Media(**each) for each in content.get("media", ())]
        message = self._world.twilio.messages.receive(sender, content["body"], media)
        return web.json_response({"sid": message.sid})

    async def _get_thread(self, request: web.Request) -> web.Response:
        thread = self._world.network.thread(request.match_info["number"])
        return web.json_response([text.as_json() for text in thread])

    async def _put_phone(self, request: web.Request) -> web.Response:
        """Let somebody answer a number: {person: the name of a data file}."""
        content = await request.json()
        self._world.put_phone(request.match_info["number"], content["person"])
        return web.json_response({})

    # Calls

    async def _get_calls(self, request: web.Request) -> web.Response:
        return web.json_response([_call(live) for live in self._world.twilio.calls.all()])

    async def _call_floyd(self, request: web.Request) -> web.Response:
        """Somebody calls Floyd: {from, person: the name of a data file, stir_verstat?}."""
        content = await request.json()
        verstat = content.get("stir_verstat")
        self._connect(content["from"])
        sid = self._world.call_floyd(content["from"], content["person"], verstat)
        return web.json_response({"sid": sid})

    def _connect(self, number: str) -> None:
        """Give a number that texts or calls a phone, where it has none."""
        if self._world.network.phone(number) is None:
            self._world.network.connect(number, UnansweredPhone(takes_texts=True))

    async def _press_keys(self, request: web.Request) -> web.Response:
        """The callee presses keys: {keys}."""
        content = await request.json()
        self._call_of(request).line.press(content["keys"])
        return web.json_response({})

    async def _lose_socket(self, request: web.Request) -> web.Response:
        return web.json_response({"lost": self._call_of(request).lose_socket()})

    async def _hang_up(self, request: web.Request) -> web.Response:
        """The far phone hangs up."""
        self._call_of(request).end("completed")
        return web.json_response({})

    def _call_of(self, request: web.Request) -> LiveCall:
        return self._world.twilio.calls.get(request.match_info["sid"])

    async def _get_order_books(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.order_books.all())

    # Conditions, faults and records

    async def _get_conditions(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.conditions.as_json())

    async def _change_conditions(self, request: web.Request) -> web.Response:
        self._world.conditions.change(await request.json())
        return await self._get_conditions(request)

    async def _add_fault(self, request: web.Request) -> web.Response:
        self._world.twilio.faults.add(Fault(**await request.json()))
        return web.json_response({})

    async def _release(self, request: web.Request) -> web.Response:
        """Let held responses go: {hold?}; all of them without an id."""
        content = await request.json()
        return web.json_response(
            {"released": self._world.twilio.faults.release(content.get("hold"))}
        )

    async def _get_records(self, request: web.Request) -> web.Response:
        """The records after `since`, of the `kind`s given; waits up to `wait_s` real seconds."""
        since = int(request.query.get("since", "0"))
        kinds = request.query.getall("kind", [])
        wait_s = min(float(request.query.get("wait_s", "0")), LONGEST_WAIT_S)
        found = self._world.records.since(since, kinds)
        if not found and wait_s:
            try:
                async with asyncio.timeout(wait_s):
                    async for record in self._world.records.follow(since):
                        if not kinds or record.kind in kinds:
                            break
            except TimeoutError:
                pass
            found = self._world.records.since(since, kinds)
        return web.json_response([_record(record) for record in found])

    async def _reset(self, request: web.Request) -> web.Response:
        self._world.reset()
        return web.json_response({})


@web.middleware
async def _refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer mistakes with 400 and what is wrong."""
    try:
        return await handler(request)
    except TwilioError as error:
        return web.json_response({"error": error.message}, status=error.status)
    except KeyError as error:
        return web.json_response({"error": f"{error} is missing"}, status=400)
    except (TypeError, ValueError) as error:
        return web.json_response({"error": str(error)}, status=400)


def _call(live: LiveCall) -> dict[str, Any]:
    call = live.call
    return {
        "sid": call.sid,
        "to": call.to,
        "from": call.from_,
        "direction": call.direction,
        "status": call.status,
        "answered_by": call.answered_by,
        "duration_s": call.duration_s,
        "keys_heard": live.line.keys_heard,
        "transcript": live.line.transcript.as_json(),
    }


def _record(record: Record) -> dict[str, Any]:
    return asdict(record) | {"at": record.at.isoformat()}
