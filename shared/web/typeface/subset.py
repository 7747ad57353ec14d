"""Makes the two woff2 files of shared/web/assets from the npm package @fontsource-variable/source-sans-3.

    npm pack @fontsource-variable/source-sans-3@5.3.1 && tar xzf fontsource-variable-source-sans-3-5.3.1.tgz
    pip install fonttools==4.68.0 brotli==1.2.1
    python3 subset.py package/files ../assets

The first file holds what French needs; the second the letters of names from elsewhere in Europe, fetched only by a page
that shows one. The no-break hyphen is the hyphen's glyph and the narrow no-break space the thin space's, which the
source lacks.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

PARTS = {
    "latin": (
        "source-sans-3.woff2",
        [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x178, 0x2009, 0x2013, 0x2014, 0x2018, 0x2019]
        + [0x201C, 0x201D, 0x2022, 0x2026, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2212],
    ),
    "latin-ext": ("source-sans-3-europe.woff2", [*range(0x100, 0x180), *range(0x218, 0x21C), 0x1E9E]),
}
ALIASES = {0x2010: 0x2D, 0x2011: 0x2D, 0x202F: 0x2009}


def make(source: Path, letters: list[int]) -> TTFont:
    font = TTFont(source, recalcTimestamp=False)
    for table in font["cmap"].tables:
        for alias, of in ALIASES.items():
            if table.isUnicode() and of in table.cmap:
                table.cmap[alias] = table.cmap[of]
    options = Options(layout_features=["kern", "mark", "mkmk", "locl", "ccmp", "tnum", "lnum"])
    options.name_IDs = [0, 13, 14]
    options.hinting = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[*letters, *ALIASES])
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": (400, 800)})
    # The licence reserves the name "Source" for unmodified files.
    for name_id, text in ((1, "Epass Sans"), (2, "Regular"), (4, "Epass Sans"), (6, "EpassSans")):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    return font


def main(files: Path, assets: Path) -> None:
    for part, (name, letters) in PARTS.items():
        font = make(files / f"source-sans-3-{part}-wght-normal.woff2", letters)
        font.flavor = "woff2"
        font.save(assets / name)
        print(name, (assets / name).stat().st_size, "bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
