"""What a run would come to, worked out from a sample of its people before anything is sent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Mod
from liquid.exceptions import LiquidError

from campaigns import arms, prices, templating
from campaigns.models import Campaign
from contacts import attributes, segments
from contacts.models import Contact
from pinpoint.parts import count_parts

SAMPLE = 300  # people: parts and prices vary little, so that this many tell to some percent


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one run costs at most: if everybody of the segment may be texted."""

    people: int  # of the segment
    held_out: int
    parts: int
    usd: Decimal
    sampled: int

    @property
    def texts(self) -> int:
        """How many would be sent."""
        return self.people - self.held_out


def forecast(campaign: Campaign) -> Forecast:
    """Return what a run of a campaign would come to now. Raises segments.RuleError."""
    people = segments.matching(campaign.segment.rules)
    count = people.count()
    sample = spread(people, count)
    texts = words(campaign, sample)
    sizes = [(phone, count_parts(body).parts) for phone, body in texts]
    scale = Decimal(count) / len(sample) if sample else Decimal(0)
    return Forecast(
        people=count,
        held_out=round((len(sample) - len(texts)) * scale),
        parts=math.ceil(sum(parts for _, parts in sizes) * scale),
        usd=(prices.current().of_texts(sizes) * scale).quantize(Decimal("0.01")),
        sampled=len(sample),
    )


def words(campaign: Campaign, people: Sequence[Contact]) -> list[tuple[str, str]]:
    """Return (number, text) for those of these people who are not held out; each its arm's text."""
    treatments = list(campaign.treatments.all())
    bodies = [campaign.body, *(treatment.body for treatment in treatments)]
    ends = arms.bounds(campaign.holdout_percent, [treatment.percent for treatment in treatments])
    found = []
    for person in people:
        arm = arms.arm_at(arms.place(campaign.pk, person.pk), ends)
        if arm is None:
            continue
        try:
            text = templating.render(bodies[arm], attributes.merge_fields(person))
        except LiquidError:  # this person's text would fail, and cost nothing
            continue
        found.append((person.phone, text))
    return found


def spread(people: QuerySet[Contact], count: int) -> list[Contact]:
    """Return `SAMPLE` of `count` people at most, spread over the whole segment."""
    step = max(1, count // SAMPLE)
    if step > 1:
        people = people.annotate(spot=Mod(F("pk"), step)).filter(spot=0)
    return list(people.order_by("pk")[:SAMPLE])
