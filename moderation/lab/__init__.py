"""The lab: models are trained and measured here, offline; nothing of it runs in the service."""
