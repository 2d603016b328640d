"""Who is at the other end of a connection: the system says so, and nobody can pretend to be somebody else."""

from __future__ import annotations

import os
import socket
import struct
import sys

CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: struct ucred of unix(7)
LOCAL_PEERCRED = 1  # xnu, sys/un.h: struct xucred, version and uid first
XUCRED = struct.Struct("II")


def peer_uid(connection: socket.socket) -> int | None:
    """The user id at the other end of a UNIX socket; None where the system does not tell. Raises OSError."""
    if sys.platform == "linux":
        found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        return int(CREDENTIALS.unpack(found)[1])
    if sys.platform == "darwin":
        found = connection.getsockopt(0, LOCAL_PEERCRED, 128)
        return int(XUCRED.unpack_from(found)[1])
    return None


def stranger(connection: socket.socket) -> str:
    """Why whoever is there may not ask; "" if it is the daemon's own user."""
    if sys.platform == "win32":
        return ""
    own = os.getuid()
    try:
        uid = peer_uid(connection)
    except OSError as error:
        return f"the system does not say who you are: {error.strerror}"
    return "" if uid in (None, own) else f"this daemon answers user {own} alone, you are user {uid}"
