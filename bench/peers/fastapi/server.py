"""A FastAPI server with the protections a first tutorial shows: a token in the URL, a length check, a list of times
per address. Prints {"port": ...} when it listens and ends when its standard input does."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import socket
import sys
import threading
import time
from collections import defaultdict

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

SECRET = os.environ["BENCH_SECRET"].encode()
RATE_LIMIT = int(os.environ["BENCH_RATE_LIMIT"])
WINDOW_S = int(os.environ["BENCH_RATE_TTL_MS"]) / 1000
MAX_LENGTH = 100

app = FastAPI()
hits = defaultdict(list)


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def subject_of(token):
    """The subject of a valid HS256 token, or None."""
    try:
        head, body, signature = token.split(".")
        expected = hmac.new(SECRET, f"{head}.{body}".encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(expected, decoded(signature)):
            return None
        claims = json.loads(decoded(body))
        return claims["sub"] if claims["exp"] > time.time() else None
    except (ValueError, KeyError, TypeError):
        return None


def is_within_limit(address):
    now = time.time()
    recent = [moment for moment in hits[address] if moment > now - WINDOW_S]
    hits[address] = recent
    if len(recent) >= RATE_LIMIT:
        return False
    recent.append(now)
    return True


@app.websocket("/ws")
async def messages(websocket: WebSocket):
    if subject_of(websocket.query_params.get("token", "")) is None:
        await websocket.close(1008)
        return
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            if len(text) > MAX_LENGTH:
                await websocket.send_text("Invalid message received")
            elif not is_within_limit(websocket.client.host):
                await websocket.send_text("Rate limit exceeded. Please wait.")
            else:
                await websocket.send_text(f"Received: {text}")
    except WebSocketDisconnect:
        pass


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(4096)
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        ssl_certfile=os.environ.get("WS_TLS_CERT_FILE"),
        ssl_keyfile=os.environ.get("WS_TLS_KEY_FILE"),
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
