"""Pools of numbers and sender IDs (aws-sms.md 2.5)."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .account import Number, Pool, SenderId
from .errors import conflict, not_found, quota
from .numbers import Numbers
from .pages import Item, filtered, named, page
from .state import State
from .tags import Tags

Request = dict[str, Any]
QUOTA = 25
# What a number that joins must have in common with the pool, and the reason where it has not.
ALIKE = (
    ("message_type", "MESSAGE_TYPE_MISMATCH"),
    ("opt_out_list", "OPT_OUT_LIST_MISMATCH"),
    ("two_way", "TWO_WAY_CONFIG_MISMATCH"),
    ("self_managed_opt_outs", "SELF_MANAGED_OPT_OUTS_MISMATCH"),
)


class Pools:
    """Answers what is asked about pools."""

    def __init__(self, state: State, numbers: Numbers, tags: Tags) -> None:
        self._holdings = state.holdings
        self._numbers = numbers
        self._tags = tags
        self.by_name: dict[str, Callable[[Request], Item]] = {
            "DescribePools": self._describe,
            "CreatePool": self._create,
            "UpdatePool": self._update,
            "DeletePool": self._delete,
            "AssociateOriginationIdentity": self._associate,
            "DisassociateOriginationIdentity": self._disassociate,
            "ListPoolOriginationIdentities": self._members,
        }

    def find(self, identity: str) -> Pool:
        """Return a pool by id or ARN, or refuse."""
        pool = self._holdings.pool(identity)
        if pool is None:
            raise not_found("pool", identity)
        return pool

    def _describe(self, request: Request) -> Item:
        items = named(
            request, "PoolIds", "pool", [_described(pool) for pool in self._holdings.pools],
            lambda item: (item["PoolId"], item["PoolArn"]),
        )  # fmt: skip
        kept, more = page(request, filtered(request, items, {}), "PoolId")
        return {"Pools": kept, **more}

    def _create(self, request: Request) -> Item:
        token = request.get("ClientToken", "")
        if before := self._holdings.tokens.get(token):
            return _described(self.find(before.members["id"]))
        if len(self._holdings.pools) >= QUOTA:
            raise quota("POOLS_PER_ACCOUNT", "The account has its most pools.")
        first = self._identity(request)
        pool = Pool(
            pool_id=f"pool-{secrets.token_hex(16)}",
            message_type=request["MessageType"],
            deletion_protection=bool(request.get("DeletionProtectionEnabled")),
            created_at=self._holdings.now(),
            self_managed_opt_outs=False,
            two_way=False,
        )
        if isinstance(first, Number):
            pool = replace(
                pool,
                opt_out_list=first.opt_out_list,
                self_managed_opt_outs=first.self_managed_opt_outs,
                two_way=first.two_way,
                inbound_topic=first.inbound_topic,
                two_way_role=first.two_way_role,
            )
        self._holdings.pools.put(pool.pool_id, self._with(pool, first))
        self._tags.put(pool.arn, request.get("Tags") or [])
        self._tags.remember(token, pool.pool_id)
        return {**_described(pool), "Tags": self._tags.of(pool.arn)}

    def _update(self, request: Request) -> Item:
        pool = self.find(request["PoolId"])
        changes = self._numbers.settings(request, pool)
        shared = {k: v for k, v in changes.items() if k in Number.__slots__}
        shared.pop("deletion_protection", None)
        for number in self._holdings.members(pool):
            self._holdings.bought.put(number.number_id, replace(number, **shared))
        changed = self._holdings.pools.put(pool.pool_id, replace(pool, **changes))
        return _described(changed)

    def _delete(self, request: Request) -> Item:
        pool = self.find(request["PoolId"])
        if pool.deletion_protection:
            raise conflict("DELETION_PROTECTION_ENABLED", "It is protected.", "pool", pool.pool_id)
        for number in self._holdings.members(pool):
            self._holdings.bought.put(number.number_id, replace(number, pool_id=""))
        self._holdings.pools.drop(pool.pool_id)
        item = {**_described(pool), "Status": "DELETING"}
        del item["DeletionProtectionEnabled"]
        return item

    def _associate(self, request: Request) -> Item:
        pool, identity = self.find(request["PoolId"]), self._identity(request)
        self._holdings.pools.put(pool.pool_id, self._with(pool, identity))
        return _pair(pool, identity)

    def _disassociate(self, request: Request) -> Item:
        pool, identity = self.find(request["PoolId"]), self._identity(request)
        if isinstance(identity, SenderId):
            rest = tuple(key for key in pool.senders if key != identity.key)
            self._holdings.pools.put(pool.pool_id, replace(pool, senders=rest))
            return _pair(pool, identity)
        if identity.pool_id != pool.pool_id:
            raise conflict(
                "PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL",
                "It is not in this pool.",
                "phone-number",
                identity.number_id,
            )
        if len(self._holdings.members(pool)) == 1 and not pool.senders:
            raise conflict(
                "LAST_PHONE_NUMBER", "A pool has one at least.", "phone-number", identity.number_id
            )
        self._holdings.bought.put(identity.number_id, replace(identity, pool_id=""))
        return _pair(pool, identity)

    def _members(self, request: Request) -> Item:
        pool = self.find(request["PoolId"])
        items = [
            {**_named(number), "PhoneNumber": number.number}
            for number in self._holdings.members(pool)
        ]
        items += [_named(s) for s in self._holdings.sender_ids if s.key in pool.senders]
        items = filtered(request, items, {"number-capability": "NumberCapabilities"})
        kept, more = page(request, items, "OriginationIdentityArn")
        return {
            "PoolArn": pool.arn,
            "PoolId": pool.pool_id,
            "OriginationIdentities": kept,
            **more,
        }

    def _identity(self, request: Request) -> Number | SenderId:
        wanted, country = request["OriginationIdentity"], request.get("IsoCountryCode", "")
        found = self._holdings.number(wanted) or self._holdings.sender(wanted, country)
        if found is None:
            raise not_found("phone-number", wanted)
        return found

    def _with(self, pool: Pool, identity: Number | SenderId) -> Pool:
        """Put a number or sender ID into a pool; return the pool as it is then."""
        if isinstance(identity, SenderId):
            return replace(pool, senders=tuple(dict.fromkeys([*pool.senders, identity.key])))
        if identity.pool_id not in ("", pool.pool_id):
            raise conflict(
                "PHONE_NUMBER_ASSOCIATED_TO_POOL",
                "It is in another pool.",
                "phone-number",
                identity.number_id,
            )
        for field, reason in ALIKE:
            if getattr(identity, field) != getattr(pool, field):
                raise conflict(reason, "Pool and number differ.", "pool", pool.pool_id)
        self._holdings.bought.put(identity.number_id, replace(identity, pool_id=pool.pool_id))
        return pool


def _named(identity: Number | SenderId) -> Item:
    if isinstance(identity, Number):
        name, capabilities = identity.number_id, list(identity.capabilities)
    else:
        name, capabilities = identity.sender_id, ["SMS"]
    return {
        "OriginationIdentityArn": identity.arn,
        "OriginationIdentity": name,
        "IsoCountryCode": identity.iso_country_code,
        "NumberCapabilities": capabilities,
    }


def _pair(pool: Pool, identity: Number | SenderId) -> Item:
    item = _named(identity)
    del item["NumberCapabilities"]
    return {"PoolArn": pool.arn, "PoolId": pool.pool_id, **item}


def _described(pool: Pool) -> Item:
    optional = {
        "TwoWayChannelArn": pool.inbound_topic if pool.two_way else "",
        "TwoWayChannelRole": pool.two_way_role,
    }
    return {
        "PoolArn": pool.arn,
        "PoolId": pool.pool_id,
        "Status": "ACTIVE",
        "MessageType": pool.message_type,
        "TwoWayEnabled": pool.two_way,
        **{name: value for name, value in optional.items() if value},
        "SelfManagedOptOutsEnabled": pool.self_managed_opt_outs,
        "OptOutListName": pool.opt_out_list,
        "SharedRoutesEnabled": pool.shared_routes,
        "DeletionProtectionEnabled": pool.deletion_protection,
        "CreatedTimestamp": pool.created_at,
    }
