"""The HTTP side: AWS JSON 1.0, SNS's own addresses, and a window on what happened."""

import asyncio
import json
import logging
import re
import time
import uuid
from collections import Counter
from typing import Any

from aiohttp import web

from . import model
from .cloudwatch import TARGET_PREFIX as METRICS
from .cloudwatch import CloudWatch
from .configuration import Configuration
from .delivery import Deliveries
from .errors import AwsError, front_door, server_fault, throttled, validation
from .inspection import Inspection
from .operations import Operations
from .opt_outs import asks_to_stop
from .outcomes import INBOUND
from .sending import Sender
from .sns import CERTIFICATE_NAME, Envelopes, Signer
from .state import AnyText, State
from .texts import AcceptedText
from .throttle import Window
from .topics import Topics, refusal

CONTENT_TYPE = "application/x-amz-json-1.0"
SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/,\s]+/\d{8}/[a-z0-9-]+/sms-voice/aws4_request,\s*"
    r"SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}"
)
FORM = "application/x-www-form-urlencoded"
FORM_SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/,\s]+/\d{8}/[a-z0-9-]+/(sns|sts)/aws4_request,"
)
CONFIRMED = """<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
<ConfirmSubscriptionResult><SubscriptionArn>{}</SubscriptionArn></ConfirmSubscriptionResult>
<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></ConfirmSubscriptionResponse>
"""

log = logging.getLogger("simulator")


