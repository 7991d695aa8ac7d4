"""Is it ready? Each answer is empty, or says what is wrong."""

import asyncio
import contextlib
import json

import environ
import psycopg
import redis.asyncio
from psycopg import sql

from . import ports
from .trouble import Trouble

TIMEOUT_SECONDS = 3
ALIVE = "sendpoint:alive:"  # config/celery.py writes these keys


async def http(port: int, path: str) -> str:
    """Ask a local server for a page, which must come with status 200."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            status, body = await _get(port, path)
    except (OSError, TimeoutError, ValueError) as error:
        return f"GET {path} on port {port}: {error or 'no answer'}"
    if status == 200:
        return ""
    return f"GET {path} on port {port} answers {status}: {_status_in(body)}"


async def _get(port: int, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection(ports.HOST, port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {ports.HOST}:{port}\r\n\r\n".encode())
        head, _, body = (await reader.read(2**20)).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return int(head.split(None, 2)[1]) if head else 0, body


def _status_in(body: bytes) -> str:
    try:
        return str(json.loads(body)["status"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")


async def database(url: str) -> str:
    """Ask PostgreSQL for a session."""
    try:
        connection = await _connect(url)
    except psycopg.Error as error:
        return str(error).strip()
    await connection.close()
    return ""


async def broker(url: str) -> str:
    """Ask Valkey, or Redis, for a sign of life."""
    client = redis.asyncio.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS)
    try:
        await client.get("sendpoint")  # checks the password too, as PING does not everywhere
    except redis.RedisError as error:
        return str(error)
    finally:
        await client.aclose()
    return ""


async def heartbeat(url: str, role: str) -> str:
    """Ask whether a worker, or beat, has lately said that it is alive."""
    client = redis.asyncio.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS)
    try:
        return "" if await client.get(ALIVE + role) else f"no sign of life from {role} yet"
    except redis.RedisError as error:
        return str(error)
    finally:
        await client.aclose()


def forget_heartbeat(url: str, role: str) -> None:
    """Take back what a process that has ended said, so that nobody waits in vain for its task."""
    with (
        contextlib.suppress(redis.RedisError),
        redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS) as client,
    ):
        client.delete(ALIVE + role)


async def make_database(url: str, name: str) -> None:
    """Make the database if it is not there."""
    async with await _connect(url) as connection:
        found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if await found.fetchone() is None:
            await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


async def has_users(url: str) -> bool:
    """Say whether anybody can log in: then the data is somebody's, and no demo is loaded."""
    async with await _connect(url) as connection:
        found = await connection.execute("SELECT EXISTS (SELECT FROM auth_user)")
        row = await found.fetchone()
        return bool(row and row[0])


async def _connect(url: str) -> psycopg.AsyncConnection:
    # Read as the settings read it, so that each form they take is taken here.
    parts = environ.Env.db_url_config(url)
    if not parts.get("NAME"):
        raise Trouble("DATABASE_URL must look like postgres://user:password@host:5432/name.")
    return await psycopg.AsyncConnection.connect(
        dbname=parts["NAME"],
        user=parts.get("USER") or None,
        password=parts.get("PASSWORD") or None,
        host=parts.get("HOST") or None,
        port=parts.get("PORT") or None,
        connect_timeout=TIMEOUT_SECONDS,
        autocommit=True,
        **parts.get("OPTIONS", {}),
    )
