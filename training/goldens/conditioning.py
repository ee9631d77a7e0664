"""Encodes prompts for a scenario, with diffusers where it can and by hand where it cannot."""

from dataclasses import dataclass

import torch
from diffusers import StableDiffusion3Pipeline

from .scenarios import Scenario


@dataclass(frozen=True)
class Conditioning:
    """Context rows and pooled row of the positive and the negative prompt."""

    context: torch.Tensor
    pooled: torch.Tensor
    negative_context: torch.Tensor
    negative_pooled: torch.Tensor


def encode(pipe: StableDiffusion3Pipeline, scenario: Scenario) -> Conditioning:
    """The conditioning of one scenario, batch 1."""
    t5 = pipe.text_encoder_3
    if "T5" in scenario.without_encoders:
        pipe.text_encoder_3 = None
    try:
        context, negative_context, pooled, negative_pooled = pipe.encode_prompt(
            prompt=scenario.prompt,
            prompt_2=scenario.prompt2,
            prompt_3=scenario.prompt3,
            negative_prompt=scenario.negative_prompt,
            negative_prompt_2=scenario.negative_prompt2,
            negative_prompt_3=scenario.negative_prompt3,
            clip_skip=scenario.clip_skip,
            max_sequence_length=scenario.max_sequence_length,
        )
    finally:
        pipe.text_encoder_3 = t5
    pairs = [(context, pooled, scenario.prompt), (negative_context, negative_pooled, scenario.negative_prompt)]
    for rows, row, prompt in pairs:
        drop_clip(rows, row, scenario, split=pipe.text_encoder.config.hidden_size, end=row.shape[1])
        if scenario.clip_l_state == "last":
            rows[:, :77, : pipe.text_encoder.config.hidden_size] = last_state(pipe, prompt)
    return Conditioning(context, pooled, negative_context, negative_pooled)


def drop_clip(context: torch.Tensor, pooled: torch.Tensor, scenario: Scenario, split: int, end: int) -> None:
    """Zeroes the part of a left-out CLIP encoder, as SD3's training does when it drops one."""
    ranges = {"CLIP-L": slice(0, split), "CLIP-G": slice(split, end)}
    for name, channels in ranges.items():
        if name in scenario.without_encoders:
            context[:, :77, channels] = 0
            pooled[:, channels] = 0


def last_state(pipe: StableDiffusion3Pipeline, prompt: str) -> torch.Tensor:
    """CLIP-L's last state after its final normalisation."""
    ids = pipe.tokenizer(prompt, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    return pipe.text_encoder(ids).last_hidden_state


def token_ids(pipe: StableDiffusion3Pipeline, scenario: Scenario) -> dict:
    """Padded ids of both prompts for each encoder."""

    def ids(tokenizer, prompt: str, length: int) -> list[int]:
        return tokenizer(prompt, padding="max_length", max_length=length, truncation=True).input_ids

    def all_ids(first: str, second: str | None, third: str | None) -> dict:
        return {
            "clipL": ids(pipe.tokenizer, first, 77),
            "clipG": ids(pipe.tokenizer_2, second or first, 77),
            "t5": ids(pipe.tokenizer_3, third or first, scenario.max_sequence_length),
        }

    return {
        "positive": all_ids(scenario.prompt, scenario.prompt2, scenario.prompt3),
        "negative": all_ids(scenario.negative_prompt, scenario.negative_prompt2, scenario.negative_prompt3),
    }
