"""Where the files of jobs are, for the policy that lets them be read and written."""

from collections.abc import Sequence

from config.models import EndpointJob
from pinpoint.buckets import Place
from pinpoint.policy import Files

MOST = 20  # places of a kind; a policy has room for some thousand letters
ADDRESSES = {EndpointJob.Kind.IMPORT: "S3Url", EndpointJob.Kind.EXPORT: "S3UrlPrefix"}


def named() -> Files:
    """Return the places that the latest jobs named, also those that failed for want of the right.

    Those of revoked keys are left out.
    """
    return Files(read=_of(EndpointJob.Kind.IMPORT), written=_of(EndpointJob.Kind.EXPORT))


def _of(kind: EndpointJob.Kind) -> Sequence[Place]:
    latest = EndpointJob.objects.filter(kind=kind, key__revoked_at=None).order_by("-pk")
    addresses = latest.values_list(f"definition__{ADDRESSES[kind]}", flat=True)[: 10 * MOST]
    places = [place for one in dict.fromkeys(addresses) if (place := Place.of(one))]
    return places[:MOST]
