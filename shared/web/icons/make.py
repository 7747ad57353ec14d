"""Draws the PNG icons and the picture of a shared link into shared/web/assets.

    pip install pillow==13.0.0
    CHROMIUM=/usr/bin/chromium python3 make.py
"""

import os
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
ASSETS = HERE.parent / "assets"
PICTURES = [
    ("icon.svg", "icon-180.png", 180, 180),
    ("icon.svg", "icon-192.png", 192, 192),
    ("icon.svg", "icon-512.png", 512, 512),
    ("shared.html", "shared.png", 1200, 630),
]


def page(source: str, width: int) -> Path:
    if not source.endswith(".svg"):
        return HERE / source
    shown = HERE / ".icon.html"
    shown.write_text(f'<body style="margin:0"><img src="{source}" width="{width}" style="display:block">')
    return shown


def main() -> None:
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    for source, name, width, height in PICTURES:
        with tempfile.NamedTemporaryFile(suffix=".png") as shot:
            subprocess.run(
                [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--screenshot={shot.name}",
                 f"--window-size={width},{height}", "--virtual-time-budget=2000", page(source, width).as_uri()],
                check=True, capture_output=True,
            )
            picture = Image.open(shot.name).convert("RGB").crop((0, 0, width, height))
        picture.quantize(48, dither=Image.Dither.NONE).save(ASSETS / name, optimize=True)
        print(name, picture.size, (ASSETS / name).stat().st_size, "bytes")
    (HERE / ".icon.html").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
