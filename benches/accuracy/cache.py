"""Predictions of the peers, kept in files, so that a second run need not fit them anew."""

import hashlib
from pathlib import Path

import numpy as np

# A change in any of these is another result.
SOURCES = ["embeddings.py", "features.py", "folds.py", "peers.py", "postings.py"] + [
    f"requirements{part}.txt" for part in ("", "-embeddings", "-fasttext")
]


class Cache:
    def __init__(self, folder, labelled):
        here = Path(__file__).parent
        digest = hashlib.sha256(Path(labelled).read_bytes())
        for source in SOURCES:
            digest.update((here / source).read_bytes())
        self.folder = Path(folder) / digest.hexdigest()[:16]

    def kept(self, name, compute):
        """Arrays by name: those of the file, if it is there, or those computed, which are then kept."""
        path = self.folder / f"{name}.npz"
        if path.exists():
            with np.load(path) as stored:
                return dict(stored)
        arrays = compute()
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part.npz")
        np.savez(partial, **arrays)
        partial.replace(path)
        return arrays
