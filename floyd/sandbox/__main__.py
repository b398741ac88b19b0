"""`python -m floyd.sandbox` runs the world and prints one line of JSON when it is ready."""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.scenario import STORIES, VOICE_STORIES
from floyd.sandbox.world import KEY_PREFIX, Plan, Ports, World


def read_plan(arguments: list[str], environment: Mapping[str, str]) -> Plan:
    """Read the command line; what the environment has of accounts is taken over."""
    parser = argparse.ArgumentParser(prog="python -m floyd.sandbox", description=__doc__)
    parser.add_argument("--public-url", required=True, help="where Floyd is reached")
    parser.add_argument("--seed", type=int, default=0, help="which people live in it")
    stories = (*STORIES, *VOICE_STORIES)
    parser.add_argument("--story", choices=stories, default=STORIES[0], help="which one is told")
    parser.add_argument("--twilio-port", type=int, default=0)
    parser.add_argument("--google-port", type=int, default=0)
    parser.add_argument("--openai-port", type=int, default=0)
    parser.add_argument("--places-port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--voice-status-url", help="told of the end of every call to Floyd")
    parser.add_argument("--recordings", type=Path, help="directory for WAV files of every call")
    parser.add_argument("--voices", type=Path, help="file that remembers what was spoken")
    options = parser.parse_args(arguments)
    plan = Plan(
        public_url=options.public_url,
        seed=options.seed,
        story=options.story,
        ports=Ports(
            twilio=options.twilio_port,
            google=options.google_port,
            openai=options.openai_port,
            places=options.places_port,
            control=options.control_port,
        ),
        recordings=options.recordings,
        voices=options.voices,
        voice_status_url=options.voice_status_url,
    )
    sid, token = environment.get("TWILIO_ACCOUNT_SID"), environment.get("TWILIO_AUTH_TOKEN")
    if sid and token:
        plan = replace(plan, account_sid=sid, auth_token=token)
    # A world that is started again keeps its key; a real one has no business here.
    key = environment.get("OPENAI_API_KEY", "")
    return replace(plan, openai_key=key) if key.startswith(KEY_PREFIX) else plan


async def run(plan: Plan) -> None:
    """Run the world until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    world = World(plan, SandboxClock.from_environment(os.environ))
    try:
        ready = await world.start()
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await world.stop()


def main() -> None:
    """Start the world from the command line."""
    asyncio.run(run(read_plan(sys.argv[1:], os.environ)))


if __name__ == "__main__":
    main()
