"""An application that does nothing: what Flask on our server costs before there is anything of ours."""

from flask import Flask


def application() -> Flask:
    """Answer every call with the same few bytes."""
    app = Flask("empty", static_folder=None)
    app.add_url_rule("/", "post", lambda: ({"status": "pending"}, 202), methods=["POST"])
    app.add_url_rule("/", "get", lambda: {"items": []}, methods=["GET"])
    return app
