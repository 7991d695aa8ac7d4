"""Message parts per second, taken atomically in Valkey/Redis across all workers."""

import functools
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import redis
from django.conf import settings

from pinpoint.gateway import NotNow

# What is granted must leave within so long (seconds), or ask again at the door: then the pace
# holds for what leaves, not only for what was granted.
GOOD_FOR = 0.015
# Grants are counted in slots of 5 ms. Looking back over a second, what a grant is good for and one
# slot more makes sure that no sliding second ever holds more than the limit, at the price of 2 %.
SLOT_MS = 5
WINDOW_SLOTS = (1000 + int(GOOD_FOR * 1000)) // SLOT_MS + 1
# After AWS said "too fast": the rate falls to this share of itself, once a second at most, and
# comes back by so much of the limit a second.
FALL, LEAST_SHARE, RECOVERY_A_SECOND = 0.7, 0.05, 0.02
ASK_AGAIN = 3  # times at the door; then the text waits like any other

COMMON = f"""
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function share(key)
  local slow = redis.call('GET', key .. ':slow')
  if not slow then return 1 end
  local value, at = string.match(slow, '([^:]+):([^:]+)')
  return math.min(1, value + (now - at) / 1000 * {RECOVERY_A_SECOND})
end
"""

# KEYS: buckets, then a key for each recipient, if they are given. ARGV: number of buckets, limit
# of each, 1 if these go first, slot and parts to give back (-1: none), parts of each text.
# Grants as many of the texts, in order, as fit into every bucket now; one whose recipient had a
# text within the last second is passed over. What goes first and found no room reserves the next:
# others take nothing before it has gone.
# Returns {{milliseconds until more could be granted, slot, places of the granted texts...}}.
TAKE = (
    COMMON
    + f"""
local slot_ms, window = {SLOT_MS}, {WINDOW_SLOTS}
local slot = math.floor(now / slot_ms)
local oldest = slot - window + 1
local buckets = tonumber(ARGV[1])
local first_class = ARGV[2 + buckets] == '1'
local back, back_parts = ARGV[3 + buckets], tonumber(ARGV[4 + buckets])
local texts = 4 + buckets  -- where their parts begin
local recipients = #KEYS > buckets
local limit, room, first = {{}}, {{}}, {{}}
for b = 1, buckets do
  if back ~= '-1' and redis.call('HEXISTS', KEYS[b], back) == 1 then
    redis.call('HINCRBY', KEYS[b], back, -back_parts)
  end
  local used, lowest = 0, nil
  local counts = redis.call('HGETALL', KEYS[b])
  for i = 1, #counts, 2 do
    local at, parts = tonumber(counts[i]), tonumber(counts[i + 1])
    if at < oldest then
      redis.call('HDEL', KEYS[b], counts[i])
    elseif parts > 0 then
      used = used + parts
      if not lowest or at < lowest then lowest = at end
    end
  end
  limit[b] = math.max(1, math.floor(tonumber(ARGV[1 + b]) * share(KEYS[b])))
  room[b] = limit[b] - used
  if not first_class then
    room[b] = room[b] - tonumber(redis.call('GET', KEYS[b] .. ':reserved') or 0)
  end
  first[b] = lowest
end
local answer, parts, full, wait, left = {{0, slot}}, 0, nil, 0, 0
for i = 1, #ARGV - texts do
  local wanted = tonumber(ARGV[texts + i])
  for b = 1, buckets do
    -- A text with more parts than the whole limit goes alone, in a second of its own.
    local alone = wanted > limit[b] and parts == 0 and room[b] == limit[b]
    if not full and parts + wanted > room[b] and not alone then full = b end
  end
  if full then
    left = left + wanted
  elseif recipients and not redis.call(
      'SET', KEYS[buckets + i], 1, 'NX', 'PX', slot_ms * window) then
    local free = redis.call('PTTL', KEYS[buckets + i])
    wait = wait == 0 and free or math.min(wait, free)
  else
    answer[#answer + 1] = i - 1
    parts = parts + wanted
  end
end
for b = 1, buckets do
  if parts > 0 then
    redis.call('HINCRBY', KEYS[b], slot, parts)
    redis.call('PEXPIRE', KEYS[b], 2000)
  end
  if first_class and left > 0 then
    redis.call('SET', KEYS[b] .. ':reserved', left, 'PX', 1500)
  elseif first_class then
    redis.call('DEL', KEYS[b] .. ':reserved')
  end
end
if full then
  -- Room comes when the oldest grant of that bucket, perhaps one of these, leaves the window.
  local leaves = ((first[full] or slot) + window) * slot_ms
  local free = math.max(1, leaves - now)
  wait = wait == 0 and free or math.min(wait, free)
end
answer[1] = wait
return answer
"""
)

