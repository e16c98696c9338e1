"""An encoder–decoder with attention on pairs of sequences. Prints one JSON line.

    python peers/torch_translator.py FOLDER --seed 1

Trains on train.jsonl with teacher forcing, keeps the epoch with the best loss on valid.jsonl and measures the symbol error rate of
beam search on test.jsonl, further references of an example being in its `alternatives`.
"""

import argparse
import json
import math
import random
import sys
import time

import torch
from quality_data import Example, Vocabulary, bucketed, read_examples, symbol_error_rate
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torch_encoder_decoder import EncoderDecoder, beam_search


def padded(rows: list[list[int]], padding: int = 0) -> Tensor:
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=padding)


def lengths_of(rows: list[list[int]]) -> Tensor:
    return torch.tensor([len(row) for row in rows])


class Data:
    def __init__(self, examples: list[Example], source: Vocabulary, target: Vocabulary) -> None:
        self.examples = examples
        self.x = [source.encode(example["x"]) for example in examples]
        self.y = [target.encode(example["y"]) for example in examples]


def loss_of(model: EncoderDecoder, x: list[list[int]], y: list[list[int]], reduction: str) -> Tensor:
    read = padded([[0, *row] for row in y])
    right = padded([[*row, 0] for row in y], -1)
    scores = model(padded(x), lengths_of(x), read)
    return nn.functional.cross_entropy(scores.flatten(0, 1), right.flatten(), ignore_index=-1, reduction=reduction)


def mean_loss(model: EncoderDecoder, data: Data) -> float:
    model.eval()
    total = 0.0
    with torch.inference_mode():
        for at in range(0, len(data.x), 64):
            total += loss_of(model, data.x[at : at + 64], data.y[at : at + 64], "sum").item()
    return total / sum(len(row) + 1 for row in data.y)


def decode(model: EncoderDecoder, data: Data, target: Vocabulary, beam: int, penalty: float) -> list[list[str]]:
    model.eval()
    order = sorted(range(len(data.x)), key=lambda i: len(data.x[i]))
    found: list[list[str]] = [[] for _ in order]
    longest = max(len(example["y"]) for example in data.examples)
    with torch.inference_mode():
        for at in range(0, len(order), 64):
            rows = [data.x[i] for i in order[at : at + 64]]
            results = beam_search(model, padded(rows), lengths_of(rows), beam, 2 * longest, penalty)
            for i, symbols in zip(order[at : at + 64], results, strict=True):
                found[i] = [target.tokens[symbol] for symbol in symbols]
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--cell", choices=["lstm", "gru"], default="lstm")
    parser.add_argument("--embedding", type=int, default=128)
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=0.002)
    parser.add_argument("--decay", choices=["constant", "linear", "cosine"], default="constant")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--length-penalty", type=float, default=1.0)
    parser.add_argument("--select", choices=["loss", "symbolErrorRate"], default="symbolErrorRate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    parts = [read_examples(options.folder, part) for part in ("train", "valid", "test")]
    source = Vocabulary(example["x"] for example in parts[0])
    target = Vocabulary(example["y"] for example in parts[0])
    train, valid, test = (Data(examples, source, target) for examples in parts)
    model = EncoderDecoder(
        options.cell, len(source), len(target), options.embedding, options.hidden, options.layers, options.dropout
    )
    optimizer = torch.optim.Adam(model.parameters(), options.learning_rate)
    updates = options.epochs * -(-len(train.x) // options.batch_size)
    shapes = {"constant": lambda _: 1.0, "linear": lambda p: 1 - p, "cosine": lambda p: (1 + math.cos(math.pi * p)) / 2}
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: shapes[options.decay](min(1.0, s / updates)))

    def measured(data: Data, beam: int) -> float:
        return symbol_error_rate(data.examples, decode(model, data, target, beam, options.length_penalty))

    began = time.perf_counter()
    best, best_epoch, kept = float("inf"), 0, {}
    for epoch in range(1, options.epochs + 1):
        model.train()
        for batch in bucketed([len(row) for row in train.y], options.batch_size, chance):
            optimizer.zero_grad()
            x = [source.rarely_unknown(train.x[i], chance) for i in batch]
            loss_of(model, x, [train.y[i] for i in batch], "mean").backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            schedule.step()
        score = mean_loss(model, valid) if options.select == "loss" else measured(valid, options.beam)
        print(f"epoch {epoch}: {options.select} {score:.4f}, {time.perf_counter() - began:.0f} s", file=sys.stderr)
        if score < best:
            best, best_epoch = score, epoch
            kept = {name: values.clone() for name, values in model.state_dict().items()}
    seconds = time.perf_counter() - began
    model.load_state_dict(kept)
    print(
        json.dumps(
            {
                "model": "PyTorch encoder–decoder, Luong attention",
                **{k: v for k, v in vars(options).items() if k != "folder"},
                "metric": "symbolErrorRate",
                "bestEpoch": best_epoch,
                "valid": measured(valid, options.beam),
                "test": measured(test, options.beam),
                "seconds": round(seconds, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
