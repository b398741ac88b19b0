"""Answering-machine detection: who picked up, told a while after the call was answered."""

from floyd.sandbox.network.line import Line
from floyd.sandbox.network.phones import Phone
from floyd.sandbox.twilio.call import Call
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.forms import MachineDetection


async def detect(
    carrier: Carrier, call: Call, detection: MachineDetection, phone: Phone, line: Line
) -> None:
    """Listen, decide, tell the customer."""
    began = carrier.clock.monotonic()
    call.answered_by = await _decide(carrier, detection, phone, line)
    carrier.records.add("call.answered_by", call=call.sid, answered_by=call.answered_by)
    if detection.callback is None:
        return
    fields = {
        "AccountSid": carrier.account.sid,
        "AnsweredBy": call.answered_by,
        "CallSid": call.sid,
        "MachineDetectionDuration": str(round((carrier.clock.monotonic() - began) * 1000)),
    }
    carrier.background.spawn(carrier.webhooks.notify("callback amd", detection.callback, fields))


async def _decide(carrier: Carrier, detection: MachineDetection, phone: Phone, line: Line) -> str:
    conditions = carrier.conditions
    if not phone.is_machine:
        return await _decide_on_a_voice(carrier, line)
    if not detection.until_message_end:
        await carrier.clock.sleep(conditions.amd_machine_s)
        return conditions.amd_answer or "machine_start"
    try:
        async with carrier.clock.timeout(detection.timeout_s):
            await line.beeped.wait()
    except TimeoutError:
        return conditions.amd_answer or "unknown"
    return conditions.amd_answer or "machine_end_beep"


async def _decide_on_a_voice(carrier: Carrier, line: Line) -> str:
    """A short greeting is a human's; silence is nobody's that Twilio knows."""
    conditions = carrier.conditions
    await carrier.clock.sleep(conditions.amd_human_s)
    if not line.transcript.has_spoken:
        await carrier.clock.sleep(conditions.amd_silence_s - conditions.amd_human_s)
    return conditions.amd_answer or ("human" if line.transcript.has_spoken else "unknown")
