"""Every graph of a folder against PyTorch: float32 within 1e-3, quantised ones by their distribution, lower + upper bit for bit."""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch

from training.language.blocks import BLOCK, FourBit, Wide
from training.language.decoder import Decoder
from training.language.drafters import PARALLEL_HEADS, Drafter
from training.language.graph import REQUANTISED
from training.language.sizes import Sizes


def session(path: Path, threads: int = 1) -> ort.InferenceSession:
    """With the bytes that the studio makes while it loads, where the graph plans some."""
    options = ort.SessionOptions()
    made = made_tensors(path)
    options.add_external_initializers(list(made), [ort.OrtValue.ortvalue_from_numpy(array) for array in made.values()])
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.intra_op.spin_duration_us", "20")
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def made_tensors(path: Path) -> dict[str, np.ndarray]:
    """What a graph's plan makes of 4-bit codes, by the initialisers' names."""
    model = onnx.load(str(path), load_external_data=False)
    plan = next((json.loads(p.value) for p in model.metadata_props if p.key == REQUANTISED), None)
    if plan is None:
        return {}
    entries = {t.name: {e.key: e.value for e in t.external_data} for t in model.graph.initializer}
    names = {int(e["offset"]): name for name, e in entries.items() if e.get("location") == plan["file"]}
    made: dict[str, np.ndarray] = {}
    for matrix in plan["matrices"]:
        blocks = (matrix["rows"], matrix["columns"] // BLOCK)
        parts = (("codes", np.uint8, (*blocks, BLOCK // 2)), ("scale", np.float16, blocks), ("minimum", np.float16, blocks))
        source = FourBit(*(np.fromfile(path.parent / matrix["from"], kind, int(np.prod(shape)), offset=matrix[part]).reshape(shape)
                           for part, kind, shape in parts))
        wide = Wide.of(source, matrix["block"])
        made |= zip((names[at] for at in matrix["to"]), (wide.codes, wide.scale, wide.zero))
    return made


def run(s: ort.InferenceSession, feeds: dict) -> dict[str, np.ndarray]:
    return dict(zip((o.name for o in s.get_outputs()), s.run(None, feeds)))


def rows(count: int, past: int = 0) -> dict[str, np.ndarray]:
    """position_ids and the causal attention_mask of count new rows."""
    mask = np.where(np.arange(past + count)[None] <= past + np.arange(count)[:, None], 0, -1e9).astype(np.float32)
    return {"position_ids": np.arange(past, past + count)[None], "attention_mask": mask}


def empty_past(first: int, last: int, sizes: Sizes, length: int = 0) -> dict[str, np.ndarray]:
    return {f"past.{i}.{kind}": np.zeros((1, length, sizes.key_value_width), np.float32) for i in range(first, last) for kind in ("key", "value")}


def past_of(new_rows: np.ndarray, first: int, count: int) -> dict[str, np.ndarray]:
    """The first count of new_rows [layers, 2, S, W] as past inputs."""
    return {f"past.{first + i}.{kind}": new_rows[i, j : j + 1, :count].copy()
            for i in range(len(new_rows)) for j, kind in enumerate(("key", "value"))}


def divergence(reference: np.ndarray, logits: np.ndarray) -> float:
    """Mean KL(reference || logits) over rows."""
    p, q = (torch.log_softmax(torch.from_numpy(x).double(), -1) for x in (reference, logits))
    return float((p.exp() * (p - q)).sum(-1).mean())


def check_target(folder: Path, sizes: Sizes, net: Decoder, ids: np.ndarray, limits: dict[str, float]) -> dict[str, float]:
    """ids [1, S]. limits: greatest logit difference of float32, greatest divergence of the others."""
    with torch.inference_mode():
        reference = net.logits(net(torch.from_numpy(ids))[0])[0].numpy()
    count, cut, out = ids.shape[1], ids.shape[1] // 2, {}
    for precision in limits:
        whole, lower, upper = (session(folder / f"target-{precision}{part}.onnx") for part in ("", "-lower", "-upper"))
        full = run(whole, {"input_ids": ids, **rows(count), **empty_past(0, sizes.layers, sizes)})
        low = run(lower, {"input_ids": ids, **rows(count), **empty_past(0, sizes.exit_layers, sizes)})
        high = run(upper, {"exit_hidden": low["exit_hidden"], **rows(count), **empty_past(sizes.exit_layers, sizes.layers, sizes)})
        if not (np.array_equal(full["logits"], high["logits"]) and np.array_equal(full["new_rows"], np.concatenate([low["new_rows"], high["new_rows"]]))):
            raise SystemExit(f"{precision}: lower followed by upper does not give the target's bits")
        order = np.argsort(-full["logits"][0], axis=-1, kind="stable")[:, :64]
        if not np.array_equal(order, full["top_ids"][0]):
            raise SystemExit(f"{precision}: top_ids are not the first 64 of the logits")
        rest = run(whole, {"input_ids": ids[:, cut:], **rows(count - cut, cut), **past_of(full["new_rows"], 0, cut)})
        cached = float(np.abs(rest["logits"][0] - full["logits"][0, cut:]).max())
        out[f"{precision} greatest difference with a cache"] = cached
        out[f"{precision} greatest logit difference"] = float(np.abs(full["logits"][0] - reference).max())
        out[f"{precision} divergence"] = divergence(reference, full["logits"][0])
    measures = {p: out[f"{p} greatest logit difference" if p == "float32" else f"{p} divergence"] for p in limits}
    if any(measures[p] > limit for p, limit in limits.items()):
        raise SystemExit(f"A target graph is too far from PyTorch: {out}")
    return out


def _reference(drafter: Drafter, feeds: dict, net: Decoder) -> torch.Tensor:
    """Rows for the head as PyTorch has them: [S, hidden], or [heads, S, hidden]."""
    hidden, exit_hidden, ids = (torch.from_numpy(feeds[k]) if k in feeds else None for k in ("hidden", "exit_hidden", "input_ids"))
    length = next(v for v in (ids, hidden, exit_hidden) if v is not None).shape[1]
    cos, sin = net.cos[:length], net.sin[:length]
    match drafter.name:
        case "draft":
            return drafter(net.embedding(ids), cos, sin)[0]
        case "early-exit":
            return drafter(exit_hidden)[0]
        case "medusa":
            return drafter(hidden)[:, 0]
        case "mtp":
            return drafter(hidden, net.embedding(ids), cos, sin)[0]
        case _:
            return drafter(hidden, cos, sin)[:, 0]


def check_drafters(folder: Path, drafters: dict[str, Drafter], net: Decoder, ids: np.ndarray, limit: float) -> dict[str, float]:
    """The graphs NAME-float32.onnx must agree within 1e-3; the 8-bit ones must keep limit of the first choices."""
    sizes, out, count = net.sizes, {}, ids.shape[1] - 1
    with torch.inference_mode():
        hidden, exit_hidden = (t.numpy() for t in net(torch.from_numpy(ids), sizes.exit_layers))
    for name, drafter in drafters.items():
        feeds = {"draft": {"input_ids": ids[:, :-1], **rows(count), **empty_past(0, 2, sizes)}, "early-exit": {"exit_hidden": exit_hidden},
                 "medusa": {"hidden": hidden[:, -1:]}, "mtp": {"hidden": hidden[:, :-1], "input_ids": ids[:, 1:], "answered_rows": np.array([count]),
                                                            **rows(count), **empty_past(0, 1, sizes)},
                 "mtp-parallel": {"hidden": hidden[:, :-1], **rows(count), **empty_past(0, PARALLEL_HEADS, sizes)}}[name]
        with torch.inference_mode():
            logits = drafter.logits(_reference(drafter, feeds, net)).float()
        if name == "medusa":
            logits = logits[:, 0]
        plain = logits.log_softmax(-1).topk(10, dim=-1)
        exact, small = run(session(folder / f"{name}-float32.onnx"), feeds), run(session(folder / f"{name}.onnx"), feeds)
        values = exact["top_values"] - exact["log_sum_exp"][..., None] if "log_sum_exp" in exact else exact["top_values"]
        worst = float(np.abs(values.reshape(plain.values.shape) - plain.values.numpy()).max())
        first = drafter.vocabulary_ids[plain.indices[..., 0]].numpy()
        agree = float((small["top_ids"].reshape(plain.values.shape)[..., 0] == first).mean())
        out[f"{name} greatest log-probability difference"], out[f"{name} first choices kept"] = worst, agree
        if worst > 1e-3 or agree < limit:
            raise SystemExit(f"{name} is too far from PyTorch: {worst}, {agree}")
    return out
