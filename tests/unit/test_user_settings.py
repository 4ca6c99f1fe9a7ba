import pytest
from stellar import user_settings

CHANGING = [
    *("XLA_FLAGS", "TF_XLA_FLAGS", "TF_ENABLE_ONEDNN_OPTS", "TF_USE_LEGACY_KERAS", "TF2_BEHAVIOR"),
    *("KERAS_BACKEND", "KERAS_HOME", "KERAS_MAX_EPOCHS", "NVIDIA_TF32_OVERRIDE", "OMP_DYNAMIC"),
    *("OMP_THREAD_LIMIT", "KMP_AFFINITY", "MKL_CBWR", "MKL_DYNAMIC", "OPENBLAS_CORETYPE"),
    *("BLIS_ARCH_TYPE", "DNNL_MAX_CPU_ISA", "NPY_DISABLE_CPU_FEATURES", "ARROW_USER_SIMD_LEVEL"),
]
KEPT = [
    *("PATH", "HOME", "LC_ALL", "CUDA_VISIBLE_DEVICES", "SLURM_JOB_ID", "STELLAR_XLA_CACHE"),
    *("TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH", "TF_CLI_CONFIG_FILE", "TF_VAR_region"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
]


@pytest.mark.parametrize("name", CHANGING)
def test_what_would_change_results_is_taken_out(name):
    environment = {**dict.fromkeys(KEPT, "1"), name: "1"}
    assert user_settings.drop(environment) == [name]
    assert environment == dict.fromkeys(KEPT, "1")


def test_a_network_job_keeps_what_linear_algebra_was_told():
    environment = {"OMP_NUM_THREADS": "1", "MKL_CBWR": "AVX2", "KERAS_BACKEND": "jax"}
    assert user_settings.drop(environment, user_settings.NETWORK) == ["KERAS_BACKEND"]
    assert environment == {"OMP_NUM_THREADS": "1", "MKL_CBWR": "AVX2"}


def test_where_cuda_is_may_be_said():
    where = "--xla_gpu_cuda_data_dir=/opt/cuda"
    environment = {"XLA_FLAGS": f"--xla_cpu_enable_fast_math=true {where}"}
    assert user_settings.drop(environment) == ["XLA_FLAGS"]
    assert environment == {"XLA_FLAGS": where}
    assert user_settings.drop(environment) == []


def test_what_was_taken_out_is_said():
    assert user_settings.sentence(["KERAS_BACKEND", "XLA_FLAGS"]) == (
        "not used, since they could change results: KERAS_BACKEND, XLA_FLAGS"
    )
