"""SendTextMessage without boto3's call, which takes three times the processor time.

boto3 says who signs, for which region, with which proxy and certificates; the request, its
headers and the sorting of errors are the same, and tests hold them to it (decision 0019).
"""

import asyncio
import atexit
import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.parsers import create_parser
from yarl import URL

from pinpoint import clients, sigv4
from pinpoint.gateway import (
    ClearedText,
    Fate,
    NotNow,
    SendError,
    Settle,
    from_answer,
    request_of,
)

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

OPERATION = "SendTextMessage"
IDLE = 5.0  # seconds after which a connection is given up, long before AWS would close it


class Leaving(aiohttp.BytesPayload):
    """A request's body, which passes a door at the moment when head and body are written."""

    def __init__(self, body: bytes, door: Callable[[], None] | None) -> None:
        super().__init__(body)
        self._door = door
        self.left = False  # or may have
        self.held: Exception | None = None  # what the door said instead

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        """Ask the door; aiohttp holds the head back until the first byte of the body."""
        try:
            if self._door is not None:
                self._door()
        except Exception as error:
            self.held = error  # aiohttp would hand on an error of its own
            raise
        self.left = True
        await super().write_with_length(writer, content_length)


@dataclass(frozen=True, slots=True)
class Wire:
    """Where requests go and what they say of themselves."""

    url: str
    region: str
    service: str  # as signatures name it
    target: str  # the header that names the operation
    content_type: str

    @classmethod
    def of(cls, client: "PinpointSMSVoiceV2Client") -> "Wire":
        """Take it from a boto3 client and its model."""
        model = client.meta.service_model
        about = model.metadata
        return cls(
            url=client.meta.endpoint_url,
            region=client.meta.region_name,
            service=model.signing_name,
            target=f"{about['targetPrefix']}.{OPERATION}",
            content_type=f"application/x-amz-json-{about['jsonVersion']}",
        )

    @property
    def address(self) -> URL:
        """Where requests go, with a path."""
        return URL(self.url if urlsplit(self.url).path else f"{self.url}/")

    def headers(self, body: bytes, key: sigv4.Key, now: datetime) -> dict[str, str]:
        """Return the signed headers of a request at an aware UTC moment."""
        date = sigv4.amz_date(now)
        headers = {
            "content-type": self.content_type,
            "host": urlsplit(self.url).netloc,
            "x-amz-date": date,
            "x-amz-target": self.target,
        }
        if key.token:
            headers["x-amz-security-token"] = key.token
        request = sigv4.Request("POST", self.address.raw_path, "", headers, body)
        scope = sigv4.Scope(date[:8], self.region, self.service)
        headers["authorization"] = sigv4.authorization(request, key, scope)
        return headers


class WireGateway:
    """Sends through End User Messaging SMS, many texts at a time over few connections.

    One thread, which ends with the process, waits for all answers. Timeouts in seconds.
    """

    def __init__(
        self,
        client: "PinpointSMSVoiceV2Client",
        *,
        connect_timeout: float,
        read_timeout: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._wire = Wire.of(client)
        self._url = self._wire.address
        self._model: Any = client.meta.service_model
        self._proxy = clients.proxy_for(self._wire.url)
        self._tls = clients.tls_context() if self._url.scheme == "https" else True
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=connect_timeout, sock_read=read_timeout
        )
        self._now = now
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[None]] = set()  # the loop itself holds them but weakly
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def begin(self, texts: Sequence[tuple[ClearedText, Settle]]) -> None:
        """Hand texts over; every `settle` gets AWS's id or a SendError, from the gateway's thread.

        The credentials are read here, since renewing them may take a request.
        """
        try:
            key = clients.signing_key()
        except BotoCoreError as error:
            missing = isinstance(error, (NoCredentialsError, PartialCredentialsError))
            refusal = (
                SendError(Fate.HALTED, "NO_CREDENTIALS", str(error))
                if missing
                else SendError(Fate.NOT_SENT, type(error).__name__, str(error))
            )
            for _, settle in texts:
                settle(refusal)
        else:
            self._loop.call_soon_threadsafe(self._start, texts, key)

    def close(self) -> None:
        """End the thread and its connections, as the process's end does; once."""
        atexit.unregister(self.close)
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        for task in self._under_way:
            task.cancel()  # what left and has no answer is told to be unclear
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _start(self, texts: Sequence[tuple[ClearedText, Settle]], key: sigv4.Key) -> None:
        for text, settle in texts:
            task = self._loop.create_task(self._send(text, key, settle))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _send(self, text: ClearedText, key: sigv4.Key, settle: Settle) -> None:
        answer: str | BaseException
        body: Leaving | None = None
        try:
            body = Leaving(orjson.dumps(request_of(text)), text.door)
            answer = await self._ask(body, key)
        except SendError as error:
            answer = error
        except BaseException as error:  # noqa: BLE001 - whatever it was, it is told
            answer = _what_is_certain(body, error) if body else error
        settle(answer)

    async def _ask(self, body: Leaving, key: sigv4.Key) -> str:
        content = await body.as_bytes()
        headers = self._wire.headers(content, key, self._now())
        async with self._open().post(
            self._url, data=body, headers=headers, proxy=self._proxy, allow_redirects=False
        ) as response:
            return self._message_id(response.status, response.headers, await response.read())

    def _message_id(self, status: int, headers: Any, content: bytes) -> str:
        if status != 200:
            raise from_answer(self._refusal(status, headers, content))
        return str(orjson.loads(content)["MessageId"])

    def _refusal(self, status: int, headers: Any, content: bytes) -> ClientError:
        """Read an error as boto3 does: its code, then the fields that the model knows of it."""
        answer = {"status_code": status, "headers": headers, "body": content}
        parser = create_parser("json")
        read = parser.parse(answer, self._model.operation_model(OPERATION).output_shape)
        shape = self._model.shape_for_error_code(read["Error"]["Code"])
        return ClientError(read | parser.parse(answer, shape) if shape else read, OPERATION)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=self._tls, keepalive_timeout=IDLE),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Sendpoint"},
                skip_auto_headers=("Accept", "Accept-Encoding"),
                timeout=self._timeout,
            )
        return self._session


@functools.cache
def wire_gateway(
    client: "PinpointSMSVoiceV2Client", *, connect_timeout: float, read_timeout: float
) -> WireGateway:
    """Return the process's gateway of a client, with its thread and connections."""
    return WireGateway(client, connect_timeout=connect_timeout, read_timeout=read_timeout)


def _what_is_certain(body: Leaving, error: BaseException) -> BaseException:
    """Say what became of a text whose request broke, by whether its bytes may have left."""
    if body.held is not None:
        late = isinstance(body.held, NotNow)
        return SendError(Fate.LATE, "late", "held back at the door") if late else body.held
    if body.left:
        return SendError(Fate.UNKNOWN, type(error).__name__, str(error))
    if isinstance(error, (aiohttp.ClientError, OSError, TimeoutError)):
        return SendError(Fate.NOT_SENT, type(error).__name__, str(error))
    return error
