"""What the log leaves out, whoever writes into it: numbers of people, and rows of the database."""

import logging
import re

from contacts.masking import mask

# PostgreSQL says whole rows where it refuses one: numbers, names, texts.
DETAIL = re.compile(
    r"^DETAIL:.*?(?=^(?:HINT|CONTEXT|Traceback|The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)


class Discreet(logging.Formatter):
    """Format a record, with its traceback, and look it through before it is written.

    Our own lines hold none of this; libraries and tracebacks say what they like.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Leave out what must not be read."""
        return mask(DETAIL.sub("DETAIL:  (left out)\n", super().format(record)).rstrip("\n"))
