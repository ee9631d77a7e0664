"""Goldens of speculative decoding: python -m training.goldens.speculation --medusa <checkout of FasterDecoding/Medusa>

`transformers.json`: greedy text and logits of tiny-causal-lm, and transformers' assisted generation with the tiny draft model and with
prompt lookup, round by round. `medusa.json`: tree buffers and posterior decisions of the official code, which is run beside and not part
of this repository.
"""
from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path

import numpy as np
import torch
from transformers.generation import candidate_generator

from training.language.fixture import MODELS, TINY, TREE, tiny_drafters, tiny_target, tokenizer
from training.language.medusa_tree import grow
from training.language.target import Target, to_transformers

OUT = Path(__file__).parents[2] / "test-fixtures" / "goldens" / "speculation"
PROMPTS = ["The quick brown fox jumps over", "What is the answer? The answer is", "Once upon a time there was a small house",
           "one two three one two three one two", "It rains in the north and the sun"]
NEW_TOKENS = 48
DRAFT_TOKENS = 4
MEDUSA_CHOICES = {"tiny": TREE, "chain": [[0], [0, 0], [0, 0, 0]],
                  "grown": grow([[0.5, 0.2, 0.08, 0.04], [0.3, 0.12, 0.06, 0.03], [0.2, 0.08, 0.05, 0.02], [0.12, 0.05, 0.03, 0.01]], 26)}


def draft_model(target: Target, vocabulary: torch.Tensor):
    """The tiny draft model as a LlamaForCausalLM: a bias of -1e9 keeps it to the draft vocabulary."""
    draft = tiny_drafters(target, vocabulary)["draft"]
    net = to_transformers(target, layers=2)
    s = target.sizes
    state = net.state_dict()
    for i, layer in enumerate(draft.layers):
        q, k, v = layer.qkv.weight.split([s.query_width, s.key_value_width, s.key_value_width])
        gate, up = layer.gate_up.weight.chunk(2)
        name = f"model.layers.{i}"
        for key, value in {"self_attn.q_proj": q, "self_attn.k_proj": k, "self_attn.v_proj": v, "self_attn.o_proj": layer.out.weight,
                           "mlp.gate_proj": gate, "mlp.up_proj": up, "mlp.down_proj": layer.down.weight, "input_layernorm": layer.attention_norm.weight,
                           "post_attention_layernorm": layer.feed_forward_norm.weight}.items():
            state[f"{name}.{key}.weight"] = value
    state["model.norm.weight"] = draft.norm.weight
    net.load_state_dict(state)
    head = torch.nn.Linear(s.hidden, s.vocabulary)
    head.weight = net.lm_head.weight
    head.bias = torch.nn.Parameter(torch.full((s.vocabulary,), -1e9).index_fill(0, vocabulary, 0.0))
    net.lm_head = head
    return net.eval()


class Rounds:
    """Records what candidate generators propose and how much of it is kept, while in use as a context."""

    def __init__(self, kind: type):
        self.kind, self.rounds = kind, []

    def __enter__(self) -> "Rounds":
        self.originals = self.kind.get_candidates, self.kind.update_candidate_strategy
        get, update = self.originals

        def get_candidates(generator, input_ids, *rest, **named):
            ids, logits = get(generator, input_ids, *rest, **named)
            self.rounds.append({"drafted": ids[0, input_ids.shape[1] :].tolist(), "accepted": 0})
            return ids, logits

        def update_candidate_strategy(generator, input_ids, scores, num_matches):
            self.rounds[-1]["accepted"] = int(num_matches)
            return update(generator, input_ids, scores, num_matches)

        self.kind.get_candidates, self.kind.update_candidate_strategy = get_candidates, update_candidate_strategy
        return self

    def __exit__(self, *_) -> None:
        self.kind.get_candidates, self.kind.update_candidate_strategy = self.originals