# KEYS: a bucket. AWS said "too fast": lower its rate, once a second at most.
SLOW_DOWN = (
    COMMON
    + f"""
local key = KEYS[1] .. ':slow'
local slow = redis.call('GET', key)
if slow and now - string.match(slow, ':(.+)') < 1000 then return 0 end
redis.call('SET', key, math.max({LEAST_SHARE}, share(KEYS[1]) * {FALL}) .. ':' .. now, 'PX', 60000)
return 1
"""
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A limit in parts per second on something: an originator, a campaign, the account."""

    name: str
    parts_per_second: int

    @property
    def key(self) -> str:
        """Its name in Valkey."""
        return f"sendpoint:pace:{self.name}"


@dataclass(frozen=True, slots=True)
class Grant:
    """Which of the texts may go now, by place, and how long to wait before asking for the rest."""

    granted: Sequence[int]
    wait_seconds: float
    slot: int = -1

    @property
    def count(self) -> int:
        """How many may go."""
        return len(self.granted)


@functools.cache
def connection() -> redis.Redis:
    """Return the process's connections to Valkey/Redis."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)


@functools.cache
def _script(text: str) -> "redis.commands.core.Script":
    return connection().register_script(text)


def take(
    buckets: Sequence[Bucket],
    parts: Sequence[int],
    *,
    people: Sequence[str] = (),
    first: bool = False,
    back: tuple[int, int] = (-1, 0),
) -> Grant:
    """Ask leave to send texts of so many parts each, now.

    With `people`, the number of each text's recipient, nobody gets two in a second. What goes
    `first` and finds no room gets the next that there is, before all others. `back` are the slot
    and the parts of a grant that was not used. Raises redis.RedisError when the buckets are out
    of reach: then nothing may be sent.
    """
    answer = _script(TAKE)(
        keys=[*(bucket.key for bucket in buckets), *(_recipient(phone) for phone in people)],
        args=[
            len(buckets),
            *(bucket.parts_per_second for bucket in buckets),
            int(first),
            *back,
            *parts,
        ],
    )
    wait, slot, *granted = (int(number) for number in answer)
    return Grant(granted, wait / 1000, slot)


def _recipient(phone: str) -> str:
    """Return a key that does not show the number."""
    return "sendpoint:pace:to:" + hashlib.blake2b(phone.encode(), digest_size=10).hexdigest()


def slow_down(bucket: Bucket) -> None:
    """Lower a rate for all workers, because AWS said that it is too high; it comes back slowly."""
    _script(SLOW_DOWN)(keys=[bucket.key])


def shares(buckets: Sequence[Bucket]) -> list[float]:
    """Return what share of each limit is used at present, since AWS throttled: 1 is all of it."""
    now = time.time()
    found = []
    for slow in connection().mget([f"{bucket.key}:slow" for bucket in buckets]):
        text = slow.decode() if isinstance(slow, bytes) else slow
        value, at = (float(part) for part in (text or "1:0").split(":"))
        found.append(min(1.0, value + (now - at / 1000) * RECOVERY_A_SECOND))
    return found


@dataclass(slots=True)
class Turn:
    """Leave for one text, which is over after GOOD_FOR seconds."""

    buckets: Sequence[Bucket]
    parts: int
    slot: int
    asked_at: float = field(default_factory=time.monotonic)

    def at_the_door(self) -> None:
        """Return if the text may leave at this very moment; raise NotNow if it may not.

        A text that comes late to the door gives its turn back and takes another, if there is one.
        """
        for _ in range(ASK_AGAIN):
            if time.monotonic() - self.asked_at <= GOOD_FOR:
                return
            self.asked_at = time.monotonic()
            try:
                grant = take(self.buckets, [self.parts], back=(self.slot, self.parts))
            except redis.RedisError as error:
                raise NotNow from error
            self.slot = grant.slot if grant.count else -1
            if not grant.count:
                raise NotNow
        raise NotNow
