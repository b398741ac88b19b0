"""The stand-in's one method behind its door: the key, the faults, the error objects."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.places.checks import check_key, checked
from floyd.sandbox.places.conditions import PlacesConditions
from floyd.sandbox.places.errors import ApiError, failure
from floyd.sandbox.places.listings import Place, search
from floyd.sandbox.records import Records

_PATH = "/v1/places:searchText"


def build_app(
    places: Sequence[Place],
    key: str,
    conditions: PlacesConditions,
    clock: SandboxClock,
    records: Records,
) -> web.Application:
    """The application that serves `/v1/places:searchText` to whoever has the key."""
    app = web.Application(middlewares=[_door(key, conditions, records)])

    async def search_text(request: web.Request) -> web.Response:
        order = checked(request.headers, await request.text())
        await clock.sleep(conditions.latency_s)
        found = search(places, order.text, with_service_areas=order.with_service_areas)
        listed = [place.as_json() for place in found[: order.most]]
        # A search that finds nothing is answered with an empty object.
        answer = json.dumps(order.mask.apply({"places": listed}) if listed else {})
        records.add("places.searched", text=order.text, found=[place.name for place in found])
        if conditions.malformed_next:
            conditions.malformed_next -= 1
            answer = answer[: len(answer) // 2]
        return web.Response(text=answer, content_type="application/json")

    app.router.add_post(_PATH, search_text)
    return app


def _door(key: str, conditions: PlacesConditions, records: Records) -> Middleware:
    @web.middleware
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            check_key(request.headers, key)
            if conditions.hang_next:
                conditions.hang_next -= 1
                await asyncio.Event().wait()
            if conditions.fail_next:
                raise failure(conditions.fail_next.pop(0))
            return await handler(request)
        except ApiError as error:
            records.add("places.refused", status=error.status, message=str(error))
            return error.response()
        except web.HTTPException:
            # Google's front end answers a wrong path and a wrong method alike, with a page.
            records.add("places.refused", status="NOT_FOUND", message=request.path)
            page = "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"
            return web.Response(text=page, content_type="text/html", status=404)

    return door
