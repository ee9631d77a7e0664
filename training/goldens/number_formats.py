"""Codes of number formats and quantised weights as numpy, ml_dtypes and onnxruntime make them.

`python -m training.goldens.number_formats`, from the repository root. Writes test-fixtures/goldens/precision.
"""

import json
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

OUT = Path(__file__).parents[2] / "test-fixtures" / "goldens" / "precision"
SEED = 20260

#: Our name, ml_dtypes' type, ONNX's element type (where onnxruntime casts to it), the width of a code.
FORMATS = (
    ("fp16", np.float16, TensorProto.FLOAT16, np.uint16),
    ("bf16", ml_dtypes.bfloat16, TensorProto.BFLOAT16, np.uint16),
    ("fp8-e4m3fn", ml_dtypes.float8_e4m3fn, TensorProto.FLOAT8E4M3FN, np.uint8),
    ("fp8-e5m2", ml_dtypes.float8_e5m2, TensorProto.FLOAT8E5M2, np.uint8),
    ("fp8-e4m3fnuz", ml_dtypes.float8_e4m3fnuz, TensorProto.FLOAT8E4M3FNUZ, np.uint8),
    ("fp8-e5m2fnuz", ml_dtypes.float8_e5m2fnuz, TensorProto.FLOAT8E5M2FNUZ, np.uint8),
    ("fp4-e2m1", ml_dtypes.float4_e2m1fn, None, np.uint8),
)


def words(values: np.ndarray) -> list[int]:
    """Float32 values by their bits: NaN and -0 survive JSON."""
    return values.astype(np.float32).ravel().view(np.uint32).tolist()


def samples(dtype) -> np.ndarray:
    """Random bit patterns, numbers near the format's own, and halfway between neighbours."""
    random = np.random.default_rng(SEED)
    patterns = random.integers(0, 2**32, 300, dtype=np.uint32).view(np.float32)
    normal = (random.standard_normal(100) * 2.0 ** random.integers(-18, 18, 100)).astype(np.float32)
    codes = np.arange(256 if np.dtype(dtype).itemsize == 1 else 65536, dtype=np.uint8 if np.dtype(dtype).itemsize == 1 else np.uint16)
    own = codes.view(dtype).astype(np.float32) if dtype is not ml_dtypes.float4_e2m1fn else np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6], np.float32)
    own = np.sort(own[np.isfinite(own) & (own > 0)])
    pairs = own[random.integers(0, len(own) - 1, 100)] if len(own) > 100 else own[:-1]
    places = np.searchsorted(own, pairs)
    ties = ((own[places].astype(np.float64) + own[np.minimum(places + 1, len(own) - 1)]) / 2).astype(np.float32)
    largest = own[-1]
    edges = np.array([0, -0.0, np.inf, -np.inf, np.nan, largest, largest * 1.03, largest * 1.1, -2 * largest, own[0] / 2, own[0] * 0.51], np.float32)
    return np.concatenate([patterns, normal, ties, -ties, edges]).astype(np.float32)


