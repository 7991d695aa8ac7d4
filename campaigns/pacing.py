"""Message parts per second, taken atomically in Valkey/Redis across all workers."""

import functools
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import redis
from django.conf import settings

from pinpoint.gateway import NotNow

# What counts is when a text leaves. A grant counts from when it is given until a second after its
# text has left; who holds it says when that was. Times are counted in slots, and the second is
# longer by one of them and by what passes between the door and the wire.
SLOT_MS = 2
WINDOW_SLOTS = (1000 + 4) // SLOT_MS + 1
# A grant whose holder says nothing (it died) counts for so long; none is used after GOOD_FOR, so
# that pausing a campaign takes effect within a second: the text's state was read after the grant.
FORGOTTEN_MS, GOOD_FOR = 5000, 0.9  # milliseconds, seconds
# After AWS said "too fast": the rate falls to this share of itself, once a second at most, and
# comes back by so much of the limit a second.
FALL, LEAST_SHARE, RECOVERY_A_SECOND = 0.7, 0.05, 0.02

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
# of each, 1 if these go first, number of grants that ended, and of each: the slot it was given in,
# the slot in which its text left (-1: it never did) and its parts; then parts of each new text.
# Grants as many of the texts, in order, as fit into every bucket now; one whose recipient had a
# text within the last second is passed over. What goes first and found no room reserves the next:
# others take nothing before it has gone.
# Returns {milliseconds until more may be granted, slot, places granted..., -1, places passed over}.
TAKE = (
    COMMON
    + f"""
local slot_ms, window, forgotten = {SLOT_MS}, {WINDOW_SLOTS}, {FORGOTTEN_MS // SLOT_MS}
local slot = math.floor(now / slot_ms)
local buckets = tonumber(ARGV[1])
local first_class = ARGV[2 + buckets] == '1'
local ended = tonumber(ARGV[3 + buckets])
local texts = 3 + buckets + 3 * ended  -- after these come the parts of each text
local recipients = #KEYS > buckets
local limit, room, leaves = {{}}, {{}}, {{}}
for b = 1, buckets do
  for e = 0, ended - 1 do
    local at = 4 + buckets + 3 * e
    local held = 'h' .. ARGV[at]
    if redis.call('HEXISTS', KEYS[b], held) == 1 then
      redis.call('HINCRBY', KEYS[b], held, -ARGV[at + 2])
      if ARGV[at + 1] ~= '-1' then
        redis.call('HINCRBY', KEYS[b], ARGV[at + 1], ARGV[at + 2])
      end
    end
  end
  local used = 0
  local counts = redis.call('HGETALL', KEYS[b])
  for i = 1, #counts, 2 do
    local held = string.sub(counts[i], 1, 1) == 'h'
    local at = tonumber(held and string.sub(counts[i], 2) or counts[i])
    local parts = tonumber(counts[i + 1])
    if parts <= 0 or at <= slot - (held and forgotten or window) then
      redis.call('HDEL', KEYS[b], counts[i])
    else
      used = used + parts
      -- A text that is about to leave may make room in a second; look again before.
      local free = held and now + 20 or (at + window) * slot_ms
      if not leaves[b] or free < leaves[b] then leaves[b] = free end
    end
  end
  limit[b] = math.max(1, math.floor(tonumber(ARGV[1 + b]) * share(KEYS[b])))
  room[b] = limit[b] - used
  if not first_class then
    room[b] = room[b] - tonumber(redis.call('GET', KEYS[b] .. ':reserved') or 0)
  end
end
local granted, passed, parts, full, left = {{}}, {{}}, 0, nil, 0
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
    passed[#passed + 1] = i - 1
  else
    granted[#granted + 1] = i - 1
    parts = parts + wanted
  end
end
for b = 1, buckets do
  if parts > 0 then redis.call('HINCRBY', KEYS[b], 'h' .. slot, parts) end
  redis.call('PEXPIRE', KEYS[b], {FORGOTTEN_MS} + 1000)
  if first_class and left > 0 then
    redis.call('SET', KEYS[b] .. ':reserved', left, 'PX', 1500)
  elseif first_class then
    redis.call('DEL', KEYS[b] .. ':reserved')
  end
end
local wait = 0
if full then wait = math.max(1, (leaves[full] or now + 20) - now) end
local answer = {{wait, slot}}
for _, place in ipairs(granted) do answer[#answer + 1] = place end
answer[#answer + 1] = -1
for _, place in ipairs(passed) do answer[#answer + 1] = place end
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
    """Which of the texts may go now, by place, and how long to wait before asking for the rest.

    `passed` are those whose recipients had a text a moment ago.
    """

    granted: Sequence[int]
    wait_seconds: float
    slot: int = -1
    passed: Sequence[int] = ()

    @property
    def count(self) -> int:
        """How many may go."""
        return len(self.granted)


@dataclass(slots=True)
class Turn:
    """Leave for one text to go; `left_after` (seconds) says when it went, None if it never did."""

    parts: int
    slot: int
    asked_at: float  # by time.monotonic()
    note: Callable[["Turn"], None]
    left_after: float | None = None

    def at_the_door(self) -> None:
        """Note that the text leaves at this very moment; raise NotNow if its turn is long over."""
        after = time.monotonic() - self.asked_at
        if after > GOOD_FOR:
            raise NotNow
        self.left_after = after
        self.note(self)

    @property
    def ended(self) -> tuple[int, int, int]:
        """Return the slots of the grant and of its text's leaving, and its parts."""
        if self.left_after is None:
            return self.slot, -1, self.parts
        return self.slot, self.slot + int(self.left_after * 1000 / SLOT_MS) + 1, self.parts


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
    ended: Sequence[Turn] = (),
) -> Grant:
    """Ask leave to send texts of so many parts each, now.

    With `people`, the number of each text's recipient, nobody gets two in a second. What goes
    `first` and finds no room gets the next that there is, before all others. `ended` are turns of
    these buckets whose texts have left, or never will. Raises redis.RedisError when the buckets
    are out of reach: then nothing may be sent.
    """
    answer = _script(TAKE)(
        keys=[*(bucket.key for bucket in buckets), *(_recipient(phone) for phone in people)],
        args=[
            len(buckets),
            *(bucket.parts_per_second for bucket in buckets),
            int(first),
            len(ended),
            *(number for turn in ended for number in turn.ended),
            *parts,
        ],
    )
    wait, slot, *places = (int(number) for number in answer)
    middle = places.index(-1)
    return Grant(places[:middle], wait / 1000, slot, places[middle + 1 :])


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