def transformers_goldens() -> dict:
    target, words = tiny_target(), tokenizer()
    net, assistant = to_transformers(target), draft_model(target, draft_vocabulary())
    common = {"max_new_tokens": NEW_TOKENS, "do_sample": False, "return_dict_in_generate": True}
    cases = []
    for prompt in PROMPTS:
        ids = torch.tensor([words.encode(prompt).ids])
        named = {"attention_mask": torch.ones_like(ids)}
        plain = net.generate(ids, **common, **named, output_logits=True)
        text = plain.sequences[0, ids.shape[1] :].tolist()
        assistant.generation_config.update(num_assistant_tokens=DRAFT_TOKENS, num_assistant_tokens_schedule="constant", assistant_confidence_threshold=0.0)
        with Rounds(candidate_generator.AssistedCandidateGenerator) as assisted:
            with_draft = net.generate(ids, **common, **named, assistant_model=assistant)
        with Rounds(candidate_generator.PromptLookupCandidateGenerator) as looked_up:
            with_lookup = net.generate(ids, **common, **named, prompt_lookup_num_tokens=DRAFT_TOKENS)
        for other in (with_draft, with_lookup):
            if other.sequences[0, ids.shape[1] :].tolist() != text:
                raise SystemExit(f"Assisted generation differs from greedy for: {prompt}")
        rows = torch.stack(plain.logits[:3])[:, 0]
        cases.append({"prompt": prompt, "promptIds": ids[0].tolist(), "text": text, "logits": [[round(v, 5) for v in row] for row in rows.tolist()],
                      "draftModel": assisted.rounds, "promptLookup": looked_up.rounds})
    return {"model": "tiny-causal-lm", "newTokens": NEW_TOKENS, "draftTokens": DRAFT_TOKENS, "promptLookupMaxNgram": 2, "cases": cases}


def draft_vocabulary() -> torch.Tensor:
    """Read back from the exported graph."""
    import onnxruntime as ort

    from training.language.verify import run

    session = ort.InferenceSession(str(MODELS / "tiny-causal-lm" / "early-exit.onnx"))
    return torch.from_numpy(run(session, {"exit_hidden": np.zeros((1, 1, TINY.hidden), np.float32)})["vocabulary_ids"])


def medusa_goldens(checkout: Path) -> dict:
    spec = importlib.util.spec_from_file_location("medusa_utils", checkout / "medusa" / "model" / "utils.py")
    medusa = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(medusa)
    out, generator = {}, torch.Generator().manual_seed(3)
    for name, choices in MEDUSA_CHOICES.items():
        buffers = medusa.generate_medusa_buffers([list(c) for c in choices], device="cpu")
        nodes, retrieve = len(choices) + 1, buffers["retrieve_indices"]
        case = {"choices": choices, "mask": buffers["medusa_attn_mask"][0, 0].int().tolist(), "positions": buffers["medusa_position_ids"].tolist(),
                "treeIndices": buffers["tree_indices"].tolist(), "retrieveIndices": retrieve.tolist(), "decisions": []}
        for trial in range(12):
            # Token 0 is the official code's padding: it must never be likely.
            logits = (2.5 * torch.randn(nodes, 12, generator=generator)).index_fill(1, torch.tensor([0]), -30.0)
            logits = (logits * 1000).round() / 1000
            likely = logits[torch.randint(0, nodes, (nodes,), generator=generator)].argmax(-1)
            tokens = torch.where(torch.rand(nodes, generator=generator) < 0.7, likely, torch.randint(1, 12, (nodes,), generator=generator))
            candidates = torch.cat([tokens, torch.zeros(1, dtype=torch.long)])[retrieve]
            for temperature in (0.0, 0.7, 1.0):
                best, length = medusa.evaluate_posterior(logits[retrieve], candidates, temperature, posterior_threshold=0.09, posterior_alpha=0.3)
                case["decisions"].append({"trial": trial, "logits": logits.tolist() if temperature == 0 else None, "tokens": tokens.tolist(),
                                          "temperature": temperature, "epsilon": 0.09, "delta": 0.3, "bestLeaf": int(best), "acceptLength": int(length)})
        out[name] = case
    return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--medusa", type=Path, required=True)
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    for name, value in (("transformers", transformers_goldens()), ("medusa", medusa_goldens(options.medusa))):
        text = json.dumps(value, separators=(",", ":"))
        (OUT / f"{name}.json").write_text(text + "\n")
        print(name, len(text))


if __name__ == "__main__":
    main()
