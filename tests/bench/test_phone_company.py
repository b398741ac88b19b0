"""The bench's Twilio, met by Floyd's own client: dials are timed, nothing is ever in doubt."""

import asyncio
import time

from bench.phone_company import PhoneCompany
from floyd.services.telephony.protocol import Dial
from floyd.services.telephony.twilio import Signatures, TwilioTelephony
from floyd.settings import Settings

SHOP = "+15195550188"
DIAL = Dial(
    to=SHOP,
    twiml="<Response/>",
    status_url="https://floyd.test/status",
    machine_detection_url="https://floyd.test/amd",
    time_limit_s=60,
)


def test_a_dial_is_noted_with_its_moment_and_texts_are_taken(settings: Settings) -> None:
    before_s = time.monotonic()

    async def meet() -> PhoneCompany:
        async with PhoneCompany(account_sid=settings.twilio_account_sid).open() as company:
            await asyncio.to_thread(
                use, settings.model_copy(update={"twilio_api_url": company.url})
            )
            return company

    company = asyncio.run(meet())
    assert before_s <= company.placed[SHOP] <= time.monotonic()
    assert company.texts == 1


def use(settings: Settings) -> None:
    telephony = TwilioTelephony(settings, settings.clock)
    sid = telephony.place_call(DIAL)
    assert telephony.call(sid).status == "completed"
    telephony.hang_up(sid)
    assert telephony.calls(SHOP, 0.0) == []
    assert telephony.send_text(SHOP, "Calling now.", "https://floyd.test/sms").startswith("SM")
    assert telephony.texts(SHOP, 0.0) == []


def test_what_it_posts_is_signed_as_twilio_signs() -> None:
    company = PhoneCompany(auth_token="secret")
    fields = {"From": SHOP, "Body": "Thanks!"}
    url = "https://floyd.test/twilio/sms"
    signatures = Signatures("secret")
    assert signatures.valid(url, fields, company.sign(url, fields))
    assert signatures.valid("ws://floyd.test/media", {}, company.sign("ws://floyd.test/media"))
