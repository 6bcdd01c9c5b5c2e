"""Container images of Dockerfile and compose.yaml by digest: ``pin`` asks their registry, ``check`` refuses a mere tag.

A digest is what the registry answers, or the command fails: none is ever made up or kept for another tag.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = (ROOT / "Dockerfile", ROOT / "compose.yaml")
IMAGE = re.compile(r"^(FROM |\s+image: )([\w./-]+:[\w.-]+)(@sha256:[0-9a-f]{64})?$", re.MULTILINE)
# However it is written: without a tag, quoted, as a stage.
NAMED = re.compile(r"^(?:FROM|\s*image:)[ \t]+(?:--\S+ +)?[\"']?([^\s\"'#]+)", re.MULTILINE)
PINNED = re.compile(r"@sha256:[0-9a-f]{64}$")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
ASK = ["docker", "buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}"]


def ask_registry(image: str) -> str:
    """Returns the digest of an image by its tag. Raises ``LookupError`` where the registry does not say."""
    try:
        done = subprocess.run([*ASK, image], capture_output=True, text=True, check=False, timeout=120)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise LookupError(f"the digest of {image} cannot be asked: {error}") from None
    digest = done.stdout.strip()
    if done.returncode or not DIGEST.fullmatch(digest):
        raise LookupError(f"the registry does not say the digest of {image}: {done.stderr.strip() or digest}")
    return digest


def pin(files: tuple[Path, ...] = FILES) -> None:
    """Write the digest behind the tag of each image, of all or of none."""
    texts = {path: path.read_text("utf-8") for path in files}
    digests = {match[2]: "" for text in texts.values() for match in IMAGE.finditer(text)}
    digests = {image: ask_registry(image) for image in digests}
    for path, text in texts.items():
        path.write_text(IMAGE.sub(lambda match: f"{match[1]}{match[2]}@{digests[match[2]]}", text), "utf-8")


def unpinned(files: tuple[Path, ...] = FILES) -> list[str]:
    """Returns the images that no digest names: what they are may change without anybody noticing."""
    named = [image for path in files for image in NAMED.findall(path.read_text("utf-8"))]
    return [image for image in named if not PINNED.search(image)]


def main(command: str) -> int:
    try:
        if command == "pin":
            pin()
        elif images := unpinned():
            print(f"No release with images by tag: {', '.join(images)}. `make images` writes their digests.")
            return 1
    except LookupError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
