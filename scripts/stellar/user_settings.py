"""Settings of a user's, meant for other programs, that would change a study's numbers.

Keras, TensorFlow, XLA and the libraries of linear algebra take settings from environment variables.
A study is the same bytes with and without them, so they are taken out before its jobs start.
"""

from __future__ import annotations

from collections.abc import MutableMapping

# What TensorFlow reads when it is imported, or first used; and what is read with NumPy.
NETWORK = ("KERAS_", "TF_", "TF2_", "XLA_", "NVIDIA_TF32_")
LINEAR_ALGEBRA = (
    *("OPENBLAS_", "GOTO_", "MKL_", "BLIS_", "VECLIB_", "ATLAS_", "OMP_", "GOMP_", "KMP_"),
    *("NPY_", "NUMEXPR_", "DNNL_", "ONEDNN_", "CUBLAS_", "CUDNN_", "LIGHTGBM_", "ARROW_USER_SIMD_"),
)
# They say how much is printed, how a GPU is shared, how many threads (Snakemake sets them).
_HARMLESS = ("TF_CPP_", "TF_FORCE_GPU_ALLOW_GROWTH", "TF_GPU_ALLOCATOR")
_TERRAFORMS = ("TF_CLI_", "TF_VAR_", "TF_LOG", "TF_PLUGIN_", "TF_WORKSPACE", "TF_IN_AUTOMATION")
_THREADS = (
    *("OMP_NUM_THREADS", "GOTO_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
)
_PLACES = ("--xla_gpu_cuda_data_dir=",)  # words of XLA_FLAGS that say where CUDA is


def drop(
    environment: MutableMapping[str, str],
    prefixes: tuple[str, ...] = (*NETWORK, *LINEAR_ALGEBRA),
) -> list[str]:
    """Take variables that would change results out of an environment, in place.

    Parameters
    ----------
    environment : mapping of str to str
    prefixes : tuple of str
        With which their names begin.

    Returns
    -------
    list of str
        Names of those that were there, sorted.
    """
    kept = (*_HARMLESS, *_TERRAFORMS, *_THREADS)
    found = sorted(n for n in environment if n.startswith(prefixes) and not n.startswith(kept))
    dropped = []
    for name in found:
        words = environment.pop(name).split()
        places = [word for word in words if name == "XLA_FLAGS" and word.startswith(_PLACES)]
        if places:
            environment[name] = " ".join(places)
        if places != words:
            dropped.append(name)
    return dropped


def sentence(names: list[str]) -> str:
    """What is said of variables that were taken out."""
    return f"not used, since they could change results: {', '.join(names)}"
