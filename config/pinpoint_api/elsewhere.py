"""What to use instead of the operations that are not answered here."""

_EMAIL = "Sendpoint sends SMS; for e-mail use Amazon SES."
_PUSH = "Sendpoint sends SMS; for push notifications use AWS End User Messaging Push."
_VOICE = "Sendpoint sends SMS; for voice use AWS End User Messaging SMS and Voice."
_JOURNEYS = "Use campaigns that repeat or that an event triggers."
_RECOMMENDERS = "Sendpoint has no recommender models; keep what they find in attributes."
_IN_APP = "Sendpoint sends SMS; show messages in your app by its own means."
_CODES = "Make the code yourself and send it with SendMessages, MessageType TRANSACTIONAL."
# By what an operation's name holds; the first that fits says what to use instead.
_KINDS = (
    ("Journey", _JOURNEYS),
    ("Email", _EMAIL),
    ("InApp", _IN_APP),
    ("Push", _PUSH),
    ("Apns", _PUSH),
    ("Adm", _PUSH),
    ("Baidu", _PUSH),
    ("Gcm", _PUSH),
    ("Voice", _VOICE),
    ("Recommender", _RECOMMENDERS),
    ("OTP", _CODES),
)


# Those whose names tell nothing of a kind.
_ONES = {
    "RemoveAttributes": "Send UpdateEndpoint with an empty list for the attribute: contacts are "
    "shared by all applications, so none of them may strip everybody.",
}


def elsewhere(operation: str) -> str:
    """Return what to use instead of an operation that is not answered here."""
    if operation in _ONES:
        return _ONES[operation]
    kinds = (words for piece, words in _KINDS if piece in operation)
    return next(kinds, "There is nothing like it here.")
