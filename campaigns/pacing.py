"""Message parts per second, taken atomically in Valkey/Redis across all workers."""

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.valkey import connection

# Grants are counted in slots of 10 ms. Looking back over one slot more than a second makes sure
# that no sliding second ever holds more than the limit, at the price of about 1 % of speed.
SLOT_MS = 10
WINDOW_SLOTS = 101

# KEYS: buckets. ARGV: slot ms, window slots, number of buckets, limit of each, 1 if these go first,
# parts of each text. Grants as many of the texts, in order, as fit into every bucket now.
# What goes first and found no room reserves the next: others take nothing before it has gone.
# Returns {granted, milliseconds until the next could be granted}.
TAKE = """
local clock = redis.call('TIME')
local slot = math.floor((clock[1] * 1000 + math.floor(clock[2] / 1000)) / ARGV[1])
local oldest = slot - ARGV[2] + 1
local buckets = tonumber(ARGV[3])
local room, first = {}, {}
local first_class = ARGV[4 + buckets] == '1'
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
  if not first_class then
    room[b] = room[b] - tonumber(redis.call('GET', KEYS[b] .. ':reserved') or 0)
  end
  first[b] = lowest
end
local granted, parts, full = 0, 0, nil
for i = 5 + buckets, #ARGV do
  local wanted = tonumber(ARGV[i])
  for b = 1, buckets do
    -- A text with more parts than the whole limit goes alone, in a second of its own.
    local fits = parts + wanted <= room[b]
    local alone = wanted > tonumber(ARGV[3 + b]) and parts == 0 and not first[b]
      and room[b] == tonumber(ARGV[3 + b])
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
if first_class then
  local left = 0
  for i = 5 + buckets + granted, #ARGV do left = left + tonumber(ARGV[i]) end
  for b = 1, buckets do
    if left > 0 then
      redis.call('SET', KEYS[b] .. ':reserved', left, 'PX', 1500)
    else
      redis.call('DEL', KEYS[b] .. ':reserved')
    end
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


def take(buckets: Sequence[Bucket], parts: Sequence[int], *, first: bool = False) -> Grant:
    """Ask leave to send texts of so many parts each, now; the first `count` of them may go.

    What goes `first` and finds no room gets the next that there is, before all others.

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
            int(first),
            *parts,
        ],
    )
    return Grant(int(granted), int(wait) / 1000)
