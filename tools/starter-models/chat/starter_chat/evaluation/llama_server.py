"""A llama-server of one's own, for as long as a `with` block lasts."""
import json
import socket
import subprocess
import tempfile
import time
import urllib.request

SLOTS = 4                   # requests answered at the same time
CONTEXT_PER_SLOT = 1024     # tokens
START_ATTEMPTS = 200
SECONDS_BETWEEN_ATTEMPTS = .1
REQUEST_SECONDS = 120
MOST_TOKENS = 900           # more than the longest answer has


class LlamaServer:
    def __init__(self, binary: str, model: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.log = tempfile.NamedTemporaryFile("w", prefix="starter-eval-server-", suffix=".log", delete=False)
        self.process = subprocess.Popen(
            [binary, "-m", model, "--host", "127.0.0.1", "--port", str(port), "-c", str(CONTEXT_PER_SLOT * SLOTS),
             "-np", str(SLOTS), "-t", "1", "-ngl", "0", "--jinja"],
            stdout=self.log, stderr=subprocess.STDOUT)

    def __enter__(self) -> "LlamaServer":
        for _ in range(START_ATTEMPTS):
            try:
                urllib.request.urlopen(f"{self.address}/health", timeout=2).read()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(SECONDS_BETWEEN_ATTEMPTS)
        self._stop()
        raise SystemExit(f"llama-server did not start, see {self.log.name}")

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def chat(self, messages: list[dict], **parameters: object) -> dict:
        """The first choice of a chat completion, decoded greedily unless the parameters say otherwise."""
        body = {"messages": [_for_the_api(message) for message in messages], "temperature": 0,
                "max_tokens": MOST_TOKENS, **parameters}
        return self._post("/v1/chat/completions", body)["choices"][0]

    def tokenize(self, text: str) -> list[int]:
        return self._post("/tokenize", {"content": text, "add_special": False})["tokens"]

    def _post(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as response:
            return json.load(response)


def _for_the_api(message: dict) -> dict:
    """Without the generator's own "skill"."""
    return {key: value for key, value in message.items() if key != "skill"}
