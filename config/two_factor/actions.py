"""What can be done about somebody's second factor; each is on record."""

from base64 import b32encode
from collections.abc import Iterable
from urllib.parse import quote

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction

from config.models import AuthenticatorApp
from config.two_factor import recovery

ISSUER = "Sendpoint"


def app_of(user: User) -> AuthenticatorApp | None:
    """Return somebody's app where it asks for codes."""
    found: AuthenticatorApp | None = AuthenticatorApp.objects.filter(
        user=user, confirmed=True
    ).first()
    return found


@transaction.atomic
def begin(user: User) -> AuthenticatorApp:
    """Give out a secret to be confirmed: the same one until then, so that a reload does no harm."""
    apps = AuthenticatorApp.objects.select_for_update()
    app: AuthenticatorApp | None = apps.filter(user=user).first()
    if app is None or (not app.confirmed and app.secret is None):
        app = app or AuthenticatorApp(user=user, name="app")
        app.renew()
        app.save()
        _record(user, [user], "Began to set up two-factor sign-in.")
    return app


@transaction.atomic
def confirm(user: User, code: str) -> list[str] | None:
    """Turn it on, by a first code of the app; return the recovery codes, which are shown once."""
    app = _locked(user, confirmed=False)
    if app is None or not app.verify_token(code):
        return None
    app.confirmed = True
    _record(user, [user], "Turned two-factor sign-in on.")
    return _new_codes(app)


@transaction.atomic
def renew_codes(user: User, code: str) -> list[str] | None:
    """Make other recovery codes; the old ones are worth nothing from now on."""
    app = _locked(user, confirmed=True)
    if app is None or not app.verify_token(code):
        return None
    _record(user, [user], "Made new recovery codes.")
    return _new_codes(app)


@transaction.atomic
def turn_off(user: User, code: str) -> bool:
    """Go back to the password alone."""
    app = _locked(user, confirmed=True)
    if app is None or not app.verify_token(code):
        return False
    app.delete()
    _record(user, [user], "Turned two-factor sign-in off.")
    return True


@transaction.atomic
def verify(user: User, code: str) -> AuthenticatorApp | None:
    """Take a code at the login; a recovery code is noted, since few are left."""
    app = _locked(user, confirmed=True)
    if app is None:
        return None
    before = len(app.recovery_hashes)
    if not app.verify_token(code):
        return None
    if (left := len(app.recovery_hashes)) < before:
        _record(user, [user], f"Signed in with a recovery code; {left} are left.")
    return app


@transaction.atomic
def reset(users: Iterable[User], by: User | None) -> int:
    """Take the app of people who lost it away, and with it the recovery codes."""
    had = [app.user for app in AuthenticatorApp.objects.filter(user__in=users, confirmed=True)]
    AuthenticatorApp.objects.filter(user__in=users).delete()
    for user in had:
        _record(by or user, [user], "Reset the two-factor sign-in.")
    return len(had)


def forgive(users: Iterable[User]) -> None:
    """Forget wrong codes, as wrong passwords are forgotten."""
    AuthenticatorApp.objects.filter(user__in=users).update(
        throttling_failure_count=0, throttling_failure_timestamp=None
    )


def address(app: AuthenticatorApp) -> str:
    """Return what the QR code says, and what can be typed instead stands in it."""
    who = quote(f"{ISSUER}:{app.user.get_username()}")
    return f"otpauth://totp/{who}?secret={typed(app)}&issuer={ISSUER}&algorithm=SHA1&digits=6"


def typed(app: AuthenticatorApp) -> str:
    """Return the secret as apps take it."""
    return b32encode(app.secret or b"").decode()


def _locked(user: User, *, confirmed: bool) -> AuthenticatorApp | None:
    apps = AuthenticatorApp.objects.select_for_update()
    found: AuthenticatorApp | None = apps.filter(user=user, confirmed=confirmed).first()
    return found


def _new_codes(app: AuthenticatorApp) -> list[str]:
    codes = recovery.make()
    app.recovery_hashes = [recovery.hashed(code) for code in codes]
    app.save()
    return codes


def _record(by: User, users: list[User], words: str) -> None:
    LogEntry.objects.log_actions(by.pk, users, CHANGE, words, single_object=True)
