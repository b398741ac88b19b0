"""All texts of the account: sent by the API, received from phones, with opt-outs kept."""

from collections.abc import Sequence
from dataclasses import replace

from floyd.sandbox.twilio import numbers, twiml
from floyd.sandbox.twilio.account import new_sid
from floyd.sandbox.twilio.call import API_VERSION
from floyd.sandbox.twilio.calls import matches_date
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.errors import bad_request, not_found
from floyd.sandbox.twilio.forms import Form, TextRequest, read_text
from floyd.sandbox.twilio.message import Media, Message

OPT_OUT_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
OPT_IN_WORDS = {"START", "YES", "UNSTOP"}
HELP_WORDS = {"HELP", "INFO"}
OPTED_OUT_REPLY = (
    "You have successfully been unsubscribed. You will not receive any more messages from this "
    "number. Reply START to resubscribe."
)
OPTED_IN_REPLY = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP_REPLY = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
LANDLINE, UNKNOWN_HANDSET = 30006, 30005


class Messages:
    """The texts, newest last."""

    def __init__(self, carrier: Carrier) -> None:
        self.api_url = ""
        self._carrier = carrier
        self._messages: dict[str, Message] = {}
        self._opted_out: set[str] = set()

    def get(self, sid: str) -> Message:
        """One text.

        Raises:
            TwilioError: there is no such text.
        """
        if sid not in self._messages:
            raise not_found(f"/Messages/{sid}.json")
        return self._messages[sid]

    def list_messages(self, query: Form) -> list[Message]:
        """The texts that match a query's filters, newest first."""
        chosen = [
            message
            for message in self._messages.values()
            if query.get("To", message.to) == message.to
            and query.get("From", message.from_) == message.from_
            and matches_date("DateSent", message.sent or message.created, query)
        ]
        return chosen[::-1]

    def create(self, form: Form) -> Message:
        """Accept an outbound text; its way to the phone is told by callbacks."""
        request = read_text(form, self._carrier.account, self._carrier.conditions)
        if request.to in self._opted_out:
            raise bad_request(21610, "Attempt to send to unsubscribed recipient")
        message = self._keep(
            request.to,
            request.from_,
            request.body,
            "outbound-api",
            "queued",
            status_callback=request.status_callback,
        )
        self._carrier.background.spawn(self._deliver(message, request.status_callback))
        return message

    def receive(self, from_: str, body: str, media: Sequence[Media] = ()) -> Message:
        """Let a phone text the account's number."""
        number = self._carrier.account.number
        message = self._keep(number, from_, body, "inbound", "received")
        message.media = tuple(self._kept(message, each) for each in media)
        self._carrier.network.note_text(from_, "out", number, body, message.sid)
        self._carrier.background.spawn(self._pass_on(message))
        return message

    def _kept(self, message: Message, media: Media) -> Media:
        """Give an attachment its address, unless a test has made one up."""
        base = f"{self.api_url}/{API_VERSION}/Accounts/{self._carrier.account.sid}"
        url = f"{base}/Messages/{message.sid}/Media/{new_sid('ME')}"
        return media if media.url else replace(media, url=url)

    def media(self, sid: str, name: str) -> Media:
        """An attachment of a text.

        Raises:
            TwilioError: there is no such thing.
        """
        for media in self.get(sid).media:
            if media.url.endswith(f"/Media/{name}"):
                return media
        raise not_found(f"/Messages/{sid}/Media/{name}")

    def clear(self) -> None:
        """Forget all texts and opt-outs."""
        self._messages.clear()
        self._opted_out.clear()

    def _keep(
        self,
        to: str,
        from_: str,
        body: str,
        direction: str,
        status: str,
        status_callback: str | None = None,
    ) -> Message:
        now = self._carrier.clock.now()
        sent = now if direction == "inbound" else None
        message = Message(
            to, from_, body, direction, created=now, updated=now, status=status, sent=sent
        )
        self._messages[message.sid] = message
        self._carrier.records.add(
            "message.created",
            message=message.sid,
            to=to,
            from_=from_,
            body=body,
            direction=direction,
            status_callback=status_callback,
        )
        return message

    # Out

    async def _deliver(self, message: Message, callback: str | None) -> None:
        await self._tell(message, callback)
        await self._carrier.clock.sleep(self._carrier.conditions.text_delivery_s)
        message.sent = self._carrier.clock.now()
        await self._move(message, "sent", callback)
        message.error_code = self._obstacle(message)
        if message.error_code is None:
            self._carrier.network.note_text(
                message.to, "in", message.from_, message.body, message.sid
            )
        await self._move(message, "undelivered" if message.error_code else "delivered", callback)

    def _obstacle(self, message: Message) -> int | None:
        """The error code of a text that does not arrive."""
        chosen = self._carrier.conditions.undelivered.get(message.to)
        if chosen is not None:
            return chosen
        phone = self._carrier.network.phone(message.to)
        if phone is None:
            return UNKNOWN_HANDSET
        return None if phone.takes_texts else LANDLINE

    async def _move(self, message: Message, status: str, callback: str | None) -> None:
        message.status = status
        message.updated = self._carrier.clock.now()
        await self._tell(message, callback)

    async def _tell(self, message: Message, callback: str | None) -> None:
        self._carrier.records.add("message.status", message=message.sid, status=message.status)
        if callback is None:
            return
        fields = {
            "AccountSid": self._carrier.account.sid,
            "ApiVersion": API_VERSION,
            "From": message.from_,
            "MessageSid": message.sid,
            "MessageStatus": message.status,
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "To": message.to,
        }
        if message.error_code is not None:
            fields["ErrorCode"] = str(message.error_code)
        await self._carrier.webhooks.notify(f"callback message {message.status}", callback, fields)

    # In

    async def _pass_on(self, message: Message) -> None:
        """Twilio answers its keywords itself, and passes them on all the same."""
        reply = self._answer_keyword(message)
        if reply is not None:
            await self._reply(message, reply)
        account = self._carrier.account
        answer = await self._carrier.webhooks.fetch(
            "webhook sms", account.sms_url, self._fields(message)
        )
        if answer is None or not answer.ok:
            self._carrier.note_error(11200, f"No answer from {account.sms_url}")
        elif answer.body.strip():
            await self._obey(message, answer.content_type, answer.body)

    def _answer_keyword(self, message: Message) -> str | None:
        word = message.body.strip().upper()
        if word in OPT_OUT_WORDS:
            self._opted_out.add(message.from_)
            return OPTED_OUT_REPLY
        if word in OPT_IN_WORDS and message.from_ in self._opted_out:
            self._opted_out.discard(message.from_)
            return OPTED_IN_REPLY
        if word == "START":
            return OPTED_IN_REPLY
        return HELP_REPLY if word in HELP_WORDS else None

    def _fields(self, message: Message) -> dict[str, str]:
        fields = {
            "AccountSid": self._carrier.account.sid,
            "ApiVersion": API_VERSION,
            "Body": message.body,
            "From": message.from_,
            "FromCity": "",
            "FromCountry": numbers.region(message.from_),
            "FromState": "",
            "FromZip": "",
            "MessageSid": message.sid,
            "NumMedia": str(len(message.media)),
            "NumSegments": str(message.segments),
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.to,
            "ToCity": "",
            "ToCountry": numbers.region(message.to),
            "ToState": "",
            "ToZip": "",
        }
        for index, media in enumerate(message.media):
            fields[f"MediaUrl{index}"] = media.url
            fields[f"MediaContentType{index}"] = media.content_type
        return fields

    async def _obey(self, message: Message, content_type: str, body: str) -> None:
        """Carry out the TwiML that a webhook answered with."""
        if "xml" not in content_type:
            self._carrier.note_error(12300, f"Invalid Content-Type {content_type}")
            return
        try:
            document = twiml.parse(body)
        except twiml.TwimlError as error:
            self._carrier.note_error(error.code, str(error))
            return
        for verb in document:
            if isinstance(verb, twiml.Message) and message.from_ not in self._opted_out:
                await self._reply(message, verb.body)

    async def _reply(self, message: Message, body: str) -> None:
        request = TextRequest(to=message.from_, from_=message.to, body=body)
        reply = self._keep(request.to, request.from_, request.body, "outbound-reply", "queued")
        await self._deliver(reply, None)
