"""Twilio's REST API over HTTP: requests in, resources and errors as JSON out."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web
from multidict import MultiDict

from floyd.sandbox.faults import Fault, FaultAction
from floyd.sandbox.twilio.call import API_VERSION, Call
from floyd.sandbox.twilio.calls import Calls
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.errors import TwilioError, bad_request, not_found, of_status, unauthorised
from floyd.sandbox.twilio.message import Message
from floyd.sandbox.twilio.messages import Messages

CDN = "/mms-cdn"
MAX_PAGE_SIZE = 1000
DEFAULT_PAGE_SIZE = 50
API_FAULTS = (
    FaultAction.ERROR_BEFORE,
    FaultAction.ERROR_AFTER,
    FaultAction.HOLD_BEFORE,
    FaultAction.HOLD_AFTER,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RestApi:
    """The routes of one account."""

    def __init__(self, carrier: Carrier, calls: Calls, messages: Messages) -> None:
        self._carrier = carrier
        self._calls = calls
        self._messages = messages

    def build_app(self) -> web.Application:
        """The API as an application."""
        app = web.Application(middlewares=[self._answer])
        base = f"/{API_VERSION}/Accounts/{{account}}"
        app.router.add_post(f"{base}/Calls.json", self._create_call)
        app.router.add_get(f"{base}/Calls.json", self._list_calls)
        app.router.add_get(f"{base}/Calls/{{sid}}.json", self._get_call)
        app.router.add_post(f"{base}/Calls/{{sid}}.json", self._update_call)
        app.router.add_post(f"{base}/Messages.json", self._create_message)
        app.router.add_get(f"{base}/Messages.json", self._list_messages)
        app.router.add_get(f"{base}/Messages/{{sid}}.json", self._get_message)
        app.router.add_get(f"{base}/Messages/{{sid}}/Media/{{media}}", self._send_on)
        app.router.add_get(f"{CDN}/{{sid}}/{{media}}", self._get_content)
        return app

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check who asks, apply latency and faults, turn errors into Twilio's JSON."""
        name = f"{request.method} {request.path.partition('/Accounts/')[2].partition('/')[2]}"
        name = name.removesuffix(".json")
        parameters: dict[str, Any] = {}
        try:
            parameters = await _parameters(request)
            response = await self._admit(request, handler, name)
        except TwilioError as error:
            response = web.json_response(error.as_json(), status=error.status)
        except web.HTTPException as error:
            refusal = not_found(request.path) if error.status == 404 else of_status(error.status)
            response = web.json_response(refusal.as_json(), status=refusal.status)
        self._carrier.records.add(
            "twilio.api", name=name, parameters=parameters, status=response.status
        )
        return response

    async def _admit(self, request: web.Request, handler: Handler, name: str) -> web.StreamResponse:
        self._check_credentials(request)
        await self._carrier.clock.sleep(self._carrier.conditions.api_s)
        fault = self._carrier.faults.take(name, API_FAULTS)
        if fault and fault.action is FaultAction.ERROR_BEFORE:
            raise _error(fault)
        if fault and fault.action is FaultAction.HOLD_BEFORE:
            await self._carrier.faults.hold(name)
            if request.transport is None or request.transport.is_closing():
                # The client died while its request was on the way: it was never accepted.
                return web.Response(status=499)
        response = await handler(request)
        await self._fail_after(fault, name)
        return response

    async def _fail_after(self, fault: Fault | None, name: str) -> None:
        if fault and fault.action is FaultAction.ERROR_AFTER:
            raise _error(fault)
        if fault and fault.action is FaultAction.HOLD_AFTER:
            await self._carrier.faults.hold(name)

    def _check_credentials(self, request: web.Request) -> None:
        if request.path.startswith(CDN):
            if "Authorization" in request.headers:
                raise bad_request(20001, "Only one auth mechanism allowed")
            return
        account = self._carrier.account
        credentials = base64.b64encode(f"{account.sid}:{account.auth_token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {credentials}":
            raise unauthorised()
        if request.match_info.get("account", account.sid) != account.sid:
            raise not_found(request.path)

    # Calls

    async def _create_call(self, request: web.Request) -> web.Response:
        call = self._calls.create(await _form(request))
        return self._resource(call, status=201)

    async def _get_call(self, request: web.Request) -> web.Response:
        return self._resource(self._calls.get(request.match_info["sid"]).call)

    async def _update_call(self, request: web.Request) -> web.Response:
        call = self._calls.update(request.match_info["sid"], await _form(request))
        return self._resource(call)

    async def _list_calls(self, request: web.Request) -> web.Response:
        return self._page(request, "calls", self._calls.list_calls(request.query))

    # Messages

    async def _create_message(self, request: web.Request) -> web.Response:
        message = self._messages.create(await _form(request))
        return self._resource(message, status=201)

    async def _get_message(self, request: web.Request) -> web.Response:
        return self._resource(self._messages.get(request.match_info["sid"]))

    async def _list_messages(self, request: web.Request) -> web.Response:
        return self._page(request, "messages", self._messages.list_messages(request.query))

    async def _send_on(self, request: web.Request) -> web.Response:
        sid, name = request.match_info["sid"], request.match_info["media"]
        url = self._messages.media(sid, name).sends_on_to or f"{CDN}/{sid}/{name}"
        return web.Response(status=307, headers={"Location": url})

    async def _get_content(self, request: web.Request) -> web.Response:
        media = self._messages.media(request.match_info["sid"], request.match_info["media"])
        return web.Response(body=media.content.encode(), content_type=media.content_type)

    # JSON

    def _resource(self, resource: Call | Message, status: int = 200) -> web.Response:
        return web.json_response(resource.as_json(self._carrier.account.sid), status=status)

    def _page(
        self, request: web.Request, key: str, resources: Sequence[Call | Message]
    ) -> web.Response:
        size = _number(request, "PageSize", DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE)
        page = _number(request, "Page", 0, 0, 10_000)
        chosen = resources[page * size : (page + 1) * size]

        def uri(number: int) -> str:
            return str(request.rel_url.update_query(Page=str(number), PageSize=str(size)))

        is_last = (page + 1) * size >= len(resources)
        account_sid = self._carrier.account.sid
        body: dict[str, Any] = {
            key: [resource.as_json(account_sid) for resource in chosen],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(len(chosen) - 1, 0),
            "uri": str(request.rel_url),
            "first_page_uri": uri(0),
            "next_page_uri": None if is_last else uri(page + 1),
            "previous_page_uri": uri(page - 1) if page else None,
        }
        return web.json_response(body)


def _error(fault: Fault) -> TwilioError:
    if fault.code is None:
        return of_status(fault.status)
    return TwilioError(fault.status, fault.code, "Refused")


async def _parameters(request: web.Request) -> dict[str, Any]:
    """The query and the form; a parameter that was given several times is a list."""
    given = MultiDict([*request.query.items(), *(await _form(request)).items()])
    several = {name: given.getall(name) for name in given}
    return {name: values[0] if len(values) == 1 else values for name, values in several.items()}


async def _form(request: web.Request) -> Any:
    return await request.post()


def _number(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    value = request.query.get(name, str(default))
    if not value.isdigit() or not least <= int(value) <= most:
        raise bad_request(20001, f"{name} must be a whole number from {least} to {most}")
    return int(value)
