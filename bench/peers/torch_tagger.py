"""A plain tagger: embeddings of words, a bidirectional LSTM, a softmax a word. Prints one JSON line.

    python peers/torch_tagger.py FOLDER --seed 1

Trains on train.jsonl, keeps the epoch with the best chunk F1 on valid.jsonl and measures it on test.jsonl.
"""

import argparse
import json
import random
import sys
import time

import torch
from quality_data import Example, Vocabulary, bucketed, chunk_f1, read_examples
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence


class Tagger(nn.Module):
    def __init__(self, tokens: int, labels: int, embedding: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, embedding, padding_idx=0)
        self.lstm = nn.LSTM(embedding, hidden, batch_first=True, bidirectional=True)
        self.output = nn.Linear(2 * hidden, labels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        x = self.dropout(self.embedding(tokens))
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        h, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.output(self.dropout(h))


def padded(rows: list[list[int]], padding: int) -> Tensor:
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=padding)


def predict(model: Tagger, words: Vocabulary, labels: list[str], examples: list[Example]) -> list[list[str]]:
    model.eval()
    found: list[list[str]] = []
    with torch.inference_mode():
        for at in range(0, len(examples), 64):
            rows = [words.encode(example["x"]) for example in examples[at : at + 64]]
            best = model(padded(rows, 0), torch.tensor([len(row) for row in rows])).argmax(-1).tolist()
            found += [[labels[i] for i in line[: len(row)]] for line, row in zip(best, rows, strict=True)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--embedding", type=int, default=100)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=0.002)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    train, valid, test = (read_examples(options.folder, part) for part in ("train", "valid", "test"))
    words = Vocabulary(example["x"] for example in train)
    labels = sorted({label for example in train for label in example["y"]})
    label_ids = {label: i for i, label in enumerate(labels)}
    x = [words.encode(example["x"]) for example in train]
    y = [[label_ids[label] for label in example["y"]] for example in train]

    model = Tagger(len(words), len(labels), options.embedding, options.hidden, options.dropout)
    optimizer = torch.optim.Adam(model.parameters(), options.learning_rate)
    loss_of = nn.CrossEntropyLoss(ignore_index=-1)

    def f1(examples: list[Example]) -> float:
        return chunk_f1((e["y"] for e in examples), predict(model, words, labels, examples))

    began = time.perf_counter()
    best, best_epoch, kept = -1.0, 0, {}
    for epoch in range(1, options.epochs + 1):
        model.train()
        for batch in bucketed([len(row) for row in x], options.batch_size, chance):
            rows = [words.rarely_unknown(x[i], chance) for i in batch]
            optimizer.zero_grad()
            scores = model(padded(rows, 0), torch.tensor([len(row) for row in rows]))
            loss_of(scores.flatten(0, 1), padded([y[i] for i in batch], -1).flatten()).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
        measured = f1(valid)
        print(f"epoch {epoch}: f1 {measured:.4f}, {time.perf_counter() - began:.0f} s", file=sys.stderr)
        if measured > best:
            best, best_epoch = measured, epoch
            kept = {name: values.clone() for name, values in model.state_dict().items()}
    seconds = time.perf_counter() - began
    model.load_state_dict(kept)
    print(
        json.dumps(
            {
                "model": "PyTorch bi-LSTM, words",
                **{k: v for k, v in vars(options).items() if k != "folder"},
                "metric": "f1",
                "bestEpoch": best_epoch,
                "valid": best,
                "test": f1(test),
                "seconds": round(seconds, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
