"""An encoder–decoder with attention as bptt has it (docs/equations.md), of PyTorch's own parts.

The encoder is an nn.LSTM or nn.GRU of both directions. f, the final states of its top layer, gives the first states of the decoder:
h = tanh(W f + b), c = W f + b. Attention is Luong's general form without input feeding: the scores of s<t> with W_k h̄, the context,
and tanh(W_c [context; s<t>] + b_c) before the output layer. Symbol 0 begins what the decoder reads and ends what it writes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

BOUNDARY, UNKNOWN = 0, 1


@dataclass
class Encoded:
    states: Tensor  # [B, S, 2·H], the h̄
    keys: Tensor  # [B, S, H of the decoder]
    absent: Tensor  # [B, S], true behind the end
    first: tuple[Tensor, ...]  # [layers, B, H] each: h, and c of an LSTM


class EncoderDecoder(nn.Module):
    def __init__(
        self, cell: str, source: int, target: int, embedding: int, hidden: int, layers: int = 1, dropout: float = 0.0
    ) -> None:
        super().__init__()
        module = {"lstm": nn.LSTM, "gru": nn.GRU}[cell]
        self.parts = 2 if cell == "lstm" else 1
        self.layers, self.hidden = layers, hidden
        between = dropout if layers > 1 else 0.0
        options = {"num_layers": layers, "batch_first": True, "dropout": between}
        self.source_embedding = nn.Embedding(source, embedding)
        self.target_embedding = nn.Embedding(target, embedding)
        self.encoder = module(embedding, hidden, bidirectional=True, **options)
        self.decoder = module(embedding, hidden, **options)
        self.initial = nn.Linear(self.parts * 2 * hidden, self.parts * layers * hidden)
        self.key = nn.Linear(2 * hidden, hidden, bias=False)
        self.readout = nn.Linear(3 * hidden, hidden)
        self.output = nn.Linear(hidden, target)
        self.dropout = nn.Dropout(dropout)

    def encode(self, tokens: Tensor, lengths: Tensor) -> Encoded:
        """tokens [B, S], lengths [B]."""
        x = self.dropout(self.source_embedding(tokens))
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, final = self.encoder(packed)
        states, _ = pad_packed_sequence(output, batch_first=True)
        tops = [part[-2:] for part in (final if self.parts == 2 else (final,))]
        f = torch.cat([half for top in tops for half in top], dim=1)
        rows = self.initial(f).view(len(tokens), self.parts, self.layers, self.hidden).permute(1, 2, 0, 3)
        first = (rows[0].tanh().contiguous(), *(part.contiguous() for part in rows[1:]))
        absent = torch.arange(states.shape[1]) >= lengths[:, None]
        return Encoded(states, self.key(states), absent, first)

    def run(self, symbols: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The decoder over symbols [B, T]: s<t> [B, T, H] and the state behind them."""
        x = self.dropout(self.target_embedding(symbols))
        s, last = self.decoder(x, state if self.parts == 2 else state[0])
        return s, last if self.parts == 2 else (last,)

    def scores(self, s: Tensor, encoded: Encoded) -> Tensor:
        """s [B, T, H] → scores of all symbols [B, T, V]."""
        alignment = torch.bmm(s, encoded.keys.transpose(1, 2)).masked_fill(encoded.absent[:, None], -torch.inf)
        context = torch.bmm(alignment.softmax(-1), encoded.states)
        return self.output(self.dropout(torch.tanh(self.readout(torch.cat([context, s], -1)))))

    def forward(self, tokens: Tensor, lengths: Tensor, symbols: Tensor) -> Tensor:
        """Teacher forcing: symbols [B, T] begin with the boundary."""
        encoded = self.encode(tokens, lengths)
        s, _ = self.run(symbols, encoded.first)
        return self.scores(s, encoded)


def beam_search(
    model: EncoderDecoder, tokens: Tensor, lengths: Tensor, beam: int, limit: int, length_penalty: float
) -> list[list[int]]:
    """The best output of each sequence: all beams of the batch in one step, and sequences that are done leave the batch.

    A hypothesis counts by its logarithm of the probability, divided by its length (with the end) to the power of `length_penalty`. A sequence is
    done when `beam` hypotheses have ended, or when none that goes on can come before the best one that has ended.
    """
    encoded = model.encode(tokens, lengths)
    batch = len(tokens)
    states = encoded.states.repeat_interleave(beam, 0)
    keys = encoded.keys.repeat_interleave(beam, 0)
    absent = encoded.absent.repeat_interleave(beam, 0)
    state = tuple(part.repeat_interleave(beam, 1) for part in encoded.first)
    running = torch.arange(batch)
    total = torch.full((batch, beam), -torch.inf)
    total[:, 0] = 0.0
    symbols = torch.full((batch * beam, 1), BOUNDARY)
    written = torch.empty((batch, beam, 0), dtype=torch.long)
    best = torch.full((batch,), -torch.inf)
    ended = torch.zeros(batch, dtype=torch.long)
    found: list[list[int]] = [[] for _ in range(batch)]
    for step in range(1, limit + 1):
        s, state = model.run(symbols, state)
        z = model.scores(s, Encoded(states, keys, absent, state)).squeeze(1).log_softmax(-1)
        z[:, UNKNOWN] = -torch.inf
        vocabulary = z.shape[1]
        rows = len(running)
        reached = (total[:, :, None] + z.view(rows, beam, vocabulary)).flatten(1)
        # Each of `beam` hypotheses has one way to end, so that 2·beam hold at least `beam` that go on.
        top, place = reached.topk(2 * beam)
        origin, symbol = place // vocabulary, place % vocabulary
        ends = symbol == BOUNDARY
        normalized = (top / step**length_penalty).masked_fill(~ends, -torch.inf)
        normalized[:, beam:] = -torch.inf
        value, which = normalized.max(1)
        for row in (value > best).nonzero().flatten().tolist():
            found[int(running[row])] = written[row, origin[row, which[row]]].tolist()
        best = torch.maximum(best, value)
        ended += (normalized > -torch.inf).sum(1)
        total, kept = top.masked_fill(ends, -torch.inf).topk(beam)
        origin, symbol = origin.gather(1, kept), symbol.gather(1, kept)
        written = torch.cat([written.gather(1, origin[:, :, None].expand(-1, -1, step - 1)), symbol[:, :, None]], 2)
        hopeful = total[:, 0] / (limit**length_penalty) > best if length_penalty > 0 else total[:, 0] > best
        going = (hopeful & (ended < beam)).nonzero().flatten()
        if step == limit:
            for row in (best == -torch.inf).nonzero().flatten().tolist():
                found[int(running[row])] = written[row, 0].tolist()
        if len(going) == 0:
            break
        places = (going[:, None] * beam + origin[going]).flatten()
        state = tuple(part[:, places] for part in state)
        if len(going) < rows:
            same = (going[:, None] * beam + torch.arange(beam)).flatten()
            states, keys, absent = states[same], keys[same], absent[same]
            total, symbol, written = total[going], symbol[going], written[going]
            running, best, ended = running[going], best[going], ended[going]
        symbols = symbol.reshape(-1, 1)
    return found
