"""What is wrong with a rule."""


class RuleError(ValueError):
    """What is wrong with a rule, in words, and where it stands in the tree ("rules.0.2")."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path
