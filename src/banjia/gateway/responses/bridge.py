"""Bridge: a call of the Responses API led through the gateway as a chat completion, and its answer led back."""

from __future__ import annotations

import logging

import msgspec

from banjia.gateway.call import Call, Message, Send
from banjia.gateway.clock import Clock
from banjia.gateway.refusal import Refusal, bad_request
from banjia.gateway.responses.answer import beside, finished, items, message_of, new_id, shell
from banjia.gateway.responses.kept import as_item, not_found
from banjia.gateway.responses.request import Json, Wanted, input_messages, losses, to_chat, wanted
from banjia.gateway.responses.state import Kept, States
from banjia.gateway.responses.stream import ResponseStream
from banjia.gateway.retold import Retold
from banjia.text import Text

log = logging.getLogger("banjia.gateway")


async def bridge(call: Call, states: States, clock: Clock) -> None:
    """Turn the call into a chat completion whose answer comes back in the form of the Responses API."""
    request, whole = wanted(call.body)
    at = clock.at()
    history: list[Json] = []
    id = new_id("resp")  # noqa: A001
    root = id
    if request.previous_response_id:
        before = await states.get(request.previous_response_id, call.app.id, at=at)
        if before is None:
            raise not_found(request.previous_response_id, "previous_response_id")
        history, root = before.messages, before.root
    if isinstance(request.input, list):
        request.input = [await _meant(item, states, call.app.id, at) for item in request.input]
    chat = to_chat(request, whole, history)
    call.conversation = call.conversation or root
    call.body = msgspec.json.encode(chat)
    call.operation = "chat/completions"
    call.losses = losses(request, whole)
    instructed = 1 if request.instructions else 0
    call.send = _Back(call.send, call, states, request, whole, chat["messages"][instructed:], id, root, at).send


async def _meant(item: Json, states: States, app: str, at: int) -> Json:
    """The item that a reference names. Raises Refusal where it is not kept."""
    if item.get("type") != "item_reference":
        return item
    id = str(item.get("id", ""))  # noqa: A001
    found = await states.item(id, app, at=at)
    if found is None:
        text = Text(f"没有保存过条目 {id}，或已过期", f"no item {id} is kept, or its time is over")
        raise bad_request("item_not_found", text, param="input")
    return found


class _Back:
    """Takes what the chat completion would have sent, and sends what the Responses API says instead."""

    def __init__(
        self,
        send: Send,
        call: Call,
        states: States,
        request: Wanted,
        whole: Json,
        messages: list[Json],
        id: str,  # noqa: A002
        root: str,
        at: int,
    ) -> None:
        self._send = send
        self._call = call
        self._states = states
        self._request = request
        self._whole = whole
        self._messages = messages
        self._id = id
        self._root = root
        self._at = at
        self._start: Message = {}
        self._retold = Retold(self._told)
        self._passes = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._passes = message["status"] != 200
            self._start = message
            if self._passes:
                await self._send(message)
        elif self._passes:
            await self._send(message)
        elif any(n == b"content-type" and v.startswith(b"text/event-stream") for n, v in self._start["headers"]):
            await self._piece(message)
        else:
            await self._whole_answer(message["body"])

    async def _whole_answer(self, body: bytes) -> None:
        answer = msgspec.json.decode(body)
        choice = (answer.get("choices") or [{}])[0]
        response = finished(
            self._shell(str(answer.get("model", ""))),
            items(choice, self._id),
            choice.get("finish_reason"),
            answer.get("usage"),
            beside(answer),
        )
        await self._keep(response)
        out = msgspec.json.encode(response)
        headers = [(n, v) for n, v in self._start["headers"] if n != b"content-length"]
        await self._send({**self._start, "headers": [*headers, (b"content-length", b"%d" % len(out))]})
        await self._send({"type": "http.response.body", "body": out})

    async def _piece(self, message: Message) -> None:
        begins, more = self._retold.stream is None, message.get("more_body", False)
        out = self._retold.feed(message["body"], more=more)
        if begins:
            await self._send(self._start)
        if self._retold.ended and self._retold.stream is not None:
            await self._keep(self._retold.stream.response)
        await self._send({"type": "http.response.body", "body": out, "more_body": more})

    def _told(self, model: str) -> ResponseStream:
        return ResponseStream(self._shell(model or self._told_model()), self._id)

    def _shell(self, model: str) -> Json:
        return shell(self._request, self._whole, self._id, model, self._at // 1000)

    def _told_model(self) -> str:
        return next((v.decode() for n, v in self._start["headers"] if n == b"x-banjia-model"), "")

    async def _keep(self, response: Json) -> None:
        if self._request.store is False:
            return
        given = input_messages(self._request.input) if isinstance(self._request.input, str) else self._request.input
        kept = Kept(
            app=self._call.app.id,
            root=self._root,
            response=response,
            input=[as_item(item) for item in given],
            messages=[*self._messages, message_of(response["output"])],
        )
        try:
            await self._states.put(kept, at=self._at)
        except Refusal:  # the answer itself is good; a later call that names it is told that it is not kept
            log.exception("an answer could not be kept")
