"""No models: the module's being there makes Django send `post_migrate` for this app (roles)."""
