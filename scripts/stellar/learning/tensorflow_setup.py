"""TensorFlow imported with its threads and its determinism set; call this before all else.

What a user sets for it, or for Keras, is not used: not in the environment, not in
`~/.keras/keras.json`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from stellar import user_settings
from stellar.phases import phase

XLA_CACHE = "STELLAR_XLA_CACHE"  # variable: folder of what XLA has compiled (workflow.warm)


@contextmanager
def tensorflow(threads: int = 1) -> Iterator[None]:
    """A block of imports that come after TensorFlow, counted as the phase `import`."""
    with phase("import"):
        prepare_tensorflow(threads)
        yield


def prepare_tensorflow(threads: int = 1) -> None:
    """Import TensorFlow, deterministic and on `threads` threads; call it first of all."""
    user_settings.drop(os.environ, user_settings.NETWORK)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["KERAS_HOME"] = f"{os.devnull}/keras"  # no folder, so that none is made or read
    if XLA_CACHE in os.environ:
        os.environ["TF_XLA_FLAGS"] = f"--tf_xla_persistent_cache_directory={os.environ[XLA_CACHE]}"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # oneDNN sums in an order that changes
    os.environ["KERAS_BACKEND"] = "tensorflow"
    # A thousand parameters gain nothing from a GPU; one that a cluster allots is used.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    with _hidden("matplotlib", "pandas", "PIL", "scipy", "sklearn"):
        import keras  # noqa: F401  while the others are hidden
        import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.experimental.enable_op_determinism()


@contextmanager
def _hidden(*packages: str) -> Iterator[None]:
    """Packages that Keras imports if it finds them and that no job here needs through Keras.

    They are half of what importing TensorFlow costs. A package already imported stays.
    """
    # None in sys.modules: a package that cannot be imported.
    hidden = [name for name in packages if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