class Simulator:
    """Ties the parts together behind one aiohttp application."""

    def __init__(
        self,
        configuration: Configuration,
        state: State,
        signer: Signer,
        *,
        origin: str,
        endpoint: str,
        seed: int,
    ) -> None:
        settings = configuration.notifications
        account = configuration.account
        self._configuration = configuration
        self._state = state
        self._signer = signer
        self._sender = Sender(configuration, state, seed, time.monotonic)
        self._operations = Operations(account, state)
        self._cloudwatch = CloudWatch(state.metrics)
        limit = account.requests_per_second
        self._requests = None if limit is None else Window(limit)
        self._refused: Counter[str] = Counter()
        envelopes = Envelopes(signer, origin)
        self._deliveries = Deliveries(settings, state, envelopes, endpoint, self._on_due)
        self._topics = Topics(state, self._deliveries.subscribe)
        self._inspection = Inspection(account, state, self._deliveries.schedule, self._refused)

    def add_routes(self, app: web.Application) -> None:
        """Serve the service, its certificate, its subscriptions and the inspection pages."""
        app.router.add_post("/", self._service)
        app.router.add_get("/", self._subscription)
        for name in (CERTIFICATE_NAME, self._signer.certificate_name):
            app.router.add_get(f"/{name}", self._certificate)
        self._inspection.add_routes(app)

    async def run(self) -> None:
        """Deliver notifications, what was left over first, until cancelled."""
        for text, position in list(self._state.unpublished()):
            self._deliveries.schedule(text, position)
        topics = (*self._configuration.account.topics(), *self._state.holdings.topics())
        await self._deliveries.run(tuple(dict.fromkeys(topics)))

    # --- the service ----------------------------------------------------------------------------

    async def _service(self, request: web.Request) -> web.StreamResponse:
        request_id = str(uuid.uuid4())
        if request.content_type == FORM:
            return await self._query(request, request_id)
        if request.headers.get("X-Amz-Target", "").startswith(f"{METRICS}."):
            return self._cloudwatch.answer(request, await request.read(), request_id)
        try:
            operation, members = self._admit(request, await request.read())
            if operation == "SendTextMessage":
                return await self._send(request, members, request_id)
            body = self._operation(operation, members)
        except AwsError as error:
            return await self._refuse(error, request_id)
        await self._latency()
        return _answer(body, 200, request_id)

    async def _query(self, request: web.Request, request_id: str) -> web.Response:
        """Answer SNS and STS, which speak forms and XML."""
        try:
            if not FORM_SIGNATURE.match(request.headers.get("Authorization", "")):
                raise front_door("InvalidClientTokenId", "Not signed for sns or sts.", 403)
            text, status = self._topics.answer(await request.read(), request_id), 200
        except AwsError as error:
            text, status = refusal(error), error.status
        headers = {"x-amzn-RequestId": request_id}
        return web.Response(text=text, status=status, content_type="text/xml", headers=headers)

    def _admit(self, request: web.Request, body: bytes) -> tuple[str, dict[str, Any]]:
        """Check everything that does not depend on the state of the account."""
        authorization = request.headers.get("Authorization")
        if authorization is None:
            raise front_door("MissingAuthenticationTokenException", "Not signed.", 403)
        if not SIGNATURE.fullmatch(authorization):
            raise front_door("UnrecognizedClientException", "Not signed for sms-voice.", 403)
        operation = model.operation_of(request.headers.get("X-Amz-Target", ""))
        if request.content_type != CONTENT_TYPE:
            raise front_door("SerializationException", f"Content-Type must be {CONTENT_TYPE}.")
        members = _decode(body)
        model.check(operation, members)
        if self._requests is not None and not self._requests.take(1, time.monotonic()):
            raise throttled()
        return operation, members

    def _operation(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        handler = self._operations.by_name.get(operation)
        if handler is None:
            raise validation("UNKNOWN_OPERATION", f"{operation} is not simulated.")
        answer = handler(members)
        model.check_answer(operation, answer)
        return answer

    async def _send(
        self, request: web.Request, members: dict[str, Any], request_id: str
    ) -> web.StreamResponse:
        try:
            answer = self._sender.send(members)
        except OSError:
            log.exception("the journal cannot be written")
            raise server_fault(request_id) from None
        if answer.text is not None:
            self._follow(answer.text)
        await self._latency()
        fault = answer.fault
        if fault is not None:
            if fault.slow:
                await asyncio.sleep(self._configuration.faults.slow_answer_ms / 1000)
            if fault.close_after_accept and request.transport is not None:
                request.transport.close()
            if fault.error_after_accept:
                raise server_fault(request_id)
        return _answer({"MessageId": answer.message_id}, 200, request_id)

    def _follow(self, text: AcceptedText) -> None:
        for position in range(len(text.publications)):
            self._deliveries.schedule(text, position)

    async def _refuse(self, error: AwsError, request_id: str) -> web.Response:
        self._refused[error.label] += 1
        await self._latency()
        return _answer(error.body(), error.status, request_id)

    async def _latency(self) -> None:
        if self._configuration.latency_ms:
            await asyncio.sleep(self._configuration.latency_ms / 1000)

    # --- replies --------------------------------------------------------------------------------

    def _on_due(self, text: AnyText, position: int) -> bool:
        """Act on a STOP as AWS does where it manages opt-outs; False keeps it from the topic."""
        notice = text.publications[position].notice
        if notice.kind != INBOUND:
            return True
        ours, person = (
            (text.origination, text.destination)
            if isinstance(text, AcceptedText)
            else (text.number, text.person)
        )
        number = self._state.holdings.number(ours)
        if number is None or number.self_managed_opt_outs:
            return True
        action = self._state.holdings.action_of(number, notice.body)
        if action == "OPT_IN" and self._state.opt_outs.find(number.opt_out_list, person):
            self._state.opt_in(number.opt_out_list, person)
        if action != "OPT_OUT" and not asks_to_stop(notice.body):
            return True
        self._state.opt_out(number.opt_out_list, person, end_user=True)
        return self._configuration.notifications.publish_managed_keywords

    # --- SNS's own addresses --------------------------------------------------------------------

    async def _subscription(self, request: web.Request) -> web.Response:
        if request.query.get("Action") != "ConfirmSubscription":
            return web.Response(status=400, text="Only ConfirmSubscription is simulated.\n")
        topic, token = request.query.get("TopicArn", ""), request.query.get("Token", "")
        arn = self._deliveries.confirm(topic, token)
        if arn is None:
            return web.Response(status=400, text="Invalid token.\n")
        body = CONFIRMED.format(arn, uuid.uuid4())
        return web.Response(text=body, content_type="text/xml")

    async def _certificate(self, request: web.Request) -> web.Response:
        return web.Response(body=self._signer.certificate, content_type="application/x-pem-file")


def _decode(body: bytes) -> dict[str, Any]:
    try:
        members = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise front_door("SerializationException", "The request is not JSON.") from error
    if not isinstance(members, dict):
        raise front_door("SerializationException", "The request is not a JSON object.")
    return members


def _answer(body: dict[str, Any], status: int, request_id: str) -> web.Response:
    return web.Response(
        body=json.dumps(body).encode(),
        status=status,
        content_type=CONTENT_TYPE,
        headers={"x-amzn-RequestId": request_id},
    )
