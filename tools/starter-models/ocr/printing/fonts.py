"""The fonts of this machine, found with fontconfig, in two sets: those trained on and those kept for evaluation."""
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from PIL import ImageFont

from ocr.charset import CYRILLIC, LATIN

# Whole families, and their near relatives, that training never sees: serif, sans and mono.
HELD_OUT = {
    "PT Serif": "serif",
    "PT Serif Caption": "serif",
    "Linux Libertine O": "serif",
    "Linux Libertine Display O": "serif",
    "PT Sans": "sans",
    "PT Sans Caption": "sans",
    "Inter": "sans",
    "Inter Display": "sans",
    "PT Mono": "mono",
    "JetBrains Mono": "mono",
}
# Held out of training as well, and left out of the evaluation: relatives that are not plain print.
UNUSED = ("PT Sans Narrow", "Linux Libertine Mono O", "Linux Biolinum Keyboard O")
# Symbols, mathematics, small capitals (which would be labelled as small letters) and glyphs unlike their letters.
ODD = ("Symbol", "Math", "Caps", "Smallcaps", "D050000L", "Unslanted", "Z003", "Chorus", "Upright Italic", "Monoisome")


@dataclass(frozen=True)
class Face:
    """One font file."""

    file: str
    family: str
    style: str
    covers: frozenset[str]
    monospaced: bool

    def can_draw(self, text: str) -> bool:
        return self.covers.issuperset(text.replace(" ", ""))


def _characters(ranges: str) -> frozenset[str]:
    """fontconfig's charset: hexadecimal code points and ranges of them."""
    codes: set[str] = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        codes.update(chr(code) for code in range(int(first, 16), min(int(last or first, 16), 0x2200) + 1))
    return frozenset(codes)


def _installed() -> list[Face]:
    """Every Latin text font, one face for each file, in a fixed order."""
    form = "%{file}\t%{family[0]}\t%{style[0]}\t%{charset}\t%{spacing}\n"
    lines = subprocess.run(["fc-list", "--format", form], check=True, capture_output=True, text=True).stdout
    faces = {}
    for line in sorted(lines.splitlines()):
        file, family, style, charset, spacing = line.split("\t")
        face = Face(file, family, style, _characters(charset), spacing == "100")
        if face.can_draw(LATIN[:52] + "0123456789.,-") and not any(odd in family for odd in ODD):
            faces.setdefault(file, face)
    return list(faces.values())


@dataclass(frozen=True)
class Fonts:
    """Families to choose from; a family is as likely as any other, however many weights it has."""

    families: dict[str, list[Face]]

    def choose(self, random: Random, text: str) -> Face | None:
        """A face that has all the symbols, or None after some tries."""
        names = list(self.families)
        for _ in range(20):
            face = random.choice(self.families[random.choice(names)])
            if face.can_draw(text):
                return face
        return None


def training_fonts() -> Fonts:
    return Fonts(_by_family(face for face in _installed() if face.family not in (*HELD_OUT, *UNUSED)))


def held_out_fonts(kind: str) -> Fonts:
    """Upright and italic faces of ordinary weight: `kind` is serif, sans or mono."""
    plain = ("Regular", "Bold", "Italic", "Bold Italic")
    faces = [face for face in _installed() if HELD_OUT.get(face.family) == kind and face.style in plain]
    return Fonts(_by_family(face for face in faces if face.can_draw(CYRILLIC)))


def _by_family(faces) -> dict[str, list[Face]]:
    families: dict[str, list[Face]] = {}
    for face in faces:
        families.setdefault(face.family, []).append(face)
    if not families:
        raise SystemExit("No fonts: install the Debian packages listed in tools/starter-models/ocr/README.md")
    return families


@lru_cache(maxsize=512)
def load(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.file, size)


def features(face: Face) -> list[str]:
    """OpenType features to switch off: programmers' fonts would draw `->` or `!=` as one other sign."""
    return ["-calt", "-liga"] if face.monospaced else ["-calt"]


@lru_cache(maxsize=4096)
def band(face: Face, size: int) -> tuple[int, int]:
    """Top and bottom of a text line in pixels below the baseline: from an accented capital to a descender.

    A line's box is this band whatever its letters are, so that the height of a glyph tells `o` from `O` and a
    comma from an apostrophe, and so that a detector needs only the nearest letters to place it.
    """
    top = load(face, size).getbbox("É", anchor="ls")[1]
    bottom = load(face, size).getbbox("p", anchor="ls")[3]
    return top, bottom
