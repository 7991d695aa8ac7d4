"""Who can be texted: contacts, the lists they came from, and the segments that find them."""

from contacts.models.catalogue import AttributeName, Recount
from contacts.models.contact import Contact
from contacts.models.contact_list import ContactList, ListMember
from contacts.models.endpoint import Endpoint
from contacts.models.segment import Segment, SegmentReference, SegmentVersion, everyone
from contacts.models.upload import Import, ImportMember, Refusal, RejectedLine, RepeatedLine

__all__ = (
    "AttributeName",
    "Contact",
    "ContactList",
    "Endpoint",
    "Import",
    "ImportMember",
    "ListMember",
    "Recount",
    "Refusal",
    "RejectedLine",
    "RepeatedLine",
    "Segment",
    "SegmentReference",
    "SegmentVersion",
    "everyone",
)
