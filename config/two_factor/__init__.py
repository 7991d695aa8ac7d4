"""Signing in with a second factor: an authenticator app, or a recovery code."""
