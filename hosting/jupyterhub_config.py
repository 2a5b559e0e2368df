"""A board as a service of JupyterHub, at ``/services/board/``: add this to the hub's own file.

The hub passes on whoever reaches it, signed in or not, as it does for every service that does not
ask. Leave ``--no-token`` out where readers are to have a token.
"""

c = get_config()  # noqa: F821
c.JupyterHub.services.append(
    {
        "name": "board",
        "url": "http://127.0.0.1:8866",
        "command": [
            "placebudget", "board", "lancashire", "--no-open", "--no-token",
            "--host", "127.0.0.1", "--port", "8866",
            "--prefix", "/services/board/", "--allow-host", "hub.example.org",
        ],
    }
)  # fmt: skip
