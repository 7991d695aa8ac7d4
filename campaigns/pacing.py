"""Message parts per second, taken atomically in Valkey/Redis across all workers."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import redis
from django.conf import settings

# Grants are counted in slots of 10 ms. Looking back over one slot more than a second makes sure
# that no sliding second ever holds more than the limit, at the price of about 1 % of speed.
SLOT_MS = 10
WINDOW_SLOTS = 101

# KEYS: buckets. ARGV: slot ms, window slots, number of buckets, limit of each, parts of each text.
# Grants as many of the texts, in order, as fit into every bucket now.
# Returns {granted, milliseconds until the next could be granted}.
TAKE = """
local clock = redis.call('TIME')
local slot = math.floor((clock[1] * 1000 + math.floor(clock[2] / 1000)) / ARGV[1])
local oldest = slot - ARGV[2] + 1
local buckets = tonumber(ARGV[3])
local room, first = {}, {}
for b = 1, buckets do
  local used, lowest = 0, nil
  local counts = redis.call('HGETALL', KEYS[b])
  for i = 1, #counts, 2 do
    local at = tonumber(counts[i])
    if at < oldest then
      redis.call('HDEL', KEYS[b], counts[i])
    else
      used = used + tonumber(counts[i + 1])
      if not lowest or at < lowest then lowest = at end
    end
  end
  room[b] = tonumber(ARGV[3 + b]) - used
  first[b] = lowest
end
local granted, parts, full = 0, 0, nil
for i = 4 + buckets, #ARGV do
  local wanted = tonumber(ARGV[i])
  for b = 1, buckets do
    -- A text with more parts than the whole limit goes alone, in a second of its own.
    local fits = parts + wanted <= room[b]
    local alone = wanted > tonumber(ARGV[3 + b]) and parts == 0 and not first[b]
    if not fits and not alone then full = b break end
  end
  if full then break end
  granted = granted + 1
  parts = parts + wanted
end
if granted > 0 then
  for b = 1, buckets do
    redis.call('HINCRBY', KEYS[b], slot, parts)
    redis.call('PEXPIRE', KEYS[b], 2000)
  end
end
local wait = 0
if full then
  -- Room comes when the oldest grant of that bucket, perhaps one of these, leaves the window.
  local leaves = (first[full] or slot) + ARGV[2]
  wait = math.max(tonumber(ARGV[1]), (leaves - slot) * ARGV[1])
end
return {granted, wait}
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A limit in parts per second on something: an originator, a campaign, the account."""

    name: str
    parts_per_second: int


@dataclass(frozen=True, slots=True)
class Grant:
    """How many of the texts may go now, and how long to wait before asking for the rest."""

    count: int
    wait_seconds: float


@functools.cache
def connection() -> redis.Redis:
    """Return the process's connection to Valkey/Redis."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)


def take(buckets: Sequence[Bucket], parts: Sequence[int]) -> Grant:
    """Ask leave to send texts of so many parts each, now; the first `count` of them may go.

    Raises redis.RedisError when the buckets are out of reach: then nothing may be sent.
    """
    client = connection()
    granted, wait = client.register_script(TAKE)(
        keys=[f"sendpoint:pace:{bucket.name}" for bucket in buckets],
        args=[
            SLOT_MS,
            WINDOW_SLOTS,
            len(buckets),
            *(bucket.parts_per_second for bucket in buckets),
            *parts,
        ],
    )
    return Grant(int(granted), int(wait) / 1000)