def cast(values: np.ndarray, kind: int, saturate: bool) -> np.ndarray:
    """What onnxruntime's Cast there and back gives."""
    attributes = {"to": kind} if kind in (TensorProto.FLOAT16, TensorProto.BFLOAT16) else {"to": kind, "saturate": int(saturate)}
    graph = helper.make_graph(
        [helper.make_node("Cast", ["x"], ["narrow"], **attributes), helper.make_node("Cast", ["narrow"], ["y"], to=TensorProto.FLOAT)],
        "cast",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": values})[0]


def formats() -> dict:
    found = {}
    for name, dtype, kind, code in FORMATS:
        values = samples(dtype)
        with np.errstate(all="ignore"):
            entry = {"values": words(values), "rounded": words(values.astype(dtype).astype(np.float32))}
            every = np.arange(16 if code is np.uint8 and dtype is ml_dtypes.float4_e2m1fn else 2 ** (8 * np.dtype(code).itemsize), dtype=code)
            decoded = every.view(dtype).astype(np.float32)
        if len(every) <= 256:
            entry["decoded"] = words(decoded)
        if kind is not None:
            entry["castInfinity"] = words(cast(values, kind, False))
            entry["castSaturated"] = words(cast(values, kind, True))
        found[name] = entry
    return found


def product(weight: np.ndarray, bits: int, block: int, symmetric: bool) -> dict:
    """A weight as onnxruntime's own quantiser packs it, and what MatMulNBits computes with it."""
    from onnxruntime.capi._pybind_state import quantize_matmul_4bits, quantize_matmul_8bits

    k, n = weight.shape
    blocks = -(-k // block)
    codes = np.zeros((n, blocks, block * bits // 8), np.uint8)
    scales = np.zeros(n * blocks, np.float32)
    zeros = np.zeros(n * -(-blocks * bits // 8), np.uint8)
    quantise = quantize_matmul_4bits if bits == 4 else quantize_matmul_8bits
    quantise(codes, weight, scales, zeros, block, n, k, symmetric)
    inputs = ["x", "codes", "scales"] + ([] if symmetric else ["zeros"])
    weights = [onnx.numpy_helper.from_array(array, name) for array, name in ((codes, "codes"), (scales, "scales"), (zeros, "zeros"))]
    node = helper.make_node("MatMulNBits", inputs, ["y"], domain="com.microsoft", K=k, N=n, bits=bits, block_size=block)
    graph = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [3, k])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [3, n])],
        weights if not symmetric else weights[:2],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    session = onnxruntime.InferenceSession(
        helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    x = np.random.default_rng(SEED + 1).standard_normal((3, k)).astype(np.float32)
    return {
        "bits": bits, "block": block, "symmetric": symmetric, "K": k, "N": n,
        "weight": words(weight.T), "x": words(x), "y": words(session.run(None, {"x": x})[0]),
        "codes": codes.flatten().tolist(), "scales": words(scales),
        "zeros": None if symmetric else zeros.tolist(),
    }


def rows(weight: np.ndarray) -> dict:
    """Signed bytes by row, by numpy's own rounding: scale = max |w| / 127."""
    scale = (np.abs(weight).max(axis=1) / np.float32(127)).astype(np.float32)
    codes = np.clip(np.rint(weight.astype(np.float64) / scale[:, None]), -127, 127).astype(np.int8)
    return {"weight": words(weight), "rows": len(weight), "codes": codes.flatten().tolist(), "scales": words(scale)}


def similarity() -> dict:
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    random = np.random.default_rng(SEED + 2)
    one = np.kron(random.random((6, 5, 3)), np.ones((4, 4, 1)))
    other = np.clip(one + 0.08 * random.standard_normal(one.shape), 0, 1)
    one, other = one.astype(np.float32), other.astype(np.float32)
    mean, full = structural_similarity(
        one.astype(np.float64), other.astype(np.float64), data_range=1, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, full=True
    )
    psnr = peak_signal_noise_ratio(one.astype(np.float64), other.astype(np.float64), data_range=1)
    return {
        "width": one.shape[1], "height": one.shape[0], "one": words(one.flatten()), "other": words(other.flatten()),
        "ssim": float(mean), "map": [float(f"{value:.6f}") for value in full.mean(axis=2).flatten()], "psnr": float(psnr),
    }


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED + 3)
    weight = random.standard_normal((72, 6)).astype(np.float32)
    products = [product(weight, bits, block, symmetric) for bits in (4, 8) for block in (16, 32) for symmetric in (True, False)]
    documents = {"formats": formats(), "quantised": {"rows": rows(random.standard_normal((5, 33)).astype(np.float32)), "products": products}, "pictures": similarity()}
    for name, document in documents.items():
        path = OUT / f"{name}.json"
        path.write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
