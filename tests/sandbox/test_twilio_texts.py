import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from tests.sandbox.running import AUTH_TOKEN, Sandbox


def send(sandbox: Sandbox, body: str = "Hello", **options: str) -> str:
    arguments = {"to": sandbox.user_phone, "from_": sandbox.number, "body": body} | options
    message = sandbox.twilio().messages.create(**arguments)
    assert message.status == "queued"
    return str(message.sid)


def refusal(sandbox: Sandbox, **options: str) -> tuple[int, int | None]:
    with pytest.raises(TwilioRestException) as caught:
        send(sandbox, **options)
    return caught.value.status, caught.value.code


def test_a_text_reaches_the_phone(sandbox: Sandbox) -> None:
    sid = send(sandbox, "Mara is noted")
    sandbox.control.wait_for("message.status", message=sid, status="delivered")
    (text,) = sandbox.control.thread(sandbox.user_phone)
    assert (text.direction, text.body, text.sid) == ("in", "Mara is noted", sid)
    assert sandbox.twilio().messages(sid).fetch().status == "delivered"


def test_status_callbacks_tell_of_every_step(sandbox: Sandbox) -> None:
    sid = send(sandbox, status_callback=f"{sandbox.customer.url}/status")
    posts = [sandbox.customer.next_post("/status") for _ in range(3)]
    assert [post.fields["MessageStatus"] for post in posts] == ["queued", "sent", "delivered"]
    assert {post.fields["MessageSid"] for post in posts} == {sid}


def test_a_landline_does_not_get_texts(sandbox: Sandbox) -> None:
    callback = f"{sandbox.customer.url}/status"
    send(sandbox, to=sandbox.school_phone, status_callback=callback)
    last = [sandbox.customer.next_post("/status") for _ in range(3)][-1]
    assert (last.fields["MessageStatus"], last.fields["ErrorCode"]) == ("undelivered", "30006")


def test_an_incoming_text_is_a_signed_webhook(sandbox: Sandbox) -> None:
    media = [{"url": "https://api.twilio.com/media/1", "content_type": "text/vcard"}]
    sid = sandbox.control.send_text(sandbox.user_phone, "Call the school ✓", media)
    post = sandbox.customer.next_post("/twilio/sms")
    assert post.fields["MessageSid"] == post.fields["SmsSid"] == sid
    assert post.fields["Body"] == "Call the school ✓"
    assert (post.fields["From"], post.fields["To"]) == (sandbox.user_phone, sandbox.number)
    assert (post.fields["NumMedia"], post.fields["MediaContentType0"]) == ("1", "text/vcard")
    signature = post.headers["X-Twilio-Signature"]
    validator = RequestValidator(AUTH_TOKEN)
    assert validator.validate(post.url, post.fields, signature)
    assert not validator.validate(post.url + "x", post.fields, signature)


def test_a_webhook_may_answer_with_a_text(sandbox: Sandbox) -> None:
    sandbox.customer.answer(
        "/twilio/sms", "<Response><Message>Got &amp; noted</Message></Response>"
    )
    sandbox.control.send_text(sandbox.user_phone, "Hi")
    answer = sandbox.control.wait_for("text", owner=sandbox.user_phone, direction="in").fields
    assert (answer["peer"], answer["body"]) == (sandbox.number, "Got & noted")


def test_opt_out_is_kept_until_the_sender_comes_back(sandbox: Sandbox) -> None:
    sandbox.control.send_text(sandbox.user_phone, " Stop ")
    assert sandbox.customer.next_post("/twilio/sms").fields["Body"] == " Stop "
    assert refusal(sandbox) == (400, 21610)
    sandbox.control.send_text(sandbox.user_phone, "START")
    sandbox.customer.next_post("/twilio/sms")
    send(sandbox)
    bodies = [text.body for text in sandbox.control.thread(sandbox.user_phone)]
    assert any("unsubscribed" in body for body in bodies)
    assert any("re-subscribed" in body for body in bodies)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "+1519555018"}, 21211),
        ({"to": "5195550188"}, 21211),
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"from_": "+14165550111"}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"to": "+4930901820"}, 21408),
        ({"status_callback": "not a url"}, 21609),
    ],
)
def test_a_text_that_cannot_be_sent(sandbox: Sandbox, options: dict[str, str], code: int) -> None:
    assert refusal(sandbox, **options) == (400, code)


def test_texts_are_listed_newest_first_page_by_page(sandbox: Sandbox) -> None:
    sids = [send(sandbox, f"Text {number}") for number in range(5)]
    listed = sandbox.twilio().messages.list(to=sandbox.user_phone, page_size=2)
    assert [message.sid for message in listed] == sids[::-1]
    assert sandbox.twilio().messages.list(to=sandbox.school_phone) == []


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("x" * 160, "1"),
        ("x" * 161, "2"),
        ("\u2019" * 70, "1"),
        ("\u2019" * 71, "2"),
        ("[" * 81, "2"),
    ],
)
def test_segments_are_counted_as_they_are_billed(
    sandbox: Sandbox, body: str, segments: str
) -> None:
    assert sandbox.twilio().messages(send(sandbox, body)).fetch().num_segments == segments


def test_a_webhook_is_tried_again_as_its_fragment_asks(sandbox: Sandbox) -> None:
    sandbox.customer.answer("/status", "", status=503)
    send(sandbox, status_callback=f"{sandbox.customer.url}/status#rc=2&rp=5xx")
    posts = [sandbox.customer.next_post("/status") for _ in range(3)]
    assert [post.fields["MessageStatus"] for post in posts] == ["queued"] * 3
    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in posts}) == 1
    assert RequestValidator(AUTH_TOKEN).validate(
        posts[0].url, posts[0].fields, posts[0].headers["X-Twilio-Signature"]
    )


def test_a_text_can_be_lost_doubled_and_overtaken_on_demand(sandbox: Sandbox) -> None:
    sandbox.control.add_fault("webhook sms", "drop")
    sandbox.control.add_fault("webhook sms", "delay", delay_s=5)
    sandbox.control.add_fault("webhook sms", "duplicate", copies=19)
    sids = [sandbox.control.send_text(sandbox.user_phone, text) for text in ("one", "two", "three")]
    posts = [sandbox.customer.next_post("/twilio/sms").fields for _ in range(21)]
    assert [post["Body"] for post in posts] == ["three"] * 20 + ["two"]
    assert {post["MessageSid"] for post in posts} == set(sids[1:])
    assert sids[0] in {message.sid for message in sandbox.twilio().messages.list(to=sandbox.number)}
